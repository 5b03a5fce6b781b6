// The form of a planted drift: a named way in which the mock server no longer keeps to the
// document, or a harmless variation.
import type { Outcome } from '../decide/rule.js';
import type { Call } from '../rules/rule.js';
import { type Case, decidedBy } from '../spec/case.js';
import type { Operation, OperationId, Spec } from '../spec/document.js';
import { isJsonObject, type Json, type JsonObject, type PlainResponse } from '../spec/message.js';
import { fillFromRequest } from '../spec/relation.js';
import type { RequestSide } from '../validation/check-response.js';

/**
 * In the order in which they are listed; `vary` is no drift but a variation that nobody may object
 * to.
 */
export const driftKinds = {
  guard: 'a guard of a rule that lets everything pass',
  credential: 'a check of the credential that is not made',
  request: 'a check of the request that is not made',
  write: 'a write that answers success and changes nothing',
  ignore: 'a parameter or field of the request that nobody reads',
  status: 'a case that is answered with another status',
  code: 'a case that is answered with another error code',
  relation: 'a relation of the document that does not hold',
  drop: 'a required field that is missing',
  null: 'a required field that is null',
  retype: 'a required field of another type',
  hand: 'made by hand',
  vary: 'a harmless variation',
} as const;

export type DriftKind = keyof typeof driftKinds;

/** An answer as it would have left, after our own check. */
export interface Honest {
  readonly spec: Spec;
  readonly operation: Operation;
  readonly documented: Case;
  readonly request: RequestSide;
  readonly userId: string | undefined;
  readonly response: PlainResponse;
}

/** What a drift does to the mock server that it is planted in. */
export interface Wrapper {
  /** Checks of the credential or the request that are not made, by the case they would answer. */
  readonly forgets?: (refusal: string) => boolean;
  /** Asks the rule in another way. */
  readonly decide?: (ask: Ask, call: Call, operation: OperationId) => Outcome;
  /** Sends something else than the honest answer, or that one untouched. */
  readonly rewrite?: (honest: Honest) => PlainResponse;
  /** Sends something else to a method that a path does not have. */
  readonly refuseMethod?: (refusal: PlainResponse) => PlainResponse;
  /** Milliseconds until an answer goes out. */
  readonly delay?: () => number;
}

/** Asks the operation's rule; a guard may be left out. */
export type Ask = (call: Call, options?: { readonly without?: string }) => Outcome;

export interface Drift {
  /** `kind:operation.…`, or `kind:what` where it concerns all operations alike. */
  readonly name: string;
  readonly kind: DriftKind;
  /** Where it shows: who judges the mock server must name one of them. */
  readonly operations: readonly OperationId[];
  /** The answers it shows in, where it is not all of the operation. */
  readonly status?: number;
  readonly case?: string;
  /** In words. */
  readonly does: string;
  /** A fresh wrapper for one mock server: what it counts or remembers is its own. */
  readonly plant: () => Wrapper;
}

/** A value in the path of a request, by its name. */
export const inPath = (call: Call, name: string): string =>
  (call.path as Readonly<Record<string, string>>)[name] ?? '';

/** What a request says; nothing where it has no body. */
export const bodyOf = (call: Call): JsonObject => {
  const { body } = call as { readonly body?: Json };
  return isJsonObject(body) ? body : {};
};

/** The same request with these fields; one that is undefined is left out. */
export const withFields = (call: Call, fields: Readonly<Record<string, Json | undefined>>): Call =>
  ({
    ...call,
    body: Object.fromEntries(
      Object.entries({ ...bodyOf(call), ...fields }).filter(([, value]) => value !== undefined),
    ),
  }) as Call;

/** The body rewritten; an answer without one stays. */
export function withBody(response: PlainResponse, change: (body: Json) => Json): PlainResponse {
  return response.body === undefined
    ? response
    : { ...response, body: JSON.stringify(change(JSON.parse(response.body) as Json)) };
}

/** The cases of an operation that the mock server answers with by itself. */
export const reachedCases = (operation: Operation): readonly Case[] =>
  [...operation.cases.values()].filter((documented) => decidedBy(documented) !== 'nothing');

export const successOf = (operation: Operation): Case =>
  [...operation.cases.values()].find((documented) => documented.status < 400) as Case;

/**
 * What a server without the facts would make up: the first documented success, filled in from the
 * request.
 */
export function invented(
  operation: Operation,
  request: RequestSide,
): Extract<Outcome, { kind: 'answer' }> {
  const { name, status, value } = successOf(operation);
  const relations = operation.responses.get(status)?.relations ?? [];
  const body =
    value === undefined
      ? undefined
      : fillFromRequest(value, relations, { ...request, status, responseBody: value });
  return { kind: 'answer', case: name, body };
}
