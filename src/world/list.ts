// The rows under some keys of an index, in one of its orders. They are found by their place, so
// that a page costs what it shows, wherever in the list it stands and however long the list is.
import { comparing, type Entry, type Position, type Row, type SortBy } from './indexes.js';
import type { Compare, Tree } from './tree.js';

/**
 * From the first to the last, from the last to the first, or forward with the newest first among
 * equal ones.
 */
export type Reading = 'forward' | 'backward' | 'newest_of_equals_first';

export interface ListParts<R> {
  /**
   * The rows as they stood when they were filed; what their keys and orders are made of has not
   * changed since.
   */
  readonly trees: readonly Tree<Entry<R>>[];
  readonly sortBy: SortBy<R>;
  readonly reading: Reading;
  /** The row as it is now. */
  readonly entry: (id: string) => Entry<R> | undefined;
}

/** A part of a tree: from the place `start` up to before `end`. */
interface Span<R> {
  readonly tree: Tree<Entry<R>>;
  readonly start: number;
  readonly end: number;
}

/**
 * A list is of its moment: it is read before the next write. A row must be under one of its keys
 * only; where it may be under several, the list can be walked but has no places.
 */
export class List<R extends Row> implements Iterable<R> {
  readonly #sortBy: SortBy<R>;
  readonly #inOrder: Compare<Entry<R>>;
  readonly #reading: Reading;
  readonly #entry: ListParts<R>['entry'];
  readonly #spans: readonly Span<R>[];

  constructor({ trees, sortBy, reading, entry }: ListParts<R>) {
    this.#sortBy = sortBy;
    this.#inOrder = comparing(sortBy);
    this.#reading = reading;
    this.#entry = entry;
    this.#spans = trees.map((tree) => ({ tree, start: 0, end: tree.size }));
  }

  get size(): number {
    return sizeOf(this.#spans);
  }

  /** From one place up to before another; nothing where one of them is no number. */
  slice(start: number, end = this.size): R[] {
    const rows: R[] = [];
    if (!(start < end)) return rows;
    for (const row of this.#from(start)) {
      rows.push(row);
      if (rows.length === end - start) break;
    }
    return rows;
  }

  /** The place of a row, or -1 when it is not in the list. */
  placeOf(id: string): number {
    const entry = this.#entry(id);
    if (!entry || !this.#spans.some(({ tree }) => this.#holds(tree, entry))) return -1;
    const place = sum(
      this.#spans.map(({ tree }) => tree.count((other) => this.#inOrder(other, entry) < 0)),
    );
    if (this.#reading === 'forward') return place;
    if (this.#reading === 'backward') return this.size - 1 - place;
    const { start, size } = this.#equalsOf(entry);
    return start + size - 1 - (place - start);
  }

  [Symbol.iterator](): Generator<R, undefined> {
    return this.#from(0);
  }

  /**
   * Backward, the rows that were inserted before a position; for a list in the order of insertion.
   */
  *before(position: Position): Generator<R, undefined> {
    const spans = this.#spans.map((span) => ({
      ...span,
      end: span.tree.count((other) => other.position < position),
    }));
    for (const entry of this.#backward(spans)) yield this.#now(entry);
  }

  *#from(place: number): Generator<R, undefined> {
    for (const entry of this.#entriesFrom(place)) yield this.#now(entry);
  }

  #entriesFrom(place: number): Generator<Entry<R>, undefined> {
    switch (this.#reading) {
      case 'forward':
        return this.#forward(this.#after(this.#spans, place));
      case 'backward':
        return this.#backward(this.#upTo(this.#spans, this.size - place));
      case 'newest_of_equals_first':
        return this.#runs(place);
    }
  }

  /** Run after run of equal rows, each of them backward; the first may begin in its middle. */
  *#runs(from: number): Generator<Entry<R>, undefined> {
    let rest = this.#after(this.#spans, from);
    for (let isFirst = true; ; isFirst = false) {
      const stream = this.#forward(rest);
      let entry = stream.next().value;
      while (entry && !isFirst) {
        const next = stream.next().value;
        if (next && this.#sortBy(next.row) === this.#sortBy(entry.row)) break;
        yield entry;
        entry = next;
      }
      if (!entry) return;
      const { spans, start, size } = this.#equalsOf(entry);
      yield* this.#backward(isFirst ? this.#upTo(spans, start + size - from) : spans);
      rest = spans.map(({ tree, end }) => ({ tree, start: end, end: tree.size }));
    }
  }

  /** The rows that are sorted where a row is; the first of them stands at the place `start`. */
  #equalsOf({ row }: Entry<R>): {
    readonly spans: readonly Span<R>[];
    readonly start: number;
    readonly size: number;
  } {
    const value = this.#sortBy(row);
    const spans = this.#spans.map(({ tree }) => ({
      tree,
      start: tree.count((other) => this.#sortBy(other.row) < value),
      end: tree.count((other) => this.#sortBy(other.row) <= value),
    }));
    return { spans, start: sum(spans.map(({ start }) => start)), size: sizeOf(spans) };
  }

  #holds(tree: Tree<Entry<R>>, entry: Entry<R>): boolean {
    return tree.last((other) => this.#inOrder(other, entry) <= 0)?.position === entry.position;
  }

  /** What is left of spans behind a place. */
  #after(spans: readonly Span<R>[], place: number): readonly Span<R>[] {
    const cuts = this.#cut(spans, place);
    return spans.map(({ tree, end }, i) => ({ tree, start: cuts[i] as number, end }));
  }

  #upTo(spans: readonly Span<R>[], place: number): readonly Span<R>[] {
    const cuts = this.#cut(spans, place);
    return spans.map(({ tree, start }, i) => ({ tree, start, end: cuts[i] as number }));
  }

  /** Where each span has to be cut so that as many rows as `place` says stand before the cuts. */
  #cut(spans: readonly Span<R>[], place: number): readonly number[] {
    if (place <= 0) return spans.map(({ start }) => start);
    if (place >= sizeOf(spans)) return spans.map(({ end }) => end);
    // The cuts are between these; halving the widest gap narrows all of them.
    const low = spans.map(({ start }) => start);
    const high = spans.map(({ end }) => end);
    const starts = sum(low);
    while (true) {
      const gaps = spans.map((_, i) => (high[i] as number) - (low[i] as number));
      const widest = gaps.indexOf(Math.max(...gaps));
      if (gaps[widest] === 0) return low;
      const middle = ((low[widest] as number) + (high[widest] as number)) >>> 1;
      const entry = (spans[widest] as Span<R>).tree.at(middle) as Entry<R>;
      // Where the row in the middle would cut: as many rows stand before it.
      const cuts = spans.map(({ tree, start, end }) =>
        clamp(
          tree.count((other) => this.#inOrder(other, entry) < 0),
          start,
          end,
        ),
      );
      const before = sum(cuts) - starts;
      for (const [i, cut] of cuts.entries()) {
        if (before <= place)
          low[i] = Math.max(low[i] as number, before < place && i === widest ? cut + 1 : cut);
        if (before >= place) high[i] = Math.min(high[i] as number, cut);
      }
    }
  }

  #forward(spans: readonly Span<R>[]): Generator<Entry<R>, undefined> {
    const streams = spans.map(({ tree, start, end }) =>
      end === tree.size ? tree.forward(start) : limited(tree.forward(start), end - start),
    );
    return merged(streams, this.#inOrder);
  }

  #backward(spans: readonly Span<R>[]): Generator<Entry<R>, undefined> {
    const streams = spans.map(({ tree, start, end }) =>
      start === 0 ? tree.backward(end) : limited(tree.backward(end), end - start),
    );
    return merged(streams, (left, right) => this.#inOrder(right, left));
  }

  #now({ row }: Entry<R>): R {
    return (this.#entry(row.id) as Entry<R>).row;
  }
}

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0);
const sizeOf = <R>(spans: readonly Span<R>[]): number =>
  sum(spans.map(({ start, end }) => end - start));
const clamp = (number: number, low: number, high: number): number =>
  Math.min(Math.max(number, low), high);

function* limited<T>(items: Iterable<T>, count: number): Generator<T, undefined> {
  if (count === 0) return;
  let left = count;
  for (const item of items) {
    yield item;
    if (--left === 0) return;
  }
}

type Stream<R> = Generator<Entry<R>, undefined>;

/** Sorted streams as one, in which a row that is in several of them comes once. */
const merged = <R>(streams: readonly Stream<R>[], inOrder: Compare<Entry<R>>): Stream<R> =>
  streams.length === 1 ? (streams[0] as Stream<R>) : inTurns(streams, inOrder);

function* inTurns<R>(streams: readonly Stream<R>[], inOrder: Compare<Entry<R>>): Stream<R> {
  const heads = streams.map((stream) => stream.next().value);
  let last: Position | undefined;
  while (true) {
    let first = -1;
    for (const [i, head] of heads.entries()) {
      if (head && (first < 0 || inOrder(head, heads[first] as Entry<R>) < 0)) first = i;
    }
    const entry = heads[first];
    if (!entry) return;
    if (entry.position !== last) yield entry;
    last = entry.position;
    heads[first] = (streams[first] as Stream<R>).next().value;
  }
}
