// One request from match to answer, in reading order. A newcomer starts here.

import { driftAt } from '../drift/drifts.js';
import { invented, type Planted } from '../drift/form.js';
import { documentPage, type Page } from '../pages/document-page.js';
import { homePage } from '../pages/home-page.js';
import { type Caller, identify } from '../rules/callers.js';
import { type AnyRule, type Call, decide, type Outcome } from '../rules/rule.js';
import { rules } from '../rules/rules.js';
import { type Case, caseOfViolation } from '../spec/case.js';
import type { UnroutedCase } from '../spec/cases.gen.js';
import type { Operation, Spec } from '../spec/document.js';
import { createMatcher, type Matcher } from '../spec/match.js';
import type { Json, JsonObject, PlainRequest, PlainResponse } from '../spec/message.js';
import { fillFromRequest } from '../spec/relation.js';
import type { OtherDocument, OthersAnswer } from '../user-document/user-document.js';
import { type CheckedRequest, checkRequest } from '../validation/check-request.js';
import { checkResponse } from '../validation/check-response.js';
import { fieldName, type Violation } from '../validation/violation.js';
import { lettersOf } from '../world/ids.js';
import type { World } from '../world/world.js';
import { corsHeaders, isPreflight, preflightHeaders } from './cors.js';
import { knownFields, refusalDetails, renderError, violationDetails } from './envelope.js';
import type { Journal, JournalEntry } from './journal.js';
import { limitReached } from './limit-headers.js';
import { nearestPath } from './nearest-path.js';
import { type Preference, readPreference } from './prefer.js';

/** What to do with an answer that breaks the document: refuse to send it, send and report it, or not look. */
export type SelfCheck = 'strict' | 'report' | 'off';

/** Bytes of request line and headers that are taken; more is refused. */
export const HEADER_LIMIT = 16 * 1024;

export interface Stage {
  readonly spec: Spec;
  readonly world: World;
  readonly journal: Journal;
  readonly seed: number;
  readonly selfCheck: SelfCheck;
  /** Bytes of a request body that are taken, inflated; more is refused. */
  readonly bodyLimit: number;
  /** A document of the user's own, served in place of ours. */
  readonly other?: OtherDocument;
  /** A deviation somebody asked for, so that whoever judges us can show that they see it. */
  readonly drift?: Planted;
}

/** What arrived could not be read as a request. */
export type Unreadable = 'bad_http' | 'headers_too_large' | 'request_timeout' | 'unsupported_encoding' | 'broken_encoding';

/** What is known of a request that could not be read. */
export interface UnreadableRequest {
  readonly request?: PlainRequest;
  readonly details?: JsonObject;
  readonly headers?: Record<string, string>;
}

export interface Answerer {
  /** Decided at once by our rules; what Prism answers takes a while. */
  answer(request: PlainRequest): PlainResponse | Promise<PlainResponse>;
  /** The answer to bytes that did not become a request. */
  answerUnreadable(name: Unreadable, about?: UnreadableRequest): PlainResponse;
  /** Bytes of a request body that are taken. */
  readonly bodyLimit: number;
  /** Milliseconds to wait before the next answer goes out; absent when there is never a wait. */
  readonly pause?: () => number;
}

export function createAnswerer(stage: Stage): Answerer {
  checkRulesAgainst(stage.spec);
  const match = createMatcher(ownOperations(stage));
  const conclude = ({ response, note }: Answered): PlainResponse => {
    stage.journal.write(note);
    return response;
  };
  return {
    answer: (request) => {
      const forMethod = (response: PlainResponse) => (request.method === 'HEAD' ? withoutBody(response) : response);
      const asked = askOther(stage, request);
      if (asked) return asked.then((answer) => forMethod(conclude(relay(stage, request, answer))));
      return forMethod(conclude(answerOrFail(stage, match, request)));
    },
    answerUnreadable: (name, { request = nothing, details = {}, headers = {} } = {}) => {
      const limit = name === 'headers_too_large' ? { limit: HEADER_LIMIT } : {};
      return conclude(unrouted(stage, startOf(stage, request), name, { ...limit, ...details }, headers));
    },
    bodyLimit: stage.bodyLimit,
    ...(stage.drift?.pause ? { pause: stage.drift.pause } : {}),
  };
}

const nothing: PlainRequest = { method: '-', target: '-', headers: {}, body: new Uint8Array() };

interface Answered {
  readonly response: PlainResponse;
  readonly note: JournalEntry;
  /** Our own check stopped what was decided. */
  readonly stopped?: true;
}

function answerOrFail(stage: Stage, match: Matcher<Operation>, request: PlainRequest): Answered {
  try {
    return answer(stage, match, request);
  } catch (error) {
    // A rule never throws for a documented case, so this is a defect of ours: loud, and in the vendor's envelope.
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const moment = startOf(stage, request);
    return unrouted(stage, moment, 'rule_failed', { problem: problem.split('\n', 1)[0] as string }, {}, { problem });
  }
}

function answer(stage: Stage, match: Matcher<Operation>, request: PlainRequest): Answered {
  const { spec, world } = stage;
  const moment = startOf(stage, request);

  if (isPreflight(request)) return send(moment, 204, preflightHeaders(request));
  const page = ownPage(stage, request);
  if (page) return send(moment, 200, { 'content-type': page.mediaType, ...page.headers }, page.text);
  if (request.body.length > stage.bodyLimit) {
    return unrouted(stage, moment, 'body_too_large', { limit: stage.bodyLimit });
  }

  // Which operation?
  const path = request.target.split('?', 1)[0] as string;
  const matched = match(request.method, path);
  if (matched.kind === 'unknown_path') return unknownPath(stage, moment, path);
  if (matched.kind === 'method_not_allowed') {
    const allow = { allow: matched.allowed.join(', ') };
    if (request.method === 'OPTIONS') return send(moment, 204, allow);
    const details = { method: request.method, allowed: matched.allowed };
    const refused = unrouted(stage, moment, 'method_not_allowed', details, allow);
    return stage.drift?.refuseMethod ? { ...refused, response: stage.drift.refuseMethod(refused.response) } : refused;
  }
  const { operation } = matched;
  const checked = checkRequest(operation, request);
  const drift = driftAt(stage.drift, operation);
  // Written out and filled in once: spreading an object of this size costs more than the checks do.
  const { number, now, traceId, isOthers } = moment;
  const exchange: OperationExchange = {
    spec,
    request,
    number,
    now,
    traceId,
    isOthers,
    stage,
    operation,
    path: matched.path,
    checked,
    drift,
    caller: undefined,
  };

  // Who is calling?
  const identity = identify(world, request.headers);
  if ('refusal' in identity) {
    const forgotten = drift?.forgets?.(identity.refusal);
    return forgotten ? accept(exchange, invented(operation, asked(exchange))) : refuse(exchange, identity.refusal);
  }
  exchange.caller = identity.caller;
  const known = exchange;

  // A case asked for by name?
  const preference = readPreference(request.headers.prefer, operation);
  if (preference.kind === 'unknown') {
    return unrouted(stage, known, 'unknown_preference', { preference: preference.asked, cases: preference.cases });
  }
  if (preference.kind === 'case') return force(known, preference);

  // Is the request well formed?
  const violation = checked.violations.find((found) => !drift?.forgets?.(caseAnswering(operation, found).name));
  if (violation) return refuseViolation(known, violation);

  // What does the service do? All of it, or nothing: a rule that throws, or whose answer we must not send, changes no world.
  const before = world.version;
  const call = { world, caller: identity.caller, now: moment.now, path: matched.path, query: checked.query, body: checked.body };
  const asks = drift?.decide ?? decide;
  const answered = world.atomically((takeBack) => {
    const outcome = asks(rules[operation.id] as AnyRule, call as unknown as Call);
    const concluded =
      outcome.kind === 'answer'
        ? accept(known, outcome)
        : refuse(known, outcome.case, refusalDetails(outcome, spec.fieldMessages));
    if (concluded.stopped) takeBack();
    return concluded;
  });
  if (world.version !== before) world.clock.tick();
  return answered;
}

/** What Prism says to a request that our rules do not answer; undefined where they do. */
function askOther(stage: Stage, request: PlainRequest): Promise<OthersAnswer> | undefined {
  const { other, seed, selfCheck, journal } = stage;
  if (!other || isPreflight(request) || request.body.length > stage.bodyLimit) return undefined;
  const found = other.find(request);
  if (!found) return undefined;
  if (found.kind !== 'operation' && (other.isOurs || ownPage(stage, request))) return undefined;
  return other.answer(found, request, { seed: `${seed}/${journal.next}`, checkAnswer: selfCheck !== 'off' });
}

function relay(stage: Stage, request: PlainRequest, { answer, operation }: OthersAnswer): Answered {
  const moment = { ...startOf(stage, request), isOthers: true };
  const { breaches } = answer;
  const { status, headers, body } = breaches.length > 0 && stage.selfCheck === 'strict' ? breachProblem(breaches) : answer;
  const source = { 'x-understudy-source': operation === undefined ? 'understudy' : 'prism' };
  const counted: Record<string, string> = breaches.length > 0 ? { 'x-understudy-breaches': String(breaches.length) } : {};
  return send(moment, status, { ...headers, ...counted, ...source }, body, {
    ...(operation === undefined ? {} : { operation }),
    ...(breaches.length > 0 ? { breaches } : {}),
  });
}

/** As Prism says it of an answer that its own document does not allow. */
function breachProblem(breaches: readonly string[]) {
  const title = 'Request/Response not valid';
  const detail = 'The answer breaks the document; --self-check report sends it all the same.';
  const validation = breaches.map((message) => ({ severity: 'Error', message }));
  const body = { type: 'https://stoplight.io/prism/errors#VIOLATIONS', title, status: 500, detail, validation };
  return { status: 500, headers: { 'content-type': 'application/problem+json' }, body: JSON.stringify(body) };
}

/** The pages that no document has: the document itself, and what there is to know about this server. */
function ownPage({ spec, other, world }: Stage, request: PlainRequest): Page | undefined {
  const text = other?.text ?? spec.text;
  return documentPage(text, request) ?? homePage(text, other && !other.isOurs ? undefined : world, request);
}

interface Moment {
  readonly spec: Spec;
  readonly request: PlainRequest;
  readonly number: number;
  readonly now: string;
  readonly traceId: string;
  /** The document served is somebody else's: nothing of the vendor belongs into the answer. */
  readonly isOthers: boolean;
  readonly caller?: Caller | undefined;
}

interface OperationExchange extends Moment {
  /** Set once the credential is known. */
  caller: Caller | undefined;
  readonly stage: Stage;
  readonly operation: Operation;
  readonly path: Readonly<Record<string, string>>;
  readonly checked: CheckedRequest;
  /** The planted drift, where it concerns this operation. */
  readonly drift: Planted | undefined;
}

function accept(exchange: OperationExchange, outcome: Extract<Outcome, { kind: 'answer' }>): Answered {
  return conclude(exchange, documentedCase(exchange.operation, outcome.case), outcome.body as Json | undefined);
}

function refuse(exchange: OperationExchange, name: string, details?: JsonObject): Answered {
  const documented = documentedCase(exchange.operation, name);
  return conclude(exchange, documented, renderError(documented, filling(exchange, details)));
}

function refuseViolation(exchange: OperationExchange, violation: Violation): Answered {
  const documented = caseAnswering(exchange.operation, violation);
  return refuse(exchange, documented.name, violationDetails(violation, exchange.stage.spec.fieldMessages));
}

function caseAnswering(operation: Operation, violation: Violation): Case {
  const documented = caseOfViolation(operation.cases.values(), { ...violation, field: fieldName(violation) });
  if (!documented) throw new Error(`${operation.id} documents no case for a violation in ${violation.in}.`);
  return documented;
}

/** A forced case is filled in like a real one, so that its ids are those of the request. */
function force(asking: OperationExchange, { documented, applied }: Extract<Preference, { kind: 'case' }>): Answered {
  // Only a well-formed request is repeated: an example filled in with a faulty value would break its own schema.
  const formed = asking.checked.violations.length === 0;
  const exchange = formed ? asking : { ...asking, checked: { ...asking.checked, query: {}, body: undefined } };
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
  const { stage, operation, drift } = exchange;
  const headers: Record<string, string> = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(documented.status === 429 ? limitReached(documented, exchange.now) : {}),
    ...extra,
    'x-understudy-case': `${operation.id}.${documented.name}`,
    ...(stage.other ? { 'x-understudy-source': 'rule' } : {}),
  };
  const { ignored } = exchange.checked;
  const told = {
    operation: operation.id,
    case: documented.name,
    ...(ignored.length > 0 ? { ignored } : {}),
    ...(extra['preference-applied'] ? { forced: true as const } : {}),
  };
  const sent = { status: documented.status, headers };
  const text = body === undefined ? undefined : JSON.stringify(body);
  // What a drift decided is no answer of ours: it need not keep the document.
  const unchecked = stage.selfCheck === 'off' || drift?.decide !== undefined;
  const breaches = unchecked ? [] : checkResponse(operation, asked(exchange), sent, body);
  if (breaches.length === 0) return drifted(exchange, documented, send(exchange, documented.status, headers, text, told));

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
  return { ...unrouted(stage, exchange, 'self_check_failed', details, {}, { ...told, breaches: named }), stopped: true };
}

/** A planted drift sends something else than we decided, after our own check; the journal keeps the honest case. */
function drifted(exchange: OperationExchange, documented: Case, honest: Answered): Answered {
  const { drift, stage, operation, caller } = exchange;
  if (!drift) return honest;
  const { response, note } = honest;
  const what = { spec: stage.spec, operation, documented, asked: asked(exchange), userId: caller?.user_id, response };
  const sent = drift.rewrite?.(what) ?? response;
  return sent === response && !drift.decide ? honest : { response: sent, note: { ...note, drift: drift.drift.name } };
}

/** Our operations, or those of them that another document has as well. */
const ownOperations = ({ spec, other }: Stage): Iterable<Operation> => other?.own ?? spec.operations.values();

/** The vendor's framework says no more than that; what we know beyond goes into a header and the journal. */
function unknownPath(stage: Stage, moment: Moment, path: string): Answered {
  const nearest = nearestPath(
    path,
    [...ownOperations(stage)].map(({ template }) => template),
  );
  if (nearest === undefined) return unrouted(stage, moment, 'unknown_path', {});
  return unrouted(stage, moment, 'unknown_path', {}, { 'x-understudy-nearest-path': nearest }, { nearest });
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
  const { status } = documented;
  const body = moment.isOthers
    ? { type: 'about:blank', title: name.replaceAll('_', ' '), status, ...details }
    : renderError(documented, { known: {}, traceId: moment.traceId, now: moment.now, details });
  const mediaType = moment.isOthers ? 'application/problem+json' : 'application/json';
  const named = { 'content-type': mediaType, ...headers, 'x-understudy-case': name };
  return send(moment, status, named, JSON.stringify(body), { case: name, ...told });
}

function send(
  moment: Moment,
  status: number,
  headers: Readonly<Record<string, string>>,
  text?: string,
  told: Partial<JournalEntry> = {},
): Answered {
  const { request, number, now, traceId, caller } = moment;
  return {
    response: {
      status,
      headers: moment.isOthers
        ? { ...headers, ...corsHeaders(request, Object.keys(headers)) }
        : { ...commonHeaders(moment), ...headers, ...corsHeaders(request, moment.spec) },
      ...(text === undefined ? {} : { body: text }),
    },
    note: {
      number,
      time: now,
      method: request.method,
      target: request.target,
      status,
      trace_id: traceId,
      ...(caller ? { user_id: caller.user_id } : {}),
      ...told,
    },
  };
}

/** The vendor's own headers: constants as the document gives them, and what depends on caller and moment. */
function commonHeaders({ spec, traceId, caller }: Moment): Record<string, string> {
  const made: Record<string, string | undefined> = {
    'x-request-id': traceId,
    'aitronos-organization': caller?.organization_id,
  };
  const headers: Record<string, string> = {};
  for (const { name, value = made[name] } of spec.commonHeaders) if (value !== undefined) headers[name] = value;
  return headers;
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

function startOf({ spec, world, journal, seed, other }: Stage, request: PlainRequest): Moment {
  const traceId = `req_${lettersOf(seed, 'trace', journal.next)}`;
  const isOthers = other !== undefined && !other.isOurs;
  return { spec, request, number: journal.next, now: world.clock.now(), traceId, isOthers };
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
