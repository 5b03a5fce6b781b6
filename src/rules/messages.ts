// Messages of a thread: list (spaces sheet M1). No operation makes one.
import type { components } from '../spec/schema.gen.js';
import type { Message } from '../world/rows.js';
import { idPage } from './paging.js';
import { answer, exists, rule } from './rule.js';
import { findOwnThread } from './threads.js';

type OutputMode = 'text' | 'plain' | 'blocks' | 'structured';

function messageView(message: Message, mode: OutputMode): components['schemas']['Message'] {
  const { updated_at: _, role, content, metadata, ...rest } = message;
  const view = { ...rest, role, content, attachments: [], metadata };
  // The blocks themselves are described nowhere: one text block, assumed.
  return mode === 'blocks' || mode === 'structured' ? { ...view, response_blocks: [{ type: 'text', text: content }] } : view;
}

export const listMessages = rule('listMessages', {
  read: ({ world, caller, path }) => {
    const thread = findOwnThread(world, caller, path.thread_id);
    return { thread, messages: world.messages.where('thread', path.thread_id) };
  },
  guards: {
    thread_not_found: ({ thread }) => exists(thread), // assumed
    unknown_cursor: ({ messages, query }) => {
      const unknown = (['after', 'before'] as const).find(
        (field) => query[field] !== undefined && !messages.some((message) => message.id === query[field]),
      );
      return unknown ? { fault: { field: unknown, keyword: 'unknown_cursor' } } : true; // assumed
    },
  },
  accept: ({ messages, query }) => {
    const { data, has_more, first_id, last_id } = idPage(query.order === 'desc' ? messages.toReversed() : messages, query);
    return answer('listed', {
      object: 'list',
      data: data.map((row) => messageView(row, query.output_mode)),
      first_id,
      last_id,
      has_more,
    });
  },
});
