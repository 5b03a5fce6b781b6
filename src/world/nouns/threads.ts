// Threads: the conversations of a user.
import { by, index, insertion } from '../indexes.js';
import { compound, pair } from '../keys.js';
import { checkOwned, fillByAge, itemOf, type New, type Noun, utc, utcOrNull } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';
import type { MessageItem, Tables as Messages } from './messages.js';

export interface Thread {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string;
  readonly title: string | null;
  readonly metadata: { readonly [key: string]: unknown } | null;
  readonly assistant_id: string | null;
  readonly status: string;
  readonly visible_in_ui: boolean;
  readonly last_model_used: string | null;
  readonly pinned_at: string | null;
  readonly last_message_at: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted_at: string | null;
}

export interface ThreadItem {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string;
  readonly title?: string | null;
  readonly metadata?: Thread['metadata'];
  readonly assistant_id?: string | null;
  readonly status?: string;
  readonly visible_in_ui?: boolean;
  readonly last_model_used?: string | null;
  readonly pinned_at?: string;
  readonly last_message_at?: string;
  readonly deleted_at?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
  readonly messages?: readonly MessageItem[];
}

export interface ListedThreads {
  readonly isDeleted: boolean;
  readonly isVisible: boolean;
  readonly isPinned: boolean;
  readonly assistant?: string | null | undefined;
}

/** The key of a list of a user's threads. */
export const threadList = (
  user: string,
  { isDeleted, isVisible, isPinned, assistant }: ListedThreads,
): string =>
  compound(
    user,
    String(isDeleted),
    String(isVisible),
    String(isPinned),
    ...(assistant == null ? [] : [assistant]),
  );

const schema = schemaOf<Thread>()({
  user: by<Thread>('user_id'),
  pinned: index<Thread>()(
    ['user_id', 'organization_id', 'pinned_at'],
    (row) => (row.pinned_at === null ? [] : [pair(row.user_id, row.organization_id)]),
    { insertion },
  ),
  listed: index<Thread>()(
    ['user_id', 'deleted_at', 'visible_in_ui', 'pinned_at', 'assistant_id'],
    ({ user_id, deleted_at, visible_in_ui, pinned_at, assistant_id }) => {
      const filter = {
        isDeleted: deleted_at !== null,
        isVisible: visible_in_ui,
        isPinned: pinned_at !== null,
      };
      const all = threadList(user_id, filter);
      return assistant_id === null
        ? [all]
        : [all, threadList(user_id, { ...filter, assistant: assistant_id })];
    },
    { activity: (row) => row.pinned_at ?? row.last_message_at },
  ),
});

export interface Tables {
  readonly threads: TableOf<typeof schema>;
}

type NewThread = New<Thread, 'id' | 'organization_id' | 'user_id' | 'created_at'>;

/**
 * Inactive and visible; its last message is as old as itself where there is none: docs
 * threads/create.
 */
export function makeThread(given: NewThread): Thread {
  const last_message_at = given.last_message_at ?? given.created_at;
  return {
    id: given.id,
    organization_id: given.organization_id,
    user_id: given.user_id,
    title: given.title ?? null,
    metadata: given.metadata === undefined ? {} : given.metadata,
    assistant_id: given.assistant_id ?? null,
    status: given.status ?? 'inactive', // S-C11
    visible_in_ui: given.visible_in_ui ?? true,
    last_model_used: given.last_model_used ?? null,
    pinned_at: given.pinned_at ?? null,
    last_message_at,
    created_at: given.created_at,
    updated_at: given.updated_at ?? last_message_at,
    deleted_at: given.deleted_at ?? null,
  };
}

/** Of its messages, only the times matter. */
interface Timed extends Omit<ThreadItem, 'messages'> {
  readonly messages?: readonly Pick<MessageItem, 'created_at'>[];
}

function rowOf(item: Timed, start: string): Thread {
  const sent = (item.messages ?? []).flatMap(({ created_at }) =>
    created_at === undefined ? [] : [utc(created_at, start)],
  );
  // Without a time of its own, a thread is as old as its first message.
  const created_at = utc(item.created_at, sent.toSorted()[0] ?? start);
  return makeThread({
    ...item,
    pinned_at: utcOrNull(item.pinned_at),
    last_message_at: utc(item.last_message_at, [created_at, ...sent].toSorted().at(-1) as string),
    created_at,
    updated_at: item.updated_at === undefined ? undefined : utc(item.updated_at, start),
    deleted_at: utcOrNull(item.deleted_at),
  });
}

export const threads = {
  called: 'thread',
  section: 'threads',
  schema,
  fill({ threads }: Tables, given, { start }) {
    const rows = given.map(({ item }) => rowOf(item, start));
    fillByAge(threads, rows);
  },
  check(check, placed) {
    for (const { item, pointer } of placed) {
      checkOwned(check, 'thread', item, pointer);
      check.refer('user', item.user_id, `${pointer}/user_id`, item.organization_id);
      check.past(item.deleted_at, `${pointer}/deleted_at`);
      check.past(item.last_message_at, `${pointer}/last_message_at`);
      check.past(item.pinned_at, `${pointer}/pinned_at`);
      if (item.id !== undefined && item.deleted_at) check.deleted.add(item.id);
    }
  },
  write: ({ threads, messages }) =>
    threads.all().map((row) => {
      const { id, organization_id, user_id, created_at } = row;
      const needed = { id, organization_id, user_id, created_at };
      return itemOf<ThreadItem, Thread>(
        needed,
        row,
        rowOf({ ...needed, messages: messages.where('thread', id) }, created_at),
      );
    }),
  age: ({ created_at }: Thread) => created_at,
} as const satisfies Noun<ThreadItem, Tables & Messages>;
