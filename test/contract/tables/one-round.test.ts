// One reading of a contract or profile file shows every fault, also where the YAML itself is
// broken.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseProfile } from '../../../src/contract/run/profile.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { FileError } from '../../../src/files/problem.js';
import { loadSpec } from '../../../src/shipped/document.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function errorOf(read: () => unknown): FileError {
  try {
    read();
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
  throw new Error('nothing was found');
}

const found = ({ problems }: FileError): readonly string[] =>
  problems.map(({ line, what }) => `${line} ${what}`);
const profile = (text: string): FileError => errorOf(() => parseProfile(text, 'a.yaml', {}));
function contracts(files: Readonly<Record<string, string>>, complete = true): FileError {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-one-round-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return errorOf(() => loadContracts(loadSpec(), folder, { complete }));
}

describe('a profile whose YAML is broken', () => {
  it('has its other faults shown beside it, in the order of lines', () => {
    const text = [
      'base_uri: x',
      'callers:',
      '  ownr: { api_key: a }',
      `  viewer: { api_key: "\${VIEWER_KEY}" }`,
      'known:',
      '  message_id: "m',
      '  thread: t',
      '',
    ];
    expect(found(profile(text.join('\n')))).toEqual([
      '1 base_uri is not known here',
      '3 ownr is not known here',
      '4 the variable VIEWER_KEY is not set',
      expect.stringMatching(/^[678] /),
    ]);
  });

  it('is not said to lack what stands behind the break', () => {
    expect(found(profile('callers: { owner: { api_key: a }\nknown: [\n'))).toHaveLength(1);
  });

  it('shows a key that stands twice beside all others', () => {
    expect(found(profile('edition: 2027-01\nknown: {}\nknown: {}\ncolour: red\n'))).toEqual([
      '1 the edition 2027-01 has no contracts',
      '3 this key stands here a second time',
      '4 colour is not known here',
    ]);
  });

  it('says of anchors that hold themselves only that', () => {
    expect(found(profile('callers: &all\n  owner: *all\n'))).toHaveLength(1);
  });
});

const table = (...rows: readonly string[]): string =>
  [
    'tables:',
    '  - operation: getSpace',
    '    given: { space: a_space, beside: no_recipe }',
    '    rows:',
    ...rows,
    '',
  ].join('\n');

describe('contracts whose YAML is broken', () => {
  const rows = [
    '      - { caler: owner, expect: retrieved }',
    '      - { caller: owner, expect: retrievd }',
    '      - { caller: owner, expect: "retrieved }',
    '      - { caller: ownr, expect: retrieved }',
  ];

  it('have the faults of the rows before it shown, and of the table itself', () => {
    const { problems } = contracts({
      'a.yaml': table(...rows).replace('    given', '    givn: {}\n    given'),
    });
    expect(problems.map(({ line, what }) => `${line} ${what}`)).toEqual([
      expect.stringMatching(/^3 there is no key givn/),
      expect.stringMatching(/^6 (caller is missing|there is no key caler)/),
      expect.stringMatching(/^6 (caller is missing|there is no key caler)/),
      '7 there is no case of getSpace retrievd',
      expect.stringMatching(/^(8|9|10) /),
    ]);
  });

  it('are not said to lack a recipe, a slot or a row that may stand behind the break', () => {
    const whole = 'recipes:\n  another: { from: a_space }\n';
    const { problems } = contracts({ 'a.yaml': table(...rows.slice(2, 3)), 'b.yaml': whole });
    expect(problems).toHaveLength(1);
  });

  it('have the faults of every other file shown', () => {
    const { problems } = contracts({
      'a.yaml': 'tables: [',
      'b.yaml': 'tabels: []\n',
      'c.arazzo.yaml': 'arazo: 1.0.1\n',
    });
    expect(new Set(problems.map(({ file }) => file.slice(-6)))).toEqual(
      new Set(['a.yaml', 'b.yaml', 'o.yaml']),
    );
  });

  it('that are lifecycles have their other faults shown', () => {
    const text = [
      'arazzo: 1.0.1',
      'info: { title: t, version: "1", colour: red }',
      'sourceDescriptions: [{ name: a, url: b, type: openapi }]',
      'workflows:',
      '  - workflowId: one',
      '    summary: s',
      '    steps:',
      '      - { stepId: a, operationId: getSpce, successCriteria: [{ condition: $statusCode == 200 }] }',
      '      - { stepId: "b, operationId: getSpce }',
      '',
    ];
    const { problems } = contracts({ 'a.arazzo.yaml': text.join('\n') }, false);
    expect(problems.map(({ line, what }) => `${line} ${what}`)).toEqual([
      expect.stringMatching(/^2 .*colour/),
      '8 there is no operation getSpce',
      expect.stringMatching(/^(9|10) /),
    ]);
  });

  it('print fifty problems at most, and say how many there are beyond', () => {
    const bad = Array.from({ length: 60 }, () => '      - { caller: ownr, expect: retrieved }');
    const { message, problems } = contracts({ 'a.yaml': table(...bad, '      - "') });
    expect(problems).toHaveLength(61);
    expect([message.match(/^ {2}fix: /gm)?.length, message.split('\n').at(-1)]).toEqual([
      50,
      'and 11 more',
    ]);
  });
});
