// Drifts of servers that remember a refusal: what was refused once is refused for ever, although what
// was in the way is gone.
import type { Outcome } from '../decide/rule.js';
import type { OperationId } from '../spec/document.js';
import type { Drift } from './form.js';
import { handDrift } from './hand/form.js';

/** Refusals that the API itself can take the reason away from. */
const passing: Readonly<Partial<Record<OperationId, readonly string[]>>> = {
  getSpace: ['view_access_required'],
  listSpaceThreads: ['view_access_required'],
  listSpaceVectorStores: ['view_access_required'],
  updateSpace: ['edit_access_required'],
  addVectorStoreToSpace: ['edit_access_required', 'already_attached'],
  removeVectorStoreFromSpace: ['edit_access_required', 'not_attached'],
  addThreadToSpace: ['edit_access_required'],
  removeThreadFromSpace: ['edit_access_required', 'thread_not_in_space'],
  getVectorStore: ['access_required'],
  getStore: ['access_required'],
  getSlice: ['access_required'],
  archiveSlice: ['already_archived'],
  unarchiveSlice: ['already_active'],
  createStoreInSlice: ['slice_archived'],
  updateStore: ['target_archived'],
  createComposite: ['member_not_usable'],
  updateComposite: ['member_not_usable'],
  pinThread: ['already_pinned', 'pin_limit_reached'],
  unpinThread: ['not_pinned'],
};

export const verdictDrifts = (): readonly Drift[] =>
  (Object.entries(passing) as [OperationId, readonly string[]][]).flatMap(([id, refusals]) =>
    refusals.map((refusal) => remembered(id, refusal)),
  );

const remembered = (id: OperationId, refusal: string): Drift =>
  handDrift([id], `${refusal}_for_ever`, `answers ${refusal} for ever, once it was so`, () => {
    const refused = new Map<string, Outcome>();
    return {
      decide: (ask, call) => {
        // The name of what is to be made is no reason.
        const { name: _, title: __, ...rest } = (call.body ?? {}) as Record<string, unknown>;
        const key = JSON.stringify([call.path, rest, call.caller.user_id]);
        const known = refused.get(key);
        if (known) return known;
        const outcome = ask(call);
        if (outcome.case === refusal) refused.set(key, outcome);
        return outcome;
      },
    };
  });
