// The codings of a body that browsers inflate themselves; brotli is not among them.
import { type Codings, hasZlibHeader, type Inflate, readBytes } from './body.js';

const by =
  (choose: (bytes: Uint8Array) => 'gzip' | 'deflate' | 'deflate-raw'): Inflate =>
  async (bytes, limit) => {
    const whole = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
    const inflated = await readBytes(
      whole.pipeThrough(new DecompressionStream(choose(bytes))),
      limit,
    );
    return inflated.length > limit ? undefined : inflated;
  };

export const webCodings: Codings = {
  gzip: by(() => 'gzip'),
  'x-gzip': by(() => 'gzip'),
  deflate: by((bytes) => (hasZlibHeader(bytes) ? 'deflate' : 'deflate-raw')),
};
