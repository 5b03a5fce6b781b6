// As whom the requests of a recording go out. A world knows its own credentials; those of a recording
// are often masked, left out by the browser, or of another server.
import type { Planned } from './plan.js';

/** A credential of a world. */
export interface WorldCredential {
  readonly id: string;
  readonly kind: string;
  readonly user_id: string | null;
  readonly state: string;
}

/** What a request went out with. */
export interface SentAs {
  /** What the recording has. */
  readonly credential: 'known' | 'masked' | 'unknown' | 'missing';
  /** The user whose credential takes its place; null where it stays as it is. */
  readonly user_id: string | null;
}

type Headers = Readonly<Record<string, string>>;

const HEADERS = ['authorization', 'x-api-key'] as const;

export class Callers {
  readonly #all: readonly WorldCredential[];
  readonly #active: readonly WorldCredential[];
  readonly #caller: string | undefined;

  /** `caller` is the user for whatever the world does not know. */
  constructor(credentials: readonly WorldCredential[], caller: string | undefined) {
    this.#all = credentials;
    this.#active = credentials.filter(
      ({ state, user_id }) => state === 'active' && user_id !== null,
    );
    this.#caller = caller;
  }

  /** Those who have a good credential. */
  get users(): readonly string[] {
    return [...new Set(this.#active.map(({ user_id }) => user_id as string))];
  }

  /** The headers with which a request goes out. */
  of({ request, recorded }: Planned): { readonly headers: Headers; readonly as: SentAs } {
    const { headers } = request;
    const sent = sentIn(headers);
    const known =
      sent && this.#all.find(({ id }) => id === sent.id || sent.id.startsWith(`${id}~`));
    if (known)
      return {
        headers: withCredential(headers, known),
        as: { credential: 'known', user_id: null },
      };
    const credential = !sent ? 'missing' : /\*\*\*|\$\{/.test(sent.id) ? 'masked' : 'unknown';
    const stays = { headers, as: { credential, user_id: null } } as const;
    // A credential that was refused then is to be refused now, and for the same reason if there is one.
    if (recorded.response.status === 401) {
      const refused = sent && this.#refusedAs(recorded.ours.case, sent.kind);
      return {
        headers: refused ? withCredential(headers, refused) : withoutWorld(headers),
        as: stays.as,
      };
    }
    const user = this.#caller ?? recorded.ours.user_id;
    const good =
      this.#goodOf(user, sent?.kind) ?? this.#goodOf(this.#caller ?? this.users[0], sent?.kind);
    if (!good) return stays;
    return { headers: withCredential(headers, good), as: { credential, user_id: good.user_id } };
  }

  /** Of the kind that was sent, where the user has one. */
  #goodOf(user: string | undefined, kind: string | undefined): WorldCredential | undefined {
    const theirs = this.#active.filter(({ user_id }) => user_id === user);
    return theirs.find((one) => one.kind === kind) ?? theirs[0];
  }

  /** `api_key_expired` says which state of a credential is refused so. */
  #refusedAs(name: string | undefined, kind: string): WorldCredential | undefined {
    return this.#all.find(
      (one) => one.kind === kind && one.state !== 'active' && name?.includes(one.state),
    );
  }
}

function sentIn(headers: Headers): { readonly id: string; readonly kind: string } | undefined {
  const token = headers.authorization;
  if (token !== undefined) return { id: token.replace(/^\w+ +/, ''), kind: 'token' };
  const key = headers['x-api-key'];
  return key === undefined ? undefined : { id: key, kind: 'api_key' };
}

/** In place of whatever there was. */
function withCredential(headers: Headers, { id, kind }: WorldCredential): Headers {
  const others = Object.entries(headers).filter(([name]) => !HEADERS.some((one) => one === name));
  return {
    ...Object.fromEntries(others),
    ...(kind === 'token' ? { authorization: `Bearer ${id}` } : { 'x-api-key': id }),
  };
}

/** Whatever world it was for, it is for another now. */
const withoutWorld = (headers: Headers): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      HEADERS.some((one) => one === name) ? value.replace(/~[\w.-]*$/, '') : value,
    ]),
  );
