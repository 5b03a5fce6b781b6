// Drifts of permissions: of a list of grants only one counts, and a verdict is kept although what it
// rests on has changed.
import type { Outcome } from '../decide/rule.js';
import type { Call } from '../rules/rule.js';
import type { OperationId } from '../spec/document.js';
import type { Json, JsonObject } from '../spec/message.js';
import type { World } from '../world/world.js';
import { type Ask, type Drift, inPath } from './form.js';
import { handDrift } from './hand/form.js';
import { tried } from './state.js';

/** Whose grants count where, and how those are refused who have none. */
interface Guarded {
  readonly table: 'spaces' | 'vectorStores' | 'slices';
  readonly id: string;
  readonly fields: readonly string[];
  readonly refusal: string;
}

const editing = ['editable_by_users', 'editable_by_roles'];
const spaceTo = (refusal: string, fields: readonly string[]): Guarded => ({
  table: 'spaces',
  id: 'space_id',
  fields,
  refusal,
});
const viewed = spaceTo('view_access_required', [
  'access_mode',
  'access_users',
  'access_departments',
  'visible_to_roles',
  ...editing,
]);
const edited = spaceTo('edit_access_required', editing);
const storeBy = (id: string): Guarded => ({
  table: 'vectorStores',
  id,
  fields: ['access_mode', 'access_users', 'access_departments'],
  refusal: 'access_required',
});

/** Whether an editor may delete is open, and so is who may change a store. */
const guarded: Readonly<Partial<Record<OperationId, Guarded>>> = {
  getSpace: viewed,
  listSpaceThreads: viewed,
  listSpaceVectorStores: viewed,
  updateSpace: edited,
  addThreadToSpace: edited,
  removeThreadFromSpace: edited,
  addVectorStoreToSpace: edited,
  removeVectorStoreFromSpace: edited,
  getVectorStore: storeBy('vector_store_id'),
  getStore: storeBy('store_id'),
  getSlice: {
    table: 'slices',
    id: 'slice_id',
    fields: ['access_mode', 'access_target_ids'],
    refusal: 'access_required',
  },
};

/** Lists of what a caller may see, by where their rows are. */
const lists: Readonly<Partial<Record<OperationId, readonly [Guarded, rows: string]>>> = {
  listSpaces: [viewed, 'spaces'],
  listVectorStores: [storeBy(''), 'data'],
  listStores: [storeBy(''), 'items'],
};

const entries = <T>(of: Readonly<Partial<Record<OperationId, T>>>): readonly [OperationId, T][] =>
  Object.entries(of) as [OperationId, T][];

export const grantDrifts = (): readonly Drift[] => [
  ...entries(guarded).flatMap(([id, own]) => [
    ...own.fields
      .filter(isList)
      .flatMap((field) => ends.map((end) => oneCounts(id, own, [field, end]))),
    ...own.fields.map((field) => deafTo(id, own, field)),
  ]),
  ...entries(lists).flatMap(([id, [own, rows]]) =>
    own.fields
      .filter(isList)
      .flatMap((field) => ends.map((end) => oneLists(id, own, rows, [field, end]))),
  ),
];

const isList = (field: string): boolean => field !== 'access_mode';

const ends = [
  ['first', (list: readonly Json[]) => list.slice(0, 1)],
  ['last', (list: readonly Json[]) => list.slice(-1)],
] as const;
type Cut = readonly [field: string, end: (typeof ends)[number]];

interface Rows {
  get(id: string): JsonObject | undefined;
  all(): readonly JsonObject[];
  update(id: string, change: JsonObject): unknown;
}
const rowsOf = (world: World, { table }: Guarded): Rows => world[table] as unknown as Rows;

/** The same world, in which a list of grants has one entry only. */
function shortened(world: World, own: Guarded, [field, [, cut]]: Cut, id?: string): World {
  const fork = world.fork();
  const rows = rowsOf(fork, own);
  for (const row of id === undefined ? rows.all() : [rows.get(id)]) {
    const list = row?.[field];
    if (Array.isArray(list) && list.length > 1)
      rows.update(row?.id as string, { [field]: cut(list) });
  }
  return fork;
}

const oneCounts = (id: OperationId, own: Guarded, cut: Cut): Drift =>
  handDrift([id], ...named(cut), () => ({
    decide: (ask, call) => {
      const world = shortened(call.world, own, cut, inPath(call, own.id));
      const outcome = ask({ ...call, world });
      return outcome.case === own.refusal ? outcome : ask(call);
    },
  }));

const named = ([field, [which]]: Cut) =>
  [`${which}_of_${field}`, `counts the ${which} of ${field} alone`] as const;

const oneLists = (id: OperationId, own: Guarded, rows: string, cut: Cut): Drift =>
  handDrift([id], ...named(cut), () => ({
    decide: (ask, call) => {
      const outcome = ask(call);
      const less = ask({ ...call, world: shortened(call.world, own, cut) });
      if (outcome.kind !== 'answer' || less.kind !== 'answer') return outcome;
      const rowsIn = (body: unknown) => (body as Record<string, JsonObject[]>)[rows] ?? [];
      const seen = new Set(rowsIn(less.body).map((row) => row.id));
      const left = rowsIn(outcome.body).filter((row) => seen.has(row.id));
      return { ...outcome, body: { ...(outcome.body as JsonObject), [rows]: left } };
    },
  }));

/** A verdict is kept until another of the fields changes that it rests on. */
const deafTo = (id: OperationId, own: Guarded, field: string): Drift =>
  handDrift([id], `deaf_to_${field}`, `keeps its verdict where only ${field} changes`, () => {
    const kept = new Map<string, { readonly rests: string; readonly refused?: Outcome }>();
    return {
      decide: (ask, call) => {
        const row = rowsOf(call.world, own).get(inPath(call, own.id));
        const others = own.fields.filter((other) => other !== field);
        const rests = JSON.stringify(others.map((other) => row?.[other] ?? null));
        const key = `${inPath(call, own.id)} ${call.caller.user_id}`;
        const known = kept.get(key);
        if (known?.rests === rests) return asKept(ask, call, own, known.refused);
        const outcome = ask(call);
        if (row)
          kept.set(key, { rests, ...(outcome.case === own.refusal ? { refused: outcome } : {}) });
        return outcome;
      },
    };
  });

function asKept(ask: Ask, call: Call, own: Guarded, refused: Outcome | undefined): Outcome {
  if (!refused) return ask(call, { without: own.refusal });
  return tried(ask, call)?.case.endsWith('_not_found') ? ask(call) : refused;
}
