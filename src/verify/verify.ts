// Expectations of what a client has sent, and which of them hold, by the journal of its world.
import type { JournalEntry } from '../engine/journal.js';
import { type Recovery, recoveryFaults, times } from './recovery.js';
import {
  describeEntry,
  describeSelector,
  differences,
  nearestMisses,
  type Selector,
} from './select.js';

/** Some requests, and how often they came; or several in this order; or how they recovered. */
export interface Expectation {
  readonly request?: Selector;
  /** So often; at least once where nothing is said. */
  readonly times?: number;
  readonly at_least?: number;
  readonly at_most?: number;
  readonly never?: boolean;
  /** Each of these after the one before it; others may come between. */
  readonly in_order?: readonly Selector[];
  readonly recovery?: Recovery;
}

export interface Verdict {
  readonly holds: boolean;
  /** The journal no longer has what would show whether it holds. */
  readonly unknown?: true;
  /** What was expected, and what came instead. */
  readonly text: string;
  /** The numbers of the requests that were meant. */
  readonly requests: readonly number[];
}

/** `lost` requests came before the entries, and the journal no longer has them. */
export function verify(
  entries: readonly JournalEntry[],
  expected: readonly Expectation[],
  lost = 0,
): readonly Verdict[] {
  return expected.map((one) => {
    const verdict = verifyOne(entries, one);
    return lost > 0 && !(verdict.holds && holdsWithMore(one)) ? unknowable(verdict, lost) : verdict;
  });
}

function verifyOne(entries: readonly JournalEntry[], expected: Expectation): Verdict {
  if (expected.in_order) return verifyOrder(entries, expected.in_order);
  return expected.recovery
    ? verifyRecovery(entries, expected.request ?? {}, expected.recovery)
    : verifyCount(entries, expected);
}

/** What holds stays so, whatever else has come. */
const holdsWithMore = ({ times, at_most, never, recovery }: Expectation): boolean =>
  times === undefined && at_most === undefined && !never && !recovery;

function unknowable({ holds, text, requests }: Verdict, lost: number): Verdict {
  const [those, they] = lost === 1 ? ['request', 'it'] : [`${lost} requests`, 'they'];
  const said = holds ? `Nobody can say whether this still holds: ${text}` : text;
  return {
    holds: false,
    unknown: true,
    text: `${said}\n  the journal no longer has the ${those} before these; name a later \`after\`, or look before ${they} ${lost === 1 ? 'is' : 'are'} forgotten`,
    requests,
  };
}

function verifyCount(entries: readonly JournalEntry[], expected: Expectation): Verdict {
  const { request = {}, never, times: exact = never ? 0 : undefined } = expected;
  const { at_least = exact ?? (expected.at_most === undefined ? 1 : 0), at_most = exact } =
    expected;
  const met = entries.filter((entry) => differences(entry, request).length === 0);
  const count = met.length;
  const holds = count >= at_least && (at_most === undefined || count <= at_most);
  const wanted = `${describeSelector(request)} was expected ${boundsInWords(at_least, at_most)} and came ${times(count)}`;
  const lines =
    count < at_least ? closest(nearestMisses(entries, request)) : met.map(describeEntry);
  return {
    holds,
    text: holds ? `${wanted}.` : [`${wanted}.`, ...lines].join('\n  '),
    requests: met.map(({ number }) => number),
  };
}

const closest = (misses: readonly string[]): readonly string[] =>
  misses.length === 0 ? ['nothing like it came'] : misses.map((miss) => `closest: ${miss}`);

function boundsInWords(low: number, high: number | undefined): string {
  if (high === undefined) return `at least ${times(low)}`;
  if (low === high) return times(low);
  return low === 0 ? `at most ${times(high)}` : `${low} to ${high} times`;
}

function verifyOrder(entries: readonly JournalEntry[], order: readonly Selector[]): Verdict {
  const met: JournalEntry[] = [];
  let rest = entries;
  for (const selector of order) {
    const at = rest.findIndex((entry) => differences(entry, selector).length === 0);
    if (at < 0) {
      const last = met.at(-1);
      const place = last ? `after ${describeEntry(last)}` : 'at all';
      const earlier = entries.find((entry) => differences(entry, selector).length === 0);
      const lines = earlier
        ? [`${describeEntry(earlier)} came before it`]
        : closest(nearestMisses(rest, selector));
      const text = [`${describeSelector(selector)} did not come ${place}.`, ...lines].join('\n  ');
      return { holds: false, text, requests: met.map(({ number }) => number) };
    }
    met.push(rest[at] as JournalEntry);
    rest = rest.slice(at + 1);
  }
  const text = `${order.map(describeSelector).join(', then ')}: they came in this order.`;
  return { holds: true, text, requests: met.map(({ number }) => number) };
}

function verifyRecovery(
  entries: readonly JournalEntry[],
  request: Selector,
  recovery: Recovery,
): Verdict {
  // What an attempt was answered with does not say whether it is meant: each got another answer.
  const { case: _, status: __, ...sent } = request;
  const meant = entries.filter((entry) => differences(entry, sent).length === 0);
  const faults = recoveryFaults(meant, recovery);
  const what = describeSelector(sent);
  return {
    holds: faults.length === 0,
    text:
      faults.length === 0
        ? `${what}: the client recovered as expected.`
        : [`${what}: the client did not recover as expected.`, ...faults].join('\n  '),
    requests: meant.map(({ number }) => number),
  };
}
