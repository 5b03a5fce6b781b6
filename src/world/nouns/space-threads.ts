// Links between spaces and threads: whose messages a space takes in.
import { by, index, insertion, type Row } from '../indexes.js';
import { pair } from '../keys.js';
import { byTime, type Noun, numbered, utc } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';
import type { Message, Tables as Messages } from './messages.js';

export interface SpaceThread {
  readonly id: string;
  readonly space_id: string;
  readonly thread_id: string;
  readonly added_by: string;
  readonly added_at: string;
}

export interface SpaceThreadItem {
  readonly id?: string;
  readonly thread_id: string;
  readonly added_by: string;
  readonly added_at?: string;
}

/** The space. */
export interface Holder {
  readonly id: string;
  readonly organization_id: string;
  readonly created_at: string;
}

const schema = schemaOf<SpaceThread>()({
  space: by<SpaceThread>('space_id'),
  thread: by<SpaceThread>('thread_id'),
  pair: index<SpaceThread>()(
    ['space_id', 'thread_id'],
    (row) => [pair(row.space_id, row.thread_id)],
    { insertion },
  ),
});

export interface Tables {
  readonly spaceThreads: TableOf<typeof schema>;
}

export const spaceThreads = {
  called: 'thread of a space',
  section: 'threads',
  within: 'spaces',
  schema,
  fill({ spaceThreads }, given) {
    const addedAt = ({ item, holder }: (typeof given)[number]): string =>
      utc(item.added_at, holder.created_at);
    const taken = new Set(given.map(({ item }) => item.id));
    const rows = byTime(given, addedAt).map((link, i) => ({
      id: link.item.id ?? numbered('sth', i + 1, taken),
      space_id: link.holder.id,
      thread_id: link.item.thread_id,
      added_by: link.item.added_by,
      added_at: addedAt(link),
    }));
    spaceThreads.fill(rows);
  },
  check(check, placed) {
    for (const { item, holder: space, pointer } of placed) {
      check.define('thread of a space', item.id, `${pointer}/id`);
      check.refer('thread', item.thread_id, `${pointer}/thread_id`, space.organization_id);
      if (item.thread_id !== undefined && check.deleted.has(item.thread_id))
        check.problem(
          `${pointer}/thread_id`,
          `the thread ${item.thread_id} is deleted`,
          'a deleted thread is in no space',
        );
      check.refer('user', item.added_by, `${pointer}/added_by`, space.organization_id);
      check.past(item.added_at, `${pointer}/added_at`);
    }
    const threads = placed.map(({ item, holder, pointer }) => ({
      value: item.thread_id,
      pointer: `${pointer}/thread_id`,
      list: holder,
    }));
    check.once(threads, 'is in the space twice');
  },
  write: ({ spaceThreads }, { id: space }) =>
    spaceThreads.where('space', space).map(({ space_id: _, ...item }) => item),
  age: ({ added_at }: SpaceThread) => added_at,
  lookedAtWith: {
    spaces: ({ spaceThreads }, { id }: Row) => spaceThreads.where('space', id),
    spaceThreads: ({ spaceThreads }, { space_id }: SpaceThread) =>
      spaceThreads.where('space', space_id),
    threads: ({ spaceThreads }, { id }: Row) => spaceThreads.where('thread', id),
    messages: ({ spaceThreads }, { thread_id }: Message) => spaceThreads.where('thread', thread_id),
    // An embedding is there by the link of its space and its message's thread.
    embeddings: (
      { spaceThreads, messages },
      { space_id = '', message_id = '' }: { space_id?: string; message_id?: string },
    ) => spaceThreads.where('pair', pair(space_id, messages.get(message_id)?.thread_id ?? '')),
  },
} as const satisfies Noun<SpaceThreadItem, Tables & Messages, Holder>;
