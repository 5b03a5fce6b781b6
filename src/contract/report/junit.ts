// junit.xml: a report as the test page of a CI reads it.
import { isFlaky } from '../run/finding.js';
import type { Report } from '../run/options.js';
import { type Played, refusalOf } from '../run/play.js';
import type { Mask } from './redact.js';
import type { Telling } from './telling.js';
import { acceptanceOf, describeFault, describeFinding } from './text.js';
import { type FailOn, failsRun } from './verdict.js';

interface Test {
  readonly suite: string;
  readonly name: string;
  readonly seconds: number;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  /** In a line. */
  readonly message?: string;
  readonly text?: string;
}

/**
 * A suite for each operation, and a test case for each row, so that a CI shows the sentence that
 * failed; in a suite of the run itself, two more that fail where it says too little, or has left
 * something behind.
 */
export function toJunit(telling: Telling): string {
  const { report, failOn, mask } = telling;
  const tests = [...report.rows.map((row) => testOf(row, failOn, mask)), ...testsOfRun(telling)];
  const suites = [...new Set(tests.map(({ suite }) => suite))];
  const written = suites.map((name, id) => {
    const own = tests.filter(({ suite }) => suite === name);
    return suiteOf({ id, name, tests: own }, report, mask);
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${written.join('')}</testsuites>\n`;
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

interface Suite {
  readonly id: number;
  readonly name: string;
  readonly tests: readonly Test[];
}

/**
 * In the form that Ant writes and Jenkins reads: every attribute and child that its schema asks
 * for, in its order.
 */
function suiteOf({ id, name, tests }: Suite, { target, started }: Report, mask: Mask): string {
  const count = (outcome: Test['outcome']): number =>
    tests.filter((test) => test.outcome === outcome).length;
  const attributes = attributesOf({
    id,
    name,
    package: 'understudy',
    // Without a zone, as the schema has it.
    timestamp: started.slice(0, 19),
    hostname: 'localhost',
    tests: tests.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: tests.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
  });
  return `  <testsuite${attributes}>
    <properties>
      <property${attributesOf({ name: 'target', value: mask(target) })}/>
    </properties>
${tests.map(testCase).join('')}    <system-out/>
    <system-err/>
  </testsuite>
`;
}

function testCase({ suite, name, seconds, outcome, message = '', text = '' }: Test): string {
  const attributes = attributesOf({ classname: suite, name, time: seconds.toFixed(3) });
  if (outcome === 'passed') return `    <testcase${attributes}/>\n`;
  const said = attributesOf({
    message,
    ...(outcome === 'skipped' ? {} : { type: message.replace(/:.*/s, '').slice(0, 60) || outcome }),
  });
  const inner =
    text === '' ? `<${outcome}${said}/>` : `<${outcome}${said}>${escapeXml(text)}</${outcome}>`;
  return `    <testcase${attributes}>${inner}</testcase>\n`;
}

const attributesOf = (attributes: Readonly<Record<string, string | number>>): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escapeXml(text: string): string {
  const known = text.replace(/[&<>"']/g, (character) => entities[character] as string);
  // Other control characters, and what is no character, cannot stand in XML at all.
  return known.replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd');
}
