// No two runs at once with the same accounts: they would count each other's objects. A space of the
// owner's, whose name says until when, tells a second run to wait; that of a run which was killed
// is over by then.
import type { OperationId } from '../../spec/document.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { KNOWN_ORGANIZATION, LARGEST_PAGE, ORGANIZATION, rowsIn } from '../dialect.js';
import { type Exchanged, isSuccess } from './exchanged.js';
import type { Filled } from './filled.js';
import { isId, short } from './id.js';
import { lockedUntil, lockName } from './names.js';
import { valueIn } from './needs.js';
import { pagesFrom } from './pages.js';
import { type SessionParts, selectionOf } from './parts.js';
import { NotExercised } from './reason.js';
import { Session } from './session.js';

export interface Lock {
  /** Why this run may not go on. */
  readonly busy?: string;
  readonly requests: number;
  /** Returns what could not be taken away. */
  readonly release: () => Promise<readonly string[]>;
}

/** Milliseconds, for a run without a time of its own. */
const LONGEST = 2 * 60 * 60 * 1000;
/** What a run may need after its time. */
const GRACE = 60_000;

interface Held {
  readonly name: string;
  readonly id: string;
  readonly until: string;
  readonly createdAt: number;
}

/** Where the owner cannot make or list spaces, nobody is kept away. */
export async function takeLock(parts: SessionParts, maxTime: number | undefined): Promise<Lock> {
  const session = new Session(parts);
  const needed: readonly OperationId[] = ['listSpaces', 'createSpace', 'deleteSpace'];
  const known = ['callers.owner', KNOWN_ORGANIZATION].every(
    (name) => valueIn(parts.profile, name) !== undefined,
  );
  const lock = (busy?: string, release: Lock['release'] = async () => []): Lock => ({
    ...(busy === undefined ? {} : { busy }),
    get requests() {
      return session.exchanges.length;
    },
    release,
  });
  if (parts.target.readOnly || !known || !needed.every(selectionOf(parts).allow)) return lock();
  let release: Lock['release'] | undefined;
  try {
    const [before] = await locksOf(session);
    if (before) return lock(describe(before));
    const until = new Date(Date.now() + (maxTime === undefined ? LONGEST : maxTime + GRACE))
      .toISOString()
      .replace(/\.\d+/, '');
    const name = lockName(parts.runId ?? parts.seed, until);
    const body = { [ORGANIZATION]: `$${KNOWN_ORGANIZATION}`, name };
    const made = await session.exchange(session.fillCall({ call: 'createSpace', body }));
    const id = isJsonObject(made.judged?.body) ? made.judged.body.id : undefined;
    if (!isSuccess(made)) return lock();
    const left = `the lock, a space named ${name}`;
    parts.held?.add(left);
    release = async () => {
      const kept = await takeAway(session, id, name);
      parts.held?.delete(left);
      return kept;
    };
    // Whoever came at the same time sees this one too. Only the earlier goes on; where nobody is,
    // neither does.
    const held = await locksOf(session);
    const own = held.find((one) => one.name === name);
    const other = held.find((one) => one.name !== name && !(own && own.createdAt < one.createdAt));
    return lock(other && describe(other), release);
  } catch (error) {
    // What was made is taken away all the same.
    if (error instanceof NotExercised) return lock(undefined, release);
    throw error;
  }
}

/** The locks in the owner's list of spaces whose time is not over. */
async function locksOf(session: Session): Promise<readonly Held[]> {
  const ask = session.fillCall({
    call: 'listSpaces',
    query: { [ORGANIZATION]: `$${KNOWN_ORGANIZATION}`, ...LARGEST_PAGE },
  });
  const send = (page: Filled): Promise<Exchanged> => session.exchange(page);
  const held: Held[] = [];
  for await (const { judged } of pagesFrom(await send(ask), ask, send)) {
    held.push(...rowsIn(judged?.body).flatMap(lockIn));
  }
  return held;
}

function lockIn(space: Json): readonly Held[] {
  if (!isJsonObject(space)) return [];
  const name = String(space.name);
  const until = lockedUntil(name);
  if (until === undefined || !(Date.parse(until) > Date.now())) return [];
  return [{ name, id: String(space.id), until, createdAt: Date.parse(String(space.created_at)) }];
}

const describe = ({ id, until }: Held): string =>
  `another run is at work with these accounts until ${until} at the latest; wait for it or, if it was killed, delete its lock: DELETE /v1/spaces/${id} as the owner`;

async function takeAway(
  session: Session,
  id: Json | undefined,
  name: string,
): Promise<readonly string[]> {
  session.sender.cleaning = true;
  try {
    if (!isId(id)) throw new NotExercised('the lock has no id');
    const { response } = await session.exchange(
      session.fillCall({ call: 'deleteSpace', path: { space_id: id } }),
    );
    if (response?.status === 204 || response?.status === 404) return [];
  } catch (error) {
    if (!(error instanceof NotExercised)) throw error;
  }
  return [`the lock, space ${short(id)} named ${name}`];
}
