// What a play builds on of another play's: one that is done with, or else one that plays share and
// that none stands on just now. The next play that needs that makes it anew.
import type { Exchanged } from './exchanged.js';
import type { Filled } from './filled.js';
import type { SessionParts } from './parts.js';
import { Session } from './session.js';
import { State } from './state.js';

/** As the creation would have made it; nothing where none can be had. */
export async function handOn(
  filled: Filled,
  session: Session,
  parts: SessionParts,
): Promise<Exchanged | undefined> {
  const exchanged = await session.handedOn(filled);
  if (exchanged || !(await takeBack(filled, session, parts))) return exchanged;
  return session.handedOn(filled);
}

/** Whether there was such a state. */
async function takeBack(filled: Filled, session: Session, parts: SessionParts): Promise<boolean> {
  const { spares, states, level } = parts;
  // Making it anew costs more requests than smoke has.
  if (!spares || !states || level === 'smoke') return false;
  const makers = spares.makersLike(filled);
  const given = states.giveUp(({ calls }) => calls.some(({ request }) => makers.has(request)));
  if (!given) return false;
  const aside = new Session(parts);
  const state = new State(aside, parts);
  state.adopt(given, given.part);
  await state.cleanUp(given.undos);
  session.countAside(aside);
  return true;
}
