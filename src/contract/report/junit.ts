// junit.xml: a report as the test page of a CI reads it.
import { isFlaky } from '../run/finding.js';
import { type Played, refusalOf } from '../run/play.js';
import { junitOf, type Test } from './junit-xml.js';
import type { Mask } from './redact.js';
import type { Telling } from './telling.js';
import { acceptanceOf, describeFault, describeFinding } from './text.js';
import { type FailOn, failsRun } from './verdict.js';

/**
 * A suite for each operation, and a test case for each row, so that a CI shows the sentence that
 * failed; in a suite of the run itself, two more that fail where it says too little, or has left
 * something behind.
 */
export function toJunit(telling: Telling): string {
  const { report, failOn, mask } = telling;
  const tests = [...report.rows.map((row) => testOf(row, failOn, mask)), ...testsOfRun(telling)];
  return junitOf(tests, { started: report.started, target: mask(report.target) });
}

function testOf(row: Played, failOn: FailOn, mask: Mask): Test {
  const test = { suite: row.operation, name: row.title, seconds: (row.milliseconds ?? 0) / 1000 };
  const bad = row.findings.filter((finding) => failsRun(finding, failOn));
  const [first] = bad;
  const unfit = row.crash ?? row.unfit ?? (row.refused && refusalOf([row.refused]));
  if (unfit) return { ...test, outcome: 'error', message: mask(unfit) };
  // A row that could not be played may have failed on the way to its request.
  if (first) {
    const message = `${first.code}${isFlaky(first) ? ' (flaky)' : ''}: expected ${mask(first.expected)}, got ${mask(first.got)}`;
    const text = bad.map((finding) => describeFinding(finding, mask).join('\n')).join('\n\n');
    return { ...test, outcome: 'failure', message, text };
  }
  const known = row.findings.find((finding) => finding.known)?.known;
  if (known) return { ...test, outcome: 'skipped', message: mask(`known: ${acceptanceOf(known)}`) };
  if (row.result === 'not_exercised')
    return { ...test, outcome: 'skipped', message: mask(row.reason ?? '') };
  return { ...test, outcome: 'passed' };
}

function testsOfRun({ report, mask, why }: Telling): readonly Test[] {
  const suite = 'understudy check';
  const error = { suite, name: 'the run is conclusive', seconds: 0, outcome: 'error' } as const;
  const left = { suite, name: 'nothing is left behind', seconds: 0, outcome: 'failure' } as const;
  const { leftovers, possiblyMade } = report;
  const behind = [...leftovers, ...possiblyMade.map((made) => `possibly ${made}`)];
  const { knownFaults = [] } = report;
  const known = {
    suite,
    name: 'the known deviations hold',
    seconds: 0,
    outcome: 'failure',
  } as const;
  return [
    ...(knownFaults.length === 0
      ? []
      : [
          {
            ...known,
            message: `${knownFaults.length} entries have expired or match nothing`,
            text: knownFaults.map((fault) => describeFault(fault).join('\n')).join('\n'),
          },
        ]),
    ...(why === undefined ? [] : [{ ...error, message: mask(why) }]),
    ...(behind.length === 0
      ? []
      : [{ ...left, message: `${behind.length} left behind`, text: behind.map(mask).join('\n') }]),
  ];
}
