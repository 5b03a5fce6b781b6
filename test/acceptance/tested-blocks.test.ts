import { describe, expect, it } from 'vitest';
import { testedBlocks } from './tested-blocks.js';

const page = (...lines: string[]): string => lines.join('\n');

describe('the tested blocks of a page', () => {
  it('are the sh blocks with the mark before them, each with the json block after it', () => {
    const markdown = page(
      '# Title',
      '```sh',
      'npm install',
      '```',
      '<!-- tested -->',
      '',
      '```sh',
      "curl http://localhost:4010/ \\\n  -H 'a: b'",
      '```',
      'answers',
      '```json',
      '{ "a": 1 }',
      '```',
      '<!-- tested -->',
      '````sh',
      'echo "```"',
      '````',
    );
    expect(testedBlocks(markdown)).toEqual([
      { line: 8, commands: "curl http://localhost:4010/ \\\n  -H 'a: b'", output: '{ "a": 1 }' },
      { line: 17, commands: 'echo "```"' },
    ]);
  });

  it.each([
    ['another block', ['```text', 'x', '```']],
    ['a heading', ['## Next']],
    ['another tested block', ['<!-- tested -->', '```sh', 'true', '```']],
  ])('leave out a json block that comes after %s', (_, between) => {
    const [block] = testedBlocks(
      page('<!-- tested -->', '```sh', 'true', '```', ...between, '```json', '{}', '```'),
    );
    expect(block).toEqual({ line: 3, commands: 'true' });
  });

  it('are none where nothing is marked', () => {
    expect(testedBlocks(page('```sh', 'true', '```'))).toEqual([]);
  });

  it('do not include what is shown inside another block', () => {
    expect(testedBlocks(page('````md', '<!-- tested -->', '```sh', 'true', '```', '````'))).toEqual(
      [],
    );
  });

  it('throw for a mark with nothing to try after it', () => {
    expect(() => testedBlocks(page('', '<!-- tested -->', '', '```json', '{}', '```'))).toThrow(
      'Line 2: ',
    );
    expect(() => testedBlocks('<!-- tested -->')).toThrow('Line 1: ');
  });

  it('throw for a block that is never closed', () => {
    expect(() => testedBlocks(page('<!-- tested -->', '```sh', 'true'))).toThrow(
      'Line 2: this block is never closed.',
    );
  });
});
