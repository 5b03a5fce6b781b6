// What both shells need to carry out a delivery: a wait, and the body in the pieces in which it
// leaves.
import { byteLength, type Delivery, type DeliveryBody } from '../engine/delivery.js';

/** Nothing has to be waited for, cut or streamed: the answer can leave at once and whole. */
export function isWhole({ response: { body }, delayMs = 0, end }: Delivery): boolean {
  return delayMs === 0 && end === undefined && !(body instanceof ReadableStream);
}

/** Rejects with the signal's reason when that comes first. */
export function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

/** Rejects with the signal's reason: whoever waits for nothing waits until it has enough. */
export function waitForever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/**
 * Throws where the body is cut short, after what is sent of it. The words are those of Node's own
 * `fetch`.
 */
export async function* piecesOf(
  { response: { body }, end }: Delivery,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (body === undefined) return;
  if (typeof end === 'object' && 'cutAt' in end) {
    yield* firstBytes(chunksOf(body, signal), end.cutAt);
    throw new TypeError('terminated', { cause: new Error('other side closed') });
  }
  if (typeof end === 'object') yield* drops(chunksOf(body, signal), end, signal);
  else yield* chunksOf(body, signal);
}

/** A stream is cancelled when nobody wants more of it, also while it has nothing to give. */
async function* chunksOf(body: DeliveryBody, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (typeof body === 'string') yield new TextEncoder().encode(body);
  else if (body instanceof Uint8Array) yield body;
  else {
    const reader = body.getReader();
    const cancel = (): void => void reader.cancel().catch(() => {});
    signal.addEventListener('abort', cancel, { once: true });
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
    } finally {
      signal.removeEventListener('abort', cancel);
      cancel();
    }
  }
}

async function* firstBytes(
  chunks: AsyncIterable<Uint8Array>,
  count: number,
): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

async function* drops(
  chunks: AsyncIterable<Uint8Array>,
  { drip, everyMs }: { readonly drip: number; readonly everyMs: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += drip) {
      if (!isFirst) await wait(everyMs, signal);
      isFirst = false;
      yield chunk.subarray(at, at + drip);
    }
  }
}

/** With the length of the body, where it is known. */
export function sizedHeaders({
  headers,
  body,
}: Delivery['response']): Readonly<Record<string, string>> {
  const length = body === undefined ? undefined : byteLength(body);
  return length === undefined ? headers : { ...headers, 'content-length': String(length) };
}
