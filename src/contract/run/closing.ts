// The end of a run: takes away what a rate limit has kept until now, and looks for what the writes made to which no answer came.
import type { Operation } from '../../spec/document.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { creations, listsOf } from './creations.js';
import type { Lock } from './lock.js';
import { nextPage, pagesFrom, rowsOf } from './pages.js';
import { crashOf } from './play.js';
import type { Lost, PossiblyMade } from './possibly-made.js';
import { NotExercised } from './reason.js';
import { type Exchanged, isSuccess, Session, type SessionParts } from './session.js';

export interface Closed {
  readonly leftovers: readonly string[];
  readonly requests: number;
}

/** Gives back the lock at last. Throws nothing for what a target does. */
export async function close(parts: SessionParts, lock: Lock | undefined): Promise<Closed> {
  const { putOff = [], held, possiblyMade } = parts;
  const leftovers: string[] = [];
  let requests = 0;
  for (const { made, takeAway } of putOff.splice(0)) {
    const { kept, sent } = await takeAway();
    requests += sent;
    held?.delete(made);
    if (kept !== undefined) leftovers.push(`${made}${kept}`);
  }
  const session = new Session(parts);
  session.cleaning = true;
  try {
    if (possiblyMade) leftovers.push(...(await lookUp(possiblyMade, session, parts)));
  } catch (error) {
    // Nothing more is answered, or there is no more time: what is not settled stays on the list.
    if (!(error instanceof NotExercised)) throw error;
  }
  if (lock) leftovers.push(...(await lock.release().catch((error) => [`the lock of this run (${crashOf(error)})`])));
  return { leftovers, requests: requests + session.requests };
}

/** The lists of a kind are read once for each caller, however many of their writes were lost. */
async function lookUp(possiblyMade: PossiblyMade, session: Session, parts: SessionParts): Promise<readonly string[]> {
  const left: string[] = [];
  const named = possiblyMade.all.filter((lost) => creations[lost.operation] && possiblyMade.nameIn(lost) !== undefined);
  const groups = new Map<string, Lost[]>();
  for (const lost of named) {
    const key = `${creations[lost.operation]?.kind} ${lost.caller}`;
    groups.set(key, [...(groups.get(key) ?? []), lost]);
  }
  for (const losts of groups.values()) {
    const { rows, isWhole } = await everyRow(losts[0] as Lost, session);
    for (const lost of losts) {
      const name = possiblyMade.nameIn(lost) as string;
      const ids = rows.flatMap((row) => (isJsonObject(row) && Object.values(row).includes(name) ? [row.id] : []));
      const made = ids.filter((id): id is string => typeof id === 'string' && session.claim(id, lost.number));
      for (const id of made) if (!(await takeAway(id, lost, session, parts))) left.push(`${kindOf(lost)} ${id} named ${name}`);
      if (made.length > 0 || isWhole) possiblyMade.settle(lost);
    }
  }
  return left;
}

const kindOf = ({ operation }: Lost): string => creations[operation]?.kind ?? '';

/** All that the maker can see of the kind; whole where every list was read to its end. */
async function everyRow(lost: Lost, session: Session): Promise<{ readonly rows: readonly Json[]; readonly isWhole: boolean }> {
  const { caller } = lost;
  const kind = creations[lost.operation]?.kind as keyof typeof listsOf;
  const lists = session.listsFor(kind, caller);
  const rows: Json[] = [];
  let isWhole = lists.length === listsOf[kind].length;
  for (const list of lists) {
    const send = async (call: typeof list): Promise<Exchanged> => {
      const exchanged = await session.exchange({ call, caller });
      if (exchanged.error) throw new NotExercised(exchanged.error.message);
      return exchanged;
    };
    let last = await send(list);
    for await (last of pagesFrom(last, list, send)) rows.push(...rowsOf(last.judged?.body));
    isWhole &&= isSuccess(last) && nextPage(last, list) === undefined;
  }
  return { rows, isWhole };
}

async function takeAway(id: string, { operation, caller }: Lost, session: Session, parts: SessionParts): Promise<boolean> {
  const undo = creations[operation]?.undo as Operation['id'];
  if (parts.allow?.(undo) === false) return false;
  const exchanged = await session.exchange({ call: { call: undo, path: { [session.lastIn(undo)]: id } }, caller });
  return isSuccess(exchanged) || exchanged.response?.status === 404;
}
