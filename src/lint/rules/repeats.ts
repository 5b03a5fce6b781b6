// A request that is sent again: after a refusal that cannot pass by itself, after a failure without a
// pause, or for news again and again.
import type { JournalEntry } from '../../engine/journal.js';
import {
  attemptKey,
  attemptsIn,
  duplicatesIn,
  earlyRetriesIn,
  pairsOf,
  secondsToWait,
  waitBetween,
} from '../../verify/recovery.js';
import { isHonest, perWorld, type Rule, type Sighting } from '../rule.js';

/** Between requests of a program that does not wait. */
const AT_ONCE_MS = 100;
/** As often as a refused request must have come before it is a habit. */
const HOPELESS = 3;
const POLLS = 5;

export const repeats: readonly Rule[] = [
  {
    name: 'blind-conflict',
    severity: 'error',
    fix: 'After a 409, read the state and change the request, or tell the user; the same write gets the same answer.',
    source: 'RFC 9110, 15.5.10',
    find: perWorld(conflictsIn),
  },
  {
    name: 'retried-refusal',
    severity: 'warning',
    fix: 'Retry only 408, 429, 5xx and lost connections; any other refusal stays the same.',
    source: 'RFC 9110, 15.5',
    find: perWorld(hopelessIn),
  },
  {
    name: 'ignored-retry-after',
    severity: 'error',
    fix: 'Wait as long as Retry-After says before the next attempt.',
    source: 'RFC 9110, 10.2.3',
    find: perWorld((entries) =>
      earlyRetriesIn(entries).map(({ before, after, seconds, waited }) => ({
        entries: [before, after],
        what: 'A request is sent again sooner than Retry-After said.',
        note: `after ${waited} ms, where ${seconds} s were asked for`,
      })),
    ),
  },
  {
    name: 'duplicate-write',
    severity: 'error',
    fix: 'After a lost answer to a write, read what has become of it before the write is sent again.',
    source: 'RFC 9110, 9.2.2',
    find: perWorld((entries) =>
      attemptsIn(entries)
        .flatMap(duplicatesIn)
        .map((pair) => ({
          entries: pair,
          what: 'A write is carried out twice, because it was sent again after a lost answer.',
        })),
    ),
  },
  {
    name: 'no-backoff',
    severity: 'warning',
    fix: 'Wait before each further attempt, longer every time.',
    source: 'docs/faults-on-purpose.md, backs_off',
    find: perWorld((entries) =>
      attemptsIn(entries).flatMap((attempts) => {
        const hasty = pairsOf(attempts)
          .slice(1)
          .filter(([before, after]) => isAtOnce(before, after) && !asksToWait(before));
        return hasty.length === 0
          ? []
          : [
              {
                entries: attempts,
                what: 'A failed request is tried again and again without a pause.',
              },
            ];
      }),
    ),
  },
  {
    name: 'busy-polling',
    severity: 'warning',
    fix: 'Wait between polls, or reuse the answer.',
    source: `read ${POLLS} times in a row, each within ${AT_ONCE_MS} ms of the answer before`,
    find: perWorld(pollsIn),
  },
];

const isAtOnce = (before: JournalEntry, after: JournalEntry): boolean =>
  waitBetween(before, after) <= AT_ONCE_MS;
const asksToWait = ({ answer }: JournalEntry): boolean =>
  secondsToWait(answer.headers) !== undefined;
const isRead = ({ method }: JournalEntry): boolean => method === 'GET' || method === 'HEAD';

/** The same write once more after a 409, with nothing written in between. */
function conflictsIn(entries: readonly JournalEntry[]): readonly Sighting[] {
  const refused = new Map<string, JournalEntry>();
  const found: Sighting[] = [];
  for (const entry of entries) {
    if (entry.changes && entry.changes.length > 0) refused.clear();
    if (entry.answer.status !== 409 || isRead(entry) || !isHonest(entry)) continue;
    const key = attemptKey(entry);
    const earlier = refused.get(key);
    if (earlier)
      found.push({
        entries: [earlier, entry],
        what: `The same write is sent again after a 409 (${entry.case}), and nothing has changed in between.`,
      });
    refused.set(key, entry);
  }
  return found;
}

/** The same request of a caller several times in a row, each refused in the same way. */
function hopelessIn(entries: readonly JournalEntry[]): readonly Sighting[] {
  return rowsIn(entries, isHopeless)
    .filter(({ length }) => length >= HOPELESS)
    .map((row) => ({
      entries: row,
      what: `A request that was refused with ${row[0]?.status} is sent again and again as it is.`,
    }));
}

function isHopeless(entry: JournalEntry): boolean {
  const { status } = entry.answer;
  return isHonest(entry) && status >= 400 && status < 500 && ![408, 409, 429].includes(status);
}

function pollsIn(entries: readonly JournalEntry[]): readonly Sighting[] {
  const isPoll = (entry: JournalEntry): boolean =>
    isRead(entry) && entry.operation !== undefined && entry.answer.status < 400;
  const isNext = (before: JournalEntry, after: JournalEntry): boolean => {
    const waited = waitBetween(before, after);
    // What was sent before the answer came is no poll.
    return waited >= 0 && waited <= AT_ONCE_MS && before.answer.body === after.answer.body;
  };
  return rowsIn(entries, isPoll, isNext)
    .filter(({ length }) => length >= POLLS)
    .map((row) => ({ entries: row, what: 'The same is read again and again without a pause.' }));
}

/** Requests of one caller that say the same and follow each other. */
function rowsIn(
  entries: readonly JournalEntry[],
  isMeant: (entry: JournalEntry) => boolean,
  isNext: (before: JournalEntry, after: JournalEntry) => boolean = () => true,
): readonly (readonly JournalEntry[])[] {
  const rows: JournalEntry[][] = [];
  const open = new Map<string | undefined, JournalEntry[]>();
  for (const entry of entries) {
    const row = open.get(entry.user_id);
    const last = row?.at(-1);
    const goesOn =
      last && isMeant(entry) && attemptKey(last) === attemptKey(entry) && isNext(last, entry);
    if (goesOn) row?.push(entry);
    else if (isMeant(entry)) {
      const begun = [entry];
      rows.push(begun);
      open.set(entry.user_id, begun);
    } else open.delete(entry.user_id);
  }
  return rows;
}
