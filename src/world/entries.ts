// The rows of a table by their id: a map that is shared and changes no more, and in a small tree
// what was written since.
import { fnv1a } from '../spec/hash.js';
import { compare, type Entry, type Row } from './indexes.js';
import { Tree, type Writer } from './tree.js';

/** What was written under an id; no entry stands for a row that is gone. */
interface Written<R> {
  readonly hash: number;
  readonly id: string;
  readonly entry: Entry<R> | undefined;
}

/** So many writes are worth a map of their own at any size. */
const FEW = 64;

export const alreadyThere = (id: string): string => `A row with the id ${id} exists already.`;

export class Entries<R extends Row> {
  readonly size: number;
  readonly #base: Map<string, Entry<R>>;
  /** By hash, since numbers compare faster than texts. */
  readonly #since: Tree<Written<R>>;
  /** Who has made the map and has not given it away, and so may change it. */
  readonly #writer: Writer | undefined;

  private constructor(
    base: Map<string, Entry<R>>,
    since: Tree<Written<R>>,
    size: number,
    writer?: Writer,
  ) {
    this.#base = base;
    this.#since = since;
    this.size = size;
    this.#writer = writer;
  }

  static empty<R extends Row>(): Entries<R> {
    return new Entries<R>(new Map(), new Tree((a, b) => a.hash - b.hash || compare(a.id, b.id)), 0);
  }

  /** Of rows in the order of their insertion, the first of which has the place zero. */
  static of<R extends Row>(rows: readonly R[]): Entries<R> {
    const base = new Map<string, Entry<R>>();
    for (const [position, row] of rows.entries()) {
      if (base.has(row.id)) throw new Error(alreadyThere(row.id));
      base.set(row.id, { row, position });
    }
    return new Entries(base, Entries.empty<R>().#since, base.size);
  }

  get(id: string): Entry<R> | undefined {
    if (this.#since.size === 0) return this.#base.get(id);
    const key = fnv1a(id);
    const written = this.#since.last(
      (other) => other.hash < key || (other.hash === key && other.id <= id),
    );
    return written?.id === id ? written.entry : this.#base.get(id);
  }

  /** With another entry under an id, or none. */
  with(id: string, entry: Entry<R> | undefined, writer: Writer): Entries<R> {
    const size = this.size + (entry ? 1 : 0) - (this.get(id) ? 1 : 0);
    if (this.#writer === writer) {
      if (entry) this.#base.set(id, entry);
      else this.#base.delete(id);
      return new Entries(this.#base, this.#since, size, writer);
    }
    const since = this.#since.with({ hash: fnv1a(id), id, entry }, writer);
    const written = new Entries(this.#base, since, size, this.#writer);
    return since.size > FEW + this.#base.size / 2 ? written.#merged(writer) : written;
  }

  /**
   * For whoever is given them: with little written since. A fork does not have to merge on its
   * first writes what the world before it has written.
   */
  lean(): Entries<R> {
    return this.#since.size > (FEW + this.#base.size) / 8 ? this.#merged() : this;
  }

  *[Symbol.iterator](): Generator<Entry<R>, undefined> {
    for (const [id, entry] of this.#base)
      if (this.#since.size === 0 || this.get(id) === entry) yield entry;
    for (const { id, entry } of this.#since.forward(0))
      if (entry && entry !== this.#base.get(id)) yield entry;
  }

  #merged(writer?: Writer): Entries<R> {
    const base = new Map(this.#base);
    for (const { id, entry } of this.#since.forward(0)) {
      if (entry) base.set(id, entry);
      else base.delete(id);
    }
    return new Entries(base, Entries.empty<R>().#since, this.size, writer);
  }
}
