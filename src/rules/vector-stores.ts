// Vector stores on their own (knowledge sheet V1 to V6). The same rows as the knowledge stores.
import type { components } from '../spec/schema.gen.js';
import { makeStore, type VectorStore } from '../world/nouns/vector-stores.js';
import { isOwnOrganization, mayReachStore } from './access.js';
import { namedLike } from './paging.js';
import { answer, exists, rule } from './rule.js';
import { dropStore, findStore, reachableStores } from './stores.js';
import { viewsOf } from './views.js';

/**
 * The store as the vector-store operations show it: the fields of the object page and of the
 * samples (K-C7).
 */
export const vectorStoreView = viewsOf(
  (store: VectorStore): components['schemas']['VectorStore'] => ({
    id: store.id,
    name: store.name,
    description: store.description,
    organization_id: store.organization_id,
    created_by: store.created_by,
    is_active: store.is_active,
    access_mode: store.access_mode,
    access_departments: store.access_departments,
    access_users: store.access_users,
    flowplate_project_id: store.flowplate_project_id,
    flow_id: store.flow_id,
    file_count: store.file_count,
    data_size: store.data_size,
    created_at: store.created_at,
    updated_at: store.updated_at,
    object: 'vector_store',
    status: store.is_active ? 'active' : 'inactive',
    total_size_bytes: store.data_size,
  }),
);

export const createVectorStore = rule('createVectorStore', {
  read: () => ({}),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
  },
  accept: ({ world, caller, now, path, body }) => {
    const {
      name,
      description,
      access_mode,
      access_departments = [],
      access_users = [],
      flowplate_project_id,
      flow_id,
    } = body;
    const store = makeStore({
      id: world.ids.next('vs'),
      organization_id: path.organization_id,
      created_by: caller.user_id,
      created_at: now,
      name,
      description,
      access_mode: access_mode ?? undefined,
      access_departments,
      access_users,
      flowplate_project_id,
      flow_id,
    });
    const data = vectorStoreView.once(world.vectorStores.insert(store));
    return answer('created', { success: true, message: 'Vector store created successfully', data });
  },
});

export const getVectorStore = rule('getVectorStore', {
  read: ({ world, path }) => ({
    store: findStore(world, path.organization_id, path.vector_store_id),
  }),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    vector_store_not_found: ({ store }) => exists(store), // assumed by family
    access_required: ({ caller, store }) => mayReachStore(caller, store), // client
  },
  accept: ({ store }) =>
    answer('retrieved', {
      success: true,
      message: 'Vector store retrieved successfully',
      data: vectorStoreView(store),
    }),
});

export const listVectorStores = rule('listVectorStores', {
  read: () => ({}),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
  },
  accept: ({ world, caller, path, query }) => {
    const {
      access_mode: accessMode,
      flowplate_project_id: project,
      flow_id: flow,
      sort,
      order,
      search,
    } = query;
    const stores = reachableStores(world, caller, path.organization_id, {
      accessMode,
      project,
      flow,
      sort,
      order,
    });
    const rows = namedLike(stores, search);
    return answer('listed', {
      success: true,
      message: 'Vector stores retrieved successfully',
      data: rows.slice(query.skip, query.skip + query.take).map(vectorStoreView),
    });
  },
});

export const updateVectorStore = rule('updateVectorStore', {
  read: ({ world, path }) => ({
    store: findStore(world, path.organization_id, path.vector_store_id),
  }),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    vector_store_not_found: ({ store }) => exists(store), // assumed by family
    access_required: ({ caller, store }) => mayReachStore(caller, store), // assumed, after V3
  },
  accept: ({ world, now, store, body }) => {
    const {
      name,
      description,
      access_mode,
      is_active,
      access_departments,
      access_users,
      flowplate_project_id,
      flow_id,
    } = body;
    const change = {
      // Null changes nothing where the row cannot be null: assumed.
      ...(name == null ? {} : { name }),
      ...(access_mode == null ? {} : { access_mode }),
      ...(is_active == null ? {} : { is_active }),
      ...(description === undefined ? {} : { description }),
      ...(access_departments === undefined ? {} : { access_departments }),
      ...(access_users === undefined ? {} : { access_users }),
      ...(flowplate_project_id === undefined ? {} : { flowplate_project_id }),
      ...(flow_id === undefined ? {} : { flow_id }),
    };
    const changed =
      Object.keys(change).length > 0
        ? world.vectorStores.update(store.id, { ...change, updated_at: now })
        : store;
    return answer('updated', {
      success: true,
      message: 'Vector store updated successfully',
      data: vectorStoreView.once(changed),
    });
  },
});

export const deleteVectorStore = rule('deleteVectorStore', {
  read: ({ world, path }) => ({
    store: findStore(world, path.organization_id, path.vector_store_id),
  }),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    vector_store_not_found: ({ store }) => exists(store), // assumed by family
    access_required: ({ caller, store }) => mayReachStore(caller, store), // assumed, after V3
  },
  accept: ({ world, store }) => {
    dropStore(world, store.id);
    return answer('deleted', undefined);
  },
});

const megabytes = (bytes: number): number => Math.round((bytes / 1024 ** 2) * 100) / 100;

/** For a chart; the vendor's colours are not documented. */
const colors = [
  '#4e79a7',
  '#f28e2b',
  '#e15759',
  '#76b7b2',
  '#59a14f',
  '#edc948',
  '#b07aa1',
  '#9c755f',
];

export const getVectorStoreUsage = rule('getVectorStoreUsage', {
  read: () => ({}),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
  },
  accept: ({ world, caller, path }) => {
    const stores = [...reachableStores(world, caller, path.organization_id, { order: 'desc' })];
    const bytes = stores.reduce((sum, store) => sum + store.data_size, 0);
    const data = {
      total_size_bytes: bytes,
      total_size_mb: megabytes(bytes),
      total_files: stores.reduce((sum, store) => sum + store.file_count, 0),
      vector_store_count: stores.length,
      vector_stores: stores.map((store, i) => ({
        vector_store_id: store.id,
        vector_store_name: store.name,
        data_size_bytes: store.data_size,
        data_size_mb: megabytes(store.data_size),
        file_count: store.file_count,
        usage_percentage: bytes === 0 ? 0 : Math.round((store.data_size / bytes) * 10_000) / 100,
        color: colors[i % colors.length] as string,
      })),
    };
    return answer('retrieved', {
      success: true,
      message: 'Vector store usage retrieved successfully',
      data,
    });
  },
});
