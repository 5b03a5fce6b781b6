// What comes of a lint: its files, and whether it fails.

import { junitOf, type Test } from '../contract/report/junit-xml.js';
import type { LintReport } from '../control/client.js';
import { fileReason } from '../files/file-error.js';
import { replaceFile } from '../files/write.js';
import { atLeast } from '../lint/rule.js';
import { ruleNames, unknownRule } from '../lint/rules.js';
import { describeFinding } from '../lint/text.js';
import { ExitCode } from '../spec/exit-code.js';
import { UsageError } from '../spec/failure.js';
import type { FlagValues } from './flags.js';

type LintFlags = Pick<FlagValues<'lint'>, 'failOn' | 'minCoverage' | 'ignore' | 'report'>;

/** Before a command is run for it. Throws a UsageError. */
export function checkIgnored({ ignore = [] }: LintFlags): void {
  const unknown = unknownRule(ignore);
  if (unknown) throw new UsageError(`There is no rule ${unknown.name}.\n  fix: ${unknown.fix}`);
}

/** The findings that are as severe as `--fail-on` says. */
const failing = ({ findings }: LintReport, { failOn }: LintFlags): LintReport['findings'] =>
  failOn === 'none' ? [] : atLeast(findings, failOn);

/** Whoever sets a bar wants to see it met: no request meets none. */
const nothingSeen = ({ requests }: LintReport, { failOn, minCoverage }: LintFlags): boolean =>
  requests === 0 && (failOn !== 'none' || minCoverage !== undefined);

const NOTHING_SEEN = 'no request came, so nothing was looked at.';

/** Undefined where enough was met. */
function lackOf(report: LintReport, flags: LintFlags): string | undefined {
  if (nothingSeen(report, flags)) return NOTHING_SEEN;
  const { coverage } = report;
  const { minCoverage } = flags;
  const { percent } = coverage.cases;
  if (minCoverage === undefined || percent >= minCoverage) return undefined;
  return `${percent} % of the documented cases were met, where --min-coverage is ${minCoverage} %.`;
}

/** The exit code, and the reason where it is not 0. */
export function endingOf(
  report: LintReport,
  flags: LintFlags,
): { readonly code: number; readonly words: string } {
  if (nothingSeen(report, flags))
    return {
      code: ExitCode.inconclusive,
      words: `Inconclusive: ${NOTHING_SEEN}\n  fix: let the client send its requests to the address of this server; \`understudy exec\` has it in AITRONOS_BASE_URL\n`,
    };
  const bad = failing(report, flags);
  const reasons = [
    ...(bad.length > 0 ? [`Failed: --fail-on ${flags.failOn}.`] : []),
    ...[lackOf(report, flags)].flatMap((lack) => (lack === undefined ? [] : [`Failed: ${lack}`])),
  ];
  return {
    code: reasons.length > 0 ? ExitCode.failures : ExitCode.ok,
    words: reasons.map((reason) => `${reason}\n`).join(''),
  };
}

/** Throws a UsageError where one cannot be written. */
export function writeReports(report: LintReport, flags: LintFlags): void {
  for (const path of flags.report ?? []) {
    const text = path.endsWith('.xml')
      ? toJunit(report, flags)
      : `${JSON.stringify(report, null, 2)}\n`;
    try {
      replaceFile(path, text);
    } catch (error) {
      throw new UsageError(
        `${path} cannot be written: ${fileReason(error)}\n  fix: name another file with --report`,
      );
    }
  }
}

/** A test for each rule, and one for the coverage. */
function toJunit(report: LintReport, flags: LintFlags): string {
  const bad = failing(report, flags);
  const rules = ruleNames.map((name): Test => {
    const test = { suite: 'understudy lint', name, seconds: 0 };
    if (flags.ignore?.includes(name))
      return { ...test, outcome: 'skipped', message: `ignored: --ignore ${name}` };
    const own = bad.filter(({ rule }) => rule === name);
    const [first] = own;
    if (!first) return { ...test, outcome: 'passed' };
    const text = own.map(describeFinding).join('\n');
    return { ...test, outcome: 'failure', message: `${name}: ${first.what}`, text };
  });
  const coverage = { suite: 'understudy lint', name: 'coverage', seconds: 0 };
  const lack = lackOf(report, flags);
  const tests: readonly Test[] = [
    ...rules,
    lack === undefined
      ? { ...coverage, outcome: 'passed' }
      : { ...coverage, outcome: 'failure', message: `coverage: ${lack}` },
  ];
  const target = `${report.requests} requests in ${report.worlds} worlds`;
  return junitOf(tests, { started: new Date().toISOString(), target });
}
