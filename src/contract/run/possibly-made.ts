// Writes to which no answer came. The server may have carried them out, and what it then made cannot be deleted, since its ID is
// not known. They are listed in the reports.
import { type Answer, isSafe, type Target, TargetError } from '../../client/target.js';
import type { PlainRequest } from '../../spec/message.js';

/** A gateway says of them that it lost the server's answer. */
const lost: readonly number[] = [502, 504];

/** The same target, and what requests may have made to which no answer came. */
export function watchWrites(target: Target): { readonly watched: Target; readonly possiblyMade: readonly string[] } {
  const possiblyMade: string[] = [];
  const note = (request: PlainRequest, why: string): void => {
    // What is taken away is not made; what stays of it is left behind.
    if (!isSafe(request.method) && request.method !== 'DELETE') possiblyMade.push(`${describe(request)}: ${why}`);
  };
  const send = async (request: PlainRequest, signal?: AbortSignal): Promise<Answer> => {
    try {
      const answer = await target.send(request, signal);
      if (lost.includes(answer.status)) note(request, String(answer.status));
      return answer;
    } catch (error) {
      if (error instanceof TargetError && !error.unsent) note(request, 'no answer');
      throw error;
    }
  };
  return { watched: { ...target, send }, possiblyMade };
}

/** With the name that the run gave, by which it can be looked for. */
function describe({ method, target, body }: PlainRequest): string {
  const [name] = /understudy-[a-z\d]+-\d+-\d+/.exec(new TextDecoder().decode(body)) ?? [];
  return `${method} ${target}${name === undefined ? '' : ` with ${name}`}`;
}
