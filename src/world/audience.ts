// Who may see a row, as groups of callers. Rows are filed under their groups, so that a caller's
// list is what stands under the caller's own groups. The row alone decides about its groups; in
// which a caller is, the rules say (`rules/access.ts`).
import type { KeyPart } from './keys.js';

export type StoreAccessMode = 'public' | 'organization' | 'department' | 'private';

/** What stores and slices have in common, for access. */
export interface Guarded {
  readonly access_mode: StoreAccessMode;
  /** They reach it whatever its mode is. */
  readonly owners: readonly string[];
  readonly users: readonly string[];
  readonly departments: readonly string[];
}

/**
 * Whoever may reach a store or slice is in exactly one of its groups, so that counts of groups add
 * up. A list of departments is a group as a whole: a caller may be in several of them. Who reaches
 * everything is in those without `_of`.
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
