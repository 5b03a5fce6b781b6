// The bytes of a request's body: compressed ones are inflated, within the limit.
import type { Answerer } from '../engine/answerer.js';
import type { Delivery } from '../engine/delivery.js';
import type { PlainRequest } from '../spec/message.js';

/** Bytes of a request's body, inflated, that are taken unless it is said otherwise. */
export const DEFAULT_BODY_LIMIT = 1024 * 1024;

/**
 * Inflates bytes; undefined where they come to more than the limit. Throws on bytes that are not in
 * its coding.
 */
export type Inflate = (
  bytes: Uint8Array,
  limit: number,
) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/** By the name that `Content-Encoding` has for them. */
export type Codings = Readonly<Record<string, Inflate>>;

/** Half of all clients leave out the two bytes of zlib's header. */
export const hasZlibHeader = (bytes: Uint8Array): boolean => ((bytes[0] ?? 0) & 0x0f) === 8;

/**
 * The answer to a request, whatever its body is encoded in; at once where nothing has to be
 * inflated.
 */
export function answerBody(
  answerer: Answerer,
  request: PlainRequest,
  codings: Codings,
): Delivery | Promise<Delivery> {
  const { headers, body } = request;
  const encoding = headers['content-encoding'];
  if (encoding === undefined || body.length === 0 || body.length > answerer.bodyLimit)
    return answerer.answer(request);
  return answerInflated(answerer, request, encoding, codings);
}

async function answerInflated(
  answerer: Answerer,
  request: PlainRequest,
  encoding: string,
  codings: Codings,
): Promise<Delivery> {
  const supported = ['identity', ...Object.keys(codings)];
  const refuse = (fault: 'unsupported_encoding' | 'broken_encoding'): Delivery => {
    const details = { header: 'content-encoding', encoding, supported };
    return answerer.answerUnreadable(fault, {
      request,
      details,
      headers: { 'accept-encoding': supported.join(', ') },
    });
  };
  // The last in the list was applied last.
  const names = encoding
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
    .reverse();
  if (!names.every((name) => supported.includes(name))) return refuse('unsupported_encoding');
  let body: Uint8Array | undefined = request.body;
  try {
    for (const name of names)
      if (name !== 'identity') body = body && (await codings[name]?.(body, answerer.bodyLimit));
  } catch {
    return refuse('broken_encoding');
  }
  const { 'content-encoding': _, 'content-length': __, ...headers } = request.headers;
  // One byte over the limit is enough for the answerer to refuse it.
  return answerer.answer({
    ...request,
    headers,
    body: body ?? new Uint8Array(answerer.bodyLimit + 1),
  });
}

/** Reads at most one chunk over the limit, which is enough to see that it is too much. */
export async function readBytes(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  while (length <= limit && !signal?.aborted) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  reader.cancel().catch(() => {});
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
