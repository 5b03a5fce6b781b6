// Which world a request names: by a prefix of its path, by a header, or by its credential. What
// named the world is taken off, so that the same request gets the same answer whichever way it
// came.
import type { UnroutedCase } from '../spec/cases.gen.js';
import type { JsonObject, PlainRequest } from '../spec/message.js';
import { DEFAULT_WORLD, isWorldName, WORLD_NAMES } from '../world/world-names.js';

/** A world cannot be what the request asks for. */
export interface Misaddressed {
  readonly case: Extract<UnroutedCase, 'worlds_disagree' | 'no_world_name' | 'unknown_world'>;
  readonly details: JsonObject;
}

export interface Address {
  readonly name: string;
  /** Without the prefix, the header and the ending that named the world. */
  readonly request: PlainRequest;
  readonly problem?: Misaddressed;
}

/** `X-Mock-World` is what other tools call it. */
const worldHeaders = ['x-understudy-world', 'x-mock-world'] as const;

/**
 * Which world a request names, and the request without that name. `isCredential` says whether a whole
 * key is one of the scenario's own, as a key may hold a `~` that names no world.
 */
export function readAddress(
  request: PlainRequest,
  isCredential: (credential: string) => boolean,
): Address {
  if (!mayName(request)) return { name: DEFAULT_WORLD, request };
  const { path, prefix } = splitPath(request.target);
  const { ending, ...plain } = splitCredential(request.headers, isCredential);
  const named: Record<string, string> = {
    ...(prefix === undefined ? {} : { path: prefix }),
    ...(ending === undefined ? {} : { credential: ending }),
  };
  const headers = { ...plain.headers };
  for (const header of worldHeaders) {
    if (headers[header] === undefined) continue;
    named[header] = headers[header];
    delete headers[header];
  }
  const names = Object.values(named);
  const [name = DEFAULT_WORLD] = names;
  const base =
    prefix === undefined || request.base === undefined
      ? {}
      : { base: `${request.base}/w/${prefix}` };
  return {
    name,
    request: names.length === 0 ? request : { ...request, target: path, headers, ...base },
    ...problemOf(named),
  };
}

/** Most requests name none, and are not to pay for those that do. */
const mayName = ({ target, headers }: PlainRequest): boolean =>
  target.startsWith('/w/') ||
  worldHeaders.some((header) => headers[header] !== undefined) ||
  headers.authorization?.includes('~') === true ||
  headers['x-api-key']?.includes('~') === true;

function problemOf(named: Readonly<Record<string, string>>): Pick<Address, 'problem'> {
  const bad = Object.entries(named).find(([, name]) => !isWorldName(name));
  if (bad) {
    const [from, name] = bad;
    const details = { world: name.slice(0, 100), named_by: from, allowed: WORLD_NAMES };
    return { problem: { case: 'no_world_name', details } };
  }
  if (new Set(Object.values(named)).size > 1)
    return { problem: { case: 'worlds_disagree', details: { worlds: named } } };
  return {};
}

/** `/w/NAME/v1/spaces/` is `/v1/spaces/` in the world NAME. */
function splitPath(target: string): { readonly path: string; readonly prefix?: string } {
  const [, prefix, path] = /^\/w\/([^/?]*)(.*)$/s.exec(target) ?? [];
  if (prefix === undefined || path === undefined) return { path: target };
  return { prefix, path: path.startsWith('/') ? path : `/${path}` };
}

interface Credentials {
  readonly headers: PlainRequest['headers'];
  /** The name of a world behind the last `~`. */
  readonly ending?: string;
}

/**
 * `ak_owner~NAME` is the key `ak_owner` in the world NAME. A key that nobody has, with a tilde and
 * what can be no name, is a key like any other: the service answers it with a 401.
 */
function splitCredential(
  headers: PlainRequest['headers'],
  isCredential: (credential: string) => boolean,
): Credentials {
  const [, scheme, token] = /^(Bearer +)(\S+)$/.exec(headers.authorization ?? '') ?? [];
  const sent = token ?? headers['x-api-key'];
  if (sent === undefined) return { headers };
  const at = sent.lastIndexOf('~');
  if (at < 0 || isCredential(sent)) return { headers };
  const [credential, ending] = [sent.slice(0, at), sent.slice(at + 1)];
  if (!isWorldName(ending) && !isCredential(credential)) return { headers };
  const name = scheme === undefined ? 'x-api-key' : 'authorization';
  return {
    headers: { ...headers, [name]: `${scheme ?? ''}${credential}` },
    ending,
  };
}
