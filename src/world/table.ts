// Rows by id, and indexes that file them in order. Neither a row nor a tree ever changes: a write
// puts new ones in their place. So the whole state of a table is one value, and forks and snapshots
// share it.
import { alreadyThere, Entries } from './entries.js';
import { type Filed, filedUnder, nothingFiled, type OrderedIndex, refiled } from './filed.js';
import { filing, inOrder, orders } from './filing.js';
import type { Entry, Index, Position, Row, SortBy } from './indexes.js';
import { List, type Reading } from './list.js';
import { STEP, type Steps, Stepwise } from './stepwise.js';
import { Tree, type Writer } from './tree.js';

export interface TableState<R> {
  readonly entries: Entries<R & Row>;
  /**
   * For each index what is filed, by key; of rows that came all at once it is worked out when it is
   * first asked for, or ahead of that, for all that share the state.
   */
  readonly filed: (Tree<Filed<R>> | Stepwise<Tree<Filed<R>>>)[];
  readonly next: Position;
  /** Another one after every write. It holds nothing, so that whoever remembers it keeps no rows alive. */
  readonly moment: object;
}

// biome-ignore lint/suspicious/noExplicitAny: which orders an index has is asked of the index itself.
export type Indexes<R> = { readonly [name: string]: Index<R, any> };
type OrderOf<I> = I extends { readonly orders: infer Orders } ? keyof Orders & string : never;

/** How a table files its rows, and its state without any. */
export interface Schema<R, I> {
  readonly names: readonly (keyof I & string)[];
  readonly indexes: readonly OrderedIndex<R>[];
  readonly empty: TableState<R>;
}

export type TableOf<S> =
  S extends Schema<infer R extends Row, infer I> ? Table<R, I & Indexes<R>> : never;

export const schemaOf =
  <R extends Row>() =>
  <I extends Indexes<R>>(indexes: I): Schema<R, I> => ({
    names: Object.keys(indexes),
    indexes: Object.values<Index<R>>(indexes).map(({ fields, keys, orders }) => ({
      fields,
      keys,
      orders: Object.keys(orders),
      sorts: Object.values<SortBy<R>>(orders),
    })),
    empty: {
      entries: Entries.empty<R>(),
      filed: Object.values(indexes).map(() => nothingFiled<R>()),
      next: 0,
      moment: {},
    },
  });

/** Called before every write, and after it with the row before it was written and after. */
interface OnWrite<R> {
  readonly before?: () => void;
  readonly after?: (before: R | undefined, after: R | undefined) => void;
}

export class Table<R extends Row, I extends Indexes<R> = Record<never, never>> {
  readonly #schema: Schema<R, I>;
  readonly #onWrite: OnWrite<R>;
  #state: TableState<R>;
  /** Another one from each moment on at which somebody was given the state. */
  #writer: Writer = {};

  constructor(schema: Schema<R, I>, onWrite: OnWrite<R>, state: TableState<R> = schema.empty) {
    this.#schema = schema;
    this.#onWrite = onWrite;
    this.#state = state;
  }

  /** All that the table holds; to be restored here, or in another table of the same schema. */
  get state(): TableState<R> {
    const entries = this.#state.entries.lean();
    if (entries !== this.#state.entries) this.#state = { ...this.#state, entries };
    this.#writer = {};
    return this.#state;
  }

  /** What was read at one moment is the same as long as it lasts. */
  get moment(): object {
    return this.#state.moment;
  }

  restore(state: TableState<R>): void {
    this.#writer = {};
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
    const rows: R[] = [];
    for (const { row } of this.#under(index, key)?.first.forward(0) ?? [])
      rows.push(this.get(row.id) as R);
    return rows;
  }

  /** The first row under a key, or null. */
  one(index: keyof I & string, key: string): R | null {
    const first = this.#under(index, key)?.head;
    // What is filed may be the row before a write that changed nothing of where it is filed.
    return first ? (this.get(first.row.id) ?? null) : null;
  }

  count(index: keyof I & string, key: string): number {
    return this.#under(index, key)?.size ?? 0;
  }

  position(id: string): Position {
    return (this.#entry(id) as Entry<R>).position;
  }

  /** The rows under some keys, none of which is read yet. */
  list<Name extends keyof I & string>(
    index: Name,
    keys: readonly string[],
    {
      order,
      reading = 'forward',
    }: { readonly order?: OrderOf<I[Name]>; readonly reading?: Reading } = {},
  ): List<R> {
    const at = this.#schema.names.indexOf(index);
    const { orders, sorts } = this.#schema.indexes[at] as OrderedIndex<R>;
    const place = order === undefined ? 0 : orders.indexOf(order);
    const sortBy = sorts[place] as SortBy<R>;
    const filed = keys.map((key) => filedUnder(this.#filed(at), key));
    const trees = filed.flatMap((under) => (under ? inOrder(under, place, sortBy) : []));
    return new List({ trees, sortBy, reading, entry: (id) => this.#entry(id) });
  }

  /** The rows under a key from the newest to the oldest, beginning before a position. */
  newestFirst(
    index: keyof I & string,
    key: string,
    before: Position = Number.POSITIVE_INFINITY,
  ): Iterable<R> {
    return this.list(index, [key]).before(before);
  }

  /** The keys in use that begin as a compound key does. */
  keys(index: keyof I & string, beginning: string): string[] {
    const filed = this.#filed(this.#schema.names.indexOf(index));
    const keys: string[] = [];
    for (const { key } of filed.forward(filed.count((other) => other.key < beginning))) {
      if (!key.startsWith(beginning)) break;
      keys.push(key);
    }
    return keys;
  }

  /** Puts rows into a table that has had none, the oldest first. */
  fill(rows: readonly R[]): void {
    if (this.#state.next > 0) throw new Error('Only a table that has had no rows can be filled.');
    this.#onWrite.before?.();
    const entries = Entries.of(rows);
    const filed = this.#schema.indexes.map((index) => new Stepwise(filing(index, entries)));
    this.#state = { entries, filed, next: rows.length, moment: {} };
  }

  insert(row: R): R {
    if (this.has(row.id)) throw new Error(alreadyThere(row.id));
    this.#write(undefined, { row, position: this.#state.next });
    return row;
  }

  update(id: string, change: Partial<R>): R {
    const before = this.#entry(id);
    if (!before) throw new Error(`No row has the id ${id}.`);
    const { row, position } = before;
    const after = { row: Object.assign({}, row, change), position };
    this.#write(before, after);
    return after.row;
  }

  delete(id: string): void {
    const entry = this.#entry(id);
    if (entry) this.#write(entry, undefined);
  }

  #under(index: keyof I & string, key: string): Filed<R> | undefined {
    return filedUnder(this.#filed(this.#schema.names.indexOf(index)), key);
  }

  #filed(at: number): Tree<Filed<R>> {
    const { filed } = this.#state;
    const known = filed[at] as Tree<Filed<R>> | Stepwise<Tree<Filed<R>>>;
    if (known instanceof Tree) return known;
    filed[at] = known.whole;
    return known.whole;
  }

  #entry(id: string): Entry<R> | undefined {
    return this.#state.entries.get(id);
  }

  #write(before: Entry<R> | undefined, after: Entry<R> | undefined): void {
    this.#onWrite.before?.();
    const { entries, next } = this.#state;
    const writer = this.#writer;
    this.#state = {
      entries: entries.with((after ?? (before as Entry<R>)).row.id, after, writer),
      filed: this.#schema.indexes.map((index, i) =>
        refiled(index, this.#filed(i), { before, after, writer }),
      ),
      next: after ? Math.max(next, after.position + 1) : next,
      moment: {},
    };
    this.#onWrite.after?.(before?.row, after?.row);
  }
}

/** Of many rows that came all at once, makes ready all that lists are found by. */
export function ahead<R extends Row>(
  { indexes }: Pick<Schema<R, unknown>, 'indexes'>,
  { entries, filed }: TableState<R>,
): Steps<void> {
  if (entries.size <= STEP) return finishing([]);
  for (const [at, index] of indexes.entries())
    if (!(filed[at] instanceof Tree)) filed[at] = new Stepwise(filing(index, entries, true));
  return finishing(filed);
}

function* finishing<R>(filed: TableState<R>['filed']): Steps<void> {
  for (const [at, one] of filed.entries()) {
    if (one instanceof Tree) continue;
    yield* one.steps();
    filed[at] = one.whole;
    yield* orders(one.whole);
  }
}

/** Oldest first. */
export function rowsOf<R>({ entries }: TableState<R>): R[] {
  return [...entries].sort((a, b) => a.position - b.position).map(({ row }) => row);
}
