// Rows by id, with secondary indexes that keep the order of insertion. Rows are never changed in place:
// an update stores a new object, so a snapshot or a fork may share them.

export interface Row {
  readonly id: string;
}

/** The key under which an index files a row; undefined leaves the row out, as for a soft-deleted one. */
export type IndexKey<R> = (row: R) => string | undefined;

/** A row's place in the order of insertion; never given out twice. */
export type Position = number;

interface Storage<R> {
  rows: Map<string, R>;
  positions: Map<string, Position>;
  /** Index name → key → ids in order of insertion. */
  indexes: Map<string, Map<string, string[]>>;
  next: Position;
}

export class Table<R extends Row, IndexName extends string = never> {
  readonly #keys: Readonly<Record<IndexName, IndexKey<R>>>;
  readonly #changed: () => void;
  #storage: Storage<R>;
  /** True while a fork may read the same storage; the first write after that copies it. */
  #shared = false;

  constructor(keys: Readonly<Record<IndexName, IndexKey<R>>>, changed: () => void, storage?: Storage<R>) {
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

  /** The rows under a key, oldest first. */
  where(index: IndexName, key: string): R[] {
    return this.#ids(index, key).map((id) => this.#storage.rows.get(id) as R);
  }

  /** The only row under a key, or null. */
  one(index: IndexName, key: string): R | null {
    const [id] = this.#ids(index, key);
    return id === undefined ? null : (this.#storage.rows.get(id) as R);
  }

  count(index: IndexName, key: string): number {
    return this.#ids(index, key).length;
  }

  position(id: string): Position {
    return this.#storage.positions.get(id) as Position;
  }

  /** Walks the rows under a key from the newest to the oldest, starting before a position. */
  *newestFirst(index: IndexName, key: string, before: Position = Number.POSITIVE_INFINITY): Generator<R> {
    const ids = this.#ids(index, key);
    for (let i = this.#firstAtOrAfter(ids, before) - 1; i >= 0; i--) yield this.#storage.rows.get(ids[i] as string) as R;
  }

  insert(row: R): R {
    if (this.has(row.id)) throw new Error(`A row with the id ${row.id} exists already.`);
    const storage = this.#own();
    storage.rows.set(row.id, row);
    storage.positions.set(row.id, storage.next++);
    for (const name of this.#names()) this.#file(storage, name, row);
    this.#changed();
    return row;
  }

  update(id: string, change: Partial<R>): R {
    const before = this.get(id);
    if (!before) throw new Error(`No row has the id ${id}.`);
    const storage = this.#own();
    const after = { ...before, ...change };
    storage.rows.set(id, after);
    for (const name of this.#names()) {
      if (this.#keys[name](before) === this.#keys[name](after)) continue;
      this.#unfile(storage, name, before);
      this.#file(storage, name, after);
    }
    this.#changed();
    return after;
  }

  delete(id: string): void {
    const row = this.get(id);
    if (!row) return;
    const storage = this.#own();
    for (const name of this.#names()) this.#unfile(storage, name, row);
    storage.rows.delete(id);
    storage.positions.delete(id);
    this.#changed();
  }

  /** A table with the same rows; whichever of the two is written first takes a copy. */
  fork(changed: () => void): Table<R, IndexName> {
    this.#shared = true;
    return new Table(this.#keys, changed, this.#storage);
  }

  #names(): IndexName[] {
    return Object.keys(this.#keys) as IndexName[];
  }

  #ids(index: IndexName, key: string): readonly string[] {
    return this.#storage.indexes.get(index)?.get(key) ?? [];
  }

  #own(): Storage<R> {
    if (!this.#shared) return this.#storage;
    const { rows, positions, indexes, next } = this.#storage;
    this.#storage = {
      rows: new Map(rows),
      positions: new Map(positions),
      indexes: new Map([...indexes].map(([name, keys]) => [name, new Map([...keys].map(([key, ids]) => [key, [...ids]]))])),
      next,
    };
    this.#shared = false;
    return this.#storage;
  }

  #file(storage: Storage<R>, name: IndexName, row: R): void {
    const key = this.#keys[name](row);
    if (key === undefined) return;
    const index = storage.indexes.get(name) ?? new Map<string, string[]>();
    storage.indexes.set(name, index);
    const ids = index.get(key) ?? [];
    index.set(key, ids);
    ids.splice(this.#firstAtOrAfter(ids, storage.positions.get(row.id) as Position), 0, row.id);
  }

  #unfile(storage: Storage<R>, name: IndexName, row: R): void {
    const key = this.#keys[name](row);
    if (key === undefined) return;
    const index = storage.indexes.get(name);
    const ids = index?.get(key);
    if (!index || !ids) return;
    ids.splice(this.#firstAtOrAfter(ids, storage.positions.get(row.id) as Position), 1);
    // An empty list left behind would make a world that was changed and changed back differ from itself.
    if (ids.length === 0) index.delete(key);
  }

  #firstAtOrAfter(ids: readonly string[], position: Position): number {
    let low = 0;
    let high = ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.position(ids[middle] as string) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
