// What answers where a document of the user's own is served. The engine knows nothing of it: this
// stands around it, or in its place where the document has no operation of ours.
import { type Answerer, nothing, unreadableDetails } from '../engine/answerer.js';
import type { SelfCheck } from '../engine/answers.js';
import type { State } from '../engine/api.js';
import { corsHeaders, isPreflight, originHeaders, preflightHeaders } from '../engine/cors.js';
import { type Delivery, forMethod } from '../engine/delivery.js';
import { entryOf } from '../engine/entry.js';
import { type Addressed, type ArrivalOptions, arrive } from '../engine/exchange.js';
import type { Note } from '../engine/journal.js';
import type { Found } from '../openapi/operations.js';
import type { UnroutedCase } from '../spec/cases.gen.js';
import type { Spec } from '../spec/document.js';
import type { JsonObject, PlainRequest, PlainResponse } from '../spec/message.js';
import type { OtherDocument } from './user-document.js';

export interface UserDocumentOptions<World extends State> extends ArrivalOptions<World> {
  readonly document: OtherDocument;
  readonly spec: Spec;
  readonly selfCheck: SelfCheck;
  readonly bodyLimit: number;
  readonly pages: (request: PlainRequest, world: World) => PlainResponse | undefined;
}

/**
 * Prism answers the operations that have no rule of ours; the engine all others, and what reaches
 * none.
 */
export function aroundEngine<World extends State>(
  engine: Answerer,
  options: UserDocumentOptions<World>,
): Answerer {
  const { document, bodyLimit } = options;
  return {
    bodyLimit,
    answer: async (request) => {
      if (isPreflight(request) || request.body.length > bodyLimit) return engine.answer(request);
      const place = options.worlds(request);
      const found = place.problem ? undefined : document.find(place.request);
      if (found?.kind === 'operation') return askPrism(options, found, place);
      const delivery = await engine.answer(request);
      return found || place.problem
        ? delivery
        : withHeader(delivery, 'x-understudy-source', 'rule');
    },
    answerUnreadable: (name, about) => engine.answerUnreadable(name, about),
  };
}

/** Nothing of the vendor belongs into an answer here: problems are told as Prism tells its own. */
export function withoutEngine<World extends State>(options: UserDocumentOptions<World>): Answerer {
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
      return page ? finish(options, place, page) : askPrism(options, found, place);
    },
    answerUnreadable: (name, { request = nothing, details = {}, headers = {} } = {}) =>
      refuse(worlds(request), name, unreadableDetails(name, details), headers),
  };
}

async function askPrism<World extends State>(
  options: UserDocumentOptions<World>,
  found: Found,
  place: Addressed<World>,
): Promise<Delivery> {
  const { document, selfCheck, seed } = options;
  const startedAt = performance.now();
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
  const response = { status, headers: sent, ...(body === undefined ? {} : { body }) };
  const note = {
    ...(operation === undefined ? {} : { operation }),
    ...(breaches.length > 0 ? { breaches } : {}),
  };
  return finish(options, place, response, { note, startedAt });
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

/** Numbered when it is answered, so that the journal stays in order however long Prism takes. */
function finish<World extends State>(
  { seed }: UserDocumentOptions<World>,
  place: Addressed<World>,
  response: PlainResponse,
  { note, startedAt }: { readonly note?: Note; readonly startedAt?: number } = {},
): Delivery {
  const { journal, request } = place;
  const arrival = arrive({ worlds: () => place, seed }, request, startedAt);
  const headers = {
    ...response.headers,
    ...corsHeaders(Object.keys(response.headers)),
    ...originHeaders(request),
  };
  const delivery = forMethod(request, { response: { ...response, headers } });
  const ended = {
    arrival,
    status: response.status,
    note: note ?? {},
    delivery,
    isPage: note === undefined,
  };
  journal.write(entryOf(ended, journal.bodyLimit));
  return delivery;
}

function withHeader(delivery: Delivery, name: string, value: string): Delivery {
  const { response } = delivery;
  return {
    ...delivery,
    response: { ...response, headers: { ...response.headers, [name]: value } },
  };
}
