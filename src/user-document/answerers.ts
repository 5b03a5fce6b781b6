// What answers where a document of the user's own is served. The engine knows nothing of it: this
// stands around it, or in its place where the document has no operation of ours.
import { STATUS_CODES } from 'node:http';
import type { Hand } from '../decide/rule.js';
import type { SelfCheck } from '../engine/answer.js';
import { type Answerer, nothing, unreadableDetails } from '../engine/answerer.js';
import type { State } from '../engine/api.js';
import { corsHeaders, isPreflight, originHeaders, preflightHeaders } from '../engine/cors.js';
import { type Delivery, forMethod } from '../engine/delivery.js';
import { entryOf } from '../engine/entry.js';
import {
  type Addressed,
  type ArrivalOptions,
  arrive,
  noInput,
  type OperationExchange,
} from '../engine/exchange.js';
import { type Interception, type Interceptor, Interceptors } from '../engine/interceptor.js';
import type { Note } from '../engine/journal.js';
import { waiting } from '../engine/prefer.js';
import type { Found } from '../openapi/operations.js';
import { isNode } from '../openapi/shape.js';
import type { UnroutedCase } from '../spec/cases.gen.js';
import type { Operation, Spec } from '../spec/document.js';
import type { JsonObject, PlainRequest, PlainResponse } from '../spec/message.js';
import type { OtherDocument } from './user-document.js';

export interface UserDocumentOptions<World extends State, Who> extends ArrivalOptions<World> {
  readonly document: OtherDocument;
  readonly spec: Spec;
  readonly selfCheck: SelfCheck;
  readonly bodyLimit: number;
  /** Faults and limits. One that is added while requests come is asked from the next one on. */
  readonly interceptors?: readonly Interceptor<World, Who>[] | undefined;
  readonly pages: (request: PlainRequest, world: World) => PlainResponse | undefined;
}

/**
 * Prism answers the operations that have no rule of ours; the engine all others, and what reaches
 * none.
 */
export function aroundEngine<World extends State, Who>(
  engine: Answerer,
  options: UserDocumentOptions<World, Who>,
): Answerer {
  const { document, bodyLimit } = options;
  return {
    bodyLimit,
    answer: async (request) => {
      if (isPreflight(request) || request.body.length > bodyLimit) return engine.answer(request);
      const place = options.worlds(request);
      const found = place.problem ? undefined : document.find(place.request);
      if (found?.kind === 'operation') return answered(options, found, place);
      const delivery = await engine.answer(request);
      return found || place.problem
        ? delivery
        : withHeader(delivery, 'x-understudy-source', 'rule');
    },
    answerUnreadable: (name, about) => engine.answerUnreadable(name, about),
  };
}

/** Nothing of the vendor belongs into an answer here: problems are told as Prism tells its own. */
export function withoutEngine<World extends State, Who>(
  options: UserDocumentOptions<World, Who>,
): Answerer {
  const { document, spec, bodyLimit, pages, worlds } = options;
  const refuse = (
    place: Addressed<World>,
    name: UnroutedCase,
    details: JsonObject,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const status = spec.unrouted.get(name)?.status as number;
    const body = JSON.stringify({
      type: 'about:blank',
      title: name.replaceAll('_', ' '),
      status,
      ...details,
    });
    const named = {
      'content-type': 'application/problem+json',
      ...headers,
      'x-understudy-case': name,
    };
    return finish(options, place, { status, headers: named, body }, { note: { case: name } });
  };
  return {
    bodyLimit,
    answer: (request) => {
      const place = worlds(request);
      if (isPreflight(request))
        return finish(options, place, { status: 204, headers: preflightHeaders(request) });
      if (request.body.length > bodyLimit)
        return refuse(place, 'body_too_large', { limit: bodyLimit });
      const found = document.find(request) as Found; // no operation is ours
      const page = found.kind === 'operation' ? undefined : pages(request, place.state);
      if (page) return finish(options, place, page);
      return found.kind === 'operation'
        ? answered(options, found, place)
        : askPrism(options, found, place).then((unrouted) =>
            finish(options, place, unrouted.response, unrouted),
          );
    },
    answerUnreadable: (name, { request = nothing, details = {}, headers = {} } = {}) =>
      refuse(worlds(request), name, unreadableDetails(name, details), headers),
  };
}

type Routed = Extract<Found, { kind: 'operation' }>;

/** What is sent, before faults and limits have a hand in it. */
interface Told {
  readonly response: PlainResponse;
  readonly note: Note;
  readonly by?: Hand;
}

/** Faults and limits stand around Prism as they stand around the rules. */
async function answered<World extends State, Who>(
  options: UserDocumentOptions<World, Who>,
  found: Routed,
  place: Addressed<World>,
): Promise<Delivery> {
  const startedAt = performance.now();
  const interceptors = new Interceptors(options.interceptors ?? []);
  const { id } = found.operation;
  const exchange: OperationExchange<World, Who> = {
    arrival: arrive({ worlds: () => place, seed: options.seed }, place.request, startedAt),
    operation: options.document.operations.get(id) as Operation<string>,
    path: found.values,
    caller: undefined,
    input: noInput,
  };
  const ask = (interception: Interception | undefined) =>
    interception
      ? intercepted(options, found, place, interception)
      : askPrism(options, found, place);
  const honest = await ask(interceptors.admit(exchange));
  const instead = interceptors.replace(exchange, undefined);
  const told = instead ? await ask(instead) : honest;
  return finish(options, place, told.response, {
    ...told,
    startedAt,
    deliver: (delivery) => interceptors.deliver(delivery, exchange, undefined),
  });
}

/** As the document has it where it has the status, else as Prism tells its own problems. */
async function intercepted<World extends State, Who>(
  options: UserDocumentOptions<World, Who>,
  found: Routed,
  place: Addressed<World>,
  interception: Interception,
): Promise<Told> {
  if ('outcome' in interception) return askPrism(options, found, place);
  const { status, headers, body, by } = interception;
  const { responses } = found.operation.node;
  if (body === undefined && isNode(responses) && String(status) in responses) {
    const request = {
      ...place.request,
      headers: { ...place.request.headers, prefer: `code=${status}` },
    };
    const { response, note } = await askPrism(options, found, { ...place, request });
    // Prism looks at the request first, and may answer that instead.
    if (response.status === status)
      return { response: { ...response, headers: { ...response.headers, ...headers } }, note, by };
  }
  const problem = { type: 'about:blank', title: STATUS_CODES[status] ?? 'A fault', status };
  return {
    response: {
      status,
      headers: {
        'content-type':
          body === undefined ? 'application/problem+json' : 'text/plain; charset=utf-8',
        ...headers,
        'x-understudy-basis': 'invented',
        'x-understudy-source': 'understudy',
      },
      body: body ?? JSON.stringify(problem),
    },
    note: { operation: found.operation.id, basis: 'invented' },
    by,
  };
}

async function askPrism<World extends State, Who>(
  { document, selfCheck, seed }: UserDocumentOptions<World, Who>,
  found: Found,
  place: Addressed<World>,
): Promise<Told> {
  const how = { seed: `${seed}/${place.journal.next}`, checkAnswer: selfCheck !== 'off' };
  const { answer, operation } = await document.answer(found, place.request, how);
  const { breaches } = answer;
  const { status, headers, body } =
    breaches.length > 0 && selfCheck === 'strict' ? breachProblem(breaches) : answer;
  const sent = {
    ...headers,
    ...(breaches.length > 0 ? { 'x-understudy-breaches': String(breaches.length) } : {}),
    'x-understudy-source': operation === undefined ? 'understudy' : 'prism',
  };
  const note = {
    ...(operation === undefined ? {} : { operation }),
    ...(breaches.length > 0 ? { breaches } : {}),
  };
  return { response: { status, headers: sent, ...(body === undefined ? {} : { body }) }, note };
}

/** As Prism says it of an answer that its own document does not allow. */
function breachProblem(breaches: readonly string[]) {
  const title = 'Request/Response not valid';
  const detail = 'The answer breaks the document; --self-check report sends it all the same.';
  const validation = breaches.map((message) => ({ severity: 'Error', message }));
  const body = {
    type: 'https://stoplight.io/prism/errors#VIOLATIONS',
    title,
    status: 500,
    detail,
    validation,
  };
  return {
    status: 500,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify(body),
  };
}

interface Ending extends Partial<Omit<Told, 'response'>> {
  readonly startedAt?: number;
  readonly deliver?: (honest: Delivery) => {
    readonly delivery: Delivery;
    readonly hands: readonly Hand[];
  };
}

/** Numbered when it is answered, so that the journal stays in order however long Prism takes. */
function finish<World extends State, Who>(
  { seed }: UserDocumentOptions<World, Who>,
  place: Addressed<World>,
  response: PlainResponse,
  { note, by, startedAt, deliver = (delivery) => ({ delivery, hands: [] }) }: Ending = {},
): Delivery {
  const { journal, request } = place;
  const arrival = arrive({ worlds: () => place, seed }, request, startedAt);
  const headers = {
    ...response.headers,
    ...corsHeaders(Object.keys(response.headers)),
    ...originHeaders(request),
  };
  const asked = waiting({ response: { ...response, headers } }, request);
  const { delivery, hands } = deliver(asked);
  const sent = forMethod(request, delivery);
  const ended = {
    arrival,
    status: response.status,
    note: note ?? {},
    delivery: sent,
    hands: by ? [by, ...hands] : hands,
    isPage: note === undefined,
  };
  journal.write(entryOf(ended, journal.bodyLimit));
  return sent;
}

function withHeader(delivery: Delivery, name: string, value: string): Delivery {
  const { response } = delivery;
  return {
    ...delivery,
    response: { ...response, headers: { ...response.headers, [name]: value } },
  };
}
