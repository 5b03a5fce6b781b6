// How the rows of a table are filed under the keys of an index: at once where there are many, and
// anew after each write.
import { compare, comparing, type Entry, type Index, type SortBy } from './indexes.js';
import { Tree, type Writer } from './tree.js';

/** An index whose orders are lists, which every write walks through. */
export interface OrderedIndex<R> extends Pick<Index<R>, 'fields' | 'keys'> {
  readonly orders: readonly string[];
  readonly sorts: readonly SortBy<R>[];
}

/**
 * The rows under one key of an index, in its first order; in another one from when it is first
 * asked for.
 */
export interface Filed<R> {
  readonly key: string;
  readonly first: Tree<Entry<R>>;
  others: readonly (Tree<Entry<R>> | undefined)[];
}

const none: readonly undefined[] = [];

export interface Write<R> {
  readonly before: Entry<R> | undefined;
  readonly after: Entry<R> | undefined;
  readonly writer: Writer;
}

const byKey = <R>(left: Filed<R>, right: Filed<R>): number => compare(left.key, right.key);

export const nothingFiled = <R>(): Tree<Filed<R>> => new Tree<Filed<R>>(byKey);

/** What an index files of rows that stand in the order of their insertion. */
export function allFiled<R>(
  { keys, sorts }: OrderedIndex<R>,
  entries: Iterable<Entry<R>>,
): Tree<Filed<R>> {
  const order = comparing(sorts[0] as SortBy<R>);
  const under = new Map<string, Entry<R>[]>();
  for (const entry of entries) {
    for (const key of keys(entry.row)) {
      const others = under.get(key);
      if (others) others.push(entry);
      else under.set(key, [entry]);
    }
  }
  const filed = [...under].map(
    ([key, all]): Filed<R> => ({
      key,
      first: Tree.of(order, all.sort(order)),
      others: none,
    }),
  );
  return Tree.of(byKey, filed.sort(byKey));
}

export function filedUnder<R>(filed: Tree<Filed<R>>, key: string): Filed<R> | undefined {
  const found = filed.last((other) => other.key <= key);
  return found?.key === key ? found : undefined;
}

/** What is filed decides about its order, so whoever shares it may share the order too. */
export function inOrder<R>(filed: Filed<R>, place: number, sortBy: SortBy<R>): Tree<Entry<R>> {
  if (place === 0) return filed.first;
  const known = filed.others[place - 1];
  if (known) return known;
  const inThatOrder = comparing(sortBy);
  const tree = Tree.of(inThatOrder, [...filed.first.forward(0)].sort(inThatOrder));
  const others = [...filed.others];
  others[place - 1] = tree;
  filed.others = others;
  return tree;
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
    const rest = changed(found, (tree) => tree.without(before as Entry<R>, writer));
    all = rest.first.size === 0 ? all.without(found, writer) : all.with(rest, writer);
  }
  for (const key of after ? keys(after.row) : []) {
    const found = filedUnder(all, key) ?? {
      key,
      first: new Tree(comparing(sorts[0] as SortBy<R>)),
      others: none,
    };
    all = all.with(
      changed(found, (tree) => tree.with(after as Entry<R>, writer)),
      writer,
    );
  }
  return all;
}

/** Orders that were not asked for yet stay so. */
const changed = <R>(
  { key, first, others }: Filed<R>,
  change: (tree: Tree<Entry<R>>) => Tree<Entry<R>>,
): Filed<R> => ({
  key,
  first: change(first),
  others: others.length === 0 ? none : others.map((tree) => tree && change(tree)),
});
