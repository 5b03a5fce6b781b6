// Who is calling: from the credential in the headers to a user with roles, departments and
// capabilities.
import type { Facts } from '../decide/rule.js';
import { type Credential, stateAt } from '../world/nouns/credentials.js';
import type { Role } from '../world/nouns/roles.js';
import type { User } from '../world/nouns/users.js';
import type { World } from '../world/world.js';

export interface Caller {
  readonly user_id: string;
  readonly organization_id: string;
  readonly role_ids: readonly string[];
  readonly department_ids: readonly string[];
  readonly capabilities: ReadonlySet<string>;
}

/** The 401 cases of the document, by name. */
export type CredentialRefusal =
  | 'authentication_required'
  | 'invalid_api_key'
  | 'api_key_expired'
  | 'api_key_deactivated'
  | 'api_key_paused'
  | 'token_invalid'
  | 'token_expired'
  | 'token_missing_subject';

export type Identity =
  | { readonly caller: Caller }
  | { readonly refusal: CredentialRefusal; readonly facts: Facts };

const badStates: Record<
  Credential['kind'],
  Partial<Record<Credential['state'], CredentialRefusal>>
> = {
  api_key: {
    expired: 'api_key_expired',
    deactivated: 'api_key_deactivated',
    paused: 'api_key_paused',
  },
  token: { expired: 'token_expired', no_subject: 'token_missing_subject' },
};

/**
 * Reads `X-API-Key` or `Authorization: Bearer`. Where both are sent the token decides (knowledge
 * sheet 7.3, assumed); an API key inside Bearer is no token. The scheme is written as here:
 * `bearer` is no credential at all (X6). More than one blank after it is HTTP's own grammar, and is
 * taken.
 */
export function identify(world: World, headers: Readonly<Record<string, string>>): Identity {
  const bearer = /^Bearer +(\S.*)$/.exec(headers.authorization ?? '')?.[1]?.trim();
  const sent = bearer ?? headers['x-api-key'];
  const kind = bearer === undefined ? 'api_key' : 'token';
  const unknown = kind === 'token' ? 'token_invalid' : 'invalid_api_key';
  if (!sent) return { refusal: 'authentication_required', facts: sentAs(headers) };
  const credential = world.credentials.get(sent);
  const now = world.clock.now();
  const refused = (refusal: CredentialRefusal): Identity => ({
    refusal,
    facts: { ...sentAs(headers), ...factsOf(credential, now) },
  });
  if (!credential || credential.kind !== kind) return refused(unknown);
  const refusal = badStates[kind][stateAt(credential, now)];
  if (refusal) return refused(refusal);
  const caller = credential.user_id === null ? undefined : callerOf(world, credential.user_id);
  return caller ? { caller } : refused(kind === 'token' ? 'token_missing_subject' : unknown);
}

/** The header in which a credential was looked for. */
const sentAs = ({ authorization, 'x-api-key': key }: Readonly<Record<string, string>>): Facts => ({
  header: authorization === undefined ? (key && 'X-API-Key') || 'none' : 'Authorization',
});

/** All that is known of a credential but itself. */
function factsOf(credential: Credential | undefined, now: string): Facts {
  if (!credential) return { credential: 'unknown' };
  const { kind, user_id, expires_at } = credential;
  return { kind, state: stateAt(credential, now), user_id, expires_at, now };
}

/** A user as a caller. */
export function callerOf(world: World, userId: string): Caller | undefined {
  const user = world.users.get(userId);
  if (!user) return undefined;
  const roles = user.role_ids.map((id) => world.roles.get(id));
  const known = callers.get(user);
  if (known?.roles.every((role, i) => role === roles[i])) return known.caller;
  const caller = {
    user_id: user.id,
    organization_id: user.organization_id,
    role_ids: user.role_ids,
    department_ids: user.department_ids,
    capabilities: new Set(roles.flatMap((role) => role?.capabilities ?? [])),
  };
  callers.set(user, { caller, roles });
  return caller;
}

/** Rows never change, so a caller stays the same as long as the rows that it comes from. */
const callers = new WeakMap<
  User,
  { readonly caller: Caller; readonly roles: readonly (Role | undefined)[] }
>();
