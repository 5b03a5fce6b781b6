// Permission, as tables: which grants open which level of a space, and which open a knowledge
// entity.
import type { Guarded, StoreAccessMode } from '../world/audience.js';
import type { Position } from '../world/indexes.js';
import { compound, type KeyPart, lastPart, product } from '../world/keys.js';
import { type Slice, sliceAccess } from '../world/nouns/slices.js';
import type { Space } from '../world/nouns/spaces.js';
import { storeAccess, type VectorStore } from '../world/nouns/vector-stores.js';
import type { World } from '../world/world.js';
import type { Caller } from './callers.js';

/** The capability of somebody who may do everything in the organization. */
const OVERRIDE = 'override_all_permissions';

/** The path names the caller's own organization. */
export const isOwnOrganization = (request: {
  readonly caller: Caller;
  readonly path: { readonly organization_id: string };
}): boolean => request.caller.organization_id === request.path.organization_id;

export type Level = 'view' | 'edit' | 'owner';

/** Every way in which a caller may hold rights on a space (spaces sheet 0.9). */
const spaceGrants = {
  creator: (caller, space) => space.created_by === caller.user_id,
  override: (caller) => caller.capabilities.has(OVERRIDE),
  // Public means organization-wide here (S-C4).
  organization_wide: (_caller, space) => space.access_mode !== 'private',
  viewing_user: (caller, space) => has(space.access_users, caller.user_id),
  viewing_role: (caller, space) => hasAny(space.visible_to_roles, caller.role_ids),
  viewing_department: (caller, space) => hasAny(space.access_departments, caller.department_ids),
  // `*` counts here and in no other list (seed 003); limited to the organization: assumed.
  editing_user: (caller, space) =>
    has(space.editable_by_users, caller.user_id) || has(space.editable_by_users, '*'),
  editing_role: (caller, space) => hasAny(space.editable_by_roles, caller.role_ids),
} satisfies Record<string, (caller: Caller, space: Space) => boolean>;

type SpaceGrant = keyof typeof spaceGrants;

/** The permission table of a space. Edit implies view: assumed. */
const spaceLevels: Record<Level, readonly SpaceGrant[]> = {
  owner: ['creator', 'override'],
  edit: ['creator', 'override', 'editing_user', 'editing_role'],
  view: [
    'creator',
    'override',
    'organization_wide',
    'viewing_user',
    'viewing_role',
    'viewing_department',
    'editing_user',
    'editing_role',
  ],
};

/** Whether a caller holds a level on a space; nobody from another organization does. */
export function mayAccess(caller: Caller, level: Level, space: Space): boolean {
  if (caller.organization_id !== space.organization_id) return false;
  return spaceLevels[level].some((grant) => spaceGrants[grant](caller, space));
}

export function hasCapability(caller: Caller, capability: string): boolean {
  return caller.capabilities.has(capability) || caller.capabilities.has(OVERRIDE);
}

function mayReach(caller: Caller, entity: Guarded): boolean {
  if (entity.owners.includes(caller.user_id) || caller.capabilities.has(OVERRIDE)) return true;
  switch (entity.access_mode) {
    case 'public': // organization-wide (K-C6); the organization in the path was checked before
    case 'organization':
      return true;
    case 'department':
      return hasAny(entity.departments, caller.department_ids);
    case 'private':
      return has(entity.users, caller.user_id);
  }
}

export const mayReachSlice = (caller: Caller, slice: Slice): boolean =>
  mayReach(caller, sliceAccess(slice));

export const mayReachStore = (caller: Caller, store: VectorStore): boolean =>
  mayReach(caller, storeAccess(store));

/**
 * The groups in which a caller reaches stores or slices; `lists` are the lists of departments that
 * there are.
 */
function groupsReached(caller: Caller, lists: readonly string[]): readonly KeyPart[] {
  const own = caller.user_id;
  const isOverriding = caller.capabilities.has(OVERRIDE);
  const isIn = (list: string): boolean =>
    isOverriding || hasAny(JSON.parse(list) as string[], caller.department_ids);
  return [
    ['public'],
    ['organization'],
    isOverriding ? ['private'] : ['private_of', own],
    ...lists.map((list) => (isIn(list) ? ['department', list] : ['department_of', list, own])),
  ];
}

/** The keys of what a caller reaches of some lists, of every access mode or of one. */
export function keysReached(
  table: World['slices'] | World['vectorStores'],
  caller: Caller,
  scopes: readonly KeyPart[],
  mode?: StoreAccessMode,
): string[] {
  return scopes.flatMap((scope) => {
    const beginning = compound(...scope, 'department');
    const lists = table.keys('reach', beginning).map((key) => lastPart(key, beginning));
    const groups = groupsReached(caller, lists).filter(
      ([kind]) => mode === undefined || kind?.startsWith(mode),
    );
    return product([scope], groups);
  });
}

/**
 * The spaces of an organization that a caller may see, the newest first, from before a position on.
 */
export function spacesInView(
  world: World,
  caller: Caller,
  organizationId: string,
  before: Position,
): Iterable<Space> {
  if (caller.organization_id !== organizationId) return [];
  if (caller.capabilities.has(OVERRIDE))
    return world.spaces.newestFirst('organization', organizationId, before);
  const of = (kind: string, ids: readonly string[]): readonly KeyPart[] =>
    ids.map((id) => [kind, id]);
  const groups = [
    ['everyone'],
    ['user', caller.user_id],
    ...of('role', caller.role_ids),
    ...of('department', caller.department_ids),
  ];
  return world.spaces.list('audience', product([[organizationId]], groups)).before(before);
}

function has(list: readonly string[] | null, id: string): boolean {
  return list?.includes(id) ?? false;
}

function hasAny(list: readonly string[] | null, ids: readonly string[]): boolean {
  return ids.some((id) => has(list, id));
}
