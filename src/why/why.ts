// Why a request was answered as it was, for whoever has the worlds of a mock server.
import type { Api } from '../engine/api.js';
import type { JournalEntry } from '../engine/journal.js';
import type { RequestId } from '../engine/request-id.js';
import type { Caller } from '../rules/callers.js';
import type { World } from '../world/world.js';
import { explain, type Moment } from './explain.js';
import type { Explanation } from './explanation.js';
import { type WaysOut, waysOut } from './ways-out.js';

/** What it needs of the worlds. */
export interface Past {
  has(world: string): boolean;
  journal(world: string): readonly JournalEntry[];
  /** A copy of a world as it was before a request. */
  before(world: string, number: number): World;
}

export class Why {
  readonly #api: Api<World, Caller>;
  readonly #past: Past;

  constructor(api: Api<World, Caller>, past: Past) {
    this.#api = api;
    this.#past = past;
  }

  /** Undefined where no journal holds it. */
  entry({ world, number, trace }: RequestId): JournalEntry | undefined {
    if (!this.#past.has(world)) return undefined;
    return this.#past
      .journal(world)
      .findLast((one) => (trace === undefined ? one.number === number : one.trace_id === trace));
  }

  explain(entry: JournalEntry): Explanation {
    return explain(this.#api, this.#moment(entry));
  }

  /** The shortest way to make it pass, which has been tried. */
  waysOut(entry: JournalEntry): WaysOut {
    const moment = this.#moment(entry);
    return waysOut(this.#api, moment, explain(this.#api, moment));
  }

  #moment(entry: JournalEntry): Moment {
    return { entry, before: this.#past.before(entry.world, entry.number) };
  }
}
