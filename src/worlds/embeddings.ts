// The messages that the spaces of a world take in, for tests and for people: no operation of the
// API shows how far they are.
import { embeddingNow, openEmbeddings, settle } from '../rules/memory.js';
import type { EmbeddingStatus } from '../world/backfill.js';
import type { Embedding } from '../world/nouns/embeddings.js';
import type { World } from '../world/world.js';

/** Those with all of these values; all of them without any. */
export type EmbeddingFilter = Partial<
  Pick<Embedding, 'id' | 'space_id' | 'thread_id' | 'message_id' | 'status'>
>;

const next: Partial<Record<EmbeddingStatus, EmbeddingStatus>> = {
  queued: 'running',
  running: 'done',
};

export class EmbeddingQueue {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** The one that was queued first comes first. */
  list(filter: EmbeddingFilter = {}): Embedding[] {
    const { embeddings } = this.#world;
    const { space_id } = filter;
    return (space_id === undefined ? embeddings.all() : embeddings.where('space', space_id))
      .map((row) => embeddingNow(this.#world, row))
      .filter((row) => fits(row, filter));
  }

  /** How many there are of each. */
  progress(filter: EmbeddingFilter = {}): Readonly<Record<EmbeddingStatus, number>> {
    const counts = { queued: 0, running: 0, done: 0, failed: 0 };
    for (const { status } of this.list(filter)) counts[status] += 1;
    return counts;
  }

  /** From queued to running, or from running to done. Gives those that moved, as all below do. */
  step(filter: EmbeddingFilter = {}): readonly Embedding[] {
    return this.#move(filter, ({ status }) => ({ status: next[status] ?? status }));
  }

  /** All that are queued or running are done. */
  drain(filter: EmbeddingFilter = {}): readonly Embedding[] {
    return this.#move(filter, () => ({ status: 'done' }));
  }

  /** All that are queued or running have failed. */
  fail(
    filter: EmbeddingFilter = {},
    error = 'The message could not be embedded.',
  ): readonly Embedding[] {
    return this.#move(filter, () => ({ status: 'failed', error }));
  }

  #move(
    filter: EmbeddingFilter,
    change: (row: Embedding) => Partial<Embedding>,
  ): readonly Embedding[] {
    settle(this.#world);
    return openEmbeddings(this.#world)
      .filter((row) => fits(row, filter))
      .map((row) => this.#world.embeddings.update(row.id, change(row)));
  }
}

const fits = (row: Embedding, filter: EmbeddingFilter): boolean =>
  Object.entries(filter).every(
    ([field, value]) => value === undefined || row[field as keyof Embedding] === value,
  );
