// The codings of a body, by Node's zlib.
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { type Codings, hasZlibHeader, type Inflate } from './body.js';

type Inflater = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;

const within =
  (choose: (bytes: Uint8Array) => Inflater): Inflate =>
  (bytes, limit) => {
    try {
      return choose(bytes)(bytes, { maxOutputLength: limit });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined;
      throw error;
    }
  };

export const zlibCodings: Codings = {
  gzip: within(() => gunzipSync),
  'x-gzip': within(() => gunzipSync),
  br: within(() => brotliDecompressSync),
  deflate: within((bytes) => (hasZlibHeader(bytes) ? inflateSync : inflateRawSync)),
};
