// What goes wrong with certain operations only, such as a count that stays zero.
import { isJsonObject, type Json } from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import { changeAt } from '../../spec/values.js';
import { type Drift, withBody } from '../form.js';
import { handDrift, isSuccess, onSuccess } from './form.js';

export const operationDrifts = (): readonly Drift[] => [
  handDrift(
    ['getSpace'],
    'stores_unknown',
    'never lists attached stores',
    onSuccess((body) => changeAt(body, '/additional_vector_store_ids', () => [])),
  ),
  handDrift(
    ['getThread'],
    'spaces_unknown',
    'never lists the spaces of a thread',
    onSuccess((body) => changeAt(body, '/space_ids', () => [])),
  ),
  handDrift(
    ['getThread'],
    'no_messages',
    'counts no messages',
    onSuccess((body) => changeAt(body, '/message_count', () => 0)),
  ),
  handDrift(
    ['getSlice'],
    'no_stores',
    'counts no stores',
    onSuccess((body) => changeAt(body, '/store_count', () => 0)),
  ),
  handDrift(
    ['listThreads'],
    'pins_not_first',
    'lists pinned threads among the others',
    onSuccess((body) => changeAt(body, '/data', byActivity)),
  ),
  ...(['updateSpace', 'updateSlice', 'updateThread'] as const).map((id) =>
    handDrift(
      [id],
      'time_stands_still',
      'leaves updated_at as it was when created',
      onSuccess(withoutUpdate),
    ),
  ),
  ...(
    [
      'createSpace',
      'createThread',
      'createSlice',
      'createComposite',
      'createStoreInSlice',
      'createVectorStore',
    ] as const
  ).map((id) => handDrift([id], 'same_id', 'gives every new row the same id', sameId)),
];

const fieldIn = (value: Json, name: string): string =>
  isJsonObject(value) ? String(value[name]) : '';

function byActivity(rows: Json): Json {
  return [...(rows as readonly Json[])].sort((a, b) =>
    fieldIn(b, 'last_message_at').localeCompare(fieldIn(a, 'last_message_at')),
  );
}

function withoutUpdate(body: Json): Json {
  return changeAt(body, '/updated_at', () =>
    isJsonObject(body) ? (body.created_at ?? null) : null,
  );
}

const sameId: Drift['plant'] = () => {
  let first: Json | undefined;
  const forgetful = (body: Json): Json => {
    const pointer = atPointer(body, '/data/id') === undefined ? '/id' : '/data/id';
    return changeAt(body, pointer, (id) => {
      first ??= id;
      return first;
    });
  };
  return {
    rewrite: (honest) =>
      isSuccess(honest) ? withBody(honest.response, forgetful) : honest.response,
  };
};
