// docs/lint.md says what happens: its commands, its text, its code, and its table of rules.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ControlClient } from '../../src/control/client.js';
import { createUnderstudy } from '../../src/index.js';
import { lintRules } from '../../src/lint/rules.js';

const page = readFileSync('docs/lint.md', 'utf8');

it('the commands of docs/lint.md get the statuses and the finding that it says', async () => {
  const { fetch } = createUnderstudy();
  const lines = page.split('\n').filter((line) => /^curl .*# \d+$/.test(line));
  for (const line of lines) {
    const [, method = 'GET'] = /-X (\w+)/.exec(line) ?? [];
    const [, path = ''] = /\$url([^" ]+)/.exec(line) ?? [];
    const answer = await fetch(path, { method, headers: { 'x-api-key': 'ak_owner' } });
    expect([line, answer.status]).toEqual([line, Number(/\d+$/.exec(line)?.[0])]);
  }
  expect(lines).toHaveLength(4);
  const [, told = 'none'] = /```text\n([\s\S]*?)```/.exec(page) ?? [];
  const { text } = await new ControlClient('http://a.test', { fetch }).lint();
  expect(text).toContain(told);
});

it('the code of docs/lint.md prints what it says', async () => {
  const [, code = ''] = /^```ts\n(?:import .*\n)*([\s\S]*?)^```$/m.exec(page) ?? [];
  const told: unknown[] = [];
  const run = new Function(
    'createUnderstudy',
    'ControlClient',
    'console',
    `return (async () => { ${code} })()`,
  );
  await run(createUnderstudy, ControlClient, { log: (one: unknown) => told.push(one) });
  expect(told).toEqual([[/\/\/ (.*)$/m.exec(code)?.[1]], 1]);
});

it('the table of docs/lint.md has every rule, with its severity, in the order of the report', () => {
  const rows = [...page.matchAll(/^\| `([\w-]+)` \| (error|warning|info) \| \S/gm)];
  expect(rows.map(([, name, severity]) => [name, severity])).toEqual(
    lintRules.map(({ name, severity }) => [name, severity]),
  );
});
