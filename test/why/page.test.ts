// docs/why.md says what happens: its commands get the statuses behind them, and the text is what is told.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { loadControl } from '../../src/shipped/control.js';

const page = readFileSync('docs/why.md', 'utf8');

it('the commands of docs/why.md get the statuses and the text that it says', async () => {
  const { fetch } = createUnderstudy();
  const lines = page.split('\n').filter((line) => /^curl .*# \d+$/.test(line));
  const texts: string[] = [];
  for (const line of lines) {
    const [, method = 'GET'] = /-X (\w+)/.exec(line) ?? [];
    const headers = [...line.matchAll(/-H '([^:]+): ([^']+)'/g)].map(
      ([, name = '', value = '']): [string, string] => [name, value],
    );
    const [, path = ''] = /\$url(\S+)/.exec(line) ?? [];
    const answer = await fetch(path, { method, headers });
    expect([line, answer.status]).toEqual([line, Number(/\d+$/.exec(line)?.[0])]);
    if (answer.headers.get('content-type')?.startsWith('text/plain'))
      texts.push(await answer.text());
  }
  const [, told] = /```text\n([\s\S]*?)```/.exec(page) ?? [];
  expect(texts).toEqual([told]);
});

it('has every verdict', () => {
  const { verdict } = JSON.parse(loadControl().spec.text).components.schemas.Explanation.properties;
  const told = [...page.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = '']) =>
    cell.replaceAll('`', '').split(', '),
  );
  expect(told).toEqual(expect.arrayContaining(verdict.enum));
});
