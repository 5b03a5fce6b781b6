// Spaces: create, list, retrieve, update, delete (spaces sheet S1 to S5).
import type { components } from '../spec/schema.gen.js';
import { deleteSpaceSoftly } from '../world/nouns/deleted-rows.js';
import type { SpaceVectorStore } from '../world/nouns/space-vector-stores.js';
import { makeSpace, type Space } from '../world/nouns/spaces.js';
import { makeStore } from '../world/nouns/vector-stores.js';
import type { World } from '../world/world.js';
import { mayAccess, spacesInView } from './access.js';
import { forget, touch } from './memory.js';
import { cursorPage, readCursor } from './paging.js';
import { answer, exists, rule, type Verdict } from './rule.js';
import { dropStore } from './stores.js';
import { readingViewsOf } from './views.js';

type SpaceUpdate = components['schemas']['SpaceUpdate'];

/**
 * The space as the API shows it. Field by field, as every view of a row: to take a row apart and
 * spread the rest costs Node 20 some five microseconds more (docs/performance.md).
 */
export const spaceView = readingViewsOf({
  moments: (world: World) => [world.spaceVectorStores.moment],
  read: (world, space: Space) =>
    world.spaceVectorStores.where('space', space.id).map((link) => link.vector_store_id),
  make: (space, additional): components['schemas']['Space'] => ({
    id: space.id,
    organization_id: space.organization_id,
    created_by: space.created_by,
    name: space.name,
    description: space.description,
    vector_store_id: space.vector_store_id,
    access_mode: space.access_mode,
    access_users: space.access_users,
    access_departments: space.access_departments,
    editable_by_users: space.editable_by_users,
    editable_by_roles: space.editable_by_roles,
    visible_to_roles: space.visible_to_roles,
    additional_vector_store_ids: additional,
    last_activity_at: space.last_activity_at,
    created_at: space.created_at,
    updated_at: space.updated_at,
  }),
});

/**
 * A space that a call may speak about: not deleted, and in the organization that April's clients
 * name (S-C2).
 */
export function findSpace(
  world: World,
  path: { readonly space_id: string },
  query: { readonly organization_id?: string },
): Space | undefined {
  const space = world.spaces.get(path.space_id);
  if (!space || space.deleted_at) return undefined;
  return query.organization_id === undefined || query.organization_id === space.organization_id
    ? space
    : undefined;
}

export const createSpace = rule('createSpace', {
  read: ({ world, body }) => ({
    stores: (body.vector_store_ids ?? []).map((id) => ({ id, row: world.vectorStores.get(id) })),
  }),
  guards: {
    organization_access_denied: ({ caller, body }) =>
      caller.organization_id === body.organization_id, // X2
    unknown_role: ({ world, body }) => knowsRoles(world, body.organization_id, body), // docs spaces/create
    unknown_department: ({ world, body }) => knowsDepartments(world, body.organization_id, body), // docs spaces/create
    vector_store_not_found: ({ stores }) => {
      const missing = stores.find((store) => !store.row);
      return missing ? { details: { vector_store_id: missing.id } } : true;
    },
    other_organization: ({ stores, body }) => {
      const foreign = stores.find((store) => store.row?.organization_id !== body.organization_id);
      return foreign ? { details: { vector_store_id: foreign.id } } : true;
    },
  },
  accept: ({ world, caller, now, body, stores }) => {
    const { organization_id, name } = body;
    const owned = { organization_id, created_by: caller.user_id, created_at: now };
    const store = world.vectorStores.insert(
      makeStore({ ...owned, id: world.ids.next('vs'), name, access_mode: 'private' }),
    );
    const space = world.spaces.insert(
      makeSpace({
        ...owned,
        id: world.ids.next('space'),
        name,
        description: body.description,
        vector_store_id: store.id,
        access_mode: body.access_mode,
        access_users: body.access_users,
        access_departments: body.access_departments,
        editable_by_users: body.editable_by_users,
        editable_by_roles: body.editable_by_roles,
        visible_to_roles: body.visible_to_roles,
      }),
    );
    for (const { id } of stores)
      attachStore(world, {
        space_id: space.id,
        vector_store_id: id,
        added_by: caller.user_id,
        added_at: now,
      });
    return answer('created', spaceView(world, space));
  },
});

export const listSpaces = rule('listSpaces', {
  read: ({ query }) => ({ before: readCursor(query.cursor, `spaces/${query.organization_id}`) }),
  guards: {
    organization_access_denied: ({ caller, query }) =>
      caller.organization_id === query.organization_id, // X2
    unknown_cursor: ({ before }) =>
      exists(before) || { fault: { field: 'cursor', keyword: 'unknown_cursor' } }, // assumed
  },
  accept: ({ world, caller, query, before }) => {
    const { rows, ...rest } = cursorPage(
      spacesInView(world, caller, query.organization_id, before),
      {
        scope: `spaces/${query.organization_id}`,
        limit: query.limit,
        position: (id) => world.spaces.position(id),
      },
    );
    return answer('listed', { spaces: rows.map((space) => spaceView(world, space)), ...rest });
  },
});

export const getSpace = rule('getSpace', {
  read: ({ world, path, query }) => ({ space: findSpace(world, path, query) }),
  guards: {
    space_not_found: ({ space }) => exists(space), // docs spaces/retrieve
    view_access_required: ({ caller, space }) => mayAccess(caller, 'view', space), // docs spaces/retrieve
  },
  accept: ({ world, space }) => answer('retrieved', spaceView(world, space)),
});

const plainFields = ['name', 'description'] as const;
const accessFields = [
  'access_mode',
  'access_users',
  'access_departments',
  'editable_by_users',
  'editable_by_roles',
  'visible_to_roles',
] as const;

export const updateSpace = rule('updateSpace', {
  read: ({ world, path, query }) => ({ space: findSpace(world, path, query) }),
  guards: {
    space_not_found: ({ space }) => exists(space), // by family, assumed
    edit_access_required: ({ caller, space, body }) =>
      (namesAny(body, accessFields) && !namesAny(body, plainFields)) ||
      mayAccess(caller, 'edit', space), // docs spaces/update
    owner_access_required: ({ caller, space, body }) =>
      !namesAny(body, accessFields) || mayAccess(caller, 'owner', space), // docs spaces/update
    unknown_role: ({ world, space, body }) => knowsRoles(world, space.organization_id, body), // docs spaces/update
    unknown_department: ({ world, space, body }) =>
      knowsDepartments(world, space.organization_id, body), // docs spaces/update
  },
  accept: ({ world, now, space, body }) => {
    if (!namesAny(body, [...plainFields, ...accessFields]))
      return answer('updated', spaceView(world, space));
    world.spaces.update(space.id, changesOf(body));
    touch(world, space.id, now);
    return answer('updated', spaceView(world, world.spaces.get(space.id) as Space));
  },
});

export const deleteSpace = rule('deleteSpace', {
  read: ({ world, path, query }) => ({ space: findSpace(world, path, query) }),
  guards: {
    space_not_found: ({ space }) => exists(space), // by family, assumed
    edit_access_required: ({ caller, space }) => mayAccess(caller, 'edit', space), // docs spaces/delete, S-C1
  },
  accept: ({ world, now, space }) => {
    for (const link of world.spaceThreads.where('space', space.id)) {
      forget(world, space.id, link.thread_id);
      world.spaceThreads.delete(link.id);
    }
    for (const link of world.spaceVectorStores.where('space', space.id))
      world.spaceVectorStores.delete(link.id);
    // Another space may have attached this space's store as one of its own; that goes too.
    if (space.vector_store_id) dropStore(world, space.vector_store_id);
    deleteSpaceSoftly(world, space.id, now);
    return answer('deleted', undefined);
  },
});

export function attachStore(world: World, attachment: Omit<SpaceVectorStore, 'id'>): void {
  world.spaceVectorStores.insert({ id: world.ids.next('svs'), ...attachment });
}

function namesAny(body: SpaceUpdate, fields: readonly (keyof SpaceUpdate)[]): boolean {
  return fields.some((field) => body[field] !== undefined);
}

function changesOf(body: SpaceUpdate): Partial<Space> {
  const known = [...plainFields, ...accessFields].filter((field) => body[field] !== undefined);
  return Object.fromEntries(known.map((field) => [field, body[field]])) as Partial<Space>;
}

type Grants = Pick<SpaceUpdate, 'access_departments' | 'editable_by_roles' | 'visible_to_roles'>;

function knowsRoles(world: World, organizationId: string, body: Grants): Verdict {
  return knows(
    ['editable_by_roles', 'visible_to_roles'],
    body,
    (id) => world.roles.get(id)?.organization_id === organizationId,
  );
}

function knowsDepartments(world: World, organizationId: string, body: Grants): Verdict {
  return knows(
    ['access_departments'],
    body,
    (id) => world.departments.get(id)?.organization_id === organizationId,
  );
}

function knows(
  fields: readonly (keyof Grants)[],
  body: Grants,
  known: (id: string) => boolean,
): Verdict {
  for (const field of fields) {
    const unknown = body[field]?.find((id) => !known(id));
    if (unknown !== undefined)
      return { fault: { field, keyword: 'unknown_reference', value: unknown } };
  }
  return true;
}
