// The bytes of a request's body: compressed ones are inflated, within the limit.
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { Answerer } from '../engine/answerer.js';
import type { PlainRequest } from '../spec/message.js';

type Inflate = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;

const coders: Readonly<Record<string, Inflate>> = {
  identity: (bytes) => bytes,
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  br: brotliDecompressSync,
  // Half of all clients leave out the two bytes of zlib's header.
  deflate: (bytes, options) => (((bytes[0] ?? 0) & 0x0f) === 8 ? inflateSync : inflateRawSync)(bytes, options),
};

/** What `Accept-Encoding` says in a refusal. */
const knownEncodings = Object.keys(coders).join(', ');

/** A body that cannot be decompressed: the coding is not known, or the bytes are not in it. */
interface Undecodable {
  readonly fault: 'unsupported_encoding' | 'broken_encoding';
  readonly encoding: string;
}

/** The request with its body decompressed. A body over the limit is cut to one byte over it, so that it is refused later. */
function inflateBody(request: PlainRequest, limit: number): PlainRequest | Undecodable {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || request.body.length === 0 || request.body.length > limit) return request;
  // The last in the list was applied last.
  const names = encoding
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean)
    .reverse();
  if (names.some((name) => !Object.hasOwn(coders, name))) return { fault: 'unsupported_encoding', encoding };
  let { body } = request;
  try {
    for (const name of names) body = (coders[name] as Inflate)(body, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return { fault: 'broken_encoding', encoding };
    body = new Uint8Array(limit + 1);
  }
  const { 'content-encoding': _, 'content-length': __, ...headers } = request.headers;
  return { ...request, headers, body };
}

/** The answer to a request, whatever its body is encoded in. */
export function answerBody(answerer: Answerer, request: PlainRequest): ReturnType<Answerer['answer']> {
  const inflated = inflateBody(request, answerer.bodyLimit);
  if (!('fault' in inflated)) return answerer.answer(inflated);
  const { fault, encoding } = inflated;
  const details = { header: 'content-encoding', encoding, supported: Object.keys(coders) };
  return answerer.answerUnreadable(fault, { request, details, headers: { 'accept-encoding': knownEncodings } });
}
