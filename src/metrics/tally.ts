// What is counted of every request as it is written down: a few additions, in maps whose keys come from
// the document.
import type { JournalEntry } from '../engine/journal.js';
import type { Spec } from '../spec/document.js';
import type { Family, Sample } from './exposition.js';

/** Seconds. */
const bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Names of faults that are counted apart; a test may give every fault a name of its own. */
const MOST_FAULTS = 1000;
/** Stands for a label that has no value. */
const NONE = 'none';

/** Of one operation, status and case. */
interface Count {
  readonly operation: string;
  readonly status: number;
  readonly case: string;
  readonly basis: string | undefined;
  requests: number;
}

interface Durations {
  /** By bound; the last is for what is longer. */
  readonly buckets: number[];
  sum: number;
}

export class RequestTally {
  readonly #counts = new Map<string, Count>();
  readonly #durations = new Map<string, Durations>();
  readonly #faults = new Map<string, number>();
  readonly #breaches = new Map<string, number>();
  #limited = 0;
  #problems = 0;

  count(entry: JournalEntry): void {
    const { operation = NONE, case: name = NONE, answer, basis, duration_ms } = entry;
    const { status } = answer;
    const key = `${status} ${operation} ${name}`;
    const known = this.#counts.get(key);
    if (known) known.requests += 1;
    else this.#counts.set(key, { operation, status, case: name, basis, requests: 1 });
    this.#time(operation, duration_ms / 1000);
    if (entry.fault !== undefined) this.#hit(entry.fault);
    if (entry.limit !== undefined) this.#limited += 1;
    if (entry.problem !== undefined) this.#problems += 1;
    if (entry.breaches) add(this.#breaches, operation, entry.breaches.length);
  }

  families(spec: Spec<string>): readonly Family[] {
    return [
      {
        name: 'understudy_requests_total',
        type: 'counter',
        help: 'Requests that were answered, by operation, status, case and what the case rests on.',
        samples: [...this.#counts.values()].map(({ requests, ...labels }) => ({
          labels: { ...labels, basis: basisOf(labels, spec) },
          value: requests,
        })),
      },
      {
        name: 'understudy_request_duration_seconds',
        type: 'histogram',
        help: 'Time from the arrival of a request until it was answered, without planted delays.',
        samples: [...this.#durations].flatMap(([operation, durations]) =>
          histogramOf({ operation }, durations),
        ),
      },
      {
        name: 'understudy_fault_hits_total',
        type: 'counter',
        help: 'Requests that a fault has happened to.',
        samples: byLabel('fault', this.#faults),
      },
      counter('understudy_rate_limited_total', 'Requests that were too many.', this.#limited),
      {
        name: 'understudy_self_check_breaches_total',
        type: 'counter',
        help: 'Breaches of the document that the self-check found in answers.',
        samples: byLabel('operation', this.#breaches),
      },
      counter('understudy_rule_failures_total', 'Rules that threw.', this.#problems),
    ];
  }

  #time(operation: string, seconds: number): void {
    let durations = this.#durations.get(operation);
    if (!durations) {
      durations = { buckets: new Array(bounds.length + 1).fill(0), sum: 0 };
      this.#durations.set(operation, durations);
    }
    let at = 0;
    while (at < bounds.length && seconds > (bounds[at] as number)) at += 1;
    (durations.buckets[at] as number) += 1;
    durations.sum += seconds;
  }

  #hit(names: string): void {
    for (const name of names.split(', ')) {
      const isCounted = this.#faults.has(name) || this.#faults.size < MOST_FAULTS;
      add(this.#faults, isCounted ? name : 'others', 1);
    }
  }
}

const add = (counts: Map<string, number>, key: string, by: number): void =>
  void counts.set(key, (counts.get(key) ?? 0) + by);

const byLabel = (label: string, counts: ReadonlyMap<string, number>): readonly Sample[] =>
  [...counts].map(([name, value]) => ({ labels: { [label]: name }, value }));

export const counter = (name: string, help: string, value: number): Family => ({
  name,
  type: 'counter',
  help,
  samples: [{ value }],
});

function basisOf(
  { operation, case: name, basis }: Omit<Count, 'requests'>,
  { operations, unrouted }: Spec<string>,
): string {
  const documented = operations.get(operation)?.cases.get(name) ?? unrouted.get(name);
  return basis ?? documented?.basis ?? NONE;
}

/** Each bucket has what the ones before it have, too. */
function histogramOf(
  labels: Readonly<Record<string, string>>,
  { buckets, sum }: Durations,
): readonly Sample[] {
  let count = 0;
  const cumulative = [...bounds, Number.POSITIVE_INFINITY].map((bound, i): Sample => {
    count += buckets[i] as number;
    const le = Number.isFinite(bound) ? bound : '+Inf';
    return { suffix: '_bucket', labels: { ...labels, le }, value: count };
  });
  return [
    ...cumulative,
    { suffix: '_sum', labels, value: sum },
    { suffix: '_count', labels, value: count },
  ];
}
