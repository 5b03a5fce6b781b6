// Rows by id, with secondary indexes that keep the order of insertion. Rows are never changed in place:
// an update stores a new object, so a snapshot or a fork may share them.
import { Filed, type Position } from './filed.js';

export interface Row {
  readonly id: string;
}

/** The key under which an index files a row; undefined leaves the row out, as for a soft-deleted one. */
export type IndexKey<R> = (row: R) => string | undefined;

/** Told of every write, with what takes it back. */
export type Changed = (undo: () => void) => void;

interface Storage<R> {
  rows: Map<string, R>;
  positions: Map<string, Position>;
  /** Index name → key → ids in order of insertion. */
  indexes: Map<string, Map<string, Filed>>;
  next: Position;
}

const nothing = new Filed();

export class Table<R extends Row, IndexName extends string = never> {
  readonly #keys: Readonly<Record<IndexName, IndexKey<R>>>;
  readonly #changed: Changed;
  #storage: Storage<R>;
  /** True while a fork may read the same storage; the first write after that copies it. */
  #shared = false;
  /** True while a row that came back stands last among the rows. */
  #outOfOrder = false;

  constructor(keys: Readonly<Record<IndexName, IndexKey<R>>>, changed: Changed, storage?: Storage<R>) {
    this.#keys = keys;
    this.#changed = changed;
    this.#storage = storage ?? { rows: new Map(), positions: new Map(), indexes: new Map(), next: 0 };
    this.#shared = storage !== undefined;
  }

  get size(): number {
    return this.#storage.rows.size;
  }

  get(id: string): R | undefined {
    return this.#storage.rows.get(id);
  }

  has(id: string): boolean {
    return this.#storage.rows.has(id);
  }

  all(): R[] {
    return [...this.#storage.rows.values()];
  }

  /** The row that was inserted before all others. */
  oldest(): R | undefined {
    return this.#storage.rows.values().next().value;
  }

  /** The rows under a key, oldest first. */
  where(index: IndexName, key: string): R[] {
    return this.#filed(index, key)
      .all()
      .map((id) => this.#storage.rows.get(id) as R);
  }

  /** The only row under a key, or null. */
  one(index: IndexName, key: string): R | null {
    const id = this.#filed(index, key).first();
    return id === undefined ? null : (this.#storage.rows.get(id) as R);
  }

  count(index: IndexName, key: string): number {
    return this.#filed(index, key).size;
  }

  position(id: string): Position {
    return this.#storage.positions.get(id) as Position;
  }

  /** Walks the rows under a key from the newest to the oldest, starting before a position. */
  *newestFirst(index: IndexName, key: string, before: Position = Number.POSITIVE_INFINITY): Generator<R> {
    for (const id of this.#filed(index, key).newestFirst(before)) yield this.#storage.rows.get(id) as R;
  }

  insert(row: R): R {
    if (this.has(row.id)) throw new Error(`A row with the id ${row.id} exists already.`);
    const position = this.#own().next++;
    this.#put(row, position);
    this.#changed(() => {
      this.#take(row);
      this.#own().next = position;
    });
    return row;
  }

  update(id: string, change: Partial<R>): R {
    const before = this.get(id);
    if (!before) throw new Error(`No row has the id ${id}.`);
    const after = { ...before, ...change };
    this.#replace(before, after);
    this.#changed(() => this.#replace(after, before));
    return after;
  }

  delete(id: string): void {
    const row = this.get(id);
    if (!row) return;
    const position = this.position(id);
    this.#take(row);
    this.#changed(() => {
      this.#put(row, position);
      this.#outOfOrder = true;
    });
  }

  /** A table with the same rows; whichever of the two is written first takes a copy. */
  fork(changed: Changed): Table<R, IndexName> {
    this.#shared = true;
    return new Table(this.#keys, changed, this.#storage);
  }

  /** Puts all rows in the order of insertion again, after some of them came back. */
  restoreOrder(): void {
    if (!this.#outOfOrder) return;
    const storage = this.#own();
    storage.rows = new Map([...storage.rows].sort(([a], [b]) => this.position(a) - this.position(b)));
    this.#outOfOrder = false;
  }

  #names(): IndexName[] {
    return Object.keys(this.#keys) as IndexName[];
  }

  #filed(index: IndexName, key: string): Filed {
    return this.#storage.indexes.get(index)?.get(key) ?? nothing;
  }

  #own(): Storage<R> {
    if (!this.#shared) return this.#storage;
    const { rows, positions, indexes, next } = this.#storage;
    this.#storage = {
      rows: new Map(rows),
      positions: new Map(positions),
      indexes: new Map([...indexes].map(([name, keys]) => [name, new Map([...keys].map(([key, filed]) => [key, filed.copy()]))])),
      next,
    };
    this.#shared = false;
    return this.#storage;
  }

  #put(row: R, position: Position): void {
    const storage = this.#own();
    storage.rows.set(row.id, row);
    storage.positions.set(row.id, position);
    for (const name of this.#names()) this.#file(storage, name, row);
  }

  #take(row: R): void {
    const storage = this.#own();
    for (const name of this.#names()) this.#unfile(storage, name, row);
    storage.rows.delete(row.id);
    storage.positions.delete(row.id);
  }

  #replace(before: R, after: R): void {
    const storage = this.#own();
    storage.rows.set(after.id, after);
    for (const name of this.#names()) {
      if (this.#keys[name](before) === this.#keys[name](after)) continue;
      this.#unfile(storage, name, before);
      this.#file(storage, name, after);
    }
  }

  #file(storage: Storage<R>, name: IndexName, row: R): void {
    const key = this.#keys[name](row);
    if (key === undefined) return;
    const index = storage.indexes.get(name) ?? new Map<string, Filed>();
    storage.indexes.set(name, index);
    const filed = index.get(key) ?? new Filed();
    index.set(key, filed);
    filed.add(storage.positions.get(row.id) as Position, row.id);
  }

  #unfile(storage: Storage<R>, name: IndexName, row: R): void {
    const key = this.#keys[name](row);
    const filed = key === undefined ? undefined : storage.indexes.get(name)?.get(key);
    if (key === undefined || !filed) return;
    filed.remove(storage.positions.get(row.id) as Position);
    // An empty list left behind would make a world that was changed and changed back differ from itself.
    if (filed.size === 0) storage.indexes.get(name)?.delete(key);
  }
}
