// What a play builds on of another play's: one that is done with, or else one that plays share and
// that none stands on just now. The next play that needs that makes it anew.
import type { Exchanged } from './exchanged.js';
import type { Filled } from './filled.js';
import type { SessionParts } from './parts.js';
import { Session } from './session.js';
import { State } from './state.js';

interface HandedOn {
  /** As the creation would have made it; nothing where none can be had. */
  readonly exchanged: Exchanged | undefined;
  /** Requests that the session did not count. */
  readonly aside: number;
}

export async function handOn(
  filled: Filled,
  session: Session,
  parts: SessionParts,
): Promise<HandedOn> {
  const exchanged = await session.handedOn(filled);
  if (exchanged) return { exchanged, aside: 0 };
  const aside = await takeBack(filled, parts);
  if (aside === undefined) return { exchanged, aside: 0 };
  return { exchanged: await session.handedOn(filled), aside };
}

/** Gives the number of requests; nothing where there is no such state. */
async function takeBack(filled: Filled, parts: SessionParts): Promise<number | undefined> {
  const { spares, states, level } = parts;
  // Making it anew costs more requests than smoke has.
  if (!spares || !states || level === 'smoke') return undefined;
  const makers = spares.makersLike(filled);
  const given = states.giveUp(({ calls }) => calls.some(({ request }) => makers.has(request)));
  if (!given) return undefined;
  const session = new Session(parts);
  const state = new State(session, parts);
  state.adopt(given, given.part);
  await state.cleanUp(given.undos);
  return session.requests;
}
