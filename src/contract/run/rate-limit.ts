// How a rate limit is waited out: as long as the target asks for, with bounds.
import type { OperationId } from '../../spec/document.js';
import type { PlainResponse } from '../../spec/message.js';

/** One wait, before it begins. */
export interface Wait {
  readonly operation: OperationId;
  readonly milliseconds: number;
  /** The Retry-After of the answer. */
  readonly said?: string;
}

const LONGEST_MS = 60_000;
/** No request begins another wait after so long; the limit is its answer then. */
const ENOUGH_MS = 120_000;
/**
 * So many operations that only ever are limited, one after the other: the target lets this run do
 * nothing more.
 */
const ENOUGH_OPERATIONS = 3;

/** What a run knows of the target's limits. */
export class RateLimits {
  readonly #hopeless = new Set<OperationId>();
  #inARow = 0;

  /** Whoever asks again now is only told to wait. */
  get areOver(): boolean {
    return this.#inARow >= ENOUGH_OPERATIONS;
  }

  /** How long a request waits before it is sent again; undefined where its answer stands. */
  waitAfter(
    operation: OperationId,
    response: PlainResponse,
    waits: readonly number[],
  ): number | undefined {
    if (response.status !== 429) {
      this.#inARow = 0;
      return undefined;
    }
    if (this.#hopeless.has(operation) || this.areOver) return undefined;
    if (waits.reduce((sum, wait) => sum + wait, 0) >= ENOUGH_MS) {
      this.#hopeless.add(operation);
      this.#inARow += 1;
      return undefined;
    }
    // Twice as long each time, where the target does not ask for more.
    const own = 1000 * 2 ** waits.length;
    const asked = retryAfter(response) ?? own;
    return Math.min(waits.length === 0 ? asked : Math.max(asked, own), LONGEST_MS);
  }
}

const isHttpDate = (text: string): boolean => /^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? /i.test(text);

/**
 * Milliseconds; undefined where nothing that can be understood is said. `Retry-After` is a number
 * of seconds, of which some servers send fractions, or a date:
 * https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfter({ headers }: PlainResponse): number | undefined {
  const said = headers['retry-after']?.trim() ?? '';
  if (/^(\d+(\.\d*)?|\.\d+)$/.test(said)) return Math.ceil(Number(said)) * 1000;
  if (!isHttpDate(said)) return undefined;
  const at = Date.parse(/(gmt|utc|z)$/i.test(said) ? said : `${said} GMT`);
  // By the clock of the server, where it says what that is.
  const now = Date.parse(headers.date ?? '') || Date.now();
  return Number.isNaN(at) ? undefined : Math.max(at - now, 0);
}
