// JUnit's XML, whatever the tests are.

export interface Test {
  readonly suite: string;
  readonly name: string;
  readonly seconds: number;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  /** In a line. */
  readonly message?: string;
  readonly text?: string;
}

export interface JunitRun {
  /** A time, as ISO 8601 has it. */
  readonly started: string;
  /** What was tested. */
  readonly target: string;
}

export function junitOf(tests: readonly Test[], run: JunitRun): string {
  const suites = [...new Set(tests.map(({ suite }) => suite))];
  const written = suites.map((name, id) => {
    const own = tests.filter(({ suite }) => suite === name);
    return suiteOf({ id, name, tests: own }, run);
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${written.join('')}</testsuites>\n`;
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
function suiteOf({ id, name, tests }: Suite, { target, started }: JunitRun): string {
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
      <property${attributesOf({ name: 'target', value: target })}/>
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
