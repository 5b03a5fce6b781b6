// The options of a mock server, and what each of them takes.
import { isRate } from '../client/rate.js';
import type { SelfCheck } from '../engine/answer.js';
import type { JournalEntry } from '../engine/journal.js';
import {
  aBoolean,
  aFunction,
  aList,
  anObject,
  aTextOrObject,
  aToken,
  listOfHosts,
  type OptionRule,
  oneOf,
  wholeNumber,
} from '../files/options.js';
import type { Fault } from '../scenario/faults.js';
import type { ScenarioSource } from '../scenario/generator.js';
import { BACKFILLS, type Backfill, isBackfill } from '../world/backfill.js';
import type { ClockKind } from '../world/clock.js';
import type { WorldEvent } from '../worlds/form.js';

export interface MockServerOptions {
  /**
   * A shipped scenario's name, or a scenario itself; `default` is the world of the vendor's
   * documentation.
   */
  readonly scenario?: string | ScenarioSource;
  /** Seed for generated IDs: the same seed gives the same IDs. Default 1. */
  readonly seed?: number;
  /**
   * `virtual` (the default here) starts at the scenario's time and moves one second per accepted
   * write.
   */
  readonly clock?: ClockKind;
  /**
   * How messages that are queued for embedding move on, in place of what a scenario says:
   * `immediate` (the default), `after 2s` on the world's clock, `after 3 reads` of lists that show
   * them, or `manual`.
   */
  readonly backfill?: Backfill;
  /**
   * How many softly deleted spaces and threads are kept, for lists that include deleted ones; of
   * more, the one deleted first goes for good, a thread with its messages. Reads answer the same
   * 404 before and after. Default 10,000.
   */
  readonly keepDeleted?: number;
  /** What to do if a response of ours breaks the document. Default `strict`: a 500 that says so. */
  readonly selfCheck?: SelfCheck;
  /** Bytes that a request's body may have, inflated. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** Bytes that the journal keeps of each body, of the request and of the answer. Default 4096. */
  readonly journalBodyLimit?: number;
  /** Called after every exchange, of any world. */
  readonly onExchange?: (entry: JournalEntry) => void;
  /**
   * The scenarios that other worlds start from, by name: `{ 'checkout-*': 'crowded' }`. The first
   * pattern that fits decides; without one it is `scenario`.
   */
  readonly worldScenarios?: Readonly<Record<string, string | ScenarioSource>>;
  /** A request to a world that nobody made is refused, where it would make one. Default false. */
  readonly strictWorlds?: boolean;
  /**
   * Worlds beside the default one; of more, the one that was used longest ago goes. Default 500.
   */
  readonly maxWorlds?: number;
  /**
   * What goes wrong on purpose, in every world: `[{ when: { operation: 'listSpaces' }, does: {
   * status: 503 } }]`.
   */
  readonly faults?: readonly Fault[];
  /**
   * Requests that each key may send, such as `60/m`, by the clock of its world; without it, any
   * number.
   */
  readonly rateLimit?: string;
  /**
   * Requests that are kept for the lint beside the journals, also those of worlds that are gone;
   * the oldest go first. Default 0: the lint looks at the journals.
   */
  readonly keepRequests?: number;
  /** Called when a request makes a world, and when one has to go. */
  readonly onWorld?: (event: WorldEvent) => void;
  /** Whether answers carry our own headers, which begin with `X-Understudy-`. Default true. */
  readonly ownHeaders?: boolean;
  /** Whether the control plane is there, under `/__admin/`. Default true. */
  readonly admin?: boolean;
  /** The control plane asks for it as `Authorization: Bearer`. */
  readonly adminToken?: string;
  /** Names in `Host` by which the control plane may be called, beside those of this machine. */
  readonly allowedHosts?: readonly string[];
}

export const mockServerOptions: Record<keyof MockServerOptions, OptionRule> = {
  scenario: aTextOrObject,
  seed: wholeNumber(0),
  clock: oneOf('real', 'virtual'),
  backfill: { expected: BACKFILLS, holds: isBackfill },
  selfCheck: oneOf('strict', 'report', 'off'),
  keepDeleted: wholeNumber(0),
  bodyLimit: wholeNumber(1),
  journalBodyLimit: wholeNumber(0),
  onExchange: aFunction,
  worldScenarios: anObject,
  strictWorlds: aBoolean,
  maxWorlds: wholeNumber(1),
  keepRequests: wholeNumber(0),
  onWorld: aFunction,
  faults: aList,
  rateLimit: { expected: 'a rate such as 60/m', holds: isRate },
  ownHeaders: aBoolean,
  admin: aBoolean,
  adminToken: aToken,
  allowedHosts: listOfHosts,
};
