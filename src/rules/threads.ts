// Threads: create and retrieve (spaces sheet T1, T3). A thread is its creator's alone; to others it is not there.
import type { components } from '../spec/schema.gen.js';
import type { Thread } from '../world/rows.js';
import type { World } from '../world/world.js';
import type { Caller } from './callers.js';
import { answer, exists, rule } from './rule.js';

type SpaceThreadView = components['schemas']['SpaceThread'];

/** The thread as a space lists it: without the spaces it is in (spaces sheet S10). */
export function spaceThreadView(world: World, thread: Thread): SpaceThreadView {
  return {
    id: thread.id,
    object: 'thread',
    created_at: thread.created_at,
    updated_at: thread.updated_at,
    last_message_at: thread.last_message_at,
    metadata: thread.metadata,
    assistant_id: thread.assistant_id,
    organization_id: thread.organization_id,
    user_id: thread.user_id,
    title: thread.title,
    status: thread.status,
    message_count: world.messages.count('thread', thread.id),
    visible_in_ui: thread.visible_in_ui,
    last_model_used: thread.last_model_used,
    is_pinned: thread.pinned_at !== null,
    pinned_at: thread.pinned_at,
  };
}

export function threadView(world: World, thread: Thread): components['schemas']['Thread'] {
  const space_ids = world.spaceThreads.where('thread', thread.id).map((link) => link.space_id);
  return { ...spaceThreadView(world, thread), space_ids };
}

export function findThread(world: World, id: string): Thread | undefined {
  const thread = world.threads.get(id);
  return thread && !thread.deleted_at ? thread : undefined;
}

export function findOwnThread(world: World, caller: Caller, id: string): Thread | undefined {
  const thread = findThread(world, id);
  return thread?.user_id === caller.user_id ? thread : undefined;
}

export const createThread = rule('createThread', {
  read: () => ({}),
  guards: {
    organization_access_denied: ({ caller, body }) => caller.organization_id === body.organization_id, // assumed
  },
  accept: ({ world, caller, now, body }) => {
    const thread = world.threads.insert({
      id: world.ids.next('thrd'),
      organization_id: body.organization_id,
      user_id: caller.user_id,
      title: body.title ?? null,
      metadata: body.metadata === undefined ? {} : body.metadata,
      assistant_id: body.assistant_id ?? null,
      status: 'inactive', // S-C11
      visible_in_ui: body.visible_in_ui ?? true,
      last_model_used: null,
      pinned_at: null,
      last_message_at: now, // not null in a fresh thread: docs threads/create
      created_at: now,
      updated_at: now,
      deleted_at: null,
    });
    return answer('created', threadView(world, thread));
  },
});

export const getThread = rule('getThread', {
  read: ({ world, caller, path }) => ({ thread: findOwnThread(world, caller, path.thread_id) }),
  guards: {
    thread_not_found: ({ thread }) => exists(thread), // assumed
  },
  accept: ({ world, thread }) => answer('retrieved', threadView(world, thread)),
});
