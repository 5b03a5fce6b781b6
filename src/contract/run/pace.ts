// How fast a run asks: no faster than the target lets it, so that it is not refused for that.
import type { Target } from '../../client/target.js';
import { limitIn } from '../dialect.js';

/** So many requests in so many milliseconds; what the target says, or no limit at all. */
export type RateLimit = 'auto' | 'off' | Rate;

interface Rate {
  readonly requests: number;
  readonly milliseconds: number;
}

const MINUTE = 60_000;
/** What a target allows that does not say it: as many as the vendor's least plan. */
const USUAL: Rate = { requests: 100, milliseconds: MINUTE };

const units: Readonly<Record<string, number>> = { s: 1000, m: MINUTE, h: 60 * MINUTE };

/** `60/m`, `5/s`, `1000/h`, `auto`, `off`; undefined where it is none of them. */
export function readRateLimit(text: string): RateLimit | undefined {
  if (text === 'auto' || text === 'off') return text;
  const [, requests, unit = ''] = /^([1-9]\d{0,6})\/([smh])$/.exec(text) ?? [];
  return requests === undefined
    ? undefined
    : { requests: Number(requests), milliseconds: units[unit] as number };
}

/** Requests a minute, as far as it is known beforehand; nothing where there is no limit. */
export function perMinute(limit: RateLimit): number | undefined {
  if (limit === 'off') return undefined;
  const { requests, milliseconds } = limit === 'auto' ? USUAL : limit;
  return (requests / milliseconds) * MINUTE;
}

export class Pace {
  readonly #limit: RateLimit;
  readonly #wait: (milliseconds: number) => Promise<void>;
  #rate: Rate;
  /** When the next request may be sent. */
  #next = 0;

  constructor(limit: RateLimit, wait: (milliseconds: number) => Promise<void>) {
    this.#limit = limit;
    this.#wait = wait;
    this.#rate = typeof limit === 'object' ? limit : USUAL;
  }

  /** The same target, asked one request after the other, evenly. */
  over(target: Target): Target {
    if (this.#limit === 'off') return target;
    return {
      ...target,
      send: async (...request) => {
        await this.#turn();
        const answer = await target.send(...request);
        if (this.#limit === 'auto') this.#heed(answer.headers);
        return answer;
      },
    };
  }

  async #turn(): Promise<void> {
    const now = Date.now();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#rate.milliseconds / this.#rate.requests;
    if (at > now) await this.#wait(at - now);
  }

  /** What the target says of its limit counts from then on. */
  #heed(headers: Readonly<Record<string, string>>): void {
    const { limit, remaining, resetsIn } = limitIn(headers, Date.now());
    if (limit !== undefined) this.#rate = { requests: limit, milliseconds: MINUTE };
    if (remaining === 0 && resetsIn !== undefined)
      this.#next = Math.max(this.#next, Date.now() + Math.min(resetsIn, MINUTE));
  }
}
