// Files rows that come all at once under the keys of an index, in steps: nobody has to wait for all
// of it but whoever asks before it is done.
import { byKey, Filed, type OrderedIndex } from './filed.js';
import { comparing, type Entry, type SortBy } from './indexes.js';
import { each, merging, STEP, type Steps, Stepwise } from './stepwise.js';
import { type Compare, Tree } from './tree.js';

/** The rows under a key, in parts that are short enough for a step. */
interface Found<R> {
  readonly key: string;
  readonly parts: Entry<R>[][];
}

/**
 * What an index files of rows that stand in the order of their insertion. Where there are many
 * under a key, `ahead` also begins their other orders, which otherwise are made when they are asked
 * for.
 */
export function* filing<R>(
  { keys, sorts }: OrderedIndex<R>,
  entries: Iterable<Entry<R>>,
  ahead = false,
): Steps<Tree<Filed<R>>> {
  const [first, ...others] = sorts as readonly [SortBy<R>, ...SortBy<R>[]];
  const order = comparing(first);
  const rankings = ahead ? others.map((sortBy) => new Stepwise(ranking(entries, sortBy))) : [];
  const filed: Filed<R>[] = [];
  let handled = 0;
  for (const { key, parts } of yield* finding(keys, entries)) {
    const size = sizeOf(parts);
    if (size > STEP) {
      const tree = yield* sorting(parts, order);
      const begun = rankings.map(
        (all, i) => new Stepwise(ranked(tree, others[i] as SortBy<R>, all)),
      );
      filed.push(new Filed(key, order, tree, begun));
      continue;
    }
    const all = parts.flat();
    const rows = size === 1 ? (all[0] as Entry<R>) : Tree.of(order, all.sort(order));
    filed.push(new Filed(key, order, rows));
    handled += size;
    if (handled < STEP) continue;
    yield handled;
    handled = 0;
  }
  return yield* Tree.making(byKey, filed);
}

/** The rows in another order. What is filed decides about it, so whoever shares it may share that. */
export function inOrder<R>(filed: Filed<R>, place: number, sortBy: SortBy<R>): Tree<Entry<R>> {
  if (place === 0) return filed.first;
  const known = filed.others[place - 1];
  if (known instanceof Tree) return known;
  const tree = (known ?? new Stepwise(ordering(filed.first, sortBy))).whole;
  const others = [...filed.others];
  others[place - 1] = tree;
  filed.others = others;
  return tree;
}

/** The rest of the orders that were begun. */
export function* orders<R>(filed: Tree<Filed<R>>): Steps<void> {
  const begun: Stepwise<Tree<Entry<R>>>[] = [];
  yield* each(filed.forward(0), ({ others }) => {
    for (const other of others) if (other instanceof Stepwise) begun.push(other);
  });
  for (const one of begun) yield* one.steps();
}

function* ordering<R>(first: Tree<Entry<R>>, sortBy: SortBy<R>): Steps<Tree<Entry<R>>> {
  const order = comparing(sortBy);
  return yield* sorting(yield* parting(first.forward(0), (entry) => entry), order);
}

/** All rows of a table in an order; and by their positions, the first of which is zero, their places there. */
interface Ranking<R> {
  readonly rows: readonly Entry<R>[];
  readonly ranks: Uint32Array;
}

function* ranking<R>(entries: Iterable<Entry<R>>, sortBy: SortBy<R>): Steps<Ranking<R>> {
  const order = comparing(sortBy);
  const parts = yield* parting(entries, (entry) => entry);
  yield* sortingEach(parts, order);
  const rows = yield* merging(parts, order);
  const ranks = new Uint32Array(rows.length);
  let rank = 0;
  yield* each(rows, ({ position }) => {
    ranks[position] = rank++;
  });
  return { rows, ranks };
}

/** The same as `ordering`. Under many keys, places are compared faster than rows. */
function* ranked<R>(
  first: Tree<Entry<R>>,
  sortBy: SortBy<R>,
  all: Stepwise<Ranking<R>>,
): Steps<Tree<Entry<R>>> {
  yield* all.steps();
  const { rows, ranks } = all.whole;
  const parts = yield* parting(first.forward(0), ({ position }) => ranks[position] as number);
  yield* sortingEach(parts, ascending);
  const sorted: Entry<R>[] = [];
  yield* each(yield* merging(parts, ascending), (rank) => {
    sorted.push(rows[rank] as Entry<R>);
  });
  return yield* Tree.making(comparing(sortBy), sorted);
}

const ascending = (left: number, right: number): number => left - right;

function* parting<Item, Part>(items: Iterable<Item>, of: (item: Item) => Part): Steps<Part[][]> {
  const parts: Part[][] = [];
  let part: Part[] = [];
  yield* each(items, (item) => {
    if (part.length % STEP === 0) {
      part = [];
      parts.push(part);
    }
    part.push(of(item));
  });
  return parts;
}

function* sortingEach<Item>(parts: readonly Item[][], order: Compare<Item>): Steps<void> {
  for (const part of parts) {
    part.sort(order);
    yield part.length;
  }
}

function* sorting<R>(
  parts: readonly Entry<R>[][],
  order: Compare<Entry<R>>,
): Steps<Tree<Entry<R>>> {
  yield* sortingEach(parts, order);
  return yield* Tree.making(order, yield* merging(parts, order));
}

/** Step by step what is found of some rows, then all of it, key after key. */
function* finding<R>(
  keys: OrderedIndex<R>['keys'],
  entries: Iterable<Entry<R>>,
): Steps<readonly Found<R>[]> {
  const parts: Found<R>[][] = [];
  let under = new Map<string, Entry<R>[]>();
  let handled = 0;
  for (const entry of entries) {
    for (const key of keys(entry.row)) {
      const others = under.get(key);
      // A row may have the same key for several reasons.
      if (others?.at(-1) === entry) continue;
      if (others) others.push(entry);
      else under.set(key, [entry]);
      handled += 1;
    }
    if (handled < STEP) continue;
    parts.push(foundOf(under));
    under = new Map();
    yield handled;
    handled = 0;
  }
  parts.push(foundOf(under));
  const all: Found<R>[] = [];
  yield* each(yield* merging(parts, byKey), (found) => {
    const last = all.at(-1);
    if (last?.key === found.key) last.parts.push(...found.parts);
    else all.push(found);
  });
  return all;
}

const foundOf = <R>(under: ReadonlyMap<string, Entry<R>[]>): Found<R>[] =>
  [...under].map(([key, entries]) => ({ key, parts: [entries] })).sort(byKey);

const sizeOf = (parts: readonly (readonly unknown[])[]): number =>
  parts.reduce((size, { length }) => size + length, 0);
