// The lint of a client: what its requests tell of its bugs, and what its tests have met of the API.
import type { JournalEntry } from '../engine/journal.js';
import type { Spec } from '../spec/document.js';
import { coverageOf } from './coverage.js';
import type { LintFinding, LintReport } from './report.js';
import { type Rule, type Section, type Sighting, severities } from './rule.js';
import { lintRules } from './rules.js';
import { textOf } from './text.js';

export interface LintInput {
  readonly sections: readonly Section[];
  readonly lost: number;
  readonly gone: number;
  readonly spec: Spec<string>;
  /** Names of rules that are not asked. */
  readonly ignore?: readonly string[];
}

export function lint({ sections, lost, gone, spec, ignore = [] }: LintInput): LintReport {
  const run = { sections, spec };
  const findings = lintRules
    .filter(({ name }) => !ignore.includes(name))
    .flatMap((rule) => findingsOf(rule, rule.find(run), spec))
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const report = {
    worlds: new Set(sections.filter(({ entries }) => entries.length > 0).map(({ world }) => world))
      .size,
    requests: sections.reduce((sum, { entries }) => sum + entries.length, 0),
    lost,
    gone,
    findings,
    coverage: coverageOf(run),
  };
  return { ...report, text: textOf(report) };
}

/** Places and requests that a finding lists. */
const MOST_PLACES = 10;
const MOST_REQUESTS = 20;

/** One for all that say the same of one operation. */
function findingsOf(
  { name, severity, fix, source }: Rule,
  sightings: readonly Sighting[],
  { operations, place }: Spec<string>,
): readonly LintFinding[] {
  const groups = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const key = JSON.stringify([sighting.entries.at(-1)?.operation, sighting.what]);
    groups.set(key, [...(groups.get(key) ?? []), sighting]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [Sighting];
    const operation = first.entries.at(-1)?.operation;
    return {
      rule: name,
      severity,
      ...(operation === undefined ? {} : { operation }),
      what: first.what,
      fix: first.fix ?? fix,
      source,
      ...(operation !== undefined && operations.has(operation) ? { place: place(operation) } : {}),
      count: group.length,
      at: group.slice(0, MOST_PLACES).map(({ entries, note }) => ({
        world: (entries[0] as JournalEntry).world,
        requests: entries.slice(0, MOST_REQUESTS).map(({ number }) => number),
        ...(note === undefined ? {} : { note }),
      })),
    };
  });
}
