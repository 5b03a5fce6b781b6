// Knowledge stores: create and list in a slice, list all, retrieve, update, delete (knowledge sheet
// K10 to K15).
import type { components } from '../spec/schema.gen.js';
import type { StoreAccessMode } from '../world/audience.js';
import type { List } from '../world/list.js';
import {
  type ListedStores,
  makeStore,
  storeScope,
  type VectorStore,
} from '../world/nouns/vector-stores.js';
import type { World } from '../world/world.js';
import { hasCapability, isOwnOrganization, keysReached, mayReachStore } from './access.js';
import type { Caller } from './callers.js';
import { namedLike, skipPage } from './paging.js';
import { answer, exists, rule } from './rule.js';
import { findSlice, MANAGE_SLICES } from './slices.js';
import { viewsOf } from './views.js';

/** The store as the knowledge operations show it: the twelve fields of seed 002 (K-C7). */
export const storeView = viewsOf((store: VectorStore): components['schemas']['Store'] => ({
  id: store.id,
  name: store.name,
  description: store.description,
  slice_id: store.slice_id,
  organization_id: store.organization_id,
  created_by: store.created_by,
  is_active: store.is_active,
  access_mode: store.access_mode,
  file_count: store.file_count,
  data_size: store.data_size,
  created_at: store.created_at,
  updated_at: store.updated_at,
}));

export function findStore(
  world: World,
  organizationId: string,
  storeId: string,
): VectorStore | undefined {
  const store = world.vectorStores.get(storeId);
  return store?.organization_id === organizationId ? store : undefined; // K-C37
}

export const createStoreInSlice = rule('createStoreInSlice', {
  read: ({ world, path }) => ({ slice: findSlice(world, path) }),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    capability_required: ({ caller }) => hasCapability(caller, MANAGE_SLICES), // seed 002
    slice_not_found: ({ slice }) => exists(slice), // assumed
    slice_archived: ({ slice }) => slice.status !== 'archived', // assumed, after K14
    slice_composite: ({ slice }) => !slice.is_composite, // assumed, after K14
  },
  accept: ({ world, caller, now, slice, body }) => {
    const store = makeStore({
      id: world.ids.next('vs'),
      organization_id: slice.organization_id,
      created_by: caller.user_id,
      name: body.name,
      description: body.description,
      slice_id: slice.id,
      access_mode: body.access_mode, // seed 002 for the default
      // No field names departments or users here: the creator's own departments (K-C5).
      access_departments: body.access_mode === 'department' ? caller.department_ids : null,
      created_at: now,
    });
    return answer('created', storeView.once(world.vectorStores.insert(store)));
  },
});

export const listStoresInSlice = rule('listStoresInSlice', {
  read: ({ world, path }) => ({ slice: findSlice(world, path) }),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    slice_not_found: ({ slice }) => exists(slice), // assumed
  },
  accept: ({ world, caller, slice, query }) => {
    // The order is not documented; newest first, as the other lists.
    const reachable = reachableStores(world, caller, slice.organization_id, {
      slice: slice.id,
      order: 'desc',
    });
    const { items, ...rest } = skipPage(reachable, query);
    return answer('listed', { items: items.map(storeView), ...rest });
  },
});

export const getStore = rule('getStore', {
  read: ({ world, path }) => ({ store: findStore(world, path.organization_id, path.store_id) }),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    vector_store_not_found: ({ store }) => exists(store), // docs knowledge/get-store
    access_required: ({ caller, store }) => mayReachStore(caller, store), // client
  },
  accept: ({ store }) => answer('retrieved', storeView(store)),
});

interface StoresAsked extends ListedStores {
  /** Without it, both. */
  readonly isActive?: boolean;
  readonly accessMode?: StoreAccessMode | undefined;
  readonly sort?: string;
  readonly order: 'asc' | 'desc';
}

/**
 * The stores of an organization that a caller may reach, in the order asked for; equal ones stay
 * newest first.
 */
export function reachableStores(
  world: World,
  caller: Caller,
  organizationId: string,
  { isActive, accessMode, sort, order, ...listed }: StoresAsked,
): List<VectorStore> {
  // An unknown field sorts by age, which the documented default does too.
  const field = (['name', 'data_size', 'file_count', 'updated_at'] as const).find(
    (known) => known === sort,
  );
  const scopes = [true, false]
    .filter((state) => (isActive ?? state) === state)
    .map((state) => storeScope(organizationId, state, listed));
  const ascending = field ? 'newest_of_equals_first' : 'forward';
  return world.vectorStores.list(
    'reach',
    keysReached(world.vectorStores, caller, scopes, accessMode),
    {
      order: field ?? 'insertion',
      reading: order === 'desc' ? 'backward' : ascending,
    },
  );
}

export const listStores = rule('listStores', {
  read: () => ({}),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
  },
  accept: ({ world, caller, path, query }) => {
    const { status, slice_id: slice, sort, order, search } = query;
    const rows = reachableStores(world, caller, path.organization_id, {
      isActive: status === 'active',
      slice,
      sort,
      order,
    });
    const { items, ...rest } = skipPage(namedLike(rows, search), query);
    return answer('listed', { items: items.map(storeView), ...rest });
  },
});

export const updateStore = rule('updateStore', {
  read: ({ world, path, body }) => ({
    store: findStore(world, path.organization_id, path.store_id),
    // Null: the store stays where it is.
    target:
      body.slice_id === undefined ? null : findSlice(world, { ...path, slice_id: body.slice_id }),
  }),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    capability_required: ({ caller }) => hasCapability(caller, MANAGE_SLICES), // docs knowledge/update-store
    vector_store_not_found: ({ store }) => exists(store), // docs
    slice_not_found: ({ target }) => exists(target), // docs for the rule
    target_archived: ({ target }) =>
      target?.status !== 'archived' || {
        fault: { field: 'slice_id', keyword: 'target_archived', value: target.id },
      }, // docs for the rule
    target_composite: ({ target }) =>
      !target?.is_composite || {
        fault: { field: 'slice_id', keyword: 'target_composite', value: target.id },
      }, // docs for the rule
  },
  accept: ({ world, now, store, body }) => {
    const { name, description, access_mode, slice_id, is_active } = body;
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(access_mode === undefined ? {} : { access_mode }),
      ...(slice_id === undefined ? {} : { slice_id }),
      ...(is_active === undefined ? {} : { is_active }),
    };
    const changed =
      Object.keys(change).length > 0
        ? world.vectorStores.update(store.id, { ...change, updated_at: now })
        : store;
    return answer('updated', storeView.once(changed));
  },
});

/**
 * The attachments go with a store; a space whose dedicated store it was has none from then on
 * (S-C24).
 */
export function dropStore(world: World, storeId: string): void {
  for (const link of world.spaceVectorStores.where('store', storeId))
    world.spaceVectorStores.delete(link.id);
  const space = world.spaces.one('dedicatedStore', storeId);
  if (space) {
    for (const row of world.embeddings.where('space', space.id)) world.embeddings.delete(row.id);
    world.spaces.update(space.id, { vector_store_id: null });
  }
  world.vectorStores.delete(storeId);
}

export const deleteStore = rule('deleteStore', {
  read: ({ world, path }) => ({ store: findStore(world, path.organization_id, path.store_id) }),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    capability_required: ({ caller }) => hasCapability(caller, MANAGE_SLICES), // docs knowledge/delete-store
    vector_store_not_found: ({ store }) => exists(store), // docs
  },
  accept: ({ world, store }) => {
    dropStore(world, store.id);
    return answer('deleted', undefined);
  },
});
