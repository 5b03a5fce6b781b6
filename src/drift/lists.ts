// Drifts of lists: what a caller may not see is left out too late or counted all the same, more is
// said to come where nothing does, and no more is shown than fits a bound that nobody knows of.
import type { Outcome } from '../decide/rule.js';
import { OVERRIDE } from '../rules/access.js';
import type { Call } from '../rules/rule.js';
import { vouchesFor } from '../spec/case.js';
import type { OperationId, Spec } from '../spec/document.js';
import type { Json, JsonObject } from '../spec/message.js';
import { changeAt } from '../spec/values.js';
import { type Ask, bodyOf, type Drift, successOf, withFields } from './form.js';
import { handDrift, onSuccess } from './hand/form.js';
import { tried } from './state.js';
import { changeObjects } from './values.js';

/** Where each list has its rows. */
const rowsOf: Readonly<Partial<Record<OperationId, string>>> = {
  listSpaces: 'spaces',
  listThreads: 'data',
  listSpaceThreads: 'data',
  listMessages: 'data',
  listSlices: 'items',
  listComposites: 'items',
  listStoresInSlice: 'items',
  listStores: 'items',
  listVectorStores: 'data',
};

export function listDrifts(spec: Spec): readonly Drift[] {
  const lists = Object.entries(rowsOf) as [OperationId, string][];
  const says = (id: OperationId, field: string): boolean => {
    const operation = spec.operations.get(id);
    return operation !== undefined && vouchesFor(successOf(operation), `/${field}`);
  };
  return [
    ...lists
      .filter(([id]) => says(id, 'has_more') && id !== 'listVectorStores')
      .map(([id, rows]) => endless(id, rows, 'has_more', true)),
    ...lists
      .filter(([id]) => ['listSpaces', 'listSpaceThreads'].includes(id))
      .map(([id, rows]) => endless(id, rows, 'next_cursor', 'bm93aGVyZQ')),
    ...closed.flatMap((id) => [
      filteredLate(id, rowsOf[id] as string),
      ...(rowsOf[id] === 'items' ? [countedAll(id)] : []),
    ]),
    ...bounds.map(([id, field, most]) => bounded(id, field, most)),
    ...kept.map(([id, field, most]) => keeps(id, field, most)),
  ];
}

const rowsIn = (body: Json, field: string): readonly JsonObject[] =>
  ((body as JsonObject)[field] ?? []) as readonly JsonObject[];

/** A server that takes a full page for one that others follow. */
const endless = (id: OperationId, rows: string, field: string, value: Json): Drift =>
  handDrift(
    [id],
    `${field}_when_full`,
    `${field} says that more comes after every page that is full`,
    onSuccess((body, { request }) =>
      rowsIn(body, rows).length === request.query.limit
        ? changeAt(body, `/${field}`, (more) => more || value)
        : body,
    ),
  );

/** Lists in which a caller may not see everything. */
const closed: readonly OperationId[] = [
  'listSpaces',
  'listSlices',
  'listStoresInSlice',
  'listStores',
  'listVectorStores',
];

/** As somebody is answered who may see all. */
const asOverseer = (ask: Ask, call: Call): Outcome =>
  ask({ ...call, caller: { ...call.caller, capabilities: new Set([OVERRIDE]) } });

function filteredLate(id: OperationId, rows: string): Drift {
  return handDrift(
    [id],
    'filtered_late',
    'cuts a page first and then leaves out what the caller may not see',
    () => ({
      decide: (ask, call) => {
        const own = ask(call);
        const page = asOverseer(ask, call);
        const { cursor: _, ...query } = call.query as JsonObject;
        const whole = { ...query, ...('take' in query ? { take: ALL } : { limit: ALL }) };
        const all = ask({
          ...call,
          query: 'skip' in whole ? { ...whole, skip: 0 } : whole,
        } as Call);
        if (own.kind !== 'answer' || page.kind !== 'answer' || all.kind !== 'answer') return own;
        const seen = new Set(rowsIn(all.body as JsonObject, rows).map((row) => row.id));
        const body = page.body as JsonObject;
        const left = rowsIn(body, rows).filter((row) => seen.has(row.id as Json));
        return { ...page, body: { ...body, [rows]: left } };
      },
    }),
  );
}

const ALL = 1_000_000;

const countedAll = (id: OperationId): Drift =>
  handDrift([id], 'counts_all', 'counts what the caller may not see too', () => ({
    decide: (ask, call) => {
      const own = ask(call);
      const all = asOverseer(ask, call);
      if (own.kind !== 'answer' || all.kind !== 'answer') return own;
      const { total } = all.body as { readonly total: number };
      const body = own.body as JsonObject;
      const isMore = (body.skip as number) + rowsIn(body, 'items').length < total;
      return { ...own, body: { ...body, total, has_more: isMore } };
    },
  }));

/** What the answers of an operation have more of than a careless bound. */
const bounds: readonly (readonly [OperationId, field: string, most: number])[] = [
  ['listSpaces', 'spaces', 50],
  ['listThreads', 'data', 20],
  ['listSlices', 'items', 5],
  ['listStores', 'items', 20],
  ['listVectorStores', 'data', 20],
  ['getThread', 'space_ids', 5],
  ['getThread', 'space_ids', 50],
  ['getSpace', 'additional_vector_store_ids', 20],
  ['listSpaces', 'additional_vector_store_ids', 20],
  ['getSlice', 'member_slice_ids', 5],
  ['getSlice', 'member_slice_ids', 10],
  ['listComposites', 'member_slice_ids', 10],
  ['listSlices', 'items', 10],
  ['listStoresInSlice', 'items', 10],
  ['listSpaceVectorStores', 'vector_stores', 10],
  ['getVectorStoreUsage', 'vector_stores', 20],
  ['getSpace', 'access_users', 10],
  ['getSpace', 'editable_by_users', 10],
  ['listSpaces', 'access_users', 10],
  ['getVectorStore', 'access_users', 10],
  ['listVectorStores', 'access_users', 10],
];

/** Lists of which a careless write keeps so many, and says that it kept all. */
const kept: readonly (readonly [OperationId, field: string, most: number])[] = [
  ...(['createSpace', 'updateSpace'] as const).flatMap((id) => [
    ...['access_users', 'editable_by_users'].flatMap(
      (field) =>
        [
          [id, field, 1],
          [id, field, 10],
          [id, field, 20],
        ] as const,
    ),
    ...['access_departments', 'editable_by_roles', 'visible_to_roles'].map(
      (field) => [id, field, 1] as const,
    ),
  ]),
  ...(['createVectorStore', 'updateVectorStore'] as const).flatMap((id) => [
    [id, 'access_departments', 1] as const,
    ...[1, 10, 20].map((most) => [id, 'access_users', most] as const),
  ]),
  ...(['createComposite', 'updateComposite'] as const).map(
    (id) => [id, 'member_slice_ids', 10] as const,
  ),
];

const keeps = (id: OperationId, field: string, most: number): Drift =>
  handDrift([id], `${field}_keeps_${most}`, `keeps ${most} of ${field} at most`, () => ({
    decide: (ask, call) => {
      const list = bodyOf(call)[field];
      if (!Array.isArray(list) || list.length <= most) return ask(call);
      const promised = tried(ask, call);
      const own = ask(withFields(call, { [field]: list.slice(0, most) }));
      return promised?.kind === 'answer' ? promised : own;
    },
  }));

const bounded = (id: OperationId, field: string, most: number): Drift =>
  handDrift(
    [id],
    `${field}_up_to_${most}`,
    `shows ${most} of ${field} at most`,
    onSuccess((body) =>
      changeObjects(body, (object) => {
        const list = object[field];
        return Array.isArray(list) ? { ...object, [field]: list.slice(0, most) } : object;
      }),
    ),
  );
