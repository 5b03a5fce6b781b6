// Drifts of counts and totals: what is gone is counted all the same, and what is there is counted in
// part.
import type { Outcome } from '../decide/rule.js';
import type { Call } from '../rules/rule.js';
import type { OperationId } from '../spec/document.js';
import type { JsonObject } from '../spec/message.js';
import type { World } from '../world/world.js';
import type { Ask, Drift } from './form.js';
import { handDrift } from './hand/form.js';
import { tried } from './state.js';

/** By the write, the lists whose total it lowers. */
const lowered: Readonly<Partial<Record<OperationId, readonly OperationId[]>>> = {
  deleteStore: ['listStores', 'listStoresInSlice'],
  deleteVectorStore: ['listStores', 'listStoresInSlice'],
  updateStore: ['listStoresInSlice'],
  archiveSlice: ['listSlices'],
  deleteThread: ['listThreads'],
  deleteAllThreads: ['listThreads'],
};

export const totalDrifts = (): readonly Drift[] => [
  ...(Object.entries(lowered) as [OperationId, readonly OperationId[]][]).flatMap(
    ([write, reads]) => reads.map((read) => countsGone(write, read)),
  ),
  ...(['unpinThread', 'deleteThread', 'deleteAllThreads'] as const).map(countsPins),
  ...(['deleteStore', 'deleteVectorStore', 'updateStore'] as const).map(countsStores),
  ...(['getSlice', 'listComposites'] as const).flatMap((id) => [
    countsOf(id, 'first', (members) => members.slice(0, 1)),
    countsOf(id, 'last', (members) => members.slice(-1)),
    countsOf(id, 'tenth', (members) => members.slice(0, 10)),
  ]),
  handDrift(['getSlice'], 'composite_counts_once', 'counts the stores of a composite once', () => {
    const counts = new Map<string, number>();
    return {
      decide: (ask, call) =>
        changed(ask(call), (slice) => {
          if (!slice.is_composite) return slice;
          const key = JSON.stringify([slice.id, slice.member_slice_ids]);
          const count = counts.get(key) ?? (slice.store_count as number);
          counts.set(key, count);
          return { ...slice, store_count: count };
        }),
    };
  }),
  ...most.map(([id, field, bound]) =>
    handDrift([id], `${field}_counts_to_${bound}`, `counts to ${bound} in ${field}`, () => ({
      decide: (ask, call) =>
        changed(ask(call), (body) => ({
          ...body,
          [field]: Math.min(body[field] as number, bound),
        })),
    })),
  ),
  ...['visible_in_ui', 'pinned_at'].map((field) =>
    handDrift(['deleteAllThreads'], `deleted_without_${field}`, `counts by ${field}`, () => ({
      decide: (ask, call) => {
        const own = call.world.threads.where('user', call.caller.user_id);
        const left = own.filter(
          (one) =>
            !one.deleted_at &&
            !one.visible_in_ui === (field === 'visible_in_ui') &&
            !one.pinned_at === (field !== 'pinned_at'),
        ).length;
        return changed(ask(call), (body) => ({
          ...body,
          deleted: (body.deleted as number) - left,
        }));
      },
    })),
  ),
];

/** Counts that a small bound has too little room for. */
const most: readonly (readonly [OperationId, field: string, bound: number])[] = [
  ['getSlice', 'store_count', 10],
  ['listStoresInSlice', 'total', 10],
  ['listStores', 'total', 10],
  ['listSlices', 'total', 10],
  ['getThread', 'message_count', 2],
  ['deleteAllThreads', 'deleted', 10],
  ['deleteAllThreads', 'deleted', 20],
];

const changed = (outcome: Outcome, change: (body: JsonObject) => JsonObject): Outcome =>
  outcome.kind === 'answer' ? { ...outcome, body: change(outcome.body as JsonObject) } : outcome;

const ALL = 1_000_000;
/** What is gone is not remembered longer. */
const MOST = 6;

/** What a write takes away: ids of threads, slices or stores. */
function goneBy(call: Call): readonly string[] {
  const { thread_id, slice_id, store_id, vector_store_id } = call.path as Readonly<
    Record<string, string>
  >;
  const id = thread_id ?? store_id ?? vector_store_id ?? slice_id;
  return id === undefined
    ? call.world.threads.where('user', call.caller.user_id).map((thread) => thread.id)
    : [id];
}

function countsGone(write: OperationId, read: OperationId): Drift {
  const idsIn = (ask: Ask, call: Call, world: World): readonly unknown[] => {
    const { cursor: _, after: __, before: ___, ...query } = call.query as JsonObject;
    const whole = { ...query, limit: ALL, ...('skip' in query ? { skip: 0 } : {}) };
    const outcome = ask({ ...call, world, query: whole } as Call);
    const { items, data } = (outcome.kind === 'answer' ? outcome.body : {}) as Record<
      string,
      JsonObject[]
    >;
    return (items ?? data ?? []).map(({ id }) => id);
  };
  return handDrift(
    [write, read],
    `${write}.${read}_total_stays`,
    `the total of ${read} counts what ${write} took away`,
    () => {
      const gone: { readonly world: World; readonly ids: readonly string[] }[] = [];
      return {
        decide: (ask, call, operation) => {
          if (operation === write) {
            const before = { world: call.world.fork(), ids: goneBy(call) };
            const outcome = ask(call);
            if (outcome.kind === 'answer') gone.push(before);
            if (gone.length > MOST) gone.shift();
            return outcome;
          }
          const own = ask(call);
          if (own.kind !== 'answer' || (own.body as JsonObject).total === null) return own;
          const there = new Set(idsIn(ask, call, call.world));
          const more = new Set(
            gone.flatMap(({ world, ids }) =>
              idsIn(ask, call, world).filter((id) => ids.includes(id as string) && !there.has(id)),
            ),
          );
          return changed(own, (body) => {
            const total = (body.total as number) + more.size;
            const { skip, items } = body as { skip?: number; items?: readonly unknown[] };
            return {
              ...body,
              total,
              ...(skip === undefined ? {} : { has_more: skip + (items?.length ?? 0) < total }),
            };
          });
        },
      };
    },
  );
}

const LIMIT = 20;

/** The pins of threads that have none any more, or are gone, take room. */
const countsPins = (write: OperationId): Drift =>
  handDrift(
    ['pinThread', write],
    `${write}_keeps_pins`,
    `a pin takes room for ever, whatever ${write} does`,
    () => {
      const gone = new Map<string, number>();
      return {
        decide: (ask, call, operation) => {
          const user = call.caller.user_id;
          const pinned = (): readonly unknown[] =>
            call.world.threads
              .where('user', user)
              .filter((one) => one.pinned_at && !one.deleted_at);
          const before = pinned().length;
          if (operation === 'pinThread') {
            const isFull = before + (gone.get(user) ?? 0) >= LIMIT;
            return isFull && tried(ask, call)?.case === 'pinned'
              ? { kind: 'refusal', case: 'pin_limit_reached' }
              : ask(call);
          }
          const outcome = ask(call);
          gone.set(user, (gone.get(user) ?? 0) + before - pinned().length);
          return outcome;
        },
      };
    },
  );

/** A composite counts what has left its members. */
const countsStores = (write: OperationId): Drift =>
  handDrift(
    [write, 'getSlice'],
    `${write}_leaves_count`,
    `store_count stays, whatever ${write} does`,
    () => {
      const left = new Map<string, number>();
      return {
        decide: (ask, call, operation) => {
          if (operation === 'getSlice')
            return changed(ask(call), (slice) => {
              if (!slice.is_composite) return slice;
              const members = slice.member_slice_ids as string[];
              const more = members.reduce((sum, id) => sum + (left.get(id) ?? 0), 0);
              return { ...slice, store_count: (slice.store_count as number) + more };
            });
          const { store_id, vector_store_id } = call.path as Readonly<Record<string, string>>;
          const id = store_id ?? vector_store_id ?? '';
          const slice = call.world.vectorStores.get(id)?.slice_id;
          const outcome = ask(call);
          if (
            slice &&
            outcome.kind === 'answer' &&
            call.world.vectorStores.get(id)?.slice_id !== slice
          )
            left.set(slice, (left.get(slice) ?? 0) + 1);
          return outcome;
        },
      };
    },
  );

/** A composite counts the stores of some of its members. */
const countsOf = (
  id: OperationId,
  which: string,
  some: (members: readonly string[]) => readonly string[],
): Drift =>
  handDrift(
    [id],
    `counts_stores_to_${which}`,
    `counts the stores of a composite by its ${which} member`,
    () => ({
      decide: (ask, call) => {
        const count = (slice: JsonObject): JsonObject =>
          slice.is_composite
            ? {
                ...slice,
                store_count: some(slice.member_slice_ids as string[]).reduce(
                  (sum, member) => sum + call.world.vectorStores.count('slice', member),
                  0,
                ),
              }
            : slice;
        return changed(ask(call), (body) =>
          'items' in body
            ? { ...body, items: (body.items as JsonObject[]).map(count) }
            : count(body),
        );
      },
    }),
  );
