// The form of a rule: what it reads, its guards in the order they are asked, and what it does when all pass.
// Every write stands in `accept`, after the last guard, so a refused request changes nothing.
import type { OperationCases, OperationId } from '../spec/cases.gen.js';
import type { operations } from '../spec/schema.gen.js';
import type { World } from '../world/world.js';
import type { Caller } from './callers.js';

type Parameters<Op extends OperationId> = operations[Op]['parameters'];
type Path<Op extends OperationId> = Parameters<Op> extends { path: infer P } ? P : Record<never, never>;
type DeclaredQuery<Op extends OperationId> = NonNullable<Parameters<Op>['query']>;
/** Parameters with a default in the document are always there. */
type Query<Op extends OperationId> = DeclaredQuery<Op> &
  Required<Pick<DeclaredQuery<Op>, OperationCases[Op]['defaulted'] & keyof DeclaredQuery<Op>>>;
/** What the operation takes, required or not; the check reads a missing body as an empty object. */
type Body<Op extends OperationId> = [NonNullable<operations[Op]['requestBody']>] extends [never]
  ? undefined
  : NonNullable<operations[Op]['requestBody']> extends { readonly content: { readonly 'application/json': infer B } }
    ? B
    : undefined;

type Responses<Op extends OperationId> = operations[Op]['responses'];
type SuccessBody<Op extends OperationId> = {
  [S in keyof Responses<Op>]: S extends 200 | 201
    ? Responses<Op>[S] extends { content: { 'application/json': infer B } }
      ? B
      : undefined
    : S extends 204
      ? undefined
      : never;
}[keyof Responses<Op>];

/** A checked request of an authenticated caller, in a world, at a moment. */
export interface Call<Op extends OperationId = OperationId> {
  readonly world: World;
  readonly caller: Caller;
  readonly now: string;
  readonly path: Path<Op>;
  readonly query: Query<Op>;
  readonly body: Body<Op>;
}

/** A field of the request at fault; the document's `x-field-messages` makes the text. */
export interface FieldFault {
  readonly field: string;
  readonly keyword: string;
  readonly value?: string;
}

/** True lets the request pass. Anything else refuses it: as documented, about one field, or with ids of its own. */
export type Verdict = boolean | { readonly fault: FieldFault } | { readonly details: Readonly<Record<string, string>> };

export interface Answer<Op extends OperationId = OperationId> {
  readonly case: OperationCases[Op]['answer'];
  readonly body: SuccessBody<Op>;
}

/**
 * `undefined` among the facts means "not there": the guard that is named after it refuses, so whatever is
 * asked later sees it present. `null` means "legitimately none" and stays.
 */
type Present<Facts> = { readonly [Name in keyof Facts]: Exclude<Facts[Name], undefined> };

export interface Rule<Op extends OperationId, Facts = unknown> {
  readonly read: (call: Call<Op>) => Facts;
  /** One guard per refusal that the document lists for the operation; the order is behaviour. */
  readonly guards: { readonly [Refusal in OperationCases[Op]['refusal']]: (call: Call<Op> & Present<Facts>) => Verdict };
  readonly accept: (call: Call<Op> & Present<Facts>) => Answer<Op>;
}

/** Declares the rule of an operation; naming a case that the document lacks, or leaving one out, does not compile. */
export function rule<Op extends OperationId, Facts>(_operation: Op, definition: Rule<NoInfer<Op>, Facts>): Rule<Op, Facts> {
  return definition;
}

/** The answer of a rule: a documented success, with its body. */
export function answer<const Name extends string, const Body>(
  name: Name,
  body: Body,
): { readonly case: Name; readonly body: Body } {
  return { case: name, body };
}

/** What a rule decided: an answer, or the guard that refused. */
export type Outcome =
  | { readonly kind: 'answer'; readonly case: string; readonly body: unknown }
  | {
      readonly kind: 'refusal';
      readonly case: string;
      readonly fault?: FieldFault;
      readonly details?: Readonly<Record<string, string>>;
    };

// biome-ignore lint/suspicious/noExplicitAny: the table of all rules cannot know each rule's own call.
export type AnyRule = Rule<any, any>;

/** Asks the guards from top to bottom, then lets the rule act. A planted drift may leave one guard out. */
export function decide(decided: AnyRule, call: Call, { without }: { readonly without?: string } = {}): Outcome {
  const facts = { ...call, ...decided.read(call) };
  const guards = decided.guards as Record<string, (facts: unknown) => Verdict>;
  for (const [name, guard] of Object.entries(guards)) {
    if (name === without) continue;
    const verdict = guard(facts);
    if (verdict === true) continue;
    return { kind: 'refusal', case: name, ...(verdict === false ? {} : verdict) };
  }
  return { kind: 'answer', ...decided.accept(facts) };
}

/** For facts that must be there: reads as the sentence it stands for. */
export const exists = (fact: unknown): boolean => fact !== undefined;
