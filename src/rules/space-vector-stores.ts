// External vector stores attached to a space: attach, list, detach (spaces sheet S6 to S8).
import { pair } from '../world/world.js';
import { mayAccess } from './access.js';
import { touch } from './memory.js';
import { answer, exists, rule } from './rule.js';
import { attachStore, findSpace } from './spaces.js';

export const addVectorStoreToSpace = rule('addVectorStoreToSpace', {
  read: ({ world, path, query }) => ({
    space: findSpace(world, path, query),
    store: world.vectorStores.get(path.vector_store_id),
    attachment: world.spaceVectorStores.one('pair', pair(path.space_id, path.vector_store_id)),
  }),
  // The order of the checks is assumed (spaces sheet S6); the cases are those of seed 000.
  guards: {
    space_not_found: ({ space }) => exists(space),
    edit_access_required: ({ caller, space }) => mayAccess(caller, 'edit', space),
    vector_store_not_found: ({ store }) => exists(store),
    own_dedicated_store: ({ space, store }) => store.id !== space.vector_store_id,
    other_organization: ({ space, store }) => store.organization_id === space.organization_id,
    already_attached: ({ attachment }) => attachment === null,
  },
  accept: ({ world, caller, now, space, store }) => {
    attachStore(world, {
      space_id: space.id,
      vector_store_id: store.id,
      added_by: caller.user_id,
      added_at: now,
    });
    touch(world, space.id, now);
    return answer('attached', {
      success: true,
      message: 'Vector store added to space',
      space_id: space.id,
      vector_store_id: store.id,
      added_at: now,
    });
  },
});

export const listSpaceVectorStores = rule('listSpaceVectorStores', {
  read: ({ world, path, query }) => ({ space: findSpace(world, path, query) }),
  guards: {
    space_not_found: ({ space }) => exists(space), // docs spaces/list-vector-stores
    view_access_required: ({ caller, space }) => mayAccess(caller, 'view', space), // docs spaces/list-vector-stores
  },
  accept: ({ world, space }) =>
    answer('listed', {
      vector_stores: world.spaceVectorStores
        .where('space', space.id)
        .map(({ id, vector_store_id, added_by, added_at }) => ({
          id,
          vector_store_id,
          added_by,
          added_at,
        })),
    }),
});

export const removeVectorStoreFromSpace = rule('removeVectorStoreFromSpace', {
  read: ({ world, path, query }) => ({
    space: findSpace(world, path, query),
    attachment:
      world.spaceVectorStores.one('pair', pair(path.space_id, path.vector_store_id)) ?? undefined,
  }),
  guards: {
    space_not_found: ({ space }) => exists(space), // docs spaces/remove-vector-store
    edit_access_required: ({ caller, space }) => mayAccess(caller, 'edit', space), // docs spaces/remove-vector-store
    not_attached: ({ attachment }) => exists(attachment), // docs; also for an unknown store and the dedicated one
  },
  accept: ({ world, now, space, attachment }) => {
    world.spaceVectorStores.delete(attachment.id);
    touch(world, space.id, now);
    return answer('detached', undefined);
  },
});
