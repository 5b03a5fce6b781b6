// One request from match to answer, in reading order. A newcomer starts here.
import { identify } from '../rules/callers.js';
import { type AnyRule, type Call, decide, type Outcome } from '../rules/rule.js';
import { rules } from '../rules/rules.js';
import type { Case } from '../spec/case.js';
import type { UnroutedCase } from '../spec/cases.gen.js';
import type { Operation, Spec } from '../spec/document.js';
import { createMatcher, type Matcher } from '../spec/match.js';
import type { Json, JsonObject, PlainRequest, PlainResponse } from '../spec/message.js';
import { fillFromRequest } from '../spec/relation.js';
import { type CheckedRequest, checkRequest } from '../validation/check-request.js';
import { checkResponse } from '../validation/check-response.js';
import type { Violation } from '../validation/violation.js';
import { scramble } from '../world/ids.js';
import type { World } from '../world/world.js';
import { corsHeaders, isPreflight, preflightHeaders } from './cors.js';
import { documentPage } from './document-page.js';
import type { Journal, JournalEntry } from './journal.js';
import { type Preference, readPreference } from './prefer.js';
import { caseOfViolation, knownFields, refusalDetails, renderError, violationDetails } from './render.js';

/** What to do with an answer that breaks the document: refuse to send it, send and report it, or not look. */
export type SelfCheck = 'strict' | 'report' | 'off';

/** Bytes of a request body that are taken; more is refused. */
export const BODY_LIMIT = 1024 * 1024;

export interface Stage {
  readonly spec: Spec;
  readonly world: World;
  readonly journal: Journal;
  readonly seed: number;
  readonly selfCheck: SelfCheck;
}

export type Answerer = (request: PlainRequest) => PlainResponse;

export function createAnswerer(stage: Stage): Answerer {
  checkRulesAgainst(stage.spec);
  const match = createMatcher(stage.spec);
  return (request) => {
    const { response, note } = answerOrFail(stage, match, request);
    stage.journal.write(note);
    return request.method === 'HEAD' ? withoutBody(response) : response;
  };
}

interface Answered {
  readonly response: PlainResponse;
  readonly note: JournalEntry;
}

function answerOrFail(stage: Stage, match: Matcher, request: PlainRequest): Answered {
  try {
    return answer(stage, match, request);
  } catch (error) {
    // A rule never throws for a documented case, so this is a defect of ours: loud, and in the vendor's envelope.
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const moment = startOf(stage, request);
    return unrouted(stage, moment, 'rule_failed', { problem: problem.split('\n', 1)[0] as string }, {}, { problem });
  }
}

function answer(stage: Stage, match: Matcher, request: PlainRequest): Answered {
  const { spec, world } = stage;
  const moment = startOf(stage, request);

  if (isPreflight(request)) return send(moment, 204, preflightHeaders(request));
  const page = documentPage(spec, request);
  if (page) return send(moment, 200, { 'content-type': page.mediaType }, page.text);
  if (request.body.length > BODY_LIMIT) return unrouted(stage, moment, 'body_too_large', { limit: BODY_LIMIT });

  // Which operation?
  const path = request.target.split('?', 1)[0] as string;
  const matched = match(request.method, path);
  if (matched.kind === 'unknown_path') return unrouted(stage, moment, 'unknown_path', { path });
  if (matched.kind === 'method_not_allowed') {
    const allow = { allow: matched.allowed.join(', ') };
    if (request.method === 'OPTIONS') return send(moment, 204, allow);
    return unrouted(stage, moment, 'method_not_allowed', { method: request.method, allowed: matched.allowed }, allow);
  }
  const { operation } = matched;
  const checked = checkRequest(operation, request);
  const exchange: OperationExchange = { ...moment, stage, operation, path: matched.path, checked };

  // Who is calling?
  const identity = identify(world, request.headers);
  if ('refusal' in identity) return refuse(exchange, identity.refusal);
  const known = { ...exchange, userId: identity.caller.user_id };

  // A case asked for by name?
  const preference = readPreference(request.headers.prefer, operation);
  if (preference.kind === 'unknown') {
    return unrouted(stage, known, 'unknown_preference', { preference: preference.asked, cases: preference.cases });
  }
  if (preference.kind === 'case') return force(known, preference);

  // Is the request well formed?
  const [violation] = checked.violations;
  if (violation) return refuseViolation(known, violation);

  // What does the service do?
  const before = world.version;
  const call = { world, caller: identity.caller, now: moment.now, path: matched.path, query: checked.query, body: checked.body };
  const outcome = decide(rules[operation.id] as AnyRule, call as unknown as Call);
  if (world.version !== before) world.clock.tick();
  return outcome.kind === 'answer'
    ? accept(known, outcome)
    : refuse(known, outcome.case, refusalDetails(outcome, spec.fieldMessages));
}

interface Moment {
  readonly request: PlainRequest;
  readonly number: number;
  readonly now: string;
  readonly traceId: string;
  readonly userId?: string;
}

interface OperationExchange extends Moment {
  readonly stage: Stage;
  readonly operation: Operation;
  readonly path: Readonly<Record<string, string>>;
  readonly checked: CheckedRequest;
}

function accept(exchange: OperationExchange, outcome: Extract<Outcome, { kind: 'answer' }>): Answered {
  return conclude(exchange, documentedCase(exchange.operation, outcome.case), outcome.body as Json | undefined);
}

function refuse(exchange: OperationExchange, name: string, details?: JsonObject): Answered {
  const documented = documentedCase(exchange.operation, name);
  return conclude(exchange, documented, renderError(documented, filling(exchange, details)));
}

function refuseViolation(exchange: OperationExchange, violation: Violation): Answered {
  const documented = caseOfViolation(exchange.operation.cases.values(), violation);
  if (!documented) throw new Error(`${exchange.operation.id} documents no case for a violation in ${violation.in}.`);
  return refuse(exchange, documented.name, violationDetails(violation, exchange.stage.spec.fieldMessages));
}

/** A forced case is filled in like a real one, so that its ids are those of the request. */
function force(exchange: OperationExchange, { documented, applied }: Extract<Preference, { kind: 'case' }>): Answered {
  const relations = exchange.operation.responses.get(documented.status)?.relations ?? [];
  const body =
    documented.status >= 400
      ? renderError(documented, filling(exchange))
      : documented.value &&
        fillFromRequest(documented.value, relations, {
          ...asked(exchange),
          status: documented.status,
          responseBody: documented.value,
        });
  return conclude(exchange, documented, body, { 'preference-applied': applied });
}

/** The last step of every answer of an operation: our own check, then the journal. */
function conclude(
  exchange: OperationExchange,
  documented: Case,
  body: Json | undefined,
  extra: Record<string, string> = {},
): Answered {
  const { stage, operation } = exchange;
  const headers: Record<string, string> = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(documented.status === 429 ? { 'retry-after': '1' } : {}),
    ...extra,
    'x-understudy-case': `${operation.id}.${documented.name}`,
  };
  const told = {
    operation: operation.id,
    case: documented.name,
    ...(extra['preference-applied'] ? { forced: true as const } : {}),
  };
  const sent = { status: documented.status, headers };
  const text = body === undefined ? undefined : JSON.stringify(body);
  const breaches = stage.selfCheck === 'off' ? [] : checkResponse(operation, asked(exchange), sent, body);
  if (breaches.length === 0) return send(exchange, documented.status, headers, text, told);

  const place = stage.spec.place(operation.id, documented.name);
  const named = breaches.map(
    (breach) =>
      `${operation.id}.${documented.name} ${breach.in}${breach.pointer}: expected ${breach.expected} (${breach.keyword}), ${place}`,
  );
  if (stage.selfCheck === 'report') {
    return send(exchange, documented.status, { ...headers, 'x-understudy-breaches': String(breaches.length) }, text, {
      ...told,
      breaches: named,
    });
  }
  const details = { rule: `${operation.id}.${documented.name}`, place, breaches: breaches as unknown as Json };
  return unrouted(stage, exchange, 'self_check_failed', details, {}, { ...told, breaches: named });
}

/** The answer to a request that reached no rule, or whose answer we must not send. */
function unrouted(
  stage: Stage,
  moment: Moment,
  name: UnroutedCase,
  details: JsonObject,
  headers: Record<string, string> = {},
  told: Partial<JournalEntry> = {},
): Answered {
  const documented = stage.spec.unrouted.get(name) as Case;
  const body = renderError(documented, { known: {}, traceId: moment.traceId, now: moment.now, details });
  return send(
    moment,
    documented.status,
    { 'content-type': 'application/json', ...headers, 'x-understudy-case': name },
    JSON.stringify(body),
    { case: name, ...told },
  );
}

function send(
  { request, number, now, traceId, userId }: Moment,
  status: number,
  headers: Readonly<Record<string, string>>,
  text?: string,
  told: Partial<JournalEntry> = {},
): Answered {
  return {
    response: {
      status,
      headers: { ...headers, 'x-request-id': traceId, ...corsHeaders },
      ...(text === undefined ? {} : { body: text }),
    },
    note: {
      number,
      time: now,
      method: request.method,
      target: request.target,
      status,
      trace_id: traceId,
      ...(userId ? { user_id: userId } : {}),
      ...told,
    },
  };
}

function asked({ path, checked }: OperationExchange) {
  return { path, query: checked.query, requestBody: checked.body };
}

function filling({ path, checked, traceId, now }: OperationExchange, details?: JsonObject) {
  return { known: knownFields(path, checked.query, checked.body), traceId, now, ...(details ? { details } : {}) };
}

function documentedCase(operation: Operation, name: string): Case {
  const documented = operation.cases.get(name);
  if (!documented) throw new Error(`${operation.id} documents no case called ${name}.`);
  return documented;
}

function startOf({ world, journal, seed }: Stage, request: PlainRequest): Moment {
  const traceId = `req_${scramble(`${seed}/trace/${journal.next}`, 16)}`;
  return { request, number: journal.next, now: world.clock.now(), traceId };
}

function withoutBody({ status, headers, body }: PlainResponse): PlainResponse {
  return { status, headers: body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) } };
}

/** The compiler sees a missing rule; this sees a document that was not generated from. */
function checkRulesAgainst(spec: Spec): void {
  const missing = [...spec.operations.keys()].filter((id) => !rules[id]);
  if (missing.length > 0)
    throw new Error(`No rule answers ${missing.join(', ')}; each operation of the document needs one in src/rules/.`);
}
