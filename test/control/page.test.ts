// docs/control.md says what happens: its commands get the statuses behind them, and its table has every operation.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ControlClient } from '../../src/control/client.js';
import { ControlError } from '../../src/control/client-answer.js';
import { createUnderstudy } from '../../src/index.js';
import { loadControl } from '../../src/shipped/control.js';

const page = readFileSync('docs/control.md', 'utf8');

it('the requests of docs/control.md get the statuses that it says', async () => {
  const { fetch } = createUnderstudy();
  const lines = page.split('\n').filter((line) => /^curl .*# \d+$/.test(line));
  for (const line of lines) {
    const [, body] = /--json '([^']*)'/.exec(line) ?? [];
    const [, method = body === undefined ? 'GET' : 'POST'] = /-X (\w+)/.exec(line) ?? [];
    const [, key] = /-H 'X-API-Key: ([^']+)'/.exec(line) ?? [];
    const [, place = '', path = ''] = /(\$admin|http:\/\/127.0.0.1:4010)([^ "]*)/.exec(line) ?? [];
    const answer = await fetch(place === '$admin' ? `/__admin${path}` : path, {
      method,
      headers: {
        ...(key === undefined ? {} : { 'x-api-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    expect([line, answer.status]).toEqual([line, Number(/\d+$/.exec(line)?.[0])]);
  }
  expect(lines.length).toBeGreaterThan(10);
});

it('the table of docs/control.md has every operation', () => {
  const [first = ''] = page.split('\n## ', 1);
  const rows = [...first.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = '']) => cell);
  const told = rows.flatMap((cell) => {
    const names = cell.replaceAll('`', '').split(', ');
    // `GET health`, `ready`: the method is that of the one before; `GET`, `PUT x`: the path is that of the one behind.
    const path = names.at(-1)?.split(' ')[1];
    return names.map((name) => {
      const [first = '', second] = name.split(' ');
      if (second !== undefined) return name;
      return /^[A-Z]+$/.test(first) ? `${first} ${path}` : `GET ${first}`;
    });
  });
  const operations = [...loadControl().spec.operations.values()].map(
    ({ method, template }) => `${method} ${template.slice('/__admin/'.length)}`,
  );
  expect(told.sort()).toEqual(operations.sort());
});

it('the code of docs/control.md runs, and prints what is there', async () => {
  const { fetch } = createUnderstudy();
  class Client extends ControlClient {
    constructor(url: string) {
      super(url, { fetch });
    }
  }
  const [, code = ''] = /^```ts\nimport .*\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const told: unknown[][] = [];
  const run = new Function(
    'ControlClient',
    'ControlError',
    'console',
    `return (async () => { ${code} })()`,
  );
  await run(Client, ControlError, { log: (...words: unknown[]) => told.push(words) });
  expect(told).toEqual([
    [true, 0],
    [404, expect.stringContaining('worlds')],
  ]);
});
