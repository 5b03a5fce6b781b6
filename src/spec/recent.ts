// What was found out about objects that were asked about lately. It is bounded: of those that nobody
// asks about any more it is forgotten, and of those that are gone at once.

/** So many are remembered, and up to twice as many. */
const MANY = 10_000;

export class Recent<Key extends object, Value> {
  readonly #many: number;
  #young = new WeakMap<Key, Value>();
  #old = new WeakMap<Key, Value>();
  #added = 0;

  constructor(many = MANY) {
    this.#many = many;
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: Key, value: Value): void {
    if (this.#added === this.#many) {
      this.#old = this.#young;
      this.#young = new WeakMap();
      this.#added = 0;
    }
    this.#young.set(key, value);
    this.#added += 1;
  }
}
