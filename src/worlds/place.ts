// One world with all that belongs to it, and what its requests changed, so that they can be taken
// back.
import type { Journal } from '../engine/journal.js';
import type { LoadedScenario } from '../scenario/load.js';
import type { Undo, World } from '../world/world.js';

/** A change, and the request that made it; between two requests, their numbers’ middle. */
interface Done {
  readonly number: number;
  readonly undo: Undo;
}

export class Place {
  readonly name: string;
  /** As its scenario has it; nobody writes to it. */
  start: LoadedScenario;
  readonly world: World;
  readonly journal: Journal;
  #done: Done[] = [];
  #isTouched = false;

  constructor({ name, start, world }: Pick<Place, 'name' | 'start' | 'world'>, journal: Journal) {
    this.name = name;
    this.start = start;
    this.world = world;
    this.journal = journal;
  }

  /** A request has arrived: what has been written since the last one is none of its doing. */
  arrived(): void {
    this.#note(this.journal.next - 0.5);
  }

  /** A request is in the journal, and what has been written since it arrived is its doing. */
  answered(number: number): void {
    this.#note(number);
    const oldest = this.journal.entries[0]?.number ?? 0;
    while (this.#done[0] && this.#done[0].number < oldest) this.#done.shift();
  }

  /** Whether it is no longer as its scenario has it. */
  get isTouched(): boolean {
    this.arrived();
    return this.#isTouched;
  }

  /** It was made from another one than its scenario. */
  touch(): void {
    this.#isTouched = true;
  }

  /** Changes the world, or its clock alone, beside its requests. */
  beside<Result>(work: (world: World) => Result): Result {
    this.arrived();
    const result = work(this.world);
    this.#note(this.journal.next - 0.5, true);
    return result;
  }

  /** As if a request and all after it had never been. */
  rewind(number: number): void {
    this.arrived();
    this.world.revert(this.#since(number));
    this.#done = this.#done.filter((one) => one.number < number);
    this.journal.rewind(number);
  }

  /** A world of its own as this one was before a request. */
  before(number: number): World {
    this.arrived();
    const world = this.world.fork();
    world.revert(this.#since(number));
    return world;
  }

  /** As its scenario has it, with an empty journal. */
  reset(): void {
    this.restart();
    this.journal.rewind(1);
  }

  /** The same; its requests have been. */
  restart(): void {
    this.world.restore(this.start.world.snapshot());
    this.world.checkpoint();
    this.#done = [];
    this.#isTouched = false;
  }

  #since(number: number): readonly Undo[] {
    return this.#done.filter((one) => one.number >= number).map(({ undo }) => undo);
  }

  #note(number: number, always = false): void {
    const undo = this.world.checkpoint(always);
    if (!undo) return;
    this.#done.push({ number, undo });
    this.#isTouched = true;
  }
}
