// Writes to which no answer came. The server may have carried them out. What they made is looked
// for at the end of the run (closing.ts); what cannot be found out is listed in the reports.
import type { OperationId } from '../../spec/document.js';
import type { PlainRequest } from '../../spec/message.js';
import type { CallerName } from '../tables/caller.js';
import { nameIn } from './names.js';

/** A gateway says of them that it lost the server's answer. */
export const isLost = (status: number): boolean => status === 502 || status === 504;

export interface Lost {
  readonly operation: OperationId;
  /** Who may take away what it made. */
  readonly caller: CallerName;
  readonly request: PlainRequest;
  /** The number of the request. */
  readonly number: number;
  readonly why: string;
}

export class PossiblyMade {
  readonly #lost = new Set<Lost>();
  readonly #runId: string;

  /** Of the run whose names carry that id. */
  constructor(runId: string) {
    this.#runId = runId;
  }

  note(lost: Lost): void {
    this.#lost.add(lost);
  }

  /** It is known by now what came of it. */
  settle(lost: Lost): void {
    this.#lost.delete(lost);
  }

  get all(): readonly Lost[] {
    return [...this.#lost];
  }

  /** In words. */
  get list(): readonly string[] {
    return this.all.map((lost) => {
      const name = this.nameIn(lost);
      return `${lost.request.method} ${lost.request.target}${name === undefined ? '' : ` with ${name}`}: ${lost.why}`;
    });
  }

  /** The name that the run gave in it, by which what it made can be looked for. */
  nameIn({ request }: Lost): string | undefined {
    return nameIn(new TextDecoder().decode(request.body), this.#runId);
  }
}
