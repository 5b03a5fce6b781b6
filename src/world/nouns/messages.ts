// Messages of a thread.
import { by, type Row } from '../indexes.js';
import { fillByAge, itemOf, type New, type Noun, utc, utcOrNull } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';

export interface Message {
  readonly id: string;
  readonly thread_id: string;
  readonly role: 'user' | 'assistant' | 'system' | 'tool';
  readonly content: string;
  readonly metadata: { readonly [key: string]: unknown };
  readonly created_at: string;
  readonly updated_at: string | null;
}

export interface MessageItem {
  readonly id: string;
  readonly role: Message['role'];
  readonly content: string;
  readonly metadata?: Message['metadata'];
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** The thread. */
export interface Holder {
  readonly id: string;
  readonly created_at: string;
}

const schema = schemaOf<Message>()({ thread: by<Message>('thread_id') });

export interface Tables {
  readonly messages: TableOf<typeof schema>;
}

/** What is needed of the links by which threads are in spaces. */
export interface Links {
  readonly spaceThreads: {
    readonly where: (index: 'space', key: string) => readonly InThread[];
  };
}

type InThread = Pick<Message, 'thread_id'>;

const none = {};

export const makeMessage = (
  given: New<Message, 'id' | 'thread_id' | 'content' | 'created_at'>,
): Message => ({
  id: given.id,
  thread_id: given.thread_id,
  role: given.role ?? 'user',
  content: given.content,
  metadata: given.metadata ?? none,
  created_at: given.created_at,
  updated_at: given.updated_at ?? null,
});

export const messages = {
  called: 'message',
  section: 'messages',
  within: 'threads',
  schema,
  fill({ messages }, given) {
    const rows = given.map(({ item, holder }) =>
      makeMessage({
        id: item.id,
        thread_id: holder.id,
        role: item.role,
        content: item.content,
        metadata: item.metadata,
        created_at: utc(item.created_at, holder.created_at),
        updated_at: utcOrNull(item.updated_at),
      }),
    );
    fillByAge(messages, rows);
  },
  check(check, placed) {
    for (const { item, holder: thread, pointer } of placed) {
      check.define('message', item.id, `${pointer}/id`);
      check.past(item.created_at, `${pointer}/created_at`);
      check.past(item.updated_at, `${pointer}/updated_at`);
      if (thread.created_at)
        check.notBefore(item.created_at, `${pointer}/created_at`, thread.created_at);
    }
  },
  write: ({ messages }, { id: thread_id }) =>
    messages.where('thread', thread_id).map((row) => {
      const { id, role, content, created_at } = row;
      const needed = { id, role, content, created_at };
      return itemOf<MessageItem, Message>(needed, row, makeMessage({ ...needed, thread_id }));
    }),
  age: ({ created_at }: Message) => created_at,
  lookedAtWith: {
    threads: ({ messages }, { id }: Row) => messages.where('thread', id),
    // The last of them is its thread's last activity.
    messages: ({ messages }, { thread_id }: InThread) => messages.where('thread', thread_id),
    // They are what a space takes in.
    spaceThreads: ({ messages }, { thread_id }: InThread) => messages.where('thread', thread_id),
    spaces: ({ messages, spaceThreads }, { id }: Row) =>
      spaceThreads.where('space', id).flatMap((link) => messages.where('thread', link.thread_id)),
  },
} as const satisfies Noun<MessageItem, Tables & Links, Holder>;
