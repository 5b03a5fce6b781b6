// What the engine can answer with: a documented case, filled in and checked, or one of those that
// need no operation.
import { type Decision, type Outcome, refusedEarly } from '../decide/rule.js';
import { nearestPath } from '../files/nearest-path.js';
import { type Case, caseOfViolation } from '../spec/case.js';
import type { Operation } from '../spec/document.js';
import { textOf } from '../spec/lasting.js';
import type { Match } from '../spec/match.js';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  type PlainResponse,
  pathOf,
} from '../spec/message.js';
import { fillFromRequest } from '../spec/relation.js';
import { checkRequest } from '../validation/check-request.js';
import { checkResponse } from '../validation/check-response.js';
import { fieldName, type Violation } from '../validation/violation.js';
import { DEFAULT_WORLD } from '../world/world-names.js';
import type { Answer, AnswersOptions, Invention } from './answer.js';
import type { State } from './api.js';
import { corsHeaders, isPreflight, originHeaders, preflightHeaders } from './cors.js';
import { fieldsOfRequest, refusalDetails, renderError, violationDetails } from './envelope.js';
import {
  type Arrival,
  type Exchange,
  noInput,
  type OperationExchange,
  withoutOperation,
} from './exchange.js';
import type { Note } from './journal.js';
import type { Preference } from './prefer.js';
import { requestId } from './request-id.js';

/** A documented case with its body, before our own check. */
interface Reply {
  readonly documented: Case;
  readonly body: Json | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly decision?: Decision;
}

export const refusal = (
  name: string,
  details?: JsonObject,
): Extract<Outcome, { kind: 'refusal' }> => ({
  kind: 'refusal',
  case: name,
  ...(details ? { details } : {}),
});

export class Answers<World extends State, Who> {
  readonly #options: AnswersOptions<World, Who>;
  readonly #templates: readonly string[];
  /** Those that the document gives a constant value, and what any browser needs. */
  readonly #constantHeaders: Readonly<Record<string, string>>;

  constructor(options: AnswersOptions<World, Who>, operations: readonly Operation<string>[]) {
    const { commonHeaders } = options.api.spec;
    this.#options = options;
    this.#templates = operations.map(({ template }) => template);
    this.#constantHeaders = {
      ...Object.fromEntries(
        commonHeaders.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
      ),
      ...(this.#cors ? corsHeaders(commonHeaders.map(({ name }) => name)) : {}),
    };
  }

  get #cors(): boolean {
    return this.#options.cors ?? true;
  }

  /** Preflight requests, worlds that cannot be, pages, and bodies that are too large. */
  early(arrival: Arrival<World>): Answer | undefined {
    const { pages, bodyLimit } = this.#options;
    const { request, world } = arrival;
    if (this.#cors && isPreflight(request))
      return this.#plain(arrival, { status: 204, headers: preflightHeaders(request) });
    if (world.problem)
      return this.unrouted(withoutOperation(arrival), world.problem.case, {
        details: world.problem.details,
      });
    const page = pages?.(request, world.state);
    if (page) return this.#plain(arrival, page);
    if (request.body.length > bodyLimit)
      return this.unrouted(withoutOperation(arrival), 'body_too_large', {
        details: { limit: bodyLimit },
      });
    return undefined;
  }

  notMatched(
    arrival: Arrival<World>,
    matched: Exclude<Match<Operation<string>>, { kind: 'operation' }>,
  ): Answer {
    const { request } = arrival;
    if (matched.kind === 'unknown_path') return this.#unknownPath(arrival, pathOf(request));
    const headers = { allow: matched.allowed.join(', ') };
    if (request.method === 'OPTIONS') return this.#plain(arrival, { status: 204, headers });
    const details = { method: request.method, allowed: matched.allowed };
    return this.unrouted(withoutOperation(arrival), 'method_not_allowed', { details, headers });
  }

  /**
   * The vendor's framework says no more than that; what we know beyond goes into a header and the
   * journal.
   */
  #unknownPath(arrival: Arrival<World>, path: string): Answer {
    const nearest = nearestPath(path, this.#templates);
    if (nearest === undefined) return this.unrouted(withoutOperation(arrival), 'unknown_path');
    return this.unrouted(withoutOperation(arrival), 'unknown_path', {
      headers: { 'x-understudy-nearest-path': nearest },
      note: { nearest },
    });
  }

  unknownPreference(
    exchange: Exchange<World, Who>,
    { wish, cases }: Extract<Preference, { kind: 'unknown' }>,
  ): Answer {
    return this.unrouted(exchange, 'unknown_preference', { details: { preference: wish, cases } });
  }

  /**
   * A rule never throws for a documented case, so this is a defect of ours: loud, and in the
   * document's envelope.
   */
  failed(arrival: Arrival<World>, error: unknown): Answer {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const details = { problem: problem.split('\n', 1)[0] as string };
    return this.unrouted(withoutOperation(arrival), 'rule_failed', { details, note: { problem } });
  }

  /** A forced case is filled in like a real one, so that its ids are those of the request. */
  forced(
    asking: OperationExchange<World, Who>,
    { documented, applied }: Extract<Preference, { kind: 'case' }>,
  ): readonly [OperationExchange<World, Who>, Answer] {
    const { operation } = asking;
    const checked = checkRequest(operation, this.#options.api.validators, asking.arrival.request);
    // Only a well-formed request is repeated: an example filled in with a faulty value would break
    // its own schema.
    const input =
      checked.violations.length === 0 ? checked : { ...noInput, ignored: checked.ignored };
    const exchange = { ...asking, input };
    const body =
      documented.status >= 400
        ? renderError(documented, this.#filling(exchange))
        : documented.value &&
          fillFromRequest(
            documented.value,
            operation.responses.get(documented.status)?.relations ?? [],
            {
              ...requestSide(exchange),
              status: documented.status,
              responseBody: documented.value,
            },
          );
    return [
      exchange,
      this.#check(exchange, { documented, body, headers: { 'preference-applied': applied } }),
    ];
  }

  /** An error that no document has: in the document's envelope, and said to be invented. */
  invented(
    exchange: OperationExchange<World, Who>,
    { status, headers = {}, body, applied, by }: Invention,
  ): Answer {
    const { traceId, now } = exchange.arrival;
    const filling = { fields: {}, traceId, now };
    const envelope = this.#options.api.spec.invented(status);
    const error = renderError({ value: envelope ?? null }, filling);
    const named = {
      'content-type': body === undefined ? 'application/json' : 'text/plain; charset=utf-8',
      ...headers,
      ...(applied === undefined ? {} : { 'preference-applied': applied }),
      'x-understudy-basis': 'invented',
    };
    return {
      response: this.#respond(exchange, undefined, {
        status,
        headers: named,
        body: body ?? JSON.stringify(error),
      }),
      note: {
        operation: exchange.operation.id,
        basis: 'invented',
        ...(applied === undefined ? {} : { forced: true }),
      },
      ...(by ? { by } : {}),
    };
  }

  /** What was decided, as the document has it, after our own check. */
  decided(exchange: OperationExchange<World, Who>, decision: Decision): Answer {
    const { outcome } = decision;
    const documented = documentedCase(exchange.operation, outcome.case);
    const body =
      outcome.kind === 'answer'
        ? (outcome.body as Json | undefined)
        : renderError(
            documented,
            this.#filling(exchange, refusalDetails(outcome, this.#options.api.spec.fieldMessages)),
          );
    return this.#check(exchange, { documented, body, decision });
  }

  /** The first fault of a request whose refusal stands decides which case it is. */
  refusalOf(
    { operation }: OperationExchange<World, Who>,
    violations: readonly Violation[],
    stands: (refusal: string) => boolean,
  ): Decision | undefined {
    for (const violation of violations) {
      const { name } = caseAnswering(operation, violation);
      if (stands(name))
        return refusedEarly(
          refusal(name, violationDetails(violation, this.#options.api.spec.fieldMessages)),
          { violation },
        );
    }
    return undefined;
  }

  /** The answer to a request that reached no rule, or whose answer we must not send. */
  unrouted(
    exchange: Exchange<World, Who>,
    name: string,
    {
      details = {},
      headers = {},
      note = {},
    }: { details?: JsonObject; headers?: Record<string, string>; note?: Note } = {},
  ): Answer {
    const { traceId, now } = exchange.arrival;
    const documented = this.#options.api.spec.unrouted.get(name) as Case;
    const body = renderError(documented, { fields: {}, traceId, now, details });
    const named = { 'content-type': 'application/json', ...headers, 'x-understudy-case': name };
    return {
      documented,
      response: this.#respond(exchange, documented, {
        status: documented.status,
        headers: named,
        body: JSON.stringify(body),
      }),
      note: { case: name, ...note },
    };
  }

  /** Our own check of what an operation answers. */
  #check(
    exchange: OperationExchange<World, Who>,
    { documented, body, headers: extra, decision }: Reply,
  ): Answer {
    const { api, selfCheck } = this.#options;
    const { operation } = exchange;
    const { status, name } = documented;
    const headers: Record<string, string> = Object.assign(
      body === undefined ? {} : { 'content-type': 'application/json' },
      extra,
      { 'x-understudy-case': `${operation.id}.${name}` },
    );
    const { ignored } = exchange.input;
    const note: Note = {
      operation: operation.id,
      case: name,
      ...(ignored.length > 0 ? { ignored } : {}),
      ...(isJsonObject(body) && body.has_more === true ? { has_more: true } : {}),
      ...(extra?.['preference-applied'] ? { forced: true } : {}),
    };
    const whole = {
      status,
      headers,
      ...(body === undefined ? {} : { body: textOf(body) }),
    };
    const response = this.#respond(exchange, documented, whole, body);
    const answer = { response, documented, note, ...(decision ? { decision } : {}) };
    // What a drift decided need not keep the document.
    const unchecked = selfCheck === 'off' || decision?.by?.kind === 'drift';
    const breaches = unchecked
      ? []
      : checkResponse(operation, api.validators, requestSide(exchange), { response, body });
    if (breaches.length === 0) return answer;

    const place = api.spec.place(operation.id, name);
    const named = breaches.map(
      (breach) =>
        `${operation.id}.${name} ${breach.in}${breach.pointer}: expected ${breach.expected} (${breach.keyword}), ${place}`,
    );
    if (selfCheck === 'report') {
      const counted = { ...response.headers, 'x-understudy-breaches': String(breaches.length) };
      return {
        ...answer,
        response: { ...response, headers: counted },
        note: { ...note, breaches: named },
      };
    }
    const details = {
      rule: `${operation.id}.${name}`,
      place,
      breaches: breaches as unknown as Json,
    };
    const stopped = this.unrouted(exchange, 'self_check_failed', {
      details,
      note: { ...note, breaches: named },
    });
    return { ...stopped, ...(decision ? { decision } : {}), stopped: true };
  }

  #plain(arrival: Arrival<World>, response: PlainResponse): Answer {
    return { response: this.#respond(withoutOperation(arrival), undefined, response), note: {} };
  }

  /** With the headers that every answer has: the document's own, and what a browser needs. */
  #respond(
    { arrival, caller }: Exchange<World, Who>,
    documented: Case | undefined,
    response: PlainResponse,
    told?: Json,
  ): PlainResponse {
    const { request, world, number, traceId, now } = arrival;
    const { status, headers, body } = response;
    const own = this.#options.api.headersFor({ caller, traceId, now, documented, body: told });
    const ours: Record<string, string> = {};
    if (world.name !== DEFAULT_WORLD) ours['x-understudy-world'] = world.name;
    if (!world.isStray) ours['x-understudy-request'] = requestId(world.name, number);
    if (documented) ours['x-understudy-basis'] = documented.basis;
    const origin = this.#cors ? originHeaders(request) : undefined;
    // To spread objects of this size costs Node 20 some twenty times as much (docs/performance.md).
    const all = Object.assign({}, this.#constantHeaders, own, ours, headers, origin);
    return body === undefined ? { status, headers: all } : { status, headers: all, body };
  }

  #filling({ arrival, path, input }: Exchange<World, Who>, details?: JsonObject) {
    const { traceId, now } = arrival;
    return {
      fields: fieldsOfRequest(path, input.query, input.body),
      traceId,
      now,
      details,
      aliases: this.#options.api.aliases,
    };
  }
}

/** The request's side of an exchange, for the relations. */
const requestSide = ({ path, input }: Exchange<unknown, unknown>) => ({
  path,
  query: input.query,
  requestBody: input.body,
});

function documentedCase(operation: Operation<string>, name: string): Case {
  const documented = operation.cases.get(name);
  if (!documented) throw new Error(`${operation.id} documents no case called ${name}.`);
  return documented;
}

function caseAnswering(operation: Operation<string>, violation: Violation): Case {
  const documented = caseOfViolation(operation.cases.values(), {
    in: violation.in,
    field: fieldName(violation),
    keyword: violation.keyword,
  });
  if (!documented)
    throw new Error(`${operation.id} documents no case for a violation in ${violation.in}.`);
  return documented;
}
