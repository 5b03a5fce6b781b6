// How many requests a server may get, as people write it.

/** So many requests in so many milliseconds; what the target says, or no limit at all. */
export type RateLimit = 'auto' | 'off' | Rate;

export interface Rate {
  readonly requests: number;
  readonly milliseconds: number;
}

const MINUTE = 60_000;
/** What a target allows that does not say it: as many as the vendor's least plan. */
export const USUAL_RATE: Rate = { requests: 100, milliseconds: MINUTE };

const units: Readonly<Record<string, number>> = { s: 1000, m: MINUTE, h: 60 * MINUTE };

/** `60/m`, `5/s`, `1000/h`, `auto`, `off`; undefined where it is none of them. */
export function readRateLimit(text: string): RateLimit | undefined {
  if (text === 'auto' || text === 'off') return text;
  const [, requests, unit = ''] = /^([1-9]\d{0,6})\/([smh])$/.exec(text) ?? [];
  return requests === undefined
    ? undefined
    : { requests: Number(requests), milliseconds: units[unit] as number };
}

export const isRate = (text: unknown): text is string =>
  typeof text === 'string' && typeof readRateLimit(text) === 'object';

/** Requests a minute, as far as it is known beforehand; nothing where there is no limit. */
export function perMinute(limit: RateLimit): number | undefined {
  if (limit === 'off') return undefined;
  const { requests, milliseconds } = limit === 'auto' ? USUAL_RATE : limit;
  return (requests / milliseconds) * MINUTE;
}
