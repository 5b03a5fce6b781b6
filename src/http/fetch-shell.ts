// A `fetch` handler around the answerer: no socket, the same bytes.
import type { Answerer } from '../engine/engine.js';
import { answerBody } from './body.js';
import { pause } from './pause.js';

export type FetchHandler = (input: Request | string | URL, init?: RequestInit) => Promise<Response>;

/** Takes what `fetch` takes, an abort signal too; the host of the URL does not matter, and a path alone is enough. */
export function createFetchHandler(answerer: Answerer): FetchHandler {
  return async (input, init) => {
    const request =
      input instanceof Request && !init
        ? input
        : new Request(input instanceof Request ? input : new URL(input, 'http://understudy.local'), init);
    const { signal } = request;
    signal.throwIfAborted();
    // Cut the target out of the text: parsing would resolve `..` and lose `%2F`.
    const [, base, rest] = /^([a-z]+:\/\/[^/?#]*)([^#]*)/i.exec(request.url) ?? [];
    const body = await orAborted(signal, readBody(request.body, answerer.bodyLimit, signal));
    // Nothing is decided once the caller has given up.
    signal.throwIfAborted();
    const headers = Object.fromEntries(request.headers);
    const plain = { method: request.method, target: rest || '/', headers, body, ...(base === undefined ? {} : { base }) };
    const answer = await orAborted(signal, answerBody(answerer, plain));
    await orAborted(signal, pause(answerer));
    return new Response(answer.body ?? null, { status: answer.status, headers: answer.headers });
  };
}

/** As much as the answerer needs to refuse a body that is too large; the rest is not asked for. */
async function readBody(stream: Request['body'], limit: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream?.getReader();
  while (reader && length <= limit && !signal.aborted) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  reader?.cancel().catch(() => {});
  return Buffer.concat(chunks);
}

/** The value, or the signal's reason if that comes first. */
async function orAborted<Value>(signal: AbortSignal, value: Value | Promise<Value>): Promise<Value> {
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
