// Vector stores on their own: create and retrieve (knowledge sheet V2, V3). The same rows as the knowledge stores.
import type { components } from '../spec/schema.gen.js';
import type { VectorStore } from '../world/rows.js';
import { mayReachStore } from './access.js';
import { answer, exists, rule } from './rule.js';
import { findStore } from './stores.js';

/** The store as the vector-store operations show it: the fields of the object page and of the samples (K-C7). */
export function vectorStoreView(store: VectorStore): components['schemas']['VectorStore'] {
  const { slice_id: _, ...shown } = store;
  return {
    ...shown,
    object: 'vector_store',
    status: store.is_active ? 'active' : 'inactive',
    total_size_bytes: store.data_size,
  };
}

export const createVectorStore = rule('createVectorStore', {
  read: () => ({}),
  guards: {
    organization_access_denied: ({ caller, path }) => caller.organization_id === path.organization_id, // assumed
  },
  accept: ({ world, caller, now, path, body }) => {
    const store = world.vectorStores.insert({
      id: world.ids.next('vs'),
      name: body.name,
      description: body.description ?? null,
      slice_id: null,
      organization_id: path.organization_id,
      created_by: caller.user_id,
      is_active: true,
      access_mode: body.access_mode ?? 'organization',
      access_departments: body.access_departments === undefined ? [] : body.access_departments,
      access_users: body.access_users === undefined ? [] : body.access_users,
      flowplate_project_id: body.flowplate_project_id ?? null,
      flow_id: body.flow_id ?? null,
      file_count: 0,
      data_size: 0,
      created_at: now,
      updated_at: now,
    });
    return answer('created', { success: true, message: 'Vector store created successfully', data: vectorStoreView(store) });
  },
});

export const getVectorStore = rule('getVectorStore', {
  read: ({ world, path }) => ({ store: findStore(world, path.organization_id, path.vector_store_id) }),
  guards: {
    organization_access_denied: ({ caller, path }) => caller.organization_id === path.organization_id, // assumed
    vector_store_not_found: ({ store }) => exists(store), // assumed by family
    access_required: ({ caller, store }) => mayReachStore(caller, store), // client
  },
  accept: ({ store }) =>
    answer('retrieved', { success: true, message: 'Vector store retrieved successfully', data: vectorStoreView(store) }),
});
