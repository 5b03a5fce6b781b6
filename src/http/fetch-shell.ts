// A `fetch` handler around the answerer: no socket, the same bytes.
import type { Answerer } from '../engine/answerer.js';
import type { Delivery } from '../engine/delivery.js';
import type { PlainHandler, PlainRequest } from '../spec/message.js';
import { answerBody, type Codings, readBytes } from './body.js';
import { piecesOf, wait, waitForever } from './deliver.js';

export type Fetch = (input: Request | string | URL, init?: RequestInit) => Promise<Response>;

export interface FetchHandler extends Fetch, PlainHandler {}

/**
 * Takes what `fetch` takes, an abort signal too; the host of the URL does not matter, and a path
 * alone is enough.
 */
export function createFetchHandler(answerer: Answerer, codings: Codings): FetchHandler {
  const handle: Fetch = async (input, init) => {
    const request =
      input instanceof Request && !init
        ? input
        : new Request(
            input instanceof Request ? input : new URL(input, 'http://understudy.local'),
            init,
          );
    const { signal } = request;
    signal.throwIfAborted();
    // Cut the target out of the text: parsing would resolve `..` and lose `%2F`.
    const [, base, rest] = /^([a-z]+:\/\/[^/?#]*)([^#]*)/i.exec(request.url) ?? [];
    const body = request.body
      ? await orAborted(signal, readBytes(request.body, answerer.bodyLimit, signal))
      : new Uint8Array();
    // A request that the caller has aborted changes no state.
    signal.throwIfAborted();
    const headers = Object.fromEntries(request.headers);
    const plain = {
      method: request.method,
      target: rest || '/',
      headers,
      body,
      ...(base === undefined ? {} : { base }),
    };
    return deliver(await orAborted(signal, answerBody(answerer, plain, codings)), signal);
  };
  const answerPlain = async (request: PlainRequest): ReturnType<PlainHandler['answerPlain']> => {
    const delivery = await answerBody(answerer, request, codings);
    const { response, delayMs, end } = delivery;
    const { status, headers, body } = response;
    if (delayMs || end !== undefined || (body !== undefined && typeof body !== 'string'))
      return deliver(delivery, new AbortController().signal);
    return body ? { status, headers, body } : { status, headers };
  };
  return Object.assign(handle, { answerPlain });
}

async function deliver(delivery: Delivery, signal: AbortSignal): Promise<Response> {
  const { response, delayMs, end } = delivery;
  const { status, headers, body = null } = response;
  if (delayMs) await wait(delayMs, signal);
  if (end === 'hang') await waitForever(signal);
  if (end === 'reset')
    throw new TypeError('fetch failed', {
      cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    });
  if (end === undefined && !(body instanceof ReadableStream))
    return new Response(body as ConstructorParameters<typeof Response>[0], { status, headers });
  return new Response(streamOf(delivery, signal), { status, headers });
}

function streamOf(delivery: Delivery, signal: AbortSignal): ReadableStream<Uint8Array> {
  const left = new AbortController();
  const pieces = piecesOf(delivery, AbortSignal.any([signal, left.signal]));
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await pieces.next();
      if (signal.aborted) controller.error(signal.reason);
      else if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => left.abort(),
  });
}

/** The value, or the signal's reason if that comes first. */
async function orAborted<Value>(
  signal: AbortSignal,
  value: Value | Promise<Value>,
): Promise<Value> {
  if (!(value instanceof Promise)) return value;
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([value, aborted]);
  } finally {
    if (abort) signal.removeEventListener('abort', abort);
  }
}
