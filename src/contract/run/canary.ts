// The proof that a run looks: of all the exchanges that it makes anyway, the seed draws one, which
// is judged once more with one thing in it made wrong. No request is sent for it, and what is said
// of it is no finding.
import type { OperationId } from '../../spec/document.js';
import { fnv1a } from '../../spec/hash.js';
import { type Altered, alterationsOf } from '../judge/alter.js';
import { isSerious } from '../judge/deviation.js';
import type { Expectation, Judged, judge, ToJudge } from '../judge/judge.js';

export type Judge = typeof judge;

/** What came of it. */
export interface CanaryReport {
  readonly operation: OperationId;
  /** What was made wrong: goes on after "an answer". */
  readonly how: string;
  readonly seen: boolean;
}

interface Drawn {
  readonly lot: number;
  readonly exchange: ToJudge;
  readonly expected: Expectation;
  readonly altered: Altered;
}

export class Canary {
  readonly #judge: Judge;
  readonly #seed: number;
  #drawn: Drawn | undefined;

  constructor(judge: Judge, seed: number) {
    this.#judge = judge;
    this.#seed = seed;
  }

  /**
   * Takes part in the draw, whatever else is played and in which order: `name` is that of the
   * exchange, and the lowest lot wins. Only what nothing is wrong with can be made wrong.
   */
  offer(name: string, exchange: ToJudge, expected: Expectation, judged: Judged): void {
    const lot = fnv1a(`${this.#seed} ${name}`) >>> 0;
    if (this.#drawn && lot >= this.#drawn.lot) return;
    if (judged.deviations.some(isSerious)) return;
    const all = [...alterationsOf(exchange, expected, judged.documented).values()];
    const altered = all[lot % all.length];
    if (altered) this.#drawn = { lot, exchange, expected, altered };
  }

  /** Nothing where no exchange could be drawn. */
  get report(): CanaryReport | undefined {
    if (!this.#drawn) return undefined;
    const { exchange, expected, altered } = this.#drawn;
    const { read: _, ...asked } = exchange;
    const [asItIs, wrong] = [asked, { ...asked, response: altered.response }].map(
      (one) => this.#judge(one, expected).deviations.filter(isSerious).length,
    ) as [number, number];
    return { operation: exchange.operation.id, how: altered.how, seen: wrong > asItIs };
  }
}

/** In a line. */
export const canaryInWords = ({ operation, how, seen }: CanaryReport): string =>
  `an answer of ${operation} ${how} ${seen ? 'was seen to be wrong' : 'was taken for right'}`;
