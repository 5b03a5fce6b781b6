// What each refusal is about, by the name of its guard: said once for all operations that have it.
// A refusal of the document that is missing here does not compile.
import type { Grounds, Holders } from '../decide/grounds.js';
import type { Call } from '../decide/rule.js';
import type { OperationCases, OperationId } from '../spec/cases.gen.js';
import { isJsonObject, type Json, type JsonObject } from '../spec/message.js';
import type { Slice } from '../world/nouns/slices.js';
import type { Space } from '../world/nouns/spaces.js';
import type { VectorStore } from '../world/nouns/vector-stores.js';
import type { World } from '../world/world.js';
import {
  holdersOfCapability,
  holdersOfSlice,
  holdersOfSpace,
  holdersOfStore,
  type Level,
} from './access.js';
import type { Caller } from './callers.js';
import { MANAGE_SLICES } from './slices.js';

/** A request, and what rules read for it under these names. */
interface Known extends Call<World, Caller> {
  readonly space?: Space;
  readonly slice?: Slice;
  readonly store?: VectorStore;
  readonly stores?: readonly { readonly row?: VectorStore | undefined }[];
}

type GroundsOfRules = Grounds<Known>;

const access = (needs: string, holders: (known: Known) => Holders): GroundsOfRules => ({
  kind: 'access',
  needs,
  holders,
});

const spaceAccess = (level: Level): GroundsOfRules =>
  access(`somebody with ${level} access to the space`, ({ space }) =>
    holdersOfSpace(level)(space as Space),
  );

/** The organization that a request names, wherever it does. */
function organizationOf({ path, query, body }: Known): string {
  const named = [path, query, body].flatMap((part) =>
    isJsonObject(part as Json) ? [(part as JsonObject).organization_id] : [],
  );
  return String(named.find((id) => id !== undefined) ?? '');
}

const shown = (row: { readonly id: string } | undefined): string => `\`${row?.id}\``;

const existence = (needs: string): GroundsOfRules => ({ kind: 'existence', needs });
type Because = Required<GroundsOfRules>['because'];
const state = (needs: string, because?: Because): GroundsOfRules => ({
  kind: 'state',
  needs,
  ...(because ? { because } : {}),
});
const limit = (needs: string, because?: Because): GroundsOfRules => ({
  ...state(needs, because),
  kind: 'limit',
});
const input = (needs: string): GroundsOfRules => ({ kind: 'input', needs });

type Refusal = { [Op in OperationId]: OperationCases[Op]['refusal'] }[OperationId];

export const grounds: Readonly<Record<Refusal, GroundsOfRules>> = {
  organization_access_denied: access(
    'a member of the organization that the request names',
    (known) => ({ organization: organizationOf(known), ways: [] }),
  ),
  view_access_required: spaceAccess('view'),
  edit_access_required: spaceAccess('edit'),
  owner_access_required: spaceAccess('owner'),
  capability_required: access(`somebody with the capability ${MANAGE_SLICES}`, (known) =>
    holdersOfCapability(organizationOf(known), MANAGE_SLICES),
  ),
  access_required: access('somebody who may reach it', ({ slice, store }) =>
    slice ? holdersOfSlice(slice) : holdersOfStore(store as VectorStore),
  ),

  space_not_found: existence('a space that is there'),
  vector_store_not_found: existence('a vector store that is there'),
  slice_not_found: existence('a slice of the organization'),
  member_not_found: existence('members that are slices of the organization'),
  thread_not_found: existence('a thread that is there for the caller'),
  message_not_found: existence('a message of the thread'),
  not_attached: existence('a vector store that is attached to the space'),
  thread_not_in_space: existence('a thread that is in the space'),

  already_attached: state(
    'a vector store that is not attached to the space',
    ({ space, store }) => `${shown(store)} is attached to ${shown(space)} already.`,
  ),
  own_dedicated_store: state(
    "a vector store other than the space's dedicated one",
    ({ space, store }) => `${shown(store)} is the dedicated vector store of ${shown(space)}.`,
  ),
  other_organization: state(
    'vector stores of the organization of the space',
    ({ space, store, stores, body }) => {
      const own = space?.organization_id ?? (body as { organization_id: string }).organization_id;
      const foreign = store ?? stores?.find(({ row }) => row && row.organization_id !== own)?.row;
      return `${shown(foreign)} is a vector store of \`${foreign?.organization_id}\`, not of \`${own}\`.`;
    },
  ),
  slice_archived: state(
    'an active slice',
    ({ slice }) => `${shown(slice)} was archived at ${slice?.archived_at}.`,
  ),
  slice_composite: state(
    'a slice that is no composite',
    ({ slice }) => `${shown(slice)} is a composite.`,
  ),
  target_archived: state('an active slice'),
  target_composite: state('a slice that is no composite'),
  member_not_usable: state('members that are active and no composites'),
  assistant_locked: state('a thread without messages, or the assistant that it has'),

  pin_limit_reached: limit(
    'fewer than 20 pinned threads, or a thread that is pinned already',
    ({ caller }) => `\`${caller.user_id}\` has 20 pinned threads, which is the most.`,
  ),
  too_much_metadata: limit('at most 16 entries of metadata after the merge'),

  unknown_role: input('roles of the organization'),
  unknown_department: input('departments of the organization'),
  unknown_owner: input('an owner of the kind that owner_type says, in the organization'),
  unknown_cursor: input('a cursor of this list, or none'),
  blank_content: input('a content that is not blank'),
};
