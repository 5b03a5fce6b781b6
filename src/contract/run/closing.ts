// The end of a run: takes away what a rate limit has kept until now, and looks for what the writes
// made to which no answer came.
import type { OperationId } from '../../spec/document.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { rowsIn } from '../dialect.js';
import { lastParameterOf } from '../tables/compile.js';
import { creations, listsOf } from './creations.js';
import { type Exchanged, isSuccess } from './exchanged.js';
import type { Lock } from './lock.js';
import { nextPage, pagesFrom } from './pages.js';
import type { SessionParts } from './parts.js';
import { crashOf } from './play.js';
import type { Lost, PossiblyMade } from './possibly-made.js';
import { NotExercised } from './reason.js';
import { Session } from './session.js';
import { State } from './state.js';
import { listsFor } from './stock.js';
import type { Filled } from './values.js';

export interface Closed {
  readonly leftovers: readonly string[];
  readonly requests: number;
}

/** Gives back the lock at last. Throws nothing for what a target does. */
export async function close(parts: SessionParts, lock: Lock | undefined): Promise<Closed> {
  const { putOff = [], held, possiblyMade } = parts;
  const leftovers: string[] = [];
  let requests = 0;
  for (const { part, undos, ...state } of parts.states?.drain() ?? []) {
    const session = new Session(parts);
    const own = new State(session, parts);
    own.adopt({ part, undos, ...state }, part);
    leftovers.push(...(await own.cleanUp(undos)));
    requests += session.requests;
  }
  for (const { made, takeAway } of putOff.splice(0)) {
    const { kept, sent } = await takeAway();
    requests += sent;
    held?.delete(made);
    if (kept !== undefined) leftovers.push(`${made}${kept}`);
  }
  const session = new Session(parts);
  session.sender.cleaning = true;
  try {
    if (possiblyMade) leftovers.push(...(await lookUp(possiblyMade, session, parts)));
  } catch (error) {
    // Nothing more is answered, or there is no more time: what is not settled stays on the list.
    if (!(error instanceof NotExercised)) throw error;
  }
  if (lock)
    leftovers.push(
      ...(await lock.release().catch((error) => [`the lock of this run (${crashOf(error)})`])),
    );
  return { leftovers, requests: requests + session.requests };
}

/** The lists of a kind are read once for each caller, however many of their writes were lost. */
async function lookUp(
  possiblyMade: PossiblyMade,
  session: Session,
  parts: SessionParts,
): Promise<readonly string[]> {
  const left: string[] = [];
  const named = possiblyMade.all.filter(
    (lost) => creations[lost.operation] && possiblyMade.nameIn(lost) !== undefined,
  );
  const groups = new Map<string, Lost[]>();
  for (const lost of named) {
    const key = `${creations[lost.operation]?.kind} ${lost.caller}`;
    groups.set(key, [...(groups.get(key) ?? []), lost]);
  }
  for (const losts of groups.values()) {
    const { rows, isWhole } = await everyRow(losts[0] as Lost, session, parts);
    for (const lost of losts) {
      const name = possiblyMade.nameIn(lost) as string;
      const ids = rows.flatMap((row) =>
        isJsonObject(row) && Object.values(row).includes(name) ? [row.id] : [],
      );
      const made = ids.filter(
        (id): id is string => typeof id === 'string' && session.sender.guard.claim(id, lost.number),
      );
      for (const id of made)
        if (!(await takeAway(id, lost, session, parts)))
          left.push(`${kindOf(lost)} ${id} named ${name}`);
      if (made.length > 0 || isWhole) possiblyMade.settle(lost);
    }
  }
  return left;
}

const kindOf = ({ operation }: Lost): string => creations[operation]?.kind ?? '';

/** All that the maker can see of the kind; whole where every list was read to its end. */
async function everyRow(
  lost: Lost,
  session: Session,
  parts: SessionParts,
): Promise<{ readonly rows: readonly Json[]; readonly isWhole: boolean }> {
  const kind = creations[lost.operation]?.kind as keyof typeof listsOf;
  const lists = listsFor(kind, lost.caller, parts).map((list) => session.fillCall(list));
  const send = async (page: Filled): Promise<Exchanged> => {
    const exchanged = await session.exchange(page);
    if (exchanged.error) throw new NotExercised(exchanged.error.message);
    return exchanged;
  };
  const rows: Json[] = [];
  let isWhole = lists.length === listsOf[kind].length;
  for (const list of lists) {
    const first = await send(list);
    let last = first;
    for await (const page of pagesFrom(first, list, send)) {
      rows.push(...rowsIn(page.judged?.body));
      last = page;
    }
    isWhole &&= isSuccess(last) && nextPage(last, list) === undefined;
  }
  return { rows, isWhole };
}

async function takeAway(
  id: string,
  { operation, caller }: Lost,
  session: Session,
  parts: SessionParts,
): Promise<boolean> {
  const undo = creations[operation]?.undo as OperationId;
  if (parts.allow?.(undo) === false) return false;
  const path = { [lastParameterOf(parts.spec, undo)]: id };
  const exchanged = await session.exchange(session.fillCall({ call: undo, caller, path }));
  return isSuccess(exchanged) || exchanged.response?.status === 404;
}
