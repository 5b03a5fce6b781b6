// What the worlds of a mock server are made of, and what is told of them.
import type { Journal } from '../engine/journal.js';
import type { ScenarioSource } from '../scenario/generator.js';
import type { LoadedScenario } from '../scenario/load.js';
import type { Scenario } from '../scenario/scenario.js';
import { UsageError } from '../spec/failure.js';
import type { World } from '../world/world.js';
import type { ScenarioRule } from './rules.js';

export interface WorldsOptions {
  /** Throws a ScenarioError that lists every problem. */
  readonly load: (scenario: string | ScenarioSource) => LoadedScenario;
  readonly scenario: string | ScenarioSource;
  /** It tells the number of each exchange that it has written down. */
  readonly createJournal: (world: string, onWritten: (number: number) => void) => Journal;
  /** Which worlds start from another scenario; the first that fits decides. */
  readonly rules?: readonly ScenarioRule[];
  /** Only worlds that were made by name are there: a request makes none. */
  readonly strict?: boolean | undefined;
  readonly max?: number | undefined;
  /** Told of every world that starts, or starts anew, and of every fork. */
  readonly companion?: Companion | undefined;
  /** Told of worlds that come and go by themselves. */
  readonly onWorld?: ((event: WorldEvent) => void) | undefined;
}

/** Whoever keeps something for worlds that is no state of theirs, such as faults. */
export interface Companion {
  started(world: World, scenario: Scenario): void;
  forked(from: World, to: World): void;
  /** What a scenario has to say so that a world starts with it. */
  written(world: World): Pick<Scenario, 'faults' | 'limits'>;
}

export interface WorldEvent {
  readonly kind: 'made' | 'evicted';
  readonly world: string;
  /** How many there are then. */
  readonly worlds: number;
}

/** What is told of a world in a list. */
export interface WorldSummary {
  readonly name: string;
  readonly scenario: string;
  readonly now: string;
  /** Its clock stands still. */
  readonly frozen: boolean;
  /** The number of its latest request; 0 before the first. */
  readonly requests: number;
}

/** How many worlds have come and gone, and how often one was reset. */
export interface WorldTally {
  readonly made: number;
  readonly deleted: number;
  readonly evicted: number;
  readonly reset: number;
}

/** What became of the worlds of a scenario that was read again. */
export interface Reloaded {
  readonly anew: readonly string[];
  /** Somebody has written to them. */
  readonly kept: readonly string[];
}

/** There is no such world, or it cannot be what it is asked to be. */
export class WorldError extends UsageError {}

/** Which worlds requests may make, and how many. */
export interface WorldLimits {
  readonly strict: boolean;
  readonly max: number;
}

export type Loose<T> = { readonly [Key in keyof T]?: T[Key] | undefined };
