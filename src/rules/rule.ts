// The form of a rule as the document's types have it: a guard for each documented refusal, a body
// as documented.
import type { Call as AnyCall, Verdict } from '../decide/rule.js';
import type { OperationCases, OperationId } from '../spec/cases.gen.js';
import type { operations } from '../spec/schema.gen.js';
import type { World } from '../world/world.js';
import type { Caller } from './callers.js';

export type { Verdict } from '../decide/rule.js';

type Parameters<Op extends OperationId> = operations[Op]['parameters'];
type Path<Op extends OperationId> =
  Parameters<Op> extends { path: infer P } ? P : Record<never, never>;
type DeclaredQuery<Op extends OperationId> = NonNullable<Parameters<Op>['query']>;
/** Parameters with a default in the document are always there. */
type Query<Op extends OperationId> = DeclaredQuery<Op> &
  Required<Pick<DeclaredQuery<Op>, OperationCases[Op]['defaulted'] & keyof DeclaredQuery<Op>>>;
/** What the operation takes, required or not; the check reads a missing body as an empty object. */
type Body<Op extends OperationId> = [NonNullable<operations[Op]['requestBody']>] extends [never]
  ? undefined
  : NonNullable<operations[Op]['requestBody']> extends {
        readonly content: { readonly 'application/json': infer B };
      }
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

export interface Call<Op extends OperationId = OperationId> extends AnyCall<World, Caller> {
  readonly path: Path<Op>;
  readonly query: Query<Op>;
  readonly body: Body<Op>;
}

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
  readonly guards: {
    readonly [Refusal in OperationCases[Op]['refusal']]: (
      call: Call<Op> & Present<Facts>,
    ) => Verdict;
  };
  readonly accept: (call: Call<Op> & Present<Facts>) => Answer<Op>;
}

/**
 * Declares the rule of an operation; naming a case that the document lacks, or leaving one out,
 * does not compile.
 */
export function rule<Op extends OperationId, Facts>(
  _operation: Op,
  definition: Rule<NoInfer<Op>, Facts>,
): Rule<Op, Facts> {
  return definition;
}

/** The answer of a rule: a documented success, with its body. */
export function answer<const Name extends string, const Body>(
  name: Name,
  body: Body,
): { readonly case: Name; readonly body: Body } {
  return { case: name, body };
}

/** For facts that must be there: reads as the sentence it stands for. */
export const exists = (fact: unknown): boolean => fact !== undefined;
