// What lists of many rows are found by is made ready between requests, from when a port is open: the
// first request that needs it would keep all others waiting.
import { STEP, type Steps } from '../world/stepwise.js';
import type { World } from '../world/world.js';

type ToBeMade = Pick<World, 'ahead'>;

export class Ahead {
  #work: Steps<void>[] = [];
  #isOpen = false;
  #turn: NodeJS.Immediate | undefined;

  /** Worlds that are there already. */
  begin(worlds: readonly ToBeMade[]): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    for (const world of worlds) this.add(world);
  }

  /** One that others start from. */
  add(world: ToBeMade): void {
    if (!this.#isOpen) return;
    this.#work.push(world.ahead());
    this.#turn ??= this.#soon();
  }

  end(): void {
    this.#isOpen = false;
    this.#work = [];
    if (this.#turn) clearImmediate(this.#turn);
    this.#turn = undefined;
  }

  /** Requests that have come are answered before each turn. */
  #soon(): NodeJS.Immediate {
    return setImmediate(() => {
      const [next] = this.#work;
      if (next && !someSteps(next)) this.#work.shift();
      this.#turn = this.#work.length > 0 ? this.#soon() : undefined;
    });
  }
}

/** Steps that come to a whole one; false when nothing is left. */
export function someSteps(steps: Steps<void>): boolean {
  for (let handled = 0; handled < STEP; ) {
    const { done, value } = steps.next();
    if (done) return false;
    handled += value;
  }
  return true;
}
