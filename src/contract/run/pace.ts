// How fast a run asks: no faster than the target lets it, so that it is not refused for that.
import { type Rate, type RateLimit, USUAL_RATE } from '../../client/rate.js';
import type { Target } from '../../client/target.js';
import { limitIn } from '../dialect.js';

const MINUTE = 60_000;

export class Pace {
  readonly #limit: RateLimit;
  readonly #wait: (milliseconds: number) => Promise<void>;
  #rate: Rate;
  /** When the next request may be sent. */
  #next = 0;

  constructor(limit: RateLimit, wait: (milliseconds: number) => Promise<void>) {
    this.#limit = limit;
    this.#wait = wait;
    this.#rate = typeof limit === 'object' ? limit : USUAL_RATE;
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
