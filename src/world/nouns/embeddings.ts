// Messages queued for embedding into a space's dedicated store. One per message and space (seed
// 001).
import { by, index, insertion } from '../indexes.js';
import { pair } from '../keys.js';
import { byTime, type Noun, numbered } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';
import type { Message, Tables as Messages } from './messages.js';
import type { Tables as SpaceThreads } from './space-threads.js';
import type { Tables as Spaces } from './spaces.js';

export interface Embedding {
  readonly id: string;
  readonly space_id: string;
  readonly vector_store_id: string;
  readonly thread_id: string;
  readonly message_id: string;
  readonly queued_at: string;
}

/** Whatever a scenario does not list has an ID of ours. */
export interface EmbeddingItem {
  readonly id: string;
  readonly space_id: string;
  readonly message_id: string;
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
});

export interface Tables {
  readonly embeddings: TableOf<typeof schema>;
}

/** A message to be queued; `id` is asked for an ID only when it is. */
interface Queued {
  readonly space_id: string;
  readonly message: Message;
  readonly queued_at: string;
  readonly id: () => string;
}

/**
 * Queues a message of a space's thread, unless the space has no store to take it in, or has queued
 * it before.
 */
export function queueEmbedding(
  { spaces, embeddings }: Tables & Spaces,
  { space_id, message, queued_at, id }: Queued,
): void {
  const vector_store_id = spaces.get(space_id)?.vector_store_id;
  if (!vector_store_id || embeddings.count('pair', pair(space_id, message.id)) > 0) return;
  embeddings.insert({
    id: id(),
    space_id,
    vector_store_id,
    thread_id: message.thread_id,
    message_id: message.id,
    queued_at,
  });
}

const latestOf = (...times: readonly string[]): string => times.toSorted().at(-1) as string;

export const embeddings = {
  called: 'embedding',
  section: 'embeddings',
  schema,
  /**
   * A thread that is in a space was queued when it joined, and each later message when it was
   * written.
   */
  fill(tables, given) {
    const ids = new Map(given.map(({ item }) => [pair(item.space_id, item.message_id), item.id]));
    const taken = new Set(ids.values());
    const queued = tables.spaceThreads.all().flatMap(({ space_id, thread_id, added_at }) =>
      tables.messages.where('thread', thread_id).map((message) => {
        return { space_id, message, queued_at: latestOf(added_at, message.created_at) };
      }),
    );
    for (const [i, each] of byTime(queued, ({ queued_at }) => queued_at).entries()) {
      const id = (): string =>
        ids.get(pair(each.space_id, each.message.id)) ?? numbered('emb', i + 1, taken);
      queueEmbedding(tables, { ...each, id });
    }
  },
  check(check, placed) {
    for (const { item, pointer } of placed) {
      check.define('embedding', item.id, `${pointer}/id`);
      check.refer('space', item.space_id, `${pointer}/space_id`);
      check.refer('message', item.message_id, `${pointer}/message_id`);
    }
  },
  write: ({ embeddings }) =>
    embeddings
      .all()
      .flatMap(({ id, space_id, message_id }, i) =>
        id === `emb_${i + 1}` ? [] : [{ id, space_id, message_id }],
      ),
} as const satisfies Noun<EmbeddingItem, Tables & Spaces & SpaceThreads & Messages>;
