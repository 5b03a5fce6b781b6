// The headers of a 429, in both of the vendor's families: nothing is left, and the limit is reset
// when the wait is over.
import type { Json } from '../spec/message.js';
import { atPointer } from '../spec/pointer.js';

/**
 * The wait is the one that the body names; the reset is on the world's clock, like every other time
 * of an answer.
 */
export function limitReached(body: Json | undefined, now: string): Record<string, string> {
  const seconds = Number(atPointer(body, '/error/details/retry_after') ?? 1);
  return {
    'retry-after': String(seconds),
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': String(seconds),
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(Date.parse(now) / 1000 + seconds),
  };
}
