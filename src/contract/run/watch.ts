// Whether the target is still the one that the run began with: it answers, it lets in whom it let
// in, and a gateway before it may stumble once in a thousand requests.
import { type Answer, isSafe, type Target, TargetError } from '../../client/target.js';
import { type PlainRequest, type PlainResponse, pathOf } from '../../spec/message.js';
import { credentialIn, headersOf } from '../dialect.js';
import { type CallerName, letIn } from '../tables/caller.js';
import type { Profile } from './profile.js';

/** So many requests without an answer, one after the other, are no accident. */
const SILENT = 5;
/** After so many refusals in a row, a sign-in is asked whether the credential is still good. */
const REFUSED = 3;
/** Milliseconds before a read is asked again. */
const PAUSE = 1000;

export interface Trouble {
  readonly kind: 'silent' | 'refused';
  /** Whose credential is refused. */
  readonly caller?: CallerName;
  /** The number of the request that it began with. */
  readonly since: number;
  /** In words. */
  readonly text: string;
}

interface Streak {
  readonly since: number;
  /** The number of the latest request when the last of them came back. */
  readonly until: number;
  readonly first: string;
  readonly length: number;
}

/** The answer of a proxy or a load balancer that has no answer of the server: it is no JSON. */
const isOfGateway = ({ status, body = '' }: PlainResponse): boolean =>
  [502, 503, 504].includes(status) && !/^\s*[{[]/.test(body);

export class Watch {
  /** Requests so far. */
  sent = 0;
  /** Who has a credential, by the header that carries it. */
  readonly #callers = new Map<string, CallerName[]>();
  readonly #wait: (milliseconds: number) => Promise<void>;
  readonly #refused = new Map<CallerName, Streak>();
  #silent: Streak | undefined;
  #stumbles = 0;

  constructor(profile: Profile, wait: (milliseconds: number) => Promise<void>) {
    this.#wait = wait;
    for (const caller of letIn) {
      for (const credential of Object.values(headersOf(profile.callers[caller] ?? {})))
        this.#callers.set(credential, [...(this.#callers.get(credential) ?? []), caller]);
    }
  }

  /**
   * The same target, watched. A read that a gateway has lost is asked again; of a write, nobody
   * knows what became of it.
   */
  over(target: Target, onSent: (number: number) => void = () => {}): Target {
    const send = async (request: PlainRequest, signal?: AbortSignal): Promise<Answer> => {
      const observed = (): Promise<Answer> => {
        const answered = this.#observed(target, request, signal);
        onSent(this.sent);
        return answered;
      };
      const answer = await observed();
      if (!isOfGateway(answer) || !this.#mayStumble()) return answer;
      const said = `${answer.status} of a gateway`;
      if (!isSafe(request.method))
        throw new TargetError(
          'gateway',
          `${request.method} ${request.target}: ${said}; nobody knows what became of it.`,
        );
      await this.#wait(PAUSE);
      try {
        return { ...(await observed()), repeated: said };
      } catch (error) {
        throw error instanceof TargetError ? error.ofRepeated(said) : error;
      }
    };
    return { ...target, send };
  }

  /** What keeps the run from going on. */
  get trouble(): Trouble | undefined {
    if ((this.#silent?.length ?? 0) >= SILENT) {
      const { since, first } = this.#silent as Streak;
      return {
        kind: 'silent',
        since,
        text: `the target gives no answer since request ${since}: ${first}`,
      };
    }
    for (const [caller, { since, first, length }] of this.#refused) {
      if (length < REFUSED) continue;
      const text = `the target refuses the credential of ${caller} since request ${since}, ${first}`;
      return { kind: 'refused', caller, since, text };
    }
    return undefined;
  }

  /** The caller is let in after all. */
  forget(caller: CallerName): void {
    this.#refused.delete(caller);
  }

  #mayStumble(): boolean {
    this.#stumbles += 1;
    return this.#stumbles <= Math.max(1, this.sent / 1000);
  }

  async #observed(
    target: Target,
    request: PlainRequest,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    this.sent += 1;
    const number = this.sent;
    const call = `${request.method} ${pathOf(request)}`;
    try {
      const answer = await target.send(request, signal);
      this.#silent = isOfGateway(answer)
        ? this.#longer(this.#silent, number, `${call} was answered ${answer.status} by a gateway`)
        : undefined;
      const { headers } = request;
      for (const caller of this.#callers.get(credentialIn(headers) ?? '') ?? []) {
        if (answer.status === 401)
          this.#refused.set(caller, this.#longer(this.#refused.get(caller), number, call));
        else this.#refused.delete(caller);
      }
      return answer;
    } catch (error) {
      if (error instanceof TargetError && !['stopped', 'withheld'].includes(error.kind))
        this.#silent = this.#longer(this.#silent, number, error.message);
      throw error;
    }
  }

  /** Those that were under way together count once: what befell them was one event. */
  #longer(streak: Streak | undefined, number: number, first: string): Streak {
    const until = this.sent;
    if (!streak) return { since: number, until, first, length: 1 };
    const since = Math.min(streak.since, number);
    if (number <= streak.until) return { ...streak, since };
    return { ...streak, since, until, length: streak.length + 1 };
  }
}
