// Rows by id, and indexes that file them in order. Neither a row nor a tree ever changes: a write puts new ones in their place.
// So the whole state of a table is one value, and forks and snapshots share it.
import { hash } from './ids.js';
import { compare, comparing, type Entry, type Index, type Position, type Row, type SortBy } from './indexes.js';
import { List, type Reading } from './list.js';
import { Tree } from './tree.js';

/** The rows under one key of an index. The first order is kept from the start, another one from when it is first asked for. */
interface Filed<R> {
  readonly key: string;
  readonly orders: [Tree<Entry<R>>, ...(Tree<Entry<R>> | undefined)[]];
}

export interface TableState<R> {
  /** By the hash of the id: numbers compare faster than texts. */
  readonly entries: Tree<Entry<R>>;
  /** For each index what is filed, by key. */
  readonly filed: readonly Tree<Filed<R>>[];
  readonly next: Position;
}

// biome-ignore lint/suspicious/noExplicitAny: which orders an index has is asked of the index itself.
export type Indexes<R> = { readonly [name: string]: Index<R, any> };
type OrderOf<I> = I extends { readonly orders: infer Orders } ? keyof Orders & string : never;

/** How a table files its rows, and its state without any. */
export interface Schema<R, I> {
  readonly names: readonly (keyof I & string)[];
  readonly indexes: readonly Index<R>[];
  readonly empty: TableState<R>;
}

export const schemaOf =
  <R extends Row>() =>
  <I extends Indexes<R>>(indexes: I): Schema<R, I> => ({
    names: Object.keys(indexes),
    indexes: Object.values(indexes),
    empty: {
      entries: new Tree<Entry<R>>((a, b) => a.hash - b.hash || compare(a.row.id, b.row.id)),
      filed: Object.values(indexes).map(() => new Tree<Filed<R>>((a, b) => compare(a.key, b.key))),
      next: 0,
    },
  });

/** Told of every write: the row before it was written, and after. */
type Written<R> = (before: R | undefined, after: R | undefined) => void;

export class Table<R extends Row, I extends Indexes<R> = Record<never, never>> {
  readonly #schema: Schema<R, I>;
  readonly #written: Written<R>;
  #state: TableState<R>;

  constructor(schema: Schema<R, I>, written: Written<R>, state: TableState<R> = schema.empty) {
    this.#schema = schema;
    this.#written = written;
    this.#state = state;
  }

  /** All that the table holds; to be restored here, or in another table of the same schema. */
  get state(): TableState<R> {
    return this.#state;
  }

  restore(state: TableState<R>): void {
    this.#state = state;
  }

  get size(): number {
    return this.#state.entries.size;
  }

  get(id: string): R | undefined {
    return this.#entry(id)?.row;
  }

  has(id: string): boolean {
    return this.#entry(id) !== undefined;
  }

  /** Oldest first. */
  all(): R[] {
    return rowsOf(this.#state);
  }

  /** The rows under a key. */
  where(index: keyof I & string, key: string): R[] {
    return [...this.list(index, [key])];
  }

  /** The first row under a key, or null. */
  one(index: keyof I & string, key: string): R | null {
    return this.list(index, [key]).slice(0, 1)[0] ?? null;
  }

  count(index: keyof I & string, key: string): number {
    return this.list(index, [key]).size;
  }

  position(id: string): Position {
    return (this.#entry(id) as Entry<R>).position;
  }

  /** The rows under some keys, none of which is read yet. */
  list<Name extends keyof I & string>(
    index: Name,
    keys: readonly string[],
    { order, reading = 'forward' }: { readonly order?: OrderOf<I[Name]>; readonly reading?: Reading } = {},
  ): List<R> {
    const at = this.#schema.names.indexOf(index);
    const orders = Object.entries((this.#schema.indexes[at] as Index<R>).orders);
    const place = order === undefined ? 0 : orders.findIndex(([name]) => name === order);
    const [, sortBy] = orders[place] as [string, SortBy<R>];
    const filed = keys.map((key) => filedUnder(this.#state.filed[at] as Tree<Filed<R>>, key));
    const trees = filed.flatMap((under) => (under ? inOrder(under, place, sortBy) : []));
    return new List({ trees, sortBy, reading, entry: (id) => this.#entry(id) });
  }

  /** The rows under a key from the newest to the oldest, beginning before a position. */
  newestFirst(index: keyof I & string, key: string, before: Position = Number.POSITIVE_INFINITY): Iterable<R> {
    return this.list(index, [key]).before(before);
  }

  /** The keys in use that begin as a compound key does. */
  keys(index: keyof I & string, beginning: string): string[] {
    const filed = this.#state.filed[this.#schema.names.indexOf(index)] as Tree<Filed<R>>;
    const keys: string[] = [];
    for (const { key } of filed.forward(filed.count((other) => other.key < beginning))) {
      if (!key.startsWith(beginning)) break;
      keys.push(key);
    }
    return keys;
  }

  insert(row: R): R {
    if (this.has(row.id)) throw new Error(`A row with the id ${row.id} exists already.`);
    this.#write(undefined, { hash: hash(row.id), row, position: this.#state.next });
    return row;
  }

  update(id: string, change: Partial<R>): R {
    const before = this.#entry(id);
    if (!before) throw new Error(`No row has the id ${id}.`);
    const { hash, row, position } = before;
    const after = { hash, row: Object.assign({}, row, change), position };
    this.#write(before, after);
    return after.row;
  }

  delete(id: string): void {
    const entry = this.#entry(id);
    if (entry) this.#write(entry, undefined);
  }

  #entry(id: string): Entry<R> | undefined {
    return entryIn(this.#state, id);
  }

  #write(before: Entry<R> | undefined, after: Entry<R> | undefined): void {
    const { entries, filed, next } = this.#state;
    this.#state = {
      entries: after ? entries.with(after) : entries.without(before as Entry<R>),
      filed: this.#schema.indexes.map((index, i) => refiled(index, filed[i] as Tree<Filed<R>>, before, after)),
      next: after ? Math.max(next, after.position + 1) : next,
    };
    this.#written(before?.row, after?.row);
  }
}

export function entryIn<R extends Row>({ entries }: TableState<R>, id: string): Entry<R> | undefined {
  const key = hash(id);
  const entry = entries.last((other) => other.hash < key || (other.hash === key && other.row.id <= id));
  return entry?.row.id === id ? entry : undefined;
}

function filedUnder<R>(filed: Tree<Filed<R>>, key: string): Filed<R> | undefined {
  const found = filed.last((other) => other.key <= key);
  return found?.key === key ? found : undefined;
}

/** What is filed decides about its order, so whoever shares it may share the order too. */
function inOrder<R>({ orders }: Filed<R>, place: number, sortBy: SortBy<R>): Tree<Entry<R>> {
  const inThatOrder = comparing(sortBy);
  orders[place] ??= Tree.of(inThatOrder, [...orders[0].forward(0)].sort(inThatOrder));
  return orders[place];
}

/** What an index has filed after a write; what the write does not concern stays as it is. */
function refiled<R>(
  { fields, keys, orders }: Index<R>,
  filed: Tree<Filed<R>>,
  before: Entry<R> | undefined,
  after: Entry<R> | undefined,
): Tree<Filed<R>> {
  const sorts = Object.values<SortBy<R>>(orders);
  const isFiledAlike =
    before &&
    after &&
    fields.every((field) => before.row[field] === after.row[field]) &&
    sorts.every((sortBy) => sortBy(before.row) === sortBy(after.row));
  if (isFiledAlike) return filed;
  const rest = before ? keys(before.row).reduce((left, key) => unfile(left, key, before), filed) : filed;
  return after ? keys(after.row).reduce((more, key) => file(more, key, after, sorts), rest) : rest;
}

function file<R>(filed: Tree<Filed<R>>, key: string, entry: Entry<R>, sorts: readonly SortBy<R>[]): Tree<Filed<R>> {
  const found = filedUnder(filed, key);
  const [first, ...others] = found?.orders ?? [new Tree<Entry<R>>(comparing(sorts[0] as SortBy<R>))];
  return filed.with({ key: found?.key ?? key, orders: [first.with(entry), ...others.map((tree) => tree?.with(entry))] });
}

function unfile<R>(filed: Tree<Filed<R>>, key: string, entry: Entry<R>): Tree<Filed<R>> {
  const found = filedUnder(filed, key);
  if (!found) return filed;
  const [first, ...others] = found.orders;
  const rest = first.without(entry);
  if (rest.size === 0) return filed.without(found);
  return filed.with({ key: found.key, orders: [rest, ...others.map((tree) => tree?.without(entry))] });
}

/** Oldest first. */
export function rowsOf<R>({ entries }: TableState<R>): R[] {
  return [...entries.forward(0)].sort((a, b) => a.position - b.position).map(({ row }) => row);
}
