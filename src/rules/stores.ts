// Knowledge stores: create and list in a slice, retrieve (knowledge sheet K10, K11, K13).
import type { components } from '../spec/schema.gen.js';
import type { VectorStore } from '../world/rows.js';
import type { World } from '../world/world.js';
import { hasCapability, mayReachStore } from './access.js';
import { skipPage } from './paging.js';
import { answer, exists, rule } from './rule.js';
import { findSlice, MANAGE_SLICES } from './slices.js';

/** The store as the knowledge operations show it: the twelve fields of seed 002 (K-C7). */
export function storeView(store: VectorStore): components['schemas']['Store'] {
  const { access_departments: _d, access_users: _u, flowplate_project_id: _p, flow_id: _f, ...shown } = store;
  const { id, name, description, slice_id, organization_id, created_by, is_active, access_mode, ...rest } = shown;
  return { id, name, description, slice_id, organization_id, created_by, is_active, access_mode, ...rest };
}

export function findStore(world: World, organizationId: string, storeId: string): VectorStore | undefined {
  const store = world.vectorStores.get(storeId);
  return store?.organization_id === organizationId ? store : undefined; // K-C37
}

export const createStoreInSlice = rule('createStoreInSlice', {
  read: ({ world, path }) => ({ slice: findSlice(world, path) }),
  guards: {
    organization_access_denied: ({ caller, path }) => caller.organization_id === path.organization_id, // assumed
    capability_required: ({ caller }) => hasCapability(caller, MANAGE_SLICES), // seed 002
    slice_not_found: ({ slice }) => exists(slice), // assumed
    slice_archived: ({ slice }) => slice.status !== 'archived', // assumed, after K14
    slice_composite: ({ slice }) => !slice.is_composite, // assumed, after K14
  },
  accept: ({ world, caller, now, slice, body }) => {
    const store = world.vectorStores.insert({
      id: world.ids.next('vs'),
      name: body.name,
      description: body.description ?? null,
      slice_id: slice.id,
      organization_id: slice.organization_id,
      created_by: caller.user_id,
      is_active: true,
      access_mode: body.access_mode ?? 'organization', // seed 002
      // No field names departments or users here: the creator's own departments (K-C5).
      access_departments: body.access_mode === 'department' ? caller.department_ids : null,
      access_users: null,
      flowplate_project_id: null,
      flow_id: null,
      file_count: 0,
      data_size: 0,
      created_at: now,
      updated_at: now,
    });
    return answer('created', storeView(store));
  },
});

export const listStoresInSlice = rule('listStoresInSlice', {
  read: ({ world, path }) => ({ slice: findSlice(world, path) }),
  guards: {
    organization_access_denied: ({ caller, path }) => caller.organization_id === path.organization_id, // assumed
    slice_not_found: ({ slice }) => exists(slice), // assumed
  },
  accept: ({ world, caller, slice, query }) => {
    // The order is not documented; newest first, as the other lists.
    const reachable = world.vectorStores
      .where('slice', slice.id)
      .filter((store) => mayReachStore(caller, store))
      .reverse();
    const { items, ...rest } = skipPage(reachable, query);
    return answer('listed', { items: items.map(storeView), ...rest });
  },
});

export const getStore = rule('getStore', {
  read: ({ world, path }) => ({ store: findStore(world, path.organization_id, path.store_id) }),
  guards: {
    organization_access_denied: ({ caller, path }) => caller.organization_id === path.organization_id, // assumed
    vector_store_not_found: ({ store }) => exists(store), // docs knowledge/get-store
    access_required: ({ caller, store }) => mayReachStore(caller, store), // client
  },
  accept: ({ store }) => answer('retrieved', storeView(store)),
});
