// Drifts of servers that remember too long: a read that one kind of write does not make them forget,
// and who may see a thing.
import { decide, type Outcome, type Rule } from '../decide/rule.js';
import type { Caller } from '../rules/callers.js';
import type { Call } from '../rules/rule.js';
import { rules } from '../rules/rules.js';
import type { OperationId } from '../spec/document.js';
import type { World } from '../world/world.js';
import type { Drift, Wrapper } from './form.js';
import { handDrift } from './hand/form.js';

/** By the write, the reads that show what it did. */
const shownBy: Readonly<Partial<Record<OperationId, readonly OperationId[]>>> = {
  createSpace: ['listSpaces'],
  updateSpace: ['getSpace', 'listSpaces'],
  deleteSpace: [
    'getSpace',
    'listSpaces',
    'getThread',
    'listThreads',
    'listSpaceThreads',
    'listSpaceVectorStores',
    'getVectorStore',
    'listVectorStores',
    'getVectorStoreUsage',
  ],
  addVectorStoreToSpace: ['getSpace', 'listSpaces', 'listSpaceVectorStores'],
  removeVectorStoreFromSpace: ['getSpace', 'listSpaces', 'listSpaceVectorStores'],
  addThreadToSpace: ['getThread', 'listThreads', 'listSpaceThreads'],
  removeThreadFromSpace: ['getThread', 'listThreads', 'listSpaceThreads'],
  createThread: ['listThreads'],
  updateThread: ['getThread', 'listThreads', 'listSpaceThreads'],
  deleteThread: ['getThread', 'listThreads', 'listSpaceThreads'],
  deleteAllThreads: ['getThread', 'listThreads', 'listSpaceThreads'],
  pinThread: ['getThread', 'listThreads', 'listSpaceThreads'],
  unpinThread: ['getThread', 'listThreads', 'listSpaceThreads'],
  generateThreadName: ['getThread', 'listThreads', 'listSpaceThreads'],
  updateMessage: ['listMessages'],
  deleteMessage: ['listMessages', 'getThread', 'listThreads', 'listSpaceThreads'],
  createSlice: ['listSlices'],
  updateSlice: ['getSlice', 'listSlices'],
  archiveSlice: ['getSlice', 'listSlices'],
  unarchiveSlice: ['getSlice', 'listSlices'],
  createComposite: ['listComposites'],
  updateComposite: ['getSlice', 'listComposites'],
  createStoreInSlice: [
    'listStoresInSlice',
    'listStores',
    'getSlice',
    'listSlices',
    'listVectorStores',
    'getVectorStoreUsage',
  ],
  updateStore: [
    'getStore',
    'listStores',
    'listStoresInSlice',
    'getSlice',
    'listSlices',
    'getVectorStore',
    'listVectorStores',
    'getVectorStoreUsage',
  ],
  deleteStore: [
    'getStore',
    'listStores',
    'listStoresInSlice',
    'getSlice',
    'listSlices',
    'listSpaces',
    'getVectorStore',
    'listVectorStores',
    'getVectorStoreUsage',
    'listSpaceVectorStores',
    'getSpace',
  ],
  createVectorStore: ['listVectorStores', 'getVectorStoreUsage'],
  updateVectorStore: [
    'getVectorStore',
    'listVectorStores',
    'getStore',
    'listStores',
    'listStoresInSlice',
    'getVectorStoreUsage',
  ],
  deleteVectorStore: [
    'getVectorStore',
    'listVectorStores',
    'getStore',
    'listStores',
    'listStoresInSlice',
    'getSlice',
    'listSlices',
    'getVectorStoreUsage',
    'listSpaceVectorStores',
    'getSpace',
    'listSpaces',
  ],
};

export const rememberedDrifts = (): readonly Drift[] => [
  ...(Object.entries(shownBy) as [OperationId, readonly OperationId[]][]).flatMap(
    ([write, reads]) => reads.map((read) => kept(write, read)),
  ),
  ...(Object.entries(closed) as [OperationId, string][]).map(([operation, refusal]) =>
    stillLetIn(operation, refusal),
  ),
];

/** What was read of late; a cache is no larger. */
const MOST = 40;

const shown = ({ case: name, ...outcome }: Outcome): string =>
  JSON.stringify([name, 'body' in outcome ? outcome.body : null]);

function kept(write: OperationId, read: OperationId): Drift {
  const ask = (call: Call, world: World): Outcome =>
    decide(rules[read] as unknown as Rule<World, Caller>, { ...call, world } as never).outcome;
  return handDrift(
    [write, read],
    `${write}.${read}_kept`,
    `${read} answers as before it, to whoever has read it before`,
    () => {
      const calls = new Map<string, Call>();
      const old = new Map<string, { readonly before: Outcome; readonly now: string }>();
      const reading = (own: Outcome, call: Call): Outcome => {
        const key = JSON.stringify([call.path, call.query, call.caller.user_id]);
        calls.delete(key);
        calls.set(key, call);
        const [oldest = ''] = calls.keys();
        if (calls.size > MOST) calls.delete(oldest);
        const known = old.get(key);
        // Whatever else was written since has made it forget.
        if (known?.now === shown(own)) return known.before;
        old.delete(key);
        return own;
      };
      const decideKeeping: Wrapper['decide'] = (asked, call, operation) => {
        if (operation === read) return reading(asked(call), call);
        const before = [...calls].map(([key, each]) => [key, each, ask(each, call.world)] as const);
        const outcome = asked(call);
        for (const [key, each, was] of before) {
          const now = shown(ask(each, call.world));
          if (now !== shown(was)) old.set(key, { before: old.get(key)?.before ?? was, now });
        }
        return outcome;
      };
      return { decide: decideKeeping };
    },
  );
}

/** What somebody else may close, and how it is refused then. */
const closed: Readonly<Partial<Record<OperationId, string>>> = {
  getSpace: 'view_access_required',
  listSpaceThreads: 'view_access_required',
  listSpaceVectorStores: 'view_access_required',
  getVectorStore: 'access_required',
  updateSpace: 'edit_access_required',
  addVectorStoreToSpace: 'edit_access_required',
  removeVectorStoreFromSpace: 'edit_access_required',
  addThreadToSpace: 'edit_access_required',
  removeThreadFromSpace: 'edit_access_required',
};

function stillLetIn(operation: OperationId, refusal: string): Drift {
  return handDrift(
    [operation],
    'still_let_in',
    'lets in whoever was let in before, although it was closed since',
    () => {
      const letIn = new Set<string>();
      return {
        decide: (ask, call) => {
          const key = JSON.stringify([call.path, call.caller.user_id]);
          const outcome = ask(call);
          if (outcome.kind === 'answer') letIn.add(key);
          return outcome.case === refusal && letIn.has(key)
            ? ask(call, { without: refusal })
            : outcome;
        },
      };
    },
  );
}
