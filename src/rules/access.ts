// Permission, as tables: which grants open which level of a space, and which open a knowledge
// entity.
import type { Holders, Way } from '../decide/grounds.js';
import type { Guarded, StoreAccessMode } from '../world/audience.js';
import type { Position } from '../world/indexes.js';
import { compound, type KeyPart, lastPart, product } from '../world/keys.js';
import { type Slice, sliceAccess } from '../world/nouns/slices.js';
import type { Space } from '../world/nouns/spaces.js';
import { storeAccess, type VectorStore } from '../world/nouns/vector-stores.js';
import type { World } from '../world/world.js';
import type { Caller } from './callers.js';

/** The capability of somebody who may do everything in the organization. */
export const OVERRIDE = 'override_all_permissions';

/** The path names the caller's own organization. */
export const isOwnOrganization = (request: {
  readonly caller: Caller;
  readonly path: { readonly organization_id: string };
}): boolean => request.caller.organization_id === request.path.organization_id;

export type Level = 'view' | 'edit' | 'owner';

/** One kind of right, and the ids of those who have it on a thing; null where nobody has. */
interface Grant<Thing> {
  readonly to: Way['to'];
  readonly field?: string;
  readonly ids: (thing: Thing) => readonly string[] | null;
}

const override = { to: 'capability', ids: () => [OVERRIDE] } as const satisfies Grant<unknown>;

/** Every way in which a caller may hold rights on a space (spaces sheet 0.9). */
const spaceGrants = {
  creator: { to: 'user', field: 'created_by', ids: (space) => [space.created_by] },
  override,
  // Public means organization-wide here (S-C4).
  organization_wide: {
    to: 'member',
    field: 'access_mode',
    ids: (space) => (space.access_mode === 'private' ? null : [space.organization_id]),
  },
  viewing_user: { to: 'user', field: 'access_users', ids: (space) => space.access_users },
  viewing_role: { to: 'role', field: 'visible_to_roles', ids: (space) => space.visible_to_roles },
  viewing_department: {
    to: 'department',
    field: 'access_departments',
    ids: (space) => space.access_departments,
  },
  // `*` counts here and in no other list (seed 003); limited to the organization: assumed.
  editing_everybody: {
    to: 'member',
    field: 'editable_by_users',
    ids: (space) => (has(space.editable_by_users, '*') ? [space.organization_id] : null),
  },
  editing_user: {
    to: 'user',
    field: 'editable_by_users',
    ids: (space) => space.editable_by_users,
  },
  editing_role: {
    to: 'role',
    field: 'editable_by_roles',
    ids: (space) => space.editable_by_roles,
  },
} satisfies Record<string, Grant<Space>>;

type SpaceGrant = keyof typeof spaceGrants;

/** The permission table of a space. Edit implies view: assumed. */
const spaceLevels: Record<Level, readonly SpaceGrant[]> = {
  owner: ['creator', 'override'],
  edit: ['creator', 'override', 'editing_everybody', 'editing_user', 'editing_role'],
  view: [
    'creator',
    'override',
    'organization_wide',
    'viewing_user',
    'viewing_role',
    'viewing_department',
    'editing_everybody',
    'editing_user',
    'editing_role',
  ],
};

/** Whether a caller has what a way asks for. */
export function holds(caller: Caller, { to, ids }: Pick<Way, 'to' | 'ids'>): boolean {
  switch (to) {
    case 'user':
      return ids.includes(caller.user_id);
    case 'role':
      return hasAny(ids, caller.role_ids);
    case 'department':
      return hasAny(ids, caller.department_ids);
    case 'capability':
      return ids.some((id) => caller.capabilities.has(id));
    case 'member':
      return ids.includes(caller.organization_id);
  }
}

/** Whose organization it is has been asked before, by a guard or by `mayAccess`. */
function isGranted<Thing>(caller: Caller, { to, ids }: Grant<Thing>, thing: Thing): boolean {
  const granted = ids(thing);
  return granted !== null && (to === 'member' || holds(caller, { to, ids: granted }));
}

/** The same for those who ask who would have been let in. */
const wayOf = <Thing extends { readonly id: string }>(
  name: string,
  { to, field, ids }: Grant<Thing>,
  thing: Thing,
): Way => ({
  grant: name,
  to,
  ids: ids(thing) ?? [],
  ...(field === undefined ? {} : { field }),
  of: thing.id,
});

/** Whether a caller holds a level on a space; nobody from another organization does. */
export function mayAccess(caller: Caller, level: Level, space: Space): boolean {
  if (caller.organization_id !== space.organization_id) return false;
  return spaceLevels[level].some((grant) => isGranted(caller, spaceGrants[grant], space));
}

/** Who holds a level on a space. */
export const holdersOfSpace =
  (level: Level) =>
  (space: Space): Holders => ({
    organization: space.organization_id,
    ways: spaceLevels[level].map((name) => wayOf<Space>(name, spaceGrants[name], space)),
  });

const capable = (capability: string): readonly string[] => [capability, OVERRIDE];

export const hasCapability = (caller: Caller, capability: string): boolean =>
  holds(caller, { to: 'capability', ids: capable(capability) });

export const holdersOfCapability = (organization: string, capability: string): Holders => ({
  organization,
  ways: [{ grant: 'capability', to: 'capability', ids: capable(capability) }],
});

type Reached = Guarded & Pick<Slice | VectorStore, 'id' | 'organization_id'>;

/** Every way in which a caller may reach a store or a slice. */
const entityGrants = {
  owner: { to: 'user', ids: ({ owners }) => owners },
  override,
  // Public means organization-wide (K-C6).
  organization_wide: {
    to: 'member',
    field: 'access_mode',
    ids: ({ access_mode, organization_id }) =>
      access_mode === 'public' || access_mode === 'organization' ? [organization_id] : null,
  },
  department: {
    to: 'department',
    ids: ({ access_mode, departments }) => (access_mode === 'department' ? departments : null),
  },
  user: { to: 'user', ids: ({ access_mode, users }) => (access_mode === 'private' ? users : null) },
} satisfies Record<string, Grant<Reached>>;

const reached = (
  { id, organization_id }: Slice | VectorStore,
  { access_mode, owners, users, departments }: Guarded,
): Reached => ({ id, organization_id, access_mode, owners, users, departments });
const reachedSlice = (slice: Slice): Reached => reached(slice, sliceAccess(slice));
const reachedStore = (store: VectorStore): Reached => reached(store, storeAccess(store));

const grantsOfEntities = Object.entries<Grant<Reached>>(entityGrants);

/** The organization in the path was checked before. */
const mayReach = (caller: Caller, thing: Reached): boolean =>
  grantsOfEntities.some(([, grant]) => isGranted(caller, grant, thing));

export const mayReachSlice = (caller: Caller, slice: Slice): boolean =>
  mayReach(caller, reachedSlice(slice));

export const mayReachStore = (caller: Caller, store: VectorStore): boolean =>
  mayReach(caller, reachedStore(store));

const holdersOf = (thing: Reached): Holders => ({
  organization: thing.organization_id,
  ways: grantsOfEntities.map(([name, grant]) => wayOf(name, grant, thing)),
});

export const holdersOfSlice = (slice: Slice): Holders => holdersOf(reachedSlice(slice));
export const holdersOfStore = (store: VectorStore): Holders => holdersOf(reachedStore(store));

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
