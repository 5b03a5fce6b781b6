// The form of a rule, whatever the document: what it reads, its guards in the order they are asked,
// and what it does when all of them pass. Deciding is synchronous, so nothing comes between what a
// rule reads and what it writes.

import type { JsonObject } from '../spec/message.js';

/** A checked request of a known caller, in a world, at a moment. */
export interface Call<State, Who> {
  readonly world: State;
  readonly caller: Who;
  readonly now: string;
  readonly path: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** A field of the request at fault; the document's `x-field-messages` makes the text. */
export interface FieldFault {
  readonly field: string;
  readonly keyword: string;
  readonly value?: string;
}

/**
 * True lets the request pass. Anything else refuses it: as documented, about one field, or with ids
 * of its own.
 */
export type Verdict = boolean | { readonly fault: FieldFault } | { readonly details: JsonObject };

/** What a rule read, by name. */
export type Facts = Readonly<Record<string, unknown>>;

// biome-ignore lint/suspicious/noExplicitAny: the call and the facts of its own operation, which only the rule itself knows.
type Known = any;

export interface Rule<State, Who> {
  /** A fact that is `undefined` is not there, and the guard named after it refuses. */
  read(call: Call<State, Who>): object;
  /** By the case that each refuses with, in the order in which they are asked. */
  readonly guards: Readonly<Record<string, (known: Known) => Verdict>>;
  /** Every write stands here, after the last guard, so a refused request changes nothing. */
  readonly accept: (known: Known) => { readonly case: string; readonly body: unknown };
}

/** What comes of a request: a documented success with its body, or a documented refusal. */
export type Outcome =
  | { readonly kind: 'answer'; readonly case: string; readonly body: unknown }
  | {
      readonly kind: 'refusal';
      readonly case: string;
      readonly fault?: FieldFault;
      readonly details?: JsonObject;
    };

/** What was decided, and why. */
export interface Decision {
  readonly outcome: Outcome;
  /** What the rule read. */
  readonly facts: Facts;
  /** The guards that were asked, in order; only the last one can have refused. */
  readonly asked: readonly { readonly guard: string; readonly verdict: Verdict }[];
  /**
   * Who decided in place of the rule. Such an answer need not keep the document, so it is not
   * checked.
   */
  readonly by?: Hand;
}

/** Somebody other than the rule who had a hand in an answer, such as a planted drift. */
export interface Hand {
  readonly kind: 'drift' | 'fault' | 'limit';
  readonly name: string;
}

/** An outcome that no rule was asked for, such as the refusal of a credential. */
export const decidedWithoutRule = (outcome: Outcome, by?: Hand): Decision => ({
  outcome,
  facts: {},
  asked: [],
  ...(by ? { by } : {}),
});

/** The refusal of a credential or of a malformed request, before a rule is asked. */
export const refusedEarly = (
  refusal: Extract<Outcome, { kind: 'refusal' }>,
  facts: Facts = {},
): Decision => ({ outcome: refusal, facts, asked: [{ guard: refusal.case, verdict: false }] });

/** The guard that refuses a call, or undefined where all of them pass; nothing is written. */
export function refusing<State, Who>(
  rule: Rule<State, Who>,
  call: Call<State, Who>,
): string | undefined {
  const known = { ...call, ...rule.read(call) };
  return Object.keys(rule.guards).find((guard) => rule.guards[guard]?.(known) !== true);
}

/**
 * Asks the guards from top to bottom, then lets the rule act. One guard may be left out on purpose.
 */
export function decide<State, Who>(
  rule: Rule<State, Who>,
  call: Call<State, Who>,
  { without }: { readonly without?: string } = {},
): Decision {
  const facts = rule.read(call) as Facts;
  // To spread two objects costs Node 20 ten times as much (docs/performance.md).
  const known = Object.assign({}, call, facts);
  const asked: Decision['asked'][number][] = [];
  for (const guard in rule.guards) {
    if (guard === without) continue;
    const verdict = (rule.guards[guard] as NonNullable<Rule<State, Who>['guards'][string]>)(known);
    asked.push({ guard, verdict });
    if (verdict === true) continue;
    return {
      outcome: { kind: 'refusal', case: guard, ...(verdict === false ? {} : verdict) },
      facts,
      asked,
    };
  }
  const { case: name, body } = rule.accept(known);
  return { outcome: { kind: 'answer', case: name, body }, facts, asked };
}
