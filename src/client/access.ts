// What a run may do to a server. One on this machine may be written to; any other only where
// somebody has said so, or not at all.
import { UsageError } from '../spec/failure.js';
import type { PlainRequest } from '../spec/message.js';
import { isLoopback } from './loopback.js';
import { withScheme } from './proxy.js';
import { type Target, TargetError } from './target.js';

export interface Permission {
  /** Writes may be sent to a server that is not on this machine. */
  readonly allowWrites?: boolean | undefined;
  /** Nothing but GET and HEAD is sent, wherever the server is. */
  readonly readOnly?: boolean | undefined;
}

export interface Access {
  readonly readOnly: boolean;
  /** The server is on this machine, and so is the proxy, if there is one. */
  readonly isHere: boolean;
}

interface Where {
  readonly server: URL;
  readonly proxy?: string | undefined;
}

/** For containers, whose server has a name of its own. */
const ALLOW_WRITES = 'UNDERSTUDY_ALLOW_WRITES';

/** Throws a UsageError where nobody has said what may be done to another machine. */
export function accessTo(
  { server, proxy }: Where,
  { allowWrites = false, readOnly = false }: Permission,
  environment: NodeJS.ProcessEnv,
): Access {
  if (allowWrites && readOnly)
    throw new UsageError(
      '--allow-writes and --read-only exclude each other.\n  fix: leave one of them out',
    );
  const isHere =
    isLoopback(server.hostname) &&
    (proxy === undefined || isLoopback(new URL(withScheme(proxy)).hostname));
  if (isHere || readOnly || allowWrites || isAllowedBy(environment)) return { readOnly, isHere };
  const by =
    proxy !== undefined && isLoopback(server.hostname)
      ? `the proxy ${new URL(withScheme(proxy)).host} before `
      : '';
  throw new UsageError(
    `${by}${server.origin} is not this machine, and nobody has said whether it may be written to.\n` +
      '  fix: --allow-writes (allowWrites: true) where it may: a run creates and deletes objects there, with the accounts of the profile\n' +
      '  fix: --read-only (readOnly: true) where it may not: then only GET and HEAD are sent\n' +
      `  In a container, ${ALLOW_WRITES}=1 is the same as --allow-writes.`,
  );
}

function isAllowedBy({ [ALLOW_WRITES]: said = '' }: NodeJS.ProcessEnv): boolean {
  if (/^(1|true|yes)$/i.test(said)) return true;
  if (/^(|0|false|no)$/i.test(said)) return false;
  throw new UsageError(`${ALLOW_WRITES} is neither 1 nor 0.\n  fix: set it to 1, or unset it`);
}

/** The methods that are sent where nothing may be written. */
const reading: readonly string[] = ['GET', 'HEAD'];
/** Headers by which some servers take a GET for another method. */
const isOverride = (header: string): boolean =>
  /^x-(http-)?method(-override)?$/i.test(header.replaceAll('_', '-'));

/**
 * The same target; whatever could change something there is never sent. `headers` are those that it
 * adds to every request.
 */
export function readOnlyTarget(target: Target, headers: PlainRequest['headers'] = {}): Target {
  return {
    ...target,
    readOnly: true,
    send: async (request, signal) => {
      const objection = objectionTo({ ...request, headers: { ...headers, ...request.headers } });
      if (objection === undefined) return target.send(request, signal);
      throw new TargetError(
        'withheld',
        `${request.method} ${request.target} is not sent: ${objection}, and this target is read-only.`,
        { unsent: true },
      );
    },
  };
}

function objectionTo({ method, headers, body }: PlainRequest): string | undefined {
  if (!reading.includes(method)) return 'it may change something';
  if (body.length > 0) return 'it has a body';
  const override = Object.keys(headers).find(isOverride);
  return override === undefined ? undefined : `${override} may make another method of it`;
}
