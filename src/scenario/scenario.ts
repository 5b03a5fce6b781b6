// A scenario file as data, in the form that schemas/scenario.yaml checks: a list for each noun that
// has one.
import type { Backfill } from '../world/backfill.js';
import type { Given } from '../world/noun.js';
import type { Nouns } from '../world/nouns.js';
import type { Fault, RateLimitSettings } from './faults.js';

type Item<N> = N extends {
  fill(tables: never, given: readonly Given<infer I, infer _>[], filling: never): void;
}
  ? I
  : never;
/** The name of a noun's list, if it stands at the top. */
type Section<N> = N extends { readonly within: string }
  ? never
  : N extends { readonly section: infer S extends string }
    ? S
    : never;

type Sections = {
  readonly [Name in keyof Nouns as Section<Nouns[Name]>]?: readonly Item<Nouns[Name]>[];
};

export interface Scenario extends Sections {
  readonly scenario: string;
  readonly description: string;
  readonly time: string;
  readonly extends?: string;
  /** Its clock stands still until it is thawed. */
  readonly frozen?: boolean;
  readonly ids_made?: number;
  readonly backfill?: Backfill;
  readonly faults?: readonly Fault[];
  /** Of rows that were made within one second and stand in different lists. */
  readonly order?: readonly string[];
  readonly limits?: RateLimitSettings;
  readonly external_ids?: readonly string[];
}
