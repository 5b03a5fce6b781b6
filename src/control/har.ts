// An exchange of the journal as an entry of a HAR.
import type { JournalEntry } from '../engine/journal.js';
import type { RecordedAnswer, RecordedMessage } from '../engine/record.js';
import { type HarMessage, harEntry, type Recorded } from '../har/entry.js';

/** The journal has masked it already, and left the scheme before it. */
const hidden = { mask: (text: string) => text, isSecret: () => false };

/** `bodyLimit` is that of the journal. */
export function harEntryOf(entry: JournalEntry, bodyLimit: number): object {
  const { method, target, request, answer, arrived_ms, duration_ms } = entry;
  const { number, world, trace_id, operation, case: name, user_id } = entry;
  const { status } = answer;
  const comment = wordsFor(entry, bodyLimit);
  const recorded: Recorded = {
    started: new Date(arrived_ms),
    milliseconds: duration_ms + (answer.delay_ms ?? 0),
    base: baseOf(request.headers.host),
    method,
    target,
    request: messageOf(request),
    // Of an answer that never left, a client has nothing.
    ...(isLost(answer) ? {} : { response: { status, ...messageOf(answer) } }),
    ...(comment === '' ? {} : { comment }),
    _understudy: { number, world, trace_id, operation, case: name, user_id },
  };
  return harEntry(recorded, hidden);
}

const messageOf = ({ headers, body = '', bytes = 0 }: RecordedMessage): HarMessage => ({
  headers,
  body,
  bytes,
});

const isLost = ({ end }: RecordedAnswer): boolean => end === 'reset' || end === 'hang';

/** What a reader would not see otherwise. */
function wordsFor({ request, answer }: JournalEntry, bodyLimit: number): string {
  const { end } = answer;
  const isCut = ({ body, bytes = 0 }: RecordedMessage): boolean =>
    body !== undefined && bytes > bodyLimit;
  return [
    isCut(request) ? 'The journal has only the beginning of the body that was sent.' : '',
    isCut(answer) ? 'The journal has only the beginning of the body of the answer.' : '',
    end === undefined ? '' : `The answer ended as a fault wanted it: ${JSON.stringify(end)}.`,
  ]
    .filter((text) => text !== '')
    .join(' ');
}

/** As the client has called it, where it has said so. */
function baseOf(host = ''): string {
  const base = `http://${host}`;
  return /^[\w.:[\]-]+$/.test(host) && URL.canParse(base) ? base : 'http://understudy.local';
}
