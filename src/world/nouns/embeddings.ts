// Messages queued for embedding into a space's dedicated store. One per message and space (seed
// 001).
import { type Backfill, type EmbeddingStatus, isOpen } from '../backfill.js';
import { by, index, insertion, type Row } from '../indexes.js';
import { pair } from '../keys.js';
import { byTime, type Draft, type Filling, type Noun, numbered, utc } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';
import type { Message, Tables as Messages } from './messages.js';
import type { SpaceThread, Tables as SpaceThreads } from './space-threads.js';
import type { Tables as Spaces } from './spaces.js';

export interface Embedding {
  readonly id: string;
  readonly space_id: string;
  readonly vector_store_id: string;
  readonly thread_id: string;
  readonly message_id: string;
  readonly queued_at: string;
  /** What moves it on. */
  readonly backfill: Backfill;
  readonly status: EmbeddingStatus;
  /** How often a list has shown it, where that moves it. */
  readonly reads: number;
  /** Why it failed. */
  readonly error: string | null;
}

/** Whatever a scenario does not list has an ID of ours, and is done. */
export interface EmbeddingItem {
  readonly id: string;
  readonly space_id: string;
  readonly message_id: string;
  readonly queued_at?: string;
  readonly backfill?: Backfill;
  readonly status?: EmbeddingStatus;
  readonly reads?: number;
  readonly error?: string;
}

const schema = schemaOf<Embedding>()({
  space: by<Embedding>('space_id'),
  message: by<Embedding>('message_id'),
  thread: index<Embedding>()(
    ['space_id', 'thread_id'],
    (row) => [pair(row.space_id, row.thread_id)],
    { insertion },
  ),
  pair: index<Embedding>()(
    ['space_id', 'message_id'],
    (row) => [pair(row.space_id, row.message_id)],
    { insertion },
  ),
  /** Those that are neither done nor failed, by their thread. */
  open: index<Embedding>()(['status', 'thread_id'], (row) => (isOpen(row) ? [row.thread_id] : []), {
    insertion,
  }),
});

export interface Tables {
  readonly embeddings: TableOf<typeof schema>;
}

type State = Pick<Embedding, 'queued_at' | 'backfill' | 'status' | 'reads' | 'error'>;

/** A message to be queued. */
interface Queued {
  readonly space_id: string;
  readonly message: Message;
  readonly state: State;
}

/** None where the space has no store to take the message in. */
function rowOf(
  { spaces }: Spaces,
  { space_id, message, state }: Queued,
  id: string,
): Embedding | undefined {
  const vector_store_id = spaces.get(space_id)?.vector_store_id;
  if (!vector_store_id) return undefined;
  return {
    id,
    space_id,
    vector_store_id,
    thread_id: message.thread_id,
    message_id: message.id,
    queued_at: state.queued_at,
    backfill: state.backfill,
    status: state.status,
    reads: state.reads,
    error: state.error,
  };
}

export const newlyQueued = (queued_at: string, backfill: Backfill): State => ({
  queued_at,
  backfill,
  status: backfill === 'immediate' ? 'done' : 'queued',
  reads: 0,
  error: null,
});

/**
 * Queues a message of a space's thread, unless the space has no store to take it in, or has queued
 * it before. It is asked for an ID only when it is.
 */
export function queueEmbedding(
  { spaces, embeddings }: Tables & Spaces,
  queued: Queued,
  nextId: () => string,
): void {
  const { space_id, message } = queued;
  if (!spaces.get(space_id)?.vector_store_id) return;
  if (embeddings.count('pair', pair(space_id, message.id)) > 0) return;
  embeddings.insert(rowOf({ spaces }, queued, nextId()) as Embedding);
}

/**
 * A thread that is in a space was queued when it joined, and each later message when it was
 * written.
 */
const joinedAt = ({ added_at }: SpaceThread, { created_at }: Message): string =>
  added_at > created_at ? added_at : created_at;

const none = {};

/** One that is not done yet has to be moved by something, and counts from the scenario's time. */
function stateOf(
  item: Partial<EmbeddingItem>,
  joined: string,
  { start, backfill }: Filling,
): State {
  const { status = 'done', reads = 0 } = item;
  const open = isOpen({ status });
  const byItself = open ? backfill : 'immediate';
  const moved = item.backfill ?? byItself;
  return {
    queued_at: utc(item.queued_at, open ? start : joined),
    backfill: open && moved === 'immediate' ? 'manual' : moved,
    status,
    reads,
    error: item.error ?? null,
  };
}

/** What `stateOf` has to be told. */
const said = (row: Embedding, joined: string): Partial<EmbeddingItem> => ({
  ...(isOpen(row) || row.queued_at !== joined ? { queued_at: row.queued_at } : {}),
  ...(row.backfill === 'immediate' ? {} : { backfill: row.backfill }),
  ...(row.status === 'done' ? {} : { status: row.status }),
  ...(row.reads === 0 ? {} : { reads: row.reads }),
  ...(row.error === null ? {} : { error: row.error }),
});

export const embeddings = {
  called: 'embedding',
  section: 'embeddings',
  schema,
  fill(tables, given, filling) {
    const items = new Map(given.map(({ item }) => [pair(item.space_id, item.message_id), item]));
    const taken = new Set(given.map(({ item }) => item.id));
    const messages = new Map<string, Message[]>();
    for (const message of tables.messages.all()) {
      const others = messages.get(message.thread_id);
      if (others) others.push(message);
      else messages.set(message.thread_id, [message]);
    }
    const queued = tables.spaceThreads.all().flatMap((link) =>
      (messages.get(link.thread_id) ?? []).map((message) => {
        const { space_id } = link;
        const item = items.size > 0 ? items.get(pair(space_id, message.id)) : undefined;
        const state = stateOf(item ?? none, joinedAt(link, message), filling);
        return { space_id, message, item, state };
      }),
    );
    const listed = new Map(given.map(({ item }, i) => [item, i]));
    const placeOf = ({ item }: (typeof queued)[number]): number =>
      item === undefined ? -1 : (listed.get(item) as number);
    // Of one second, those that are listed come last, in the order of their list.
    queued.sort((a, b) => placeOf(a) - placeOf(b));
    const rows = byTime(queued, (one) => one.state.queued_at).flatMap((one, i) => {
      const id = one.item?.id ?? numbered('emb', i + 1, taken);
      const row = rowOf(tables, one, id);
      return row ? [row] : [];
    });
    tables.embeddings.fill(rows);
  },
  check(check, placed) {
    for (const { item, pointer } of placed) {
      check.define('embedding', item.id, `${pointer}/id`);
      check.refer('space', item.space_id, `${pointer}/space_id`);
      check.refer('message', item.message_id, `${pointer}/message_id`);
      check.past(item.queued_at, `${pointer}/queued_at`);
    }
  },
  /** Those that would come by themselves are left out. */
  write: (tables) =>
    itemsOf(tables).filter((item, i) => item.id !== `emb_${i + 1}` || Object.keys(item).length > 3),
  items: itemsOf,
  age: ({ queued_at }: Embedding) => queued_at,
  lookedAtWith: {
    spaces: ({ embeddings }, { id }: Row) => embeddings.where('space', id),
    spaceThreads: ({ embeddings }, { space_id = '', thread_id = '' }: Draft<SpaceThread>) =>
      embeddings.where('thread', pair(space_id, thread_id)),
    threads: (tables, { id }: Row) => ofThread(tables, id),
    messages: (tables, { thread_id }: Message) => ofThread(tables, thread_id),
    embeddings: ({ embeddings }, { space_id = '', message_id = '' }: Draft<EmbeddingItem>) =>
      embeddings.where('pair', pair(space_id, message_id)),
  },
} as const satisfies Noun<EmbeddingItem, Tables & Spaces & SpaceThreads & Messages>;

const ofThread = ({ embeddings, spaceThreads }: Tables & SpaceThreads, thread_id: string) =>
  spaceThreads
    .where('thread', thread_id)
    .flatMap(({ space_id }) => embeddings.where('thread', pair(space_id, thread_id)));

function itemsOf({ embeddings, spaceThreads, messages }: Tables & SpaceThreads & Messages) {
  return embeddings.all().map((row): EmbeddingItem => {
    const { id, space_id, message_id } = row;
    const link = spaceThreads.one('pair', pair(space_id, row.thread_id)) as SpaceThread;
    const state = said(row, joinedAt(link, messages.get(message_id) as Message));
    return { id, space_id, message_id, ...state };
  });
}
