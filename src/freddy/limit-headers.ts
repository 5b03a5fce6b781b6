// What the service says of rate limits, in both of the vendor's families.
import type { Json } from '../spec/message.js';
import { atPointer } from '../spec/pointer.js';

/** Where a key stands. */
interface Standing {
  readonly limit: number;
  readonly remaining: number;
  /** Until the limit is reset: told as it is, and as a time on the world's clock. */
  readonly seconds: number;
}

export const limitHeaders = (
  { limit, ...rest }: Standing,
  now: string,
): Record<string, string> => ({
  'x-ratelimit-limit-requests': String(limit),
  'x-ratelimit-limit': String(limit),
  ...restHeaders(rest, now),
});

/** Of a 429: nothing is left, and the limit is reset when the wait that the body names is over. */
export function limitReached(body: Json | undefined, now: string): Record<string, string> {
  const seconds = Number(atPointer(body, '/error/details/retry_after') ?? 1);
  return { 'retry-after': String(seconds), ...restHeaders({ remaining: 0, seconds }, now) };
}

const restHeaders = ({ remaining, seconds }: Omit<Standing, 'limit'>, now: string) => ({
  'x-ratelimit-remaining-requests': String(remaining),
  'x-ratelimit-reset-requests': String(seconds),
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(Date.parse(now) / 1000 + seconds),
});
