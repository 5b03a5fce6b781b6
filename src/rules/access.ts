// Permission, as tables: which grants open which level of a space, and which open a knowledge entity.
import type { Slice, Space, VectorStore } from '../world/rows.js';
import type { Caller } from './callers.js';

export type Level = 'view' | 'edit' | 'owner';

/** Every way in which a caller may hold rights on a space (spaces sheet 0.9). */
const spaceGrants = {
  creator: (caller, space) => space.created_by === caller.user_id,
  override: (caller) => caller.capabilities.has('override_all_permissions'),
  // Public means organization-wide here (S-C4).
  organization_wide: (_caller, space) => space.access_mode !== 'private',
  viewing_user: (caller, space) => has(space.access_users, caller.user_id),
  viewing_role: (caller, space) => hasAny(space.visible_to_roles, caller.role_ids),
  viewing_department: (caller, space) => hasAny(space.access_departments, caller.department_ids),
  // `*` counts here and in no other list (seed 003); limited to the organization: assumed.
  editing_user: (caller, space) => has(space.editable_by_users, caller.user_id) || has(space.editable_by_users, '*'),
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
  return caller.capabilities.has(capability) || caller.capabilities.has('override_all_permissions');
}

/** What the two kinds of knowledge entity have in common, for access. */
interface Guarded {
  readonly created_by: string;
  readonly access_mode: 'public' | 'organization' | 'department' | 'private';
  readonly users: readonly string[] | null;
  readonly departments: readonly string[] | null;
}

function mayReach(caller: Caller, entity: Guarded): boolean {
  if (entity.created_by === caller.user_id || caller.capabilities.has('override_all_permissions')) return true;
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

/** Access to a slice comes by ownership or by its mode (knowledge sheet K3). */
export function mayReachSlice(caller: Caller, slice: Slice): boolean {
  const owned = (type: Slice['owner_type']): readonly string[] => (slice.owner_type === type ? [slice.owner_id] : []);
  return mayReach(caller, {
    created_by: slice.owner_type === 'user' && slice.owner_id === caller.user_id ? caller.user_id : slice.created_by,
    access_mode: slice.access_mode,
    users: [...(slice.access_target_ids ?? []), ...owned('user')],
    departments: [...(slice.access_target_ids ?? []), ...owned('department')],
  });
}

export function mayReachStore(caller: Caller, store: VectorStore): boolean {
  return mayReach(caller, { ...store, users: store.access_users, departments: store.access_departments });
}

function has(list: readonly string[] | null, id: string): boolean {
  return list?.includes(id) ?? false;
}

function hasAny(list: readonly string[] | null, ids: readonly string[]): boolean {
  return ids.some((id) => has(list, id));
}
