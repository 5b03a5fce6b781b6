// The ids under one key of an index, in the order of their positions. A removal leaves a gap, so that taking many out one by
// one costs as much as there are; when half of it is gaps, they are closed.

/** A row's place in the order of insertion; never given out twice. */
export type Position = number;

/** Gaps that are not worth closing. */
const FEW = 16;

export class Filed {
  #positions: Position[];
  /** Undefined where an id was taken out. */
  #ids: (string | undefined)[];
  #gaps: number;

  constructor(positions: Position[] = [], ids: (string | undefined)[] = [], gaps = 0) {
    this.#positions = positions;
    this.#ids = ids;
    this.#gaps = gaps;
  }

  get size(): number {
    return this.#ids.length - this.#gaps;
  }

  add(position: Position, id: string): void {
    const at = this.#firstAtOrAfter(position);
    if (at === this.#ids.length) {
      this.#positions.push(position);
      this.#ids.push(id);
    } else if (this.#positions[at] === position) {
      this.#ids[at] = id;
      this.#gaps -= 1;
    } else {
      this.#positions.splice(at, 0, position);
      this.#ids.splice(at, 0, id);
    }
  }

  remove(position: Position): void {
    this.#ids[this.#firstAtOrAfter(position)] = undefined;
    this.#gaps += 1;
    while (this.#ids.length > 0 && this.#ids.at(-1) === undefined) {
      this.#ids.pop();
      this.#positions.pop();
      this.#gaps -= 1;
    }
    if (this.#gaps > FEW && this.#gaps > this.size) this.#closeGaps();
  }

  /** Oldest first. */
  all(): string[] {
    return this.#ids.filter((id) => id !== undefined);
  }

  first(): string | undefined {
    return this.#ids.find((id) => id !== undefined);
  }

  *newestFirst(before: Position): Generator<string> {
    for (let i = this.#firstAtOrAfter(before) - 1; i >= 0; i--) {
      const id = this.#ids[i];
      if (id !== undefined) yield id;
    }
  }

  copy(): Filed {
    return new Filed([...this.#positions], [...this.#ids], this.#gaps);
  }

  #closeGaps(): void {
    this.#positions = this.#positions.filter((_, i) => this.#ids[i] !== undefined);
    this.#ids = this.#ids.filter((id) => id !== undefined);
    this.#gaps = 0;
  }

  #firstAtOrAfter(position: Position): number {
    let low = 0;
    let high = this.#positions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#positions[middle] as Position) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
