// A space's shared memory: which messages are queued for embedding into its dedicated store.
import { afterRead, statusAt } from '../world/backfill.js';
import { type Embedding, newlyQueued, queueEmbedding } from '../world/nouns/embeddings.js';
import { type Message, makeMessage } from '../world/nouns/messages.js';
import { pair, type World } from '../world/world.js';

/** Queues every message of a thread that the space has not taken in yet. */
export function backfill(world: World, spaceId: string, threadId: string, now: string): void {
  for (const message of world.messages.where('thread', threadId))
    queue(world, spaceId, message, now);
}

const queue = (world: World, space_id: string, message: Message, queued_at: string): void =>
  queueEmbedding(world, { space_id, message, state: newlyQueued(queued_at, world.backfill) }, () =>
    world.ids.next('emb'),
  );

/** A list has shown messages of a thread, or a space has shown the thread. */
export function shown(world: World, threadId: string, isShown: (row: Embedding) => boolean): void {
  for (const row of world.embeddings.where('open', threadId)) {
    const moved = isShown(row) ? afterRead(row) : undefined;
    if (moved) world.embeddings.update(row.id, moved);
  }
}

/** Those that are neither done nor failed, as far as was written down. */
export const openEmbeddings = ({ embeddings }: World): readonly Embedding[] => [
  ...embeddings.list('open', embeddings.keys('open', '')),
];

/** Writes down how far the clock has moved embeddings, and gives those that it has moved. */
export function settle(world: World): readonly Embedding[] {
  const now = world.clock.now();
  return openEmbeddings(world).flatMap((row) => {
    const status = statusAt(row, now);
    return status === row.status ? [] : [world.embeddings.update(row.id, { status })];
  });
}

/** As it is now. */
export const embeddingNow = ({ clock }: World, row: Embedding): Embedding => ({
  ...row,
  status: statusAt(row, clock.now()),
});

/** Takes the vectors of a thread out of a space. */
export function forget(world: World, spaceId: string, threadId: string): void {
  for (const row of world.embeddings.where('thread', pair(spaceId, threadId)))
    world.embeddings.delete(row.id);
}

/**
 * The latest activity moves with each change of a space and each message it takes in (spaces sheet
 * 4.1, assumed).
 */
export function touch(world: World, spaceId: string, now: string): void {
  world.spaces.update(spaceId, { last_activity_at: now, updated_at: now });
}

export interface NewMessage {
  readonly thread_id: string;
  readonly content: string;
  readonly role?: Message['role'];
  readonly metadata?: Message['metadata'];
}

/**
 * Adds a message to a thread, as the vendor's model does; no public operation can. Each space that
 * has the thread queues the message by itself. Throws when the thread is not there.
 */
export function addMessage(world: World, message: NewMessage): Message {
  const thread = world.threads.get(message.thread_id);
  if (!thread || thread.deleted_at) throw new Error(`No thread has the id ${message.thread_id}.`);
  const now = world.clock.now();
  const row = world.messages.insert(
    makeMessage({ ...message, id: world.ids.next('msg'), created_at: now }),
  );
  world.threads.update(thread.id, { last_message_at: now, updated_at: now });
  for (const link of world.spaceThreads.where('thread', thread.id)) {
    queue(world, link.space_id, row, now);
    touch(world, link.space_id, now);
  }
  world.clock.tick();
  return row;
}
