// How the rows of a table are filed under the keys of an index, and anew after each write; `filing.ts`
// files those that come all at once.
import { compare, comparing, type Entry, type Index, type SortBy } from './indexes.js';
import type { Stepwise } from './stepwise.js';
import { type Compare, Tree, type Writer } from './tree.js';

/** An index whose orders are lists, which every write walks through. */
export interface OrderedIndex<R> extends Pick<Index<R>, 'fields' | 'keys'> {
  readonly orders: readonly string[];
  readonly sorts: readonly SortBy<R>[];
}

type InOrder<R> = Compare<Entry<R>>;
type Others<R> = readonly (Tree<Entry<R>> | Stepwise<Tree<Entry<R>>> | undefined)[];
const none: readonly undefined[] = [];

/** The rows under one key of an index. */
export class Filed<R> {
  readonly key: string;
  readonly #order: InOrder<R>;
  /** The most keys by far have one row, which takes a third of the memory without a tree. */
  #rows: Tree<Entry<R>> | Entry<R>;
  /** Each from when it is first asked for, or made ready for that. */
  others: Others<R>;

  constructor(
    key: string,
    order: InOrder<R>,
    rows: Tree<Entry<R>> | Entry<R>,
    others: Others<R> = none,
  ) {
    this.key = key;
    this.#order = order;
    this.#rows = rows;
    this.others = others;
  }

  get size(): number {
    return this.#rows instanceof Tree ? this.#rows.size : 1;
  }

  /** The first row in the first order of the index. */
  get head(): Entry<R> {
    return (this.#rows instanceof Tree ? this.#rows.at(0) : this.#rows) as Entry<R>;
  }

  /** In that order. */
  get first(): Tree<Entry<R>> {
    if (!(this.#rows instanceof Tree)) this.#rows = Tree.of(this.#order, [this.#rows]);
    return this.#rows;
  }

  /** Orders that were neither asked for yet nor are made ready stay so. */
  changed(change: (tree: Tree<Entry<R>>) => Tree<Entry<R>>): Filed<R> {
    const { others } = this;
    const changed = others.map((tree) => tree && change(tree instanceof Tree ? tree : tree.whole));
    return new Filed(
      this.key,
      this.#order,
      change(this.first),
      others.length === 0 ? none : changed,
    );
  }
}

export interface Write<R> {
  readonly before: Entry<R> | undefined;
  readonly after: Entry<R> | undefined;
  readonly writer: Writer;
}

export const byKey = (left: { readonly key: string }, right: { readonly key: string }): number =>
  compare(left.key, right.key);

export const nothingFiled = <R>(): Tree<Filed<R>> => new Tree<Filed<R>>(byKey);

export function filedUnder<R>(filed: Tree<Filed<R>>, key: string): Filed<R> | undefined {
  const found = filed.last((other) => other.key <= key);
  return found?.key === key ? found : undefined;
}

/** What an index has filed after a write; what the write does not concern stays as it is. */
export function refiled<R>(
  { fields, keys, sorts }: OrderedIndex<R>,
  filed: Tree<Filed<R>>,
  { before, after, writer }: Write<R>,
): Tree<Filed<R>> {
  const isFiledAlike =
    before &&
    after &&
    fields.every((field) => before.row[field] === after.row[field]) &&
    sorts.every((sortBy) => sortBy(before.row) === sortBy(after.row));
  if (isFiledAlike) return filed;
  let all = filed;
  for (const key of before ? keys(before.row) : []) {
    const found = filedUnder(all, key);
    if (!found) continue;
    all =
      found.size === 1
        ? all.without(found, writer)
        : all.with(
            found.changed((tree) => tree.without(before as Entry<R>, writer)),
            writer,
          );
  }
  for (const key of after ? keys(after.row) : []) {
    const entry = after as Entry<R>;
    const found = filedUnder(all, key);
    const more =
      found?.changed((tree) => tree.with(entry, writer)) ??
      new Filed(key, comparing(sorts[0] as SortBy<R>), entry);
    all = all.with(more, writer);
  }
  return all;
}
