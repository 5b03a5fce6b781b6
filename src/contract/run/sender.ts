// Sends the requests of a play, one after the other: through the guard, with rate limits waited
// out, until the run ends.
import { setTimeout as sleep } from 'node:timers/promises';
import { TargetError } from '../../client/target.js';
import type { OperationId } from '../../spec/document.js';
import type { PlainRequest, PlainResponse } from '../../spec/message.js';
import type { Deviation } from '../judge/deviation.js';
import type { ReadJson } from '../judge/json.js';
import type { Judged } from '../judge/judge.js';
import { type CallerName, letIn } from '../tables/caller.js';
import { creations } from './creations.js';
import { asTool, type Exchanged, thin } from './exchanged.js';
import { Guard } from './guard.js';
import type { SessionParts } from './parts.js';
import { isLost } from './possibly-made.js';
import { RateLimits } from './rate-limit.js';
import { Ended, NotExercised, Withheld } from './reason.js';

export interface Outgoing {
  readonly operation: OperationId;
  readonly caller: CallerName;
  readonly request: PlainRequest;
  /** `isLast` where the answer stands: the request is not sent again. */
  readonly judge: (response: PlainResponse, read: ReadJson, isLast: boolean) => Judged;
}

/** Whoever is waited for may be waited for too long. */
const sleepUntil = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { ...(signal ? { signal } : {}) }).catch(() => {});

export class Sender {
  readonly exchanges: Exchanged[] = [];
  readonly guard: Guard;
  readonly limits: RateLimits;
  /** What was made is being taken away, for which there is a little more time. */
  cleaning = false;
  /** No rate limit is waited out: there will be time for that later. */
  hurries = false;
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.guard = parts.guard ?? new Guard(parts.spec, parts.profile, parts.ledger);
    this.limits = parts.limits ?? new RateLimits();
  }

  /** A 429 is waited out, and judged too; the answer that stands is the last one. */
  async send(outgoing: Outgoing): Promise<Exchanged> {
    const { wait = sleepUntil, ending, onWait } = this.#parts;
    const { operation } = outgoing;
    const waits: number[] = [];
    for (;;) {
      let pause: number | undefined;
      const sent = await this.#once(outgoing, (response, read) => {
        pause = this.limits.waitAfter(operation, response, waits);
        return outgoing.judge(response, read, pause === undefined);
      });
      // What takes away after the end of the run has other things to try in what time is left.
      if (pause === undefined || this.hurries || (this.cleaning && ending?.ended.aborted))
        return sent;
      this.putAside(`429, sent again after ${pause / 1000} s`);
      const said = sent.response?.headers['retry-after'];
      onWait?.({ operation, milliseconds: pause, ...(said === undefined ? {} : { said }) });
      await wait(pause, ending?.ended);
      waits.push(pause);
    }
  }

  /** The last request is sent again later. */
  putAside(sentAgain: string): void {
    this.exchanges.push(...this.exchanges.splice(-1).map((last) => ({ ...last, sentAgain })));
  }

  /** The last answer was only to be used. */
  forgetWhatWasJudged(): void {
    this.exchanges.push(...this.exchanges.splice(-1).map(asTool));
  }

  async #once(
    { operation, caller, request: asked }: Outgoing,
    judge: (response: PlainResponse, read: ReadJson) => Judged,
  ): Promise<Exchanged> {
    const base = { operation, caller, request: { ...asked } };
    // Whoever needed the whole of the last answer has had it.
    this.exchanges.push(...this.exchanges.splice(-1).map(thin));
    const { target, ending } = this.#parts;
    if (ending?.ended.aborted && !this.cleaning) throw new Ended();
    let exchanged: Exchanged;
    try {
      const signal = this.cleaning ? ending?.over : ending?.late;
      const { response, read, deviation } = await this.guard.send(target, base.request, {
        caller,
        signal,
      });
      if (isLost(response.status)) this.#noteLost(base, String(response.status));
      exchanged = { ...base, response, judged: withDeviation(judge(response, read), deviation) };
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      if (!error.unsent)
        this.#noteLost(base, error.kind === 'gateway' ? 'lost by a gateway' : 'no answer');
      if (error.kind === 'stopped') throw new Ended();
      if (error.kind === 'withheld') throw new Withheld(error.message);
      exchanged = { ...base, error };
    }
    this.exchanges.push(exchanged);
    if (exchanged.error?.kind === 'gateway') throw new NotExercised(exchanged.error.message);
    return exchanged;
  }

  /** Only a creation makes something; what stays of what is taken away is left behind. */
  #noteLost({ operation, caller, request }: Exchanged, why: string): void {
    const { method } = this.#parts.spec.operations.get(operation) ?? {};
    if (!creations[operation] || request.method !== method) return;
    const own = letIn.includes(caller) ? caller : 'owner';
    this.#parts.possiblyMade?.note({
      operation,
      caller: own,
      request,
      number: this.guard.sent,
      why,
    });
  }
}

/** The judgement with one more failure, unless it has said so already; it outweighs a question. */
function withDeviation(judged: Judged, failure: Deviation | undefined): Judged {
  if (!failure) return judged;
  const atSame = judged.deviations.filter(({ pointer }) => pointer === failure.pointer);
  if (atSame.some(({ severity }) => severity === 'failure')) return judged;
  const others = judged.deviations.filter((deviation) => !atSame.includes(deviation));
  return { ...judged, deviations: [...others, failure] };
}
