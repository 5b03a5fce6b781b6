// The form of a rule of the lint: what it looks for in the requests of a client, and what to do instead.
import type { JournalEntry } from '../engine/journal.js';
import type { Spec } from '../spec/document.js';

/** The most severe first. */
export const severities = ['error', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

/** Those that are no less severe. */
export const atLeast = <Found extends { readonly severity: Severity }>(
  findings: readonly Found[],
  least: Severity,
): readonly Found[] =>
  findings.filter(({ severity }) => severities.indexOf(severity) <= severities.indexOf(least));

/** What came to one world, in order, from its start or its last reset on. */
export interface Section {
  readonly world: string;
  readonly entries: readonly JournalEntry[];
}

/** All that is looked at. */
export interface Run {
  readonly sections: readonly Section[];
  readonly spec: Spec<string>;
}

/** A rule has found something, once. Those that say the same make one finding. */
export interface Sighting {
  readonly entries: readonly JournalEntry[];
  readonly what: string;
  /** Where it is not that of the rule. */
  readonly fix?: string | undefined;
  /** What is true of this time only. */
  readonly note?: string;
}

export interface Rule {
  readonly name: string;
  readonly severity: Severity;
  readonly fix: string;
  /** Why it is wrong: a standard, or a part of the documentation. */
  readonly source: string;
  find(run: Run): readonly Sighting[];
}

/** A rule that looks at one request at a time. */
export const perRequest =
  (look: (entry: JournalEntry, spec: Spec<string>) => readonly Told[]) =>
  ({ sections, spec }: Run): readonly Sighting[] =>
    sections.flatMap(({ entries }) =>
      entries.flatMap((entry) => look(entry, spec).map((told) => ({ ...told, entries: [entry] }))),
    );
type Told = Omit<Sighting, 'entries'>;

/** A rule that looks at what came to one world. */
export const perWorld =
  (look: (entries: readonly JournalEntry[], spec: Spec<string>) => readonly Sighting[]) =>
  ({ sections, spec }: Run): readonly Sighting[] =>
    sections.flatMap(({ entries }) => look(entries, spec));

/** Nobody has put this answer in place of another: it is what the request led to, late or not. */
export function isHonest({
  forced,
  basis,
  drift,
  fault,
  decision,
  case: name,
}: JournalEntry): boolean {
  if (forced || basis !== undefined || drift !== undefined) return false;
  return fault === undefined || decision?.asked.at(-1)?.guard === name;
}
