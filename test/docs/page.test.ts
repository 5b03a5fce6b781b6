import { describe, expect, it } from 'vitest';
import { pageSteps, unmarkedBlocks } from './page.js';

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

  it('throw for a mark without a block', () => {
    expect(() => pageSteps(page('Text', '<!-- run -->', 'more text'))).toThrow('Line 2: no block of code');
    expect(() => pageSteps('<!-- file: a.ts -->\n')).toThrow('Line 1: no block of code');
  });
});

it('blocks without a mark are found', () => {
  const markdown = page('<!-- run -->', '```sh', 'true', '```', '', '```ts', 'code', '```', '```sh', '```');
  expect(unmarkedBlocks(markdown)).toEqual([6, 9]);
});
