// Takes the content codings off a body: https://www.rfc-editor.org/rfc/rfc9110#section-8.4
import { promisify } from 'node:util';
import {
  brotliDecompress,
  brotliDecompressSync,
  gunzip,
  gunzipSync,
  inflate,
  inflateRaw,
  inflateRawSync,
  inflateSync,
  type ZlibOptions,
} from 'node:zlib';
import { TargetError, tooLarge } from './target.js';

type Decoder = (body: Buffer, options: ZlibOptions) => Promise<Buffer>;

const asZlib: Decoder = promisify<Buffer, ZlibOptions, Buffer>(inflate);
const asRaw: Decoder = promisify<Buffer, ZlibOptions, Buffer>(inflateRaw);
const asGzip: Decoder = promisify<Buffer, ZlibOptions, Buffer>(gunzip);
const asBrotli: Decoder = promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress);

const decoders: Readonly<Record<string, Decoder>> = {
  gzip: asGzip,
  'x-gzip': asGzip,
  // Some servers send raw deflate data without the zlib header that the standard asks for.
  deflate: (body, options) => (hasZlibHeader(body) ? asZlib : asRaw)(body, options),
  br: asBrotli,
  identity: async (body) => body,
};

/** Each layer may be as large as the body; more than a few are an attack. */
const MOST_LAYERS = 5;

/**
 * An empty body is not decompressed, whatever the headers say: a 204, a 304 or an answer to HEAD.
 */
export async function decoded(body: Buffer, header = '', maxBytes: number): Promise<Buffer> {
  if (body.length === 0) return body;
  const codings = codingsIn(header);
  const unknown = codings.find((coding) => !Object.hasOwn(decoders, coding));
  if (unknown !== undefined)
    throw new TargetError(
      'broken',
      `the body comes in the coding ${unknown}, which the request did not ask for`,
    );
  if (codings.length > MOST_LAYERS)
    throw new TargetError('broken', `the body is encoded ${codings.length} times`);
  let bytes = body;
  // The last one was put on last.
  for (const coding of codings.toReversed()) bytes = await decode(coding, bytes, maxBytes);
  return bytes;
}

const codingsIn = (header: string): readonly string[] =>
  header
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '');

const decodersAtOnce: Readonly<Record<string, (body: Buffer, options: ZlibOptions) => Buffer>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: (body, options) => (hasZlibHeader(body) ? inflateSync : inflateRawSync)(body, options),
  br: brotliDecompressSync,
  identity: (body) => body,
};

/** For bodies that stand in a file; undefined for what cannot be decoded. */
export function decodedAtOnce(
  bytes: Uint8Array,
  header: string,
  maxBytes: number,
): Buffer | undefined {
  const codings = codingsIn(header);
  if (codings.length > MOST_LAYERS) return undefined;
  try {
    return codings.toReversed().reduce<Buffer>(
      (body, coding) =>
        (decodersAtOnce[coding] as (typeof decodersAtOnce)[string])(body, {
          maxOutputLength: maxBytes,
        }),
      Buffer.from(bytes),
    );
  } catch {
    return undefined;
  }
}

async function decode(coding: string, body: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await (decoders[coding] as Decoder)(body, { maxOutputLength: maxBytes });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new TargetError('broken', `the body is no ${coding}: ${code}`, { cause: error });
  }
}

/** https://www.rfc-editor.org/rfc/rfc1950#section-2.2 */
const hasZlibHeader = (body: Buffer): boolean =>
  body.length > 1 && (body.readUInt8(0) & 15) === 8 && body.readUInt16BE(0) % 31 === 0;
