// What has changed since earlier runs, from their results.json.
import { FileError, type Problem, type Report as Tell } from '../../files/problem.js';
import { readText, type Text } from '../../files/read.js';
import { parseYaml } from '../../files/yaml.js';
import { isFlaky } from '../run/finding.js';
import { isPlayed } from '../run/known-findings.js';
import { type Level, levels } from '../run/level.js';
import type { Report } from '../run/options.js';
import { type FailOn, failsRun } from './verdict.js';

class ResultsError extends FileError {}

interface EarlierFinding {
  readonly fingerprint: string;
  readonly code: string;
  readonly operation: string;
  readonly severity: string;
  readonly title: string;
  readonly flaky?: true;
}

/** What is read of a results.json. */
export interface Earlier {
  readonly file: string;
  readonly started: string;
  readonly level: string | null;
  readonly exit_code: number;
  readonly findings: readonly EarlierFinding[];
}

/** What is told of a finding: the present one, or what an earlier run has said of it. */
export type ComparedFinding = Pick<EarlierFinding, 'fingerprint' | 'code' | 'operation'>;

export interface Comparison {
  /** The files, in the order of their runs. */
  readonly files: readonly string[];
  /** Found now, and not by the latest of the earlier runs. */
  readonly new: readonly ComparedFinding[];
  /** Found by the latest of them; now what it stood in was played, and it was not found. */
  readonly fixed: readonly ComparedFinding[];
  /** Found by both. */
  readonly stillThere: readonly ComparedFinding[];
  /** Came or went more than once over all the runs in their order, or flaky in the last two. */
  readonly flapping: readonly ComparedFinding[];
  /** Found by the latest of them; now what it stood in was not played. */
  readonly notPlayed: readonly ComparedFinding[];
  /** Why the runs can only be compared in part. */
  readonly remarks: readonly string[];
}

/** Throws a ResultsError with all that is wrong with the file. */
export function readEarlier(file: string, read: Text = readText(file)): Earlier {
  const fix = 'name the results.json of an earlier run';
  if (!('text' in read))
    throw new ResultsError([{ file, line: 1, column: 1, what: read.unreadable, fix }]);
  const value = parsed(read.text);
  const problems = problemsIn(value);
  if (problems.length === 0) return { ...(value as Earlier), file };
  // The places are asked for only here: a report is large.
  const { at, problems: broken } = parseYaml(read.text, file);
  throw new ResultsError([
    ...broken,
    ...(broken.length > 0 ? [] : problems.map((args): Problem => at(...args))),
  ]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemsIn(value: unknown): readonly Parameters<Tell>[] {
  const fix = 'name the results.json of an earlier run, as it was written';
  const isObject = (one: unknown): one is Readonly<Record<string, unknown>> =>
    typeof one === 'object' && one !== null && !Array.isArray(one);
  if (!isObject(value)) return [['', 'is no report of `understudy check`', fix]];
  const { version, findings } = value;
  const problems: Parameters<Tell>[] = [];
  if (version !== 1) problems.push(['/version', 'version is not 1', fix]);
  if (typeof value.started !== 'string') problems.push(['/started', 'started is not a time', fix]);
  if (!Array.isArray(findings)) problems.push(['/findings', 'findings is not a list', fix]);
  for (const [i, finding] of (Array.isArray(findings) ? findings : []).entries())
    for (const key of ['fingerprint', 'code', 'operation', 'severity', 'title'])
      if (!isObject(finding) || typeof finding[key] !== 'string')
        problems.push([`/findings/${i}/${key}`, `${key} of this finding is not a text`, fix]);
  return problems;
}

/** Nothing where there is no earlier run. */
export function compare(
  report: Report,
  earlier: readonly Earlier[],
  failOn: FailOn,
): Comparison | undefined {
  const runs = [...earlier].sort((a, b) => a.started.localeCompare(b.started));
  const latest = runs.at(-1);
  if (!latest) return undefined;
  const least = failOn === 'notice' ? 'notice' : 'question';
  const counts = ({ severity }: { readonly severity: string }): boolean =>
    failsRun({ severity: severity as FailOn }, least);
  const now = new Map(report.findings.filter(counts).map((one) => [one.fingerprint, one]));
  const told = runs.map(
    ({ findings }) => new Map(findings.filter(counts).map((one) => [one.fingerprint, one])),
  );
  const before = told.at(-1) as (typeof told)[number];
  const isFlapping = (print: string): boolean => {
    const found = [...told.map((one) => one.has(print)), now.has(print)];
    const changes = found.filter((one, i) => i > 0 && one !== found[i - 1]).length;
    const present = now.get(print);
    return changes > 1 || before.get(print)?.flaky === true || (!!present && isFlaky(present));
  };
  const prints = [...new Set([...now.keys(), ...told.flatMap((one) => [...one.keys()])])];
  const flapping = prints.filter(isFlapping);
  const steady = prints.filter((print) => !flapping.includes(print));
  const gone = steady.filter((print) => before.has(print) && !now.has(print));
  const wasPlayed = (print: string): boolean => {
    const { title = '', operation = '' } = before.get(print) ?? {};
    const isJudged = report.coverage.some((one) => one.case.startsWith(`${operation}.`));
    return isJudged && looksAsFar(report, latest) && isPlayed(report.rows, title);
  };
  const listed = (some: readonly string[]): readonly ComparedFinding[] =>
    some.flatMap((print) => {
      const one = now.get(print) ?? told.findLast((run) => run.has(print))?.get(print);
      const { fingerprint, code, operation } = one ?? {};
      return fingerprint && code && operation ? [{ fingerprint, code, operation }] : [];
    });
  return {
    files: runs.map(({ file }) => file),
    new: listed(steady.filter((print) => now.has(print) && !before.has(print))),
    fixed: listed(gone.filter(wasPlayed)),
    stillThere: listed(steady.filter((print) => now.has(print) && before.has(print))),
    flapping: listed(flapping),
    notPlayed: listed(gone.filter((print) => !wasPlayed(print))),
    remarks: remarksOn(latest, report),
  };
}

/** A run of a lower level plays the same rows and compares less. */
const looksAsFar = (report: Report, { level }: Earlier): boolean =>
  levels.indexOf(report.level ?? 'full') >= levels.indexOf((level ?? 'smoke') as Level);

function remarksOn({ file, level, exit_code }: Earlier, report: Report): readonly string[] {
  const isOther = (level ?? undefined) !== report.level;
  const isShort = exit_code > 1 && exit_code !== 4;
  return [
    ...(isOther
      ? [`${file} is of level ${level ?? 'unknown'}: what only this run played counts as new`]
      : []),
    ...(isShort
      ? [`the run of ${file} ended with exit code ${exit_code}, and may have found too little`]
      : []),
  ];
}

/** The groups with their names, those that call for somebody first. */
export const groupsOf = (
  comparison: Comparison,
): readonly (readonly [name: string, findings: readonly ComparedFinding[]])[] => [
  ['new', comparison.new],
  ['flapping', comparison.flapping],
  ['still there', comparison.stillThere],
  ['fixed', comparison.fixed],
  ['not played this time', comparison.notPlayed],
];

/** `2 new, 1 flapping, …`; what there is none of is left out, save for what is new. */
export const inNumbers = (comparison: Comparison): string =>
  groupsOf(comparison)
    .filter(([name, { length }]) => length > 0 || name === 'new')
    .map(([name, { length }]) => `${length} ${name}`)
    .join(', ');
