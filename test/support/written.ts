// What was written to a stream that nobody has read yet.
import type { Readable } from 'node:stream';

/** Up to Node 24 one `read` gives all of it; Node 26 gives what was written piece by piece. */
export function writtenTo(stream: Readable): string {
  let text = '';
  for (let piece = stream.read(); piece !== null; piece = stream.read()) text += piece;
  return text;
}
