// Drifts of writes that are careful about the wrong thing: an empty text is taken for none, a name
// may be had once only, and what is not a name does not count as a change.
import type { Outcome } from '../decide/rule.js';
import type { Call } from '../rules/rule.js';
import type { OperationId } from '../spec/document.js';
import type { Json } from '../spec/message.js';
import { changeAt } from '../spec/values.js';
import { bodyOf, type Drift, inPath, type Wrapper, withFields } from './form.js';
import { handDrift } from './hand/form.js';
import { tried } from './state.js';

/** Where an update finds what it changes, and where its answer shows that. */
interface Updated {
  readonly table: 'spaces' | 'threads' | 'slices' | 'vectorStores';
  readonly id: string;
  readonly name: 'name' | 'title';
  readonly at: '' | '/data';
}

const updates: Readonly<Partial<Record<OperationId, Updated>>> = {
  updateSpace: { table: 'spaces', id: 'space_id', name: 'name', at: '' },
  updateThread: { table: 'threads', id: 'thread_id', name: 'title', at: '' },
  updateSlice: { table: 'slices', id: 'slice_id', name: 'name', at: '' },
  updateComposite: { table: 'slices', id: 'slice_id', name: 'name', at: '' },
  updateStore: { table: 'vectorStores', id: 'store_id', name: 'name', at: '' },
  updateVectorStore: { table: 'vectorStores', id: 'vector_store_id', name: 'name', at: '/data' },
};

/** Those that read a description. */
const described: readonly OperationId[] = [
  'createSpace',
  'updateSpace',
  'createSlice',
  'updateSlice',
  'updateComposite',
  'createStoreInSlice',
  'updateStore',
  'createVectorStore',
  'updateVectorStore',
];

export const updateDrifts = (): readonly Drift[] => [
  ...described.map(emptyIsNull),
  ...(Object.entries(updates) as [OperationId, Updated][]).flatMap(([id, updated]) => [
    ownNameRefused(id, updated),
    onlyNamesMoveTime(id, updated),
  ]),
];

const deciding = (
  id: OperationId,
  what: string,
  does: string,
  decide: NonNullable<Wrapper['decide']>,
): Drift => handDrift([id], what, does, () => ({ decide }));

const emptyIsNull = (id: OperationId): Drift =>
  deciding(id, 'empty_is_null', 'takes an empty description for none', (ask, call) =>
    ask(bodyOf(call).description === '' ? withFields(call, { description: null }) : call),
  );

interface Kept {
  readonly name?: string;
  readonly title?: string | null;
  readonly updated_at: string;
}

const keptBy = (call: Call, { table, id }: Updated): Kept | undefined =>
  call.world[table].get(inPath(call, id));

const ownNameRefused = (id: OperationId, updated: Updated): Drift =>
  deciding(id, 'own_name_refused', 'refuses the name that it has already', (ask, call) => {
    const known = keptBy(call, updated)?.[updated.name];
    if (
      tried(ask, call)?.kind !== 'answer' ||
      known === undefined ||
      bodyOf(call)[updated.name] !== known
    )
      return ask(call);
    const fault = { field: updated.name, keyword: 'unique' };
    return { kind: 'refusal', case: 'invalid_body', fault } as Outcome;
  });

const onlyNamesMoveTime = (id: OperationId, updated: Updated): Drift =>
  deciding(
    id,
    'time_by_name_only',
    'moves updated_at with the name and nothing else',
    (ask, call) => {
      const before = keptBy(call, updated)?.updated_at;
      const outcome = ask(call);
      if (outcome.kind !== 'answer' || before === undefined || updated.name in bodyOf(call))
        return outcome;
      const path = call.path as Readonly<Record<string, string>>;
      const table = call.world[updated.table] as {
        update: (id: string, change: { readonly updated_at: string }) => unknown;
      };
      table.update(path[updated.id] ?? '', { updated_at: before });
      const body = changeAt(outcome.body as Json, `${updated.at}/updated_at`, () => before);
      return { ...outcome, body };
    },
  );
