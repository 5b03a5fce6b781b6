// What the journal keeps of an exchange, once it has ended.
import type { Decision, Hand } from '../decide/rule.js';
import type { Change } from './api.js';
import type { Delivery } from './delivery.js';
import type { Arrival } from './exchange.js';
import type { JournalEntry, Note } from './journal.js';
import {
  maskHeaders,
  maskText,
  recordAnswer,
  recordChanges,
  recordDecision,
  recordMessage,
} from './record.js';

/** An exchange as it ended. */
export interface Ended {
  readonly arrival: Arrival<unknown>;
  /** What we decided to answer with. */
  readonly status: number;
  readonly note: Note;
  /** The name of the caller. */
  readonly caller?: string | undefined;
  /** What left, and who had a hand in it. */
  readonly delivery: Delivery;
  readonly hands?: readonly Hand[];
  readonly decision?: Decision | undefined;
  readonly changes?: readonly Change[] | undefined;
  /** A page shows the callers' keys to people, and is kept by nobody. */
  readonly isPage?: boolean;
}

/** Whatever is kept of an exchange, without a credential in clear. */
export function entryOf(
  { arrival, status, note, caller, delivery, hands, decision, changes, isPage }: Ended,
  bodyLimit: number,
): JournalEntry {
  const { request, world, number, now, traceId, startedAt } = arrival;
  const { headers, secrets } = maskHeaders(request.headers);
  const reasons = recordDecision(decision);
  const written = changes && recordChanges(changes);
  // Assigned, since to spread objects of this size costs Node 20 several times as much.
  return Object.assign(
    {
      number,
      time: now,
      method: request.method,
      target: maskText(request.target, secrets),
      status,
      trace_id: traceId,
    },
    caller === undefined ? undefined : { user_id: caller },
    note,
    hands && hands.length > 0 ? namesOf(hands) : undefined,
    {
      world: world.name,
      request: recordMessage(headers, request.body, bodyLimit, secrets),
      answer: recordAnswer(delivery, isPage ? 0 : bodyLimit, secrets),
      arrived_ms: performance.timeOrigin + startedAt,
      duration_ms: performance.now() - startedAt,
    },
    reasons ? { decision: reasons } : undefined,
    written ? { changes: written } : undefined,
  );
}

/** Whoever had a hand in an answer, by kind. */
function namesOf(hands: readonly Hand[]): Pick<JournalEntry, Hand['kind']> {
  const names: { drift?: string; fault?: string; limit?: string } = {};
  for (const { kind, name } of hands) {
    const earlier = names[kind]?.split(', ') ?? [];
    if (!earlier.includes(name)) names[kind] = [...earlier, name].join(', ');
  }
  return names;
}
