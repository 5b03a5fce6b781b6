// Long work in short steps. Whoever has time does a step now and then; whoever needs what comes of
// it does the rest at once, and gets the same.

/** Enough items for a step; what belongs together is handled in one, so it has fewer than twice as many. */
export const STEP = 2_000;

/** Gives at each step how many items it has handled. */
export type Steps<Result> = Generator<number, Result>;

export class Stepwise<Result> {
  #work: Steps<Result> | undefined;
  #result: Result | undefined;

  constructor(work: Steps<Result>) {
    this.#work = work;
  }

  /** What comes of it; the rest of the work is done for whoever asks. */
  get whole(): Result {
    while (this.#work) this.#step();
    return this.#result as Result;
  }

  /** The rest of the work, which others may do in between. */
  *steps(): Generator<number, void> {
    while (this.#work) yield this.#step();
  }

  #step(): number {
    const { done, value } = (this.#work as Steps<Result>).next();
    if (!done) return value;
    this.#work = undefined;
    this.#result = value;
    return 0;
  }
}

/** Handles items one by one. */
export function* each<Item>(items: Iterable<Item>, handle: (item: Item) => void): Steps<void> {
  let handled = 0;
  for (const item of items) {
    handle(item);
    handled += 1;
    if (handled < STEP) continue;
    yield handled;
    handled = 0;
  }
  yield handled;
}

type InOrder<Item> = (left: Item, right: Item) => number;

/** All items in order, of parts that each are; of equal ones, those of the first part come first. */
export function* merging<Item>(
  parts: readonly Item[][],
  inOrder: InOrder<Item>,
): Steps<readonly Item[]> {
  let rest = yield* joining(parts, inOrder);
  while (rest.length > 1) {
    const merged: Item[][] = [];
    for (let i = 0; i < rest.length; i += 2) {
      const [left = [], right] = rest.slice(i, i + 2);
      merged.push(right ? yield* mergingTwo(left, right, inOrder) : left);
    }
    rest = merged;
  }
  return rest[0] ?? [];
}

/** A part that begins where the one before it ends goes on with it: most rows come in order. */
function* joining<Item>(parts: readonly Item[][], inOrder: InOrder<Item>): Steps<Item[][]> {
  const joined: Item[][] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part[0] === undefined) continue;
    if (last && inOrder(last.at(-1) as Item, part[0]) <= 0) {
      for (const item of part) last.push(item);
    } else joined.push(part);
    yield part.length;
  }
  return joined;
}

function* mergingTwo<Item>(
  left: readonly Item[],
  right: readonly Item[],
  inOrder: InOrder<Item>,
): Steps<Item[]> {
  const merged: Item[] = [];
  for (let [l, r] = [0, 0]; l + r < left.length + right.length; ) {
    const isLeft =
      r === right.length || (l < left.length && inOrder(left[l] as Item, right[r] as Item) <= 0);
    merged.push((isLeft ? left[l++] : right[r++]) as Item);
    if (merged.length % STEP === 0) yield STEP;
  }
  yield merged.length % STEP;
  return merged;
}
