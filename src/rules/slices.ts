// Knowledge slices: list, create, retrieve, update, archive and back (knowledge sheet K1 to K6).
import type { components } from '../spec/schema.gen.js';
import type { KeyPart } from '../world/keys.js';
import type { List } from '../world/list.js';
import { makeSlice, type Slice, sliceScope } from '../world/nouns/slices.js';
import type { World } from '../world/world.js';
import { hasCapability, isOwnOrganization, keysReached, mayReachSlice } from './access.js';
import type { Caller } from './callers.js';
import { namedLike, skipPage } from './paging.js';
import { answer, exists, rule } from './rule.js';
import { readingViewsOf } from './views.js';

export const MANAGE_SLICES = 'manage_knowledge_slices';

export const sliceView = readingViewsOf({
  moments: (world: World) => [world.vectorStores.moment],
  read: storeCount,
  make: (slice, count): components['schemas']['Slice'] => ({
    id: slice.id,
    name: slice.name,
    description: slice.description,
    type: slice.type,
    is_composite: slice.is_composite,
    owner_type: slice.owner_type,
    owner_id: slice.owner_id,
    status: slice.status,
    member_slice_ids: slice.member_slice_ids,
    organization_id: slice.organization_id,
    created_by: slice.created_by,
    created_at: slice.created_at,
    updated_at: slice.updated_at,
    archived_at: slice.archived_at,
    archived_by: slice.archived_by,
    access_mode: slice.access_mode,
    store_count: count,
  }),
});

/** A composite reaches the stores of its members (knowledge sheet K8). */
function storeCount(world: World, slice: Slice): number {
  const holders = slice.is_composite ? [...new Set(slice.member_slice_ids)] : [slice.id];
  return holders.reduce((sum, id) => sum + world.vectorStores.count('slice', id), 0);
}

/**
 * A slice inside the organization of the path; one of another organization is not there (K-C37).
 */
export function findSlice(
  world: World,
  path: { readonly organization_id: string; readonly slice_id: string },
): Slice | undefined {
  const slice = world.slices.get(path.slice_id);
  return slice?.organization_id === path.organization_id ? slice : undefined;
}

type SliceCreate = components['schemas']['SliceCreate'];

function ownerExists(
  world: World,
  organizationId: string,
  { owner_type, owner_id }: SliceCreate,
): boolean {
  switch (owner_type) {
    case 'organization':
      return owner_id === organizationId;
    case 'department':
      return world.departments.get(owner_id)?.organization_id === organizationId;
    case 'user':
      return world.users.get(owner_id)?.organization_id === organizationId;
    case 'group': // no operation knows groups (K-C14)
      return true;
  }
}

export const createSlice = rule('createSlice', {
  read: () => ({}),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    capability_required: ({ caller }) => hasCapability(caller, MANAGE_SLICES), // docs knowledge/create-slice, K-C1
    unknown_owner: ({ world, path, body }) =>
      ownerExists(world, path.organization_id, body) || {
        fault: { field: 'owner_id', keyword: 'unknown_reference', value: body.owner_id },
      }, // assumed
  },
  accept: ({ world, caller, now, path, body }) => {
    const { name, description, type, owner_type, owner_id, access_mode, access_target_ids } = body;
    const slice = makeSlice({
      id: world.ids.next('kslice'),
      organization_id: path.organization_id,
      created_by: caller.user_id,
      created_at: now,
      name,
      description,
      type,
      owner_type,
      owner_id,
      access_mode,
      access_target_ids,
    });
    return answer('created', sliceView(world, world.slices.insert(slice)));
  },
});

export const getSlice = rule('getSlice', {
  read: ({ world, path }) => ({ slice: findSlice(world, path) }),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    slice_not_found: ({ slice }) => exists(slice), // assumed
    access_required: ({ caller, slice }) => mayReachSlice(caller, slice), // client
  },
  accept: ({ world, slice }) => answer('retrieved', sliceView(world, slice)),
});

/** The slices that a caller reaches of some lists, newest first (the direction is assumed). */
export function reachableSlices(
  world: World,
  caller: Caller,
  scopes: readonly KeyPart[],
): List<Slice> {
  return world.slices.list('reach', keysReached(world.slices, caller, scopes), {
    reading: 'backward',
  });
}

const types: readonly Slice['type'][] = ['standard', 'personal', 'chat_space'];

export const listSlices = rule('listSlices', {
  read: () => ({}),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
  },
  accept: ({ world, caller, path, query }) => {
    const { type, status, search } = query;
    // No composites (K-C12).
    const scopes = types
      .filter((each) => (type ?? each) === each)
      .map((each) => sliceScope(path.organization_id, status, each));
    const { items, ...rest } = skipPage(
      namedLike(reachableSlices(world, caller, scopes), search),
      query,
    );
    return answer('listed', { items: items.map((slice) => sliceView(world, slice)), ...rest });
  },
});

export const updateSlice = rule('updateSlice', {
  read: ({ world, path }) => ({ slice: findSlice(world, path) }),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    capability_required: ({ caller }) => hasCapability(caller, MANAGE_SLICES), // docs knowledge/update-slice
    slice_not_found: ({ slice }) => exists(slice), // assumed
  },
  accept: ({ world, now, slice, body }) => {
    const { name, description, access_mode, access_target_ids } = body;
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(access_mode === undefined ? {} : { access_mode }),
      ...(access_target_ids === undefined ? {} : { access_target_ids }),
    };
    const changed =
      Object.keys(change).length > 0
        ? world.slices.update(slice.id, { ...change, updated_at: now })
        : slice;
    return answer('updated', sliceView(world, changed));
  },
});

export const archiveSlice = rule('archiveSlice', {
  read: ({ world, path }) => ({ slice: findSlice(world, path) }),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    capability_required: ({ caller }) => hasCapability(caller, MANAGE_SLICES), // docs knowledge/archive-slice
    slice_not_found: ({ slice }) => exists(slice), // assumed
  },
  accept: ({ world, caller, now, slice }) => {
    if (slice.status === 'archived') return answer('already_archived', sliceView(world, slice)); // assumed
    const change = {
      status: 'archived',
      archived_at: now,
      archived_by: caller.user_id,
      updated_at: now,
    } as const;
    return answer('archived', sliceView(world, world.slices.update(slice.id, change)));
  },
});

export const unarchiveSlice = rule('unarchiveSlice', {
  read: ({ world, path }) => ({ slice: findSlice(world, path) }),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    capability_required: ({ caller }) => hasCapability(caller, MANAGE_SLICES), // client
    slice_not_found: ({ slice }) => exists(slice), // assumed
  },
  accept: ({ world, now, slice }) => {
    if (slice.status === 'active') return answer('already_active', sliceView(world, slice)); // assumed
    const change = {
      status: 'active',
      archived_at: null,
      archived_by: null,
      updated_at: now,
    } as const;
    return answer('unarchived', sliceView(world, world.slices.update(slice.id, change)));
  },
});
