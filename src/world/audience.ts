// Who may see a row, as groups of callers. Rows are filed under their groups, so that a caller's list is what stands under the
// caller's own groups. The row alone decides about its groups; in which a caller is, the rules say (`rules/access.ts`).
import type { KeyPart } from './keys.js';
import type { Slice, Space, StoreAccessMode, VectorStore } from './rows.js';

/** What stores and slices have in common, for access. */
export interface Guarded {
  readonly access_mode: StoreAccessMode;
  /** They reach it whatever its mode is. */
  readonly owners: readonly string[];
  readonly users: readonly string[];
  readonly departments: readonly string[];
}

type StoreAccess = Pick<VectorStore, 'access_mode' | 'created_by' | 'access_users' | 'access_departments'>;

export const storeAccess = (store: StoreAccess): Guarded => ({
  access_mode: store.access_mode,
  owners: [store.created_by],
  users: store.access_users ?? [],
  departments: store.access_departments ?? [],
});

type SliceAccess = Pick<Slice, 'access_mode' | 'created_by' | 'owner_type' | 'owner_id' | 'access_target_ids'>;

/** Access to a slice comes by ownership or by its mode (knowledge sheet K3). */
export function sliceAccess(slice: SliceAccess): Guarded {
  const ownedBy = (type: Slice['owner_type']): readonly string[] => (slice.owner_type === type ? [slice.owner_id] : []);
  const targets = slice.access_target_ids ?? [];
  return {
    access_mode: slice.access_mode,
    owners: [slice.created_by, ...ownedBy('user')],
    users: targets,
    departments: [...targets, ...ownedBy('department')],
  };
}

/**
 * Whoever may reach a store or slice is in exactly one of its groups, so that counts of groups add up. A list of departments is
 * a group as a whole: a caller may be in several of them. Who reaches everything is in those without `_of`.
 */
export function groupsOf({ access_mode, owners, users, departments }: Guarded): readonly KeyPart[] {
  switch (access_mode) {
    case 'public':
    case 'organization':
      return [[access_mode]];
    case 'department': {
      const list = JSON.stringify([...new Set(departments)].sort());
      return [['department', list], ...owners.map((owner) => ['department_of', list, owner])];
    }
    case 'private':
      return [['private'], ...[...owners, ...users].map((user) => ['private_of', user])];
  }
}

type SpaceAccess = Pick<
  Space,
  | 'access_mode'
  | 'created_by'
  | 'access_users'
  | 'access_departments'
  | 'editable_by_users'
  | 'editable_by_roles'
  | 'visible_to_roles'
>;

/** Whoever may see a space is in one of its groups, or in several. */
export function spaceGroups(space: SpaceAccess): readonly KeyPart[] {
  const of = (kind: string, ids: readonly string[] | null): readonly KeyPart[] => (ids ?? []).map((id) => [kind, id]);
  const isOpen = space.access_mode !== 'private' || space.editable_by_users?.includes('*');
  return [
    ...(isOpen ? [['everyone']] : []),
    ['user', space.created_by],
    ...of('user', space.access_users),
    ...of('user', space.editable_by_users),
    ...of('role', space.visible_to_roles),
    ...of('role', space.editable_by_roles),
    ...of('department', space.access_departments),
  ];
}
