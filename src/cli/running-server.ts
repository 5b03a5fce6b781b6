// A running server, as commands speak to it: through its control plane.
import type { ControlClient } from '../control/client.js';
import { ExitCode } from '../spec/exit-code.js';
import { Failure, UsageError } from '../spec/failure.js';
import type { JsonObject } from '../spec/message.js';
import type { FlagValues } from './flags.js';

/** The server gave no answer. */
class Unreachable extends Failure {
  override readonly exitCode = ExitCode.inconclusive;
}

/** Where it is, and what it asks for. */
type ServerAddress = Pick<FlagValues<'worlds'>, 'url' | 'adminToken'>;

/** Loaded only here. What is refused, or not answered, becomes words for whoever asked. */
export async function withControl<Result>(
  { url, adminToken: token }: ServerAddress,
  act: (control: ControlClient) => Promise<Result>,
): Promise<Result> {
  const { ControlClient, ControlError } = await import('../control/client.js');
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    throw new UsageError(
      `${url} is no address of a server.\n  fix: give one such as http://127.0.0.1:4010`,
    );
  try {
    return await act(new ControlClient(url, { token }));
  } catch (error) {
    if (error instanceof ControlError) {
      const known = knownIn(error.details);
      throw new UsageError(`${error.message.replace(/\.$/, '')}${known}.\n  fix: ${error.fix}`);
    }
    if (error instanceof TypeError)
      throw new Unreachable(
        `No answer from ${url}: ${reasonOf(error)}.\n  fix: start it with \`understudy serve\`, or give its --url`,
      );
    throw error;
  }
}

/** What there is, where the server lists it. */
function knownIn(details: JsonObject): string {
  const lists = ['worlds', 'nouns', 'ids', 'snapshots', 'fields', 'scenarios'];
  const known = lists.map((name) => details[name]).find(Array.isArray);
  if (known === undefined) return '';
  return known.length === 0 ? '; there are none' : `; there are ${known.join(', ')}`;
}

const reasonOf = ({ message, cause }: Error): string =>
  (cause as { code?: string; message?: string } | undefined)?.code ?? message;
