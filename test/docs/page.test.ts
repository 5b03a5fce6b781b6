import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectFolder } from '../support/processes.js';
import { pageSteps, pages, unmarkedBlocks } from './page.js';

const page = (...lines: string[]): string => lines.join('\n');

describe('the steps of a page', () => {
  it('are its marked blocks, in order', () => {
    const markdown = page(
      '# Title',
      '<!-- file: test/a.test.ts -->',
      '```ts',
      'const a = 1;',
      '```',
      'Then run it:',
      '<!-- run -->',
      '```sh',
      'npx vitest',
      'true',
      '```',
      '<!-- run in the clone -->',
      '```sh',
      'npm pack',
      '```',
    );
    expect(pageSteps(markdown)).toEqual([
      { kind: 'write', line: 4, file: 'test/a.test.ts', text: 'const a = 1;\n' },
      { kind: 'run', line: 9, where: 'project', commands: 'npx vitest\ntrue\n' },
      { kind: 'run', line: 14, where: 'clone', commands: 'npm pack\n' },
    ]);
  });

  it('can be servers, outputs and the steps of a job', () => {
    const block = (mark: string, ...text: string[]): string =>
      page(`<!-- ${mark} -->`, '```sh', ...text, '```', '');
    const markdown = [
      block('serve in the clone', 'npm start', 'npm start -- --port 0'),
      block('output', 'it printed this'),
      block('steps of a job', '- run: one', '- uses: two', '- run: three'),
      block('run in another project', 'npm install'),
      block('tested', 'curl'),
    ].join('');
    expect(pageSteps(markdown)).toEqual([
      { kind: 'serve', line: 3, where: 'clone', commands: ['npm start', 'npm start -- --port 0'] },
      { kind: 'output', line: 8, text: 'it printed this\n' },
      { kind: 'run', line: 12, where: 'project', commands: 'one\nthree' },
      { kind: 'run', line: 18, where: 'another project', commands: 'npm install\n' },
    ]);
    expect(() => pageSteps(block('run elsewhere', 'true'))).toThrow(
      'Line 1: the mark <!-- run elsewhere --> is not known.',
    );
  });

  it('throw for a mark without a block', () => {
    expect(() => pageSteps(page('Text', '<!-- run -->', 'more text'))).toThrow(
      'Line 2: no block of code',
    );
    expect(() => pageSteps('<!-- file: a.ts -->\n')).toThrow('Line 1: no block of code');
  });
});

it('blocks without a mark are found', () => {
  const markdown = page(
    '<!-- run -->',
    '```sh',
    'true',
    '```',
    '',
    '```ts',
    'code',
    '```',
    '```sh',
    '```',
  );
  expect(unmarkedBlocks(markdown)).toEqual([6, 9]);
});

it('what a tested block prints needs no mark of its own, but other blocks after it do', () => {
  const markdown = page(
    '<!-- tested -->',
    '```sh',
    'curl',
    '```',
    '```json',
    '{}',
    '```',
    '```json',
    '{}',
    '```',
  );
  expect(unmarkedBlocks(markdown)).toEqual([8]);
});

const read = (file: string): string => readFileSync(join(projectFolder, file), 'utf8');
const everyPage = [
  'README.md',
  ...readdirSync(join(projectFolder, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];

it.each(everyPage)('%s has no block of code that is not followed', (file) => {
  expect(unmarkedBlocks(read(file))).toEqual([]);
  if (!pages.includes(file)) expect(pageSteps(read(file))).toEqual([]);
});

it('the workflow for CI in docs/testing.md runs what is followed', () => {
  const steps = pageSteps(read('docs/testing.md'));
  const [workflow] = steps.flatMap((step) =>
    step.kind === 'write' && /workflows/.test(step.file) ? [step.text] : [],
  );
  const { jobs } = parse(workflow as string) as {
    jobs: { test: { steps: readonly { run?: string }[] } };
  };
  const commands = jobs.test.steps.flatMap(({ run }) => run ?? []);
  const followed = steps.flatMap((step) => (step.kind === 'run' ? [step.commands.trim()] : []));
  expect(commands.filter((command) => !followed.includes(command))).toEqual(['npm ci']);
});
