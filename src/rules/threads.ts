// Threads (spaces sheet T1 to T9). A thread is its creator's alone; to others it is not there.
import type { components } from '../spec/schema.gen.js';
import type { Reading } from '../world/list.js';
import { deleteThreadSoftly } from '../world/nouns/deleted-rows.js';
import { makeThread, type Thread, threadList } from '../world/nouns/threads.js';
import { pair, type World } from '../world/world.js';
import type { Caller } from './callers.js';
import { forget, touch } from './memory.js';
import { idPage, inTurn, knowsCursors, type Listed, matching } from './paging.js';
import { answer, type Call, exists, rule } from './rule.js';
import { readingViewsOf } from './views.js';

type SpaceThreadView = components['schemas']['SpaceThread'];

const fieldsOf = (thread: Thread, messages: number): SpaceThreadView => ({
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
  message_count: messages,
  visible_in_ui: thread.visible_in_ui,
  last_model_used: thread.last_model_used,
  is_pinned: thread.pinned_at !== null,
  pinned_at: thread.pinned_at,
});

const messagesIn = (world: World, thread: Thread): number =>
  world.messages.count('thread', thread.id);

/** The thread as a space lists it: without the spaces it is in (spaces sheet S10). */
export const spaceThreadView = readingViewsOf({
  moments: (world: World) => [world.messages.moment],
  read: messagesIn,
  make: fieldsOf,
});

export const threadView = readingViewsOf({
  moments: (world: World) => [world.messages.moment, world.spaceThreads.moment],
  read: (world, thread: Thread) => ({
    messages: messagesIn(world, thread),
    space_ids: world.spaceThreads.where('thread', thread.id).map((link) => link.space_id),
  }),
  make: (thread, { messages, space_ids }): components['schemas']['Thread'] =>
    Object.assign(fieldsOf(thread, messages), { space_ids }),
});

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
    organization_access_denied: ({ caller, body }) =>
      caller.organization_id === body.organization_id, // assumed
  },
  accept: ({ world, caller, now, body }) => {
    const { organization_id, title, metadata, assistant_id, visible_in_ui } = body;
    const thread = makeThread({
      id: world.ids.next('thrd'),
      organization_id,
      user_id: caller.user_id,
      title,
      metadata,
      assistant_id,
      visible_in_ui: visible_in_ui ?? undefined,
      created_at: now,
    });
    return answer('created', threadView(world, world.threads.insert(thread)));
  },
});

export const getThread = rule('getThread', {
  read: ({ world, caller, path }) => ({ thread: findOwnThread(world, caller, path.thread_id) }),
  guards: {
    thread_not_found: ({ thread }) => exists(thread), // assumed
  },
  accept: ({ world, thread }) => answer('retrieved', threadView(world, thread)),
});

type ThreadQuery = Call<'listThreads'>['query'];

/**
 * Own threads, the pinned ones first and the latest pin before the others, then by last activity
 * (T2).
 */
function listed(world: World, caller: Caller, query: ThreadQuery): Listed<Thread> {
  const { search, order } = query;
  const list = (isPinned: boolean, reading: Reading): Listed<Thread> => {
    const threads = world.threads.list('listed', keysListed(caller, query, isPinned), { reading });
    if (search === undefined) return threads;
    return matching(threads, ({ title }) =>
      (title ?? '').toLowerCase().includes(search.toLowerCase()),
    );
  };
  return inTurn(list(true, 'backward'), list(false, order === 'desc' ? 'backward' : 'forward'));
}

function keysListed(caller: Caller, query: ThreadQuery, isPinned: boolean): string[] {
  const {
    organization_id = caller.organization_id,
    is_pinned = isPinned,
    workflow_id,
    visible_in_ui,
    assistant_id,
  } = query;
  // A caller belongs to one organization, and no thread of ours comes from a workflow.
  if (
    organization_id !== caller.organization_id ||
    workflow_id !== undefined ||
    is_pinned !== isPinned
  )
    return [];
  const states = query.include_deleted ? [false, true] : [false];
  return states.map((isDeleted) =>
    threadList(caller.user_id, {
      isDeleted,
      isVisible: visible_in_ui,
      isPinned,
      assistant: assistant_id,
    }),
  );
}

const isPinned = (thread: Thread): boolean => thread.pinned_at !== null;

export const listThreads = rule('listThreads', {
  read: ({ world, caller, query }) => ({ threads: listed(world, caller, query) }),
  guards: {
    organization_access_denied: ({ caller, query }) =>
      query.organization_id === undefined || query.organization_id === caller.organization_id, // assumed
    unknown_cursor: ({ threads, query }) => knowsCursors(threads, query), // assumed
  },
  accept: ({ world, threads, query }) => {
    const { data, ...rest } = idPage(threads, query);
    return answer('listed', {
      object: 'list',
      data: data.map((thread) => threadView(world, thread)),
      ...rest,
      limit: query.limit,
      total: query.include_total ? threads.size : null,
    });
  },
});

export const updateThread = rule('updateThread', {
  read: ({ world, caller, path, body }) => {
    const thread = findOwnThread(world, caller, path.thread_id);
    return { thread, metadata: { ...thread?.metadata, ...body.metadata } };
  },
  guards: {
    thread_not_found: ({ thread }) => exists(thread), // assumed
    assistant_locked: ({ world, thread, body }) =>
      body.assistant_id === undefined ||
      body.assistant_id === thread.assistant_id ||
      world.messages.count('thread', thread.id) === 0 || {
        fault: { field: 'assistant_id', keyword: 'assistant_locked' },
      }, // S-C12
    too_much_metadata: ({ metadata }) => {
      const entries = Object.keys(metadata).length;
      return (
        entries <= 16 || {
          fault: { field: 'metadata', keyword: 'too_much_metadata', value: String(entries) },
        }
      );
    }, // docs threads/update for the bound
  },
  accept: ({ world, now, thread, metadata, body }) => {
    const { title, assistant_id, visible_in_ui } = body;
    const named = [
      title,
      assistant_id,
      visible_in_ui ?? undefined,
      body.metadata ?? undefined,
    ].some((value) => value !== undefined);
    if (!named) return answer('updated', threadView(world, thread));
    const changed = world.threads.update(thread.id, {
      ...(title === undefined ? {} : { title }),
      ...(assistant_id === undefined ? {} : { assistant_id }),
      ...(visible_in_ui == null ? {} : { visible_in_ui }),
      ...(body.metadata == null ? {} : { metadata }),
      updated_at: now,
    });
    return answer('updated', threadView(world, changed));
  },
});

/** Soft: the row stays for `include_deleted`, its links and vectors leave the spaces (assumed). */
function dropThread(world: World, thread: Thread, now: string): void {
  for (const link of world.spaceThreads.where('thread', thread.id)) {
    forget(world, link.space_id, thread.id);
    world.spaceThreads.delete(link.id);
    touch(world, link.space_id, now);
  }
  deleteThreadSoftly(world, thread.id, now);
}

export const deleteThread = rule('deleteThread', {
  read: ({ world, caller, path }) => ({ thread: findOwnThread(world, caller, path.thread_id) }),
  guards: {
    thread_not_found: ({ thread }) => exists(thread), // assumed
  },
  accept: ({ world, now, thread }) => {
    dropThread(world, thread, now);
    return answer('deleted', undefined);
  },
});

export const deleteAllThreads = rule('deleteAllThreads', {
  read: () => ({}),
  guards: {
    organization_access_denied: ({ caller, query }) =>
      query.organization_id === undefined || query.organization_id === caller.organization_id, // assumed
  },
  accept: ({ world, caller, now }) => {
    // A caller belongs to one organization here, so the parameter narrows nothing.
    const threads = world.threads
      .where('user', caller.user_id)
      .filter((thread) => !thread.deleted_at);
    for (const thread of threads) dropThread(world, thread, now);
    return answer('deleted', {
      deleted: threads.length,
      message: `Successfully deleted ${threads.length} thread(s)`,
    });
  },
});

/** At most so many pins per user and organization (aitronos-sdk 5.0.0). */
const PIN_LIMIT = 20;

export const pinThread = rule('pinThread', {
  read: ({ world, caller, path }) => ({ thread: findOwnThread(world, caller, path.thread_id) }),
  guards: {
    thread_not_found: ({ thread }) => exists(thread), // docs threads/pin
    pin_limit_reached: ({ world, caller, thread }) =>
      isPinned(thread) ||
      world.threads.count('pinned', pair(caller.user_id, thread.organization_id)) < PIN_LIMIT, // assumed
  },
  accept: ({ world, now, thread }) => {
    const name = isPinned(thread) ? 'already_pinned' : 'pinned';
    const { pinned_at } = isPinned(thread)
      ? thread
      : world.threads.update(thread.id, { pinned_at: now, updated_at: now });
    return answer(name, {
      id: thread.id,
      is_pinned: true,
      pinned_at,
      message: 'Thread pinned successfully',
    });
  },
});

export const unpinThread = rule('unpinThread', {
  read: ({ world, caller, path }) => ({ thread: findOwnThread(world, caller, path.thread_id) }),
  guards: {
    thread_not_found: ({ thread }) => exists(thread), // docs threads/unpin
  },
  accept: ({ world, now, thread }) => {
    const name = isPinned(thread) ? 'unpinned' : 'not_pinned';
    if (isPinned(thread)) world.threads.update(thread.id, { pinned_at: null, updated_at: now });
    return answer(name, {
      id: thread.id,
      is_pinned: false,
      pinned_at: null,
      message: 'Thread unpinned successfully',
    });
  },
});

export const generateThreadName = rule('generateThreadName', {
  read: ({ world, caller, path }) => ({ thread: findOwnThread(world, caller, path.thread_id) }),
  guards: {
    thread_not_found: ({ thread }) => exists(thread), // assumed
  },
  accept: ({ world, now, thread, body }) => {
    // The vendor asks a model; the first words are as good a name, and the same on every run.
    const said = body.messages ?? world.messages.where('thread', thread.id);
    const first = (said.find((message) => message.role === 'user') ?? said[0])?.content ?? '';
    const words = first.trim().split(/\s+/u).slice(0, 6).join(' ');
    // By characters, not by halves of them.
    const title = [...words].slice(0, 100).join('') || 'New thread';
    world.threads.update(thread.id, { title, updated_at: now });
    return answer('named', { id: thread.id, title, updated_at: now });
  },
});
