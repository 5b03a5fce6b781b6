// Threads of a space: add with back-fill, list, remove (spaces sheet S9 to S11).

import type { Space } from '../world/nouns/spaces.js';
import type { Thread } from '../world/nouns/threads.js';
import { pair, type World } from '../world/world.js';
import { mayAccess } from './access.js';
import { backfill, forget, shown, touch } from './memory.js';
import { cursorPage, readCursor } from './paging.js';
import { answer, exists, rule } from './rule.js';
import { findSpace } from './spaces.js';
import { findThread, spaceThreadView } from './threads.js';

/**
 * A thread that may join a space: one of the same organization; any other is not there (after
 * K-C37, assumed).
 */
function findThreadFor(
  world: World,
  space: Space | undefined,
  threadId: string,
): Thread | undefined {
  const thread = findThread(world, threadId);
  return thread && thread.organization_id === space?.organization_id ? thread : undefined;
}

export const addThreadToSpace = rule('addThreadToSpace', {
  read: ({ world, path, query }) => {
    const space = findSpace(world, path, query);
    return {
      space,
      thread: findThreadFor(world, space, path.thread_id),
      link: world.spaceThreads.one('pair', pair(path.space_id, path.thread_id)),
    };
  },
  guards: {
    space_not_found: ({ space }) => exists(space), // seed 001
    edit_access_required: ({ caller, space }) => mayAccess(caller, 'edit', space), // seed 001
    thread_not_found: ({ thread }) => exists(thread), // S-C7
  },
  accept: ({ world, caller, now, space, thread, link }) => {
    const receipt = (added_at: string) =>
      ({
        success: true,
        message: 'Thread added to space',
        space_id: space.id,
        thread_id: thread.id,
        added_at,
      }) as const;
    if (link) return answer('already_added', receipt(link.added_at)); // S-C5
    world.spaceThreads.insert({
      id: world.ids.next('sth'),
      space_id: space.id,
      thread_id: thread.id,
      added_by: caller.user_id,
      added_at: now,
    });
    backfill(world, space.id, thread.id, now);
    touch(world, space.id, now);
    return answer('added', receipt(now));
  },
});

export const listSpaceThreads = rule('listSpaceThreads', {
  read: ({ world, path, query }) => ({
    space: findSpace(world, path, query),
    before: readCursor(query.cursor, `space-threads/${path.space_id}`),
  }),
  guards: {
    space_not_found: ({ space }) => exists(space), // assumed by family
    view_access_required: ({ caller, space }) => mayAccess(caller, 'view', space), // assumed by family
    unknown_cursor: ({ before }) =>
      exists(before) || { fault: { field: 'cursor', keyword: 'unknown_cursor' } }, // assumed
  },
  accept: ({ world, query, space, before }) => {
    const { rows, next_cursor, has_more } = cursorPage(
      world.spaceThreads.newestFirst('space', space.id, before),
      {
        scope: `space-threads/${space.id}`,
        limit: query.limit,
        position: (id) => world.spaceThreads.position(id),
      },
    );
    for (const { thread_id } of rows) shown(world, thread_id, (row) => row.space_id === space.id);
    const data = rows.map((link) =>
      spaceThreadView(world, world.threads.get(link.thread_id) as Thread),
    );
    return answer('listed', { object: 'list', data, has_more, next_cursor });
  },
});

export const removeThreadFromSpace = rule('removeThreadFromSpace', {
  read: ({ world, path, query }) => ({
    space: findSpace(world, path, query),
    link: world.spaceThreads.one('pair', pair(path.space_id, path.thread_id)) ?? undefined,
  }),
  guards: {
    space_not_found: ({ space }) => exists(space), // docs spaces/remove-thread
    edit_access_required: ({ caller, space }) => mayAccess(caller, 'edit', space), // docs spaces/remove-thread
    thread_not_in_space: ({ link }) => exists(link), // S-C6
  },
  accept: ({ world, now, space, link }) => {
    forget(world, space.id, link.thread_id);
    world.spaceThreads.delete(link.id);
    touch(world, space.id, now);
    return answer('removed', undefined);
  },
});
