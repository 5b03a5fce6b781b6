// docs/faults-on-purpose.md says what happens: its requests get the statuses behind them, its file
// of faults is one, its code runs, and its tables have every field.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ControlClient } from '../../src/control/client.js';
import { createUnderstudy } from '../../src/index.js';

const page = readFileSync('docs/faults-on-purpose.md', 'utf8');
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  );

it('the requests get the statuses that it says', async () => {
  const { fetch } = createUnderstudy();
  const lines = page.split('\n').filter((line) => /^curl .*# \d+$/.test(line));
  for (const line of lines) {
    const [, body] = /--json '([^']*)'/.exec(line) ?? [];
    const [, method = body === undefined ? 'GET' : 'POST'] = /-X (\w+)/.exec(line) ?? [];
    const [, place, path = ''] = /(\$admin|http:\/\/127.0.0.1:4010)([^ ]*)/.exec(line) ?? [];
    const answer = await fetch(place === '$admin' ? `/__admin${path}` : path, {
      method,
      headers: { 'x-api-key': 'ak_owner', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
    expect([line, answer.status]).toEqual([line, Number(/\d+$/.exec(line)?.[0])]);
  }
  expect(lines.length).toBeGreaterThan(5);
});

it('the file of faults is one', () => {
  const [file = ''] = blocks('yaml');
  expect(() => createUnderstudy(parse(file))).not.toThrow();
});

it('the code tells what the client did', async () => {
  const [code = ''] = blocks('ts');
  const told: string[] = [];
  const run = new Function(
    'createUnderstudy',
    'ControlClient',
    'console',
    `return (async () => { ${code.replace(/^import .*\n/gm, '')} })()`,
  );
  await run(createUnderstudy, ControlClient, { log: (text: unknown) => told.push(String(text)) });
  expect(told[0]).toBe('false');
  expect(told[1]).toContain('was carried out again');
});

it('the tables have every field of a fault', () => {
  const { properties } = JSON.parse(readFileSync('schemas/faults.json', 'utf8')).properties.faults
    .items;
  const cells = page.split('\n').filter((line) => line.startsWith('| `'));
  for (const part of ['when', 'does'])
    for (const field of Object.keys(properties[part].properties).filter(
      (one) => one !== 'carried_out',
    ))
      expect(
        cells.some((cell) => cell.split(' | ')[0]?.includes(`\`${field}\``)),
        field,
      ).toBe(true);
  expect(page).toContain('`carried_out: true`');
});
