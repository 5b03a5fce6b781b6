// The worlds of a mock server, by name: each has its own state, clock, ids and journal. One is made
// when a request with a known credential first names it.
import { readAddress } from '../engine/address.js';
import type { Addressed } from '../engine/exchange.js';
import type { Journal, JournalEntry } from '../engine/journal.js';
import { fixOf, nearest } from '../files/nearest.js';
import { identify } from '../rules/callers.js';
import type { ScenarioSource } from '../scenario/generator.js';
import type { LoadedScenario } from '../scenario/load.js';
import type { Scenario } from '../scenario/scenario.js';
import { writeScenario } from '../scenario/write.js';
import type { PlainRequest } from '../spec/message.js';
import { BACKFILLS, type Backfill, isBackfill } from '../world/backfill.js';
import { compareWorlds, type WorldDifference } from '../world/compare.js';
import type { World, WorldSnapshot } from '../world/world.js';
import { DEFAULT_WORLD, isWorldName, WORLD_NAMES } from '../world/world-names.js';
import { EmbeddingQueue } from './embeddings.js';
import {
  type Loose,
  type Reloaded,
  WorldError,
  type WorldLimits,
  type WorldSummary,
  type WorldsOptions,
  type WorldTally,
} from './form.js';
import { Place } from './place.js';
import { MAX_WORLDS, scenarioFor } from './rules.js';
import { type ClockMove, moveBy, moveTo } from './time.js';

export class Worlds {
  readonly #options: WorldsOptions;
  #limits: WorldLimits;
  readonly #starts = new Map<string | ScenarioSource, LoadedScenario>();
  readonly #default: Place;
  /** Those with a name, the one that was used longest ago first. */
  readonly #named = new Map<string, Place>();
  /** Requests that have no world to go to. */
  readonly #strays: Journal;
  readonly #tally = { made: 0, deleted: 0, evicted: 0, reset: 0 };

  /** Throws a ScenarioError that lists every problem of a scenario. */
  constructor(options: WorldsOptions) {
    this.#options = options;
    this.#limits = { strict: options.strict ?? false, max: options.max ?? MAX_WORLDS };
    const named = options.rules?.map(({ scenario }) => scenario) ?? [];
    for (const scenario of new Set([options.scenario, ...named]))
      this.#starts.set(scenario, options.load(scenario));
    this.#default = this.#place(DEFAULT_WORLD, this.#start(options.scenario));
    this.#strays = options.createJournal('', () => {});
  }

  /** The world that a request is for, and the request without what named it. */
  readonly resolve = (request: PlainRequest): Addressed<World> => {
    const address = readAddress(request, (credential) =>
      [...this.#starts.values()].some(({ world }) => world.credentials.has(credential)),
    );
    const { name, request: plain } = address;
    const problem = address.problem ?? this.#strictProblem(name);
    if (problem) return { ...this.#stray(DEFAULT_WORLD), request: plain, problem };
    const place = this.#placeFor(name, plain);
    if (!place) return { ...this.#stray(name), request: plain };
    return entered(place, plain);
  };

  /**
   * For a document with nothing of ours, whose paths and keys are the user's own: the default
   * world, and the request as it is.
   */
  readonly resolveDefault = (request: PlainRequest): Addressed<World> =>
    entered(this.#default, request);

  get limits(): WorldLimits {
    return this.#limits;
  }

  /** From now on; worlds of which there are too many go at once. */
  limit({ strict = this.#limits.strict, max = this.#limits.max }: Loose<WorldLimits>): void {
    this.#limits = { strict, max };
    this.#evict();
  }

  get tally(): WorldTally {
    return { ...this.#tally };
  }

  /** Requests that were for no world. */
  get strays(): readonly JournalEntry[] {
    return this.#strays.entries;
  }

  /** The default world, then the others, the one that was used last at the end. */
  list(): readonly WorldSummary[] {
    return [this.#default, ...this.#named.values()].map(summaryOf);
  }

  /**
   * What a list tells of one. Throws a WorldError, as all below do where there is no such world.
   */
  summary(name: string): WorldSummary {
    return summaryOf(this.#found(name));
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** Its state. */
  get(name: string): World {
    return this.#found(name).world;
  }

  journal(name: string): readonly JournalEntry[] {
    return this.#found(name).journal.entries;
  }

  /** The same as it grows, for whoever watches it. */
  watched(name: string): Journal {
    return this.#found(name).journal;
  }

  /** As its scenario has it. */
  scenario(name: string): Scenario {
    return this.#found(name).start.scenario;
  }

  /** As it is now: a scenario that loads to the same world. */
  export(name: string): Scenario {
    const { world } = this.#found(name);
    return { ...writeScenario(world), ...this.#options.companion?.written(world) };
  }

  /** A new world from its rule's scenario, or from the one given. Throws where there is one. */
  create(name: string, scenario?: string | ScenarioSource): World {
    this.#mustBeNew(name);
    const start = scenario === undefined ? this.#startOf(name) : this.#start(scenario);
    return this.#keep(this.#place(name, start)).world;
  }

  /** A new world that starts where another one is now; its reset goes to the scenario. */
  fork(from: string, to: string): World {
    // Where there is room for no more worlds, the new one may take the place of the one it comes
    // from.
    const origin = this.#found(from);
    const { start, world } = origin;
    this.#mustBeNew(to);
    const place = this.#keep(this.#place(to, start, world.fork()));
    if (origin.isTouched) place.touch();
    const forked = place.world;
    this.#options.companion?.forked(world, forked);
    return forked;
  }

  /**
   * As its scenario has it, with an empty journal: the same requests get the same answers again.
   */
  reset(name: string): void {
    const place = this.#found(name);
    if (place.journal.entries.length > 0) this.#tally.reset += 1;
    place.reset();
    this.#options.companion?.started(place.world, place.start.scenario);
  }

  /** The names of shipped scenarios and files from which worlds start. */
  get scenarios(): readonly string[] {
    return [...this.#starts.keys()].filter((scenario) => typeof scenario === 'string');
  }

  /** The worlds that others start from, as their scenarios have them. */
  get starts(): readonly World[] {
    return [...this.#starts.values()].map(({ world }) => world);
  }

  /**
   * Reads a scenario again; what it gives makes the worlds that nobody has written to anew, and has
   * the others start from it when they are reset. Throws as the constructor does.
   */
  reloading(scenario: string): () => Reloaded {
    const loaded = this.#options.load(scenario);
    return () => {
      const before = this.#starts.get(scenario);
      this.#starts.set(scenario, loaded);
      const places = [this.#default, ...this.#named.values()].filter(
        ({ start }) => start === before,
      );
      const [kept, anew] = [
        places.filter(({ isTouched }) => isTouched),
        places.filter(({ isTouched }) => !isTouched),
      ];
      for (const place of places) place.start = loaded;
      for (const place of anew) {
        place.restart();
        this.#options.companion?.started(place.world, loaded.scenario);
      }
      const names = (all: readonly Place[]) => all.map(({ name }) => name);
      return { anew: names(anew), kept: names(kept) };
    };
  }

  /** To be restored here, or in another world. */
  snapshot(name: string): WorldSnapshot {
    return this.#found(name).world.snapshot();
  }

  /** The journal stays, since the requests have been. */
  restore(name: string, snapshot: WorldSnapshot): void {
    this.#found(name).world.restore(snapshot);
  }

  /** As if a request and all after it had never been. Throws where the journal does not hold it. */
  rewind(name: string, number: number): void {
    const place = this.#found(name);
    const { journal } = place;
    const [first] = journal.entries;
    const isHeld = first && Number.isInteger(number) && number >= first.number;
    if (!isHeld || number >= journal.next)
      throw new WorldError(
        `The journal of ${name} has no request ${number}.\n  fix: ${
          first ? `name one from ${first.number} to ${journal.next - 1}` : 'send it a request first'
        }`,
      );
    place.rewind(number);
  }

  /** A copy of the world as it was before a request that the journal holds. */
  before(name: string, number: number): World {
    return this.#found(name).before(number);
  }

  /**
   * Moves its clock on by a duration such as `2h`, and tells what came of it. Throws a ClockError
   * for what is none.
   */
  advance(name: string, duration: string): ClockMove {
    return this.#found(name).beside((world) => moveBy(world, duration));
  }

  /** The same to a time, which must not be earlier. */
  setTime(name: string, time: string): ClockMove {
    return this.#found(name).beside((world) => moveTo(world, time));
  }

  /** What its spaces take in, to be seen and moved on. */
  embeddings(name: string): EmbeddingQueue {
    return new EmbeddingQueue(this.#found(name).world);
  }

  /** Changes a world beside its requests, whole or not at all; a rewind takes it back. */
  change<Result>(name: string, work: (world: World) => Result): Result {
    return this.#found(name).beside((world) => world.atomically(() => work(world)));
  }

  /** How messages that are queued for embedding from now on move on, such as `after 2s`. */
  setBackfill(name: string, backfill: Backfill): void {
    if (!isBackfill(backfill))
      throw new WorldError(
        `${JSON.stringify(backfill)} is no way to move embeddings on.\n  fix: write ${BACKFILLS}`,
      );
    this.#found(name).beside((world) => {
      world.backfill = backfill;
    });
  }

  /** Its clock stands still until it is thawed; only `advance` and `setTime` move it. */
  freeze(name: string): void {
    this.#found(name).beside(({ clock }) => clock.freeze());
  }

  /** Its clock goes on from where it stands. */
  thaw(name: string): void {
    this.#found(name).beside(({ clock }) => clock.thaw());
  }

  /** From the first to the second: names of worlds, or snapshots. */
  compare(before: string | WorldSnapshot, after: string | WorldSnapshot): WorldDifference {
    const of = (side: string | WorldSnapshot): WorldSnapshot =>
      typeof side === 'string' ? this.snapshot(side) : side;
    return compareWorlds(of(before), of(after));
  }

  /** The default world is always there. */
  delete(name: string): void {
    if (name === DEFAULT_WORLD)
      throw new WorldError(
        'The default world cannot be deleted.\n  fix: reset it, or name another one',
      );
    this.#drop(this.#found(name), 'deleted');
  }

  /** Where a world of this name starts, unless it is told otherwise. */
  #startOf(name: string): LoadedScenario {
    const { rules = [], scenario } = this.#options;
    return this.#start(scenarioFor(name, rules) ?? scenario);
  }

  /** Each scenario is read once, since nobody writes to what is made of it. */
  #start(scenario: string | ScenarioSource): LoadedScenario {
    const start = this.#starts.get(scenario) ?? this.#options.load(scenario);
    if (typeof scenario === 'string') this.#starts.set(scenario, start);
    return start;
  }

  #place(name: string, start: LoadedScenario, forked?: World): Place {
    const world = forked ?? start.world.fork();
    if (!forked) this.#options.companion?.started(world, start.scenario);
    const journal = this.#options.createJournal(name, (number) => place.answered(number));
    const place = new Place({ name, start, world }, journal);
    return place;
  }

  #keep(place: Place): Place {
    this.#named.set(place.name, place);
    this.#tally.made += 1;
    this.#evict();
    return place;
  }

  /** Of more than there may be, the one that was used longest ago goes. */
  #evict(): void {
    for (const oldest of this.#named.values()) {
      if (this.#named.size <= this.#limits.max) return;
      this.#drop(oldest, 'evicted');
      this.#options.onWorld?.({ kind: 'evicted', world: oldest.name, worlds: this.#named.size });
    }
  }

  #drop(place: Place, how: 'deleted' | 'evicted'): void {
    this.#tally[how] += 1;
    this.#named.delete(place.name);
    place.journal.end();
  }

  #find(name: string): Place | undefined {
    return name === DEFAULT_WORLD ? this.#default : this.#named.get(name);
  }

  #found(name: string): Place {
    const place = this.#find(name);
    if (place) return place;
    throw new WorldError(`There is no world ${name}.\n  fix: ${this.#fixFor(name)}`);
  }

  #mustBeNew(name: string): void {
    if (!isWorldName(name))
      throw new WorldError(`${name} cannot be the name of a world.\n  fix: use ${WORLD_NAMES}`);
    if (this.#find(name))
      throw new WorldError(
        `There is a world ${name} already.\n  fix: delete or reset it, or name another one`,
      );
  }

  /** Made on first use, by whoever has a credential that it knows; nothing for others. */
  #placeFor(name: string, { headers }: PlainRequest): Place | undefined {
    if (name === DEFAULT_WORLD) return this.#default;
    const known = this.#named.get(name);
    if (known) {
      // Behind all others: it was used last.
      this.#named.delete(name);
      this.#named.set(name, known);
      return known;
    }
    const start = this.#startOf(name);
    if (isStranger(start.world, headers)) return undefined;
    const made = this.#keep(this.#place(name, start));
    this.#options.onWorld?.({ kind: 'made', world: name, worlds: this.#named.size });
    return made;
  }

  #strictProblem(name: string): Addressed<World>['problem'] {
    if (!this.#limits.strict || this.has(name)) return undefined;
    return { case: 'unknown_world', details: { world: name, fix: this.#fixFor(name) } };
  }

  /** The nearest of all names; where none is near, those that were used last. */
  #fixFor(name: string): string {
    const names = [DEFAULT_WORLD, ...this.#named.keys()];
    const close = nearest(name, names);
    return fixOf(name, close === undefined ? names.slice(-10) : [close]);
  }

  /** What is answered without a world of that name changes nothing, and nobody keeps it. */
  #stray(name: string): Omit<Addressed<World>, 'request'> {
    const start = this.#startOf(name);
    return { name, state: start.world.fork(), journal: this.#strays, isStray: true };
  }
}

function entered(place: Place, request: PlainRequest): Addressed<World> {
  place.arrived();
  const { name, world, journal } = place;
  return { name, state: world, journal, request };
}

const summaryOf = ({ name, start, world, journal }: Place): WorldSummary => ({
  name,
  scenario: start.scenario.scenario,
  now: world.clock.now(),
  frozen: world.clock.frozen,
  requests: journal.next - 1,
});

/** Has no credential, or one that the world does not know; one that has expired is known. */
function isStranger(world: World, headers: PlainRequest['headers']): boolean {
  const identity = identify(world, headers);
  return (
    'refusal' in identity &&
    ['authentication_required', 'invalid_api_key', 'token_invalid'].includes(identity.refusal)
  );
}
