// Messages of a thread: list, update, delete (spaces sheet M1 to M3). No operation makes one.
import type { components } from '../spec/schema.gen.js';
import type { Message } from '../world/nouns/messages.js';
import type { World } from '../world/world.js';
import { shown } from './memory.js';
import { idPage, knowsCursors } from './paging.js';
import { answer, exists, rule } from './rule.js';
import { findOwnThread } from './threads.js';
import { viewsOf } from './views.js';

type OutputMode = 'text' | 'plain' | 'blocks' | 'structured';

const fieldsOf = (message: Message): components['schemas']['Message'] => ({
  id: message.id,
  thread_id: message.thread_id,
  created_at: message.created_at,
  role: message.role,
  content: message.content,
  attachments: [],
  metadata: message.metadata,
});

const plainView = viewsOf(fieldsOf);
// The blocks themselves are described nowhere: one text block, assumed.
const viewInBlocks = viewsOf((message: Message) =>
  Object.assign(fieldsOf(message), {
    response_blocks: [{ type: 'text', text: message.content }],
  }),
);

const messageView = (message: Message, mode: OutputMode): components['schemas']['Message'] =>
  (mode === 'blocks' || mode === 'structured' ? viewInBlocks : plainView)(message);

export const listMessages = rule('listMessages', {
  read: ({ world, caller, path, query }) => ({
    thread: findOwnThread(world, caller, path.thread_id),
    messages: world.messages.list('thread', [path.thread_id], {
      reading: query.order === 'desc' ? 'backward' : 'forward',
    }),
  }),
  guards: {
    thread_not_found: ({ thread }) => exists(thread), // assumed
    unknown_cursor: ({ messages, query }) => knowsCursors(messages, query), // assumed
  },
  accept: ({ world, path, messages, query }) => {
    const { data, has_more, first_id, last_id } = idPage(messages, query);
    const ids = new Set(data.map(({ id }) => id));
    shown(world, path.thread_id, ({ message_id }) => ids.has(message_id));
    return answer('listed', {
      object: 'list',
      data: data.map((row) => messageView(row, query.output_mode)),
      first_id,
      last_id,
      has_more,
    });
  },
});

function findMessage(
  world: World,
  path: { readonly thread_id: string; readonly message_id: string },
): Message | undefined {
  const message = world.messages.get(path.message_id);
  return message?.thread_id === path.thread_id ? message : undefined;
}

export const updateMessage = rule('updateMessage', {
  read: ({ world, caller, path }) => ({
    thread: findOwnThread(world, caller, path.thread_id),
    message: findMessage(world, path),
  }),
  guards: {
    blank_content: ({ body }) =>
      body.content === undefined ||
      body.content.trim() !== '' || { fault: { field: 'content', keyword: 'blank_content' } }, // docs for the rule, status assumed
    thread_not_found: ({ thread }) => exists(thread), // assumed
    message_not_found: ({ message }) => exists(message), // assumed
  },
  accept: ({ world, now, message, body }) => {
    const changed =
      body.content === undefined && body.metadata === undefined
        ? message
        : world.messages.update(message.id, {
            content: body.content?.trim() ?? message.content,
            metadata: { ...message.metadata, ...body.metadata },
            updated_at: now,
          });
    const { id, created_at, updated_at, thread_id, role, content, metadata } = changed;
    return answer('updated', {
      id,
      created_at,
      updated_at,
      thread_id,
      role,
      content,
      attachments: [],
      metadata,
    });
  },
});

export const deleteMessage = rule('deleteMessage', {
  read: ({ world, caller, path }) => ({
    thread: findOwnThread(world, caller, path.thread_id),
    message: findMessage(world, path),
  }),
  guards: {
    thread_not_found: ({ thread }) => exists(thread), // assumed
    message_not_found: ({ message }) => exists(message), // assumed
  },
  accept: ({ world, message }) => {
    // Whether the vectors go too is not documented; a vector without its message would be litter.
    for (const row of world.embeddings.where('message', message.id))
      world.embeddings.delete(row.id);
    world.messages.delete(message.id);
    return answer('deleted', { id: message.id, deleted: true, object: 'thread.message.deleted' });
  },
});
