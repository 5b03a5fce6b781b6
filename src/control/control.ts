// What the control plane works on, as the engine takes it: the worlds, and the snapshots that were
// taken of them.
import type { Change, State } from '../engine/api.js';
import type { FaultBook } from '../faults/book.js';
import type { WorldLimits } from '../faults/limits.js';
import { ScenarioError } from '../files/problem.js';
import type { KeptRequests } from '../lint/kept.js';
import type { RateLimitSettings } from '../scenario/faults.js';
import type { ScenarioSource } from '../scenario/generator.js';
import type { LoadedScenario } from '../scenario/load.js';
import type { RecordedCase } from '../spec/atlas.js';
import type { Spec } from '../spec/document.js';
import type { Json } from '../spec/message.js';
import type { Why } from '../why/why.js';
import { realClock } from '../world/clock.js';
import type { World, WorldSnapshot } from '../world/world.js';
import type { WorldSummary } from '../worlds/form.js';
import type { Worlds } from '../worlds/worlds.js';

/** How many snapshots of a world there are at most. */
export const MAX_SNAPSHOTS = 100;

export interface ShippedScenario {
  readonly name: string;
  readonly description: string;
}

/** What goes wrong on purpose in the worlds; loaded before the first request for it is answered. */
export interface FaultDesk {
  load(): Promise<void>;
  readonly book: FaultBook;
  limitsOf(world: World): WorldLimits | undefined;
  setLimits(world: World, settings: RateLimitSettings | undefined): void;
  /** What a scenario has of it, in place of what there was. */
  started(world: World, scenario: LoadedScenario['scenario']): void;
  problemsOf(given: unknown, world: World): readonly object[];
}

/** How the server was started, in what cannot be changed while it runs. */
export interface StartSettings {
  readonly scenario: string;
  readonly world_scenarios: readonly { readonly worlds: string; readonly scenario: string }[];
  readonly seed: number;
  readonly clock: string;
  /** Of every world; null where each scenario says it. */
  readonly backfill: string | null;
  readonly self_check: string;
  readonly keep_deleted: number;
  readonly body_limit: number;
  readonly journal_body_limit: number;
  readonly allowed_hosts: readonly string[];
}

export interface Settings extends StartSettings {
  readonly strict_worlds: boolean;
  readonly max_worlds: number;
}

export interface ControlParts {
  /** The calls that lead to its cases; none where they are not shipped. */
  readonly recordedCases?: (() => readonly RecordedCase[]) | undefined;
  readonly worlds: Worlds;
  /** What the lint looks at in place of the journals. */
  readonly kept?: KeptRequests | undefined;
  readonly why: Why;
  /** Throws a ScenarioError that lists every problem. */
  readonly load: (scenario: string | ScenarioSource) => LoadedScenario;
  readonly scenarios: () => readonly ShippedScenario[];
  readonly faults: FaultDesk;
  readonly product: Spec<string>;
  /** What is answered: operations of the user's own document too. */
  readonly served: Pick<Spec<string>, 'operations'>;
  /** Those with which it was started. */
  readonly settings: StartSettings;
  /** Of the mock server, and of the document that it stands in for. */
  readonly versions: { readonly understudy: string; readonly document: string };
}

/** Why a scenario cannot be used. */
export interface ScenarioFault {
  readonly unknown?: string;
  readonly problems?: Json;
}

export class Control implements State {
  readonly worlds: Worlds;
  readonly why: Why;
  readonly clock = realClock();
  readonly #parts: ControlParts;
  #scenarios: readonly ShippedScenario[] | undefined;
  /** By world, so that they go when it goes. */
  readonly #snapshots = new WeakMap<object, Map<string, WorldSnapshot>>();
  /** The engine asks for it; nothing here goes by it. */
  readonly version = 0;

  constructor(parts: ControlParts) {
    this.worlds = parts.worlds;
    this.why = parts.why;
    this.#parts = parts;
  }

  /** Each operation writes once, whole or not at all, so there is nothing to take back. */
  atomically<Result>(work: (takeBack: () => void, changes: readonly Change[]) => Result): Result {
    return work(() => {}, []);
  }

  get faults(): FaultDesk {
    return this.#parts.faults;
  }

  get kept(): KeptRequests | undefined {
    return this.#parts.kept;
  }

  /** The document that is stood in for. */
  get product(): Spec<string> {
    return this.#parts.product;
  }

  get served(): Pick<Spec<string>, 'operations'> {
    return this.#parts.served;
  }

  get recordedCases(): readonly RecordedCase[] {
    return this.#parts.recordedCases?.() ?? [];
  }

  get versions(): ControlParts['versions'] {
    return this.#parts.versions;
  }

  get settings(): Settings {
    const { strict, max } = this.worlds.limits;
    return { ...this.#parts.settings, strict_worlds: strict, max_worlds: max };
  }

  /** They come with the package, so they are read once. */
  get scenarios(): readonly ShippedScenario[] {
    this.#scenarios ??= this.#parts.scenarios();
    return this.#scenarios;
  }

  get names(): readonly string[] {
    return this.worlds.list().map(({ name }) => name);
  }

  /** What is told of a world that is there. */
  summary(name: string): WorldSummary {
    return this.worlds.summary(name);
  }

  snapshots(world: string): Map<string, WorldSnapshot> {
    const state = this.worlds.get(world);
    const snapshots = this.#snapshots.get(state) ?? new Map<string, WorldSnapshot>();
    this.#snapshots.set(state, snapshots);
    return snapshots;
  }

  /** A scenario by name or as it is; a request names no files, and neither may what it sends. */
  load(given: unknown): LoadedScenario | ScenarioFault {
    const named = typeof given === 'string' ? given : (given as { extends?: unknown }).extends;
    if (typeof named === 'string' && !this.scenarios.some(({ name }) => name === named))
      return { unknown: named };
    try {
      return this.#parts.load(given as string | ScenarioSource);
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      return {
        problems: error.problems.map(({ pointer = '', what, fix }) => ({ pointer, what, fix })),
      };
    }
  }
}
