// Keys and tokens. A scenario lists callers, each with a key, a token or both.
import { type Noun, utcOrNull } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';

type CredentialState = 'active' | 'expired' | 'deactivated' | 'paused' | 'no_subject';

/** The id is the key or the token itself, as the client sends it. */
export interface Credential {
  readonly id: string;
  readonly kind: 'api_key' | 'token';
  readonly state: CredentialState;
  /** Null only for a token that names nobody. */
  readonly user_id: string | null;
  readonly note: string;
  /** From this time on it has expired, if it was active; null for one that stays as it is. */
  readonly expires_at: string | null;
}

export interface CallerItem {
  readonly api_key?: string;
  readonly token?: string;
  readonly user_id?: string;
  readonly state?: CredentialState;
  readonly note: string;
  readonly expires_at?: string;
}

/** What a credential is worth at a time. */
export const stateAt = ({ state, expires_at }: Credential, now: string): CredentialState =>
  state === 'active' && expires_at !== null && expires_at <= now ? 'expired' : state;

const schema = schemaOf<Credential>()({});

export interface Tables {
  readonly credentials: TableOf<typeof schema>;
}

function credentialsOf({
  api_key,
  token,
  user_id,
  state = 'active',
  note,
  expires_at,
}: CallerItem): Credential[] {
  const kinds = [
    { kind: 'api_key', id: api_key },
    { kind: 'token', id: token },
  ] as const;
  return kinds.flatMap(({ kind, id }) =>
    id
      ? [{ id, kind, user_id: user_id ?? null, state, note, expires_at: utcOrNull(expires_at) }]
      : [],
  );
}

export const credentials = {
  called: 'credential',
  section: 'callers',
  schema,
  fill({ credentials }, given) {
    credentials.fill(given.flatMap(({ item }) => credentialsOf(item)));
  },
  check({ problem, define, refer, time, isWhole }, placed) {
    for (const { item, pointer } of placed) {
      if (isWhole(item) && !item.api_key && !item.token)
        problem(
          pointer,
          'the caller has neither api_key nor token',
          'give it one of the two, or both',
        );
      if (isWhole(item) && !item.user_id && item.state !== 'no_subject')
        problem(pointer, 'the caller names no user', 'add user_id');
      define('credential', item.api_key, `${pointer}/api_key`);
      define('credential', item.token, `${pointer}/token`);
      refer('user', item.user_id, `${pointer}/user_id`);
      time(item.expires_at, `${pointer}/expires_at`);
    }
  },
  write: (tables) => joined(itemsOf(tables)),
  items: itemsOf,
} as const satisfies Noun<CallerItem, Tables>;

function itemsOf({ credentials }: Tables): CallerItem[] {
  return credentials.all().map(({ id, kind, user_id, state, note, expires_at }) => ({
    [kind]: id,
    ...(user_id === null ? {} : { user_id }),
    ...(state === 'active' ? {} : { state }),
    note,
    ...(expires_at === null ? {} : { expires_at }),
  }));
}

/** A token right behind the key of the same user is of the same caller. */
function joined(items: readonly CallerItem[]): CallerItem[] {
  const callers: CallerItem[] = [];
  for (const { api_key, token, ...who } of items) {
    const { api_key: key, token: taken, ...last } = callers.at(-1) ?? {};
    if (
      token !== undefined &&
      key !== undefined &&
      taken === undefined &&
      JSON.stringify(last) === JSON.stringify(who)
    )
      callers[callers.length - 1] = { api_key: key, token, ...who } as CallerItem;
    else
      callers.push({
        ...(api_key === undefined ? { token } : { api_key }),
        ...who,
      } as CallerItem);
  }
  return callers;
}
