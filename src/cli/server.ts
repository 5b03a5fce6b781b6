// The server of a command: its address, who may call there, and what may be sent.
import { accessTo, type Permission } from '../client/access.js';
import { httpTarget } from '../client/http-target.js';
import { isLoopback } from '../client/loopback.js';
import type { Target } from '../client/target.js';
import { type Profile, problemOfBaseUrl, readProfile } from '../contract/run/profile.js';
import { mockServerProfile } from '../contract/tables/load.js';
import { UsageError } from '../spec/failure.js';
import type { SweepFlags } from './flags.js';
import type { Io } from './io.js';
import { type Wire, wireOf } from './wire.js';

/** The flags that are about the server. */
export type ServerFlags = Omit<SweepFlags, 'profile' | 'allowWrites'> &
  Permission & { readonly profile?: string | undefined };

export interface Server {
  readonly base: string;
  readonly target: Target;
  /** With the secrets of its headers too. */
  readonly profile: Profile;
}

/** Throws a UsageError where there is none, or nobody has said what may be done to it. */
export function serverOf(url: string | undefined, flags: ServerFlags, io: Io): Server {
  const own = profileFor(url, flags, io);
  const base = baseUrl(url, own);
  const wire = wireOf(flags, base, io.env);
  const profile = { ...own, secrets: new Map([...own.secrets, ...wire.secrets]) };
  const timeout = flags.requestTimeout;
  const permission = permissionFor(base, wire, flags, io);
  return { base, profile, target: httpTarget(base, { timeout, ...wire.options, ...permission }) };
}

/** That of the mock server's default world, unless the server is elsewhere. */
export function profileFor(
  url: string | undefined,
  { profile }: Pick<ServerFlags, 'profile'>,
  { env }: Io,
): Profile {
  if (url !== undefined && profile === undefined && !isLocal(url))
    throw new UsageError(
      `No credentials for ${withoutCredential(url)}.\n  fix: Pass --profile FILE with its credentials; docs/check.md shows one.`,
    );
  if (profile !== undefined) return readProfile(profile, env);
  // Its keys are in the documentation, and words of the mock server's answers.
  return { ...readProfile(mockServerProfile, env), secrets: new Map() };
}

function baseUrl(url: string | undefined, profile: Profile): string {
  const base = url ?? profile.base_url;
  if (base === undefined)
    throw new UsageError(
      'No server to test.\n  fix: give its URL, or add base_url to the profile.',
    );
  const problem = problemOfBaseUrl(base);
  if (problem)
    throw new UsageError(`${withoutCredential(base)} ${problem.what}.\n  fix: ${problem.fix}`);
  // The document's paths begin with /v1 themselves.
  return base.replace(/\/+$/, '').replace(/\/v1$/, '');
}

/** As asked for on the command line or in the environment. */
function permissionFor(
  base: string,
  { options }: Wire,
  flags: ServerFlags,
  { env }: Io,
): Permission {
  const { readOnly } = accessTo({ server: new URL(base), proxy: options.proxy }, flags, env);
  return { readOnly, allowWrites: !readOnly };
}

/** The mock server may run there, and its keys are no secret. */
const isLocal = (url: string): boolean =>
  problemOfBaseUrl(url) !== undefined || isLoopback(new URL(url).hostname);

/** Without a password or a query, which do not belong into a log. */
const withoutCredential = (url: string): string =>
  url.replace(/\/\/[^/]*@/, '//…@').replace(/[?#].*/s, '?…');
