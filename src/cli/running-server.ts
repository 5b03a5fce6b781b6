// A running server, as commands speak to it: through its control plane.
import type { ControlClient } from '../control/client.js';
import { ExitCode } from '../spec/exit-code.js';
import { Failure, UsageError } from '../spec/failure.js';
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
      const { worlds } = error.details;
      const known = Array.isArray(worlds) ? `; there are ${worlds.join(', ')}` : '';
      throw new UsageError(`${error.message.replace(/\.$/, '')}${known}.\n  fix: ${error.fix}`);
    }
    if (error instanceof TypeError)
      throw new Unreachable(
        `No answer from ${url}: ${reasonOf(error)}.\n  fix: start it with \`understudy serve\`, or give its --url`,
      );
    throw error;
  }
}

const reasonOf = ({ message, cause }: Error): string =>
  (cause as { code?: string; message?: string } | undefined)?.code ?? message;
