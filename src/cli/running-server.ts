// A running server, as commands speak to it: through its control plane.
import type { ControlClient } from '../control/client.js';
import type { ControlError } from '../control/client-answer.js';
import { nearest } from '../files/nearest.js';
import { ExitCode } from '../spec/exit-code.js';
import { Failure, UsageError } from '../spec/failure.js';
import type { Json, JsonObject } from '../spec/message.js';
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
      throw new UsageError(`${error.message.replace(/\.$/, '')}${known}.\n  fix: ${fixFor(error)}`);
    }
    if (error instanceof TypeError)
      throw new Unreachable(
        `No answer from ${url}: ${reasonOf(error)}.\n  fix: ${fixOfSilence(error)}`,
      );
    throw error;
  }
}

/** What there is, where the server lists it. */
function knownIn({ first, last, ...details }: JsonObject): string {
  if (typeof first === 'number') return `; it holds ${first} to ${last}`;
  const known = listIn(details);
  if (known === undefined) return '';
  return known.length === 0 ? '; there are none' : `; there are ${known.join(', ')}`;
}

function listIn(details: JsonObject): readonly Json[] | undefined {
  const lists = ['worlds', 'nouns', 'ids', 'snapshots', 'fields', 'scenarios'];
  return lists.map((name) => details[name]).find(Array.isArray);
}

/** The server speaks to whoever reads its answers; here, nobody sees the details. */
function fixFor({ code, fix, details }: Pick<ControlError, 'code' | 'fix' | 'details'>): string {
  const given = details[String(details.field)];
  const known = (listIn(details) ?? []).map(String);
  const close = typeof given === 'string' ? nearest(given, known) : undefined;
  if (close !== undefined) return `did you mean ${close}?`;
  if (code === 'UNKNOWN_WORLD')
    return `name one of them, or make it with \`understudy worlds create ${given}\``;
  if (typeof details.first === 'number')
    return 'name one of these; the X-Understudy-Request of an answer has its number';
  if (details.first === null) return 'send a request to the world first';
  if (known.length > 0) return 'name one of them';
  return code === 'UNKNOWN_SNAPSHOT' ? 'take one with `understudy snapshot take NAME`' : fix;
}

/** What to do where nothing answers: the server, its certificate or its address may be at fault. */
function fixOfSilence(error: Error): string {
  const code = reasonOf(error);
  if (/CERT|SELF_SIGNED|VERIFY/.test(code))
    return 'name a file with its certificate in NODE_EXTRA_CA_CERTS, or give an http --url';
  if (/^(UND_ERR_SOCKET|HPE_|ERR_SSL_|EPROTO)/.test(code))
    return 'what listens there may speak HTTPS or no HTTP: give the --url that `understudy serve` printed';
  return 'start it with `understudy serve`, or give its --url';
}

function reasonOf({ message, cause }: Error): string {
  const { code, message: why } = (cause ?? {}) as { code?: string; message?: string };
  return code ?? why ?? message;
}
