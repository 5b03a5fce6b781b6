// docs/worlds.md says what happens: its commands get the statuses behind them, and its code runs.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as understudy from '../../src/index.js';

const page = readFileSync('docs/worlds.md', 'utf8');
const block = (language: string, at: number): string =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))][at]?.[1] ?? '';

it('the requests of docs/worlds.md get the statuses that it says', async () => {
  const { fetch } = understudy.createUnderstudy();
  const lines = block('sh', 1).split('\n');
  const [, path = ''] = /^attach=(\S+)$/.exec(lines[0] ?? '') ?? [];
  const seen: [string, number][] = [];
  for (const line of lines.slice(1)) {
    const [, url = '', status] = /(http:\S+) +# (\d+)/.exec(line) ?? [];
    if (status === undefined) continue;
    const headers = [...line.matchAll(/-H '([^:]+): ([^']+)'/g)].map(
      ([, name = '', value = '']): [string, string] => [name, value],
    );
    const answer = await fetch(url.replace('$attach', path), { method: 'POST', headers });
    seen.push([line, answer.status]);
    expect(seen.at(-1)).toEqual([line, Number(status)]);
  }
  expect(seen).toHaveLength(4);
});

it('the code of docs/worlds.md runs, and says what has changed', async () => {
  const code = block('ts', 0).replace(/^import .*\n/, '');
  const told: string[] = [];
  const run = new Function(
    'createUnderstudy',
    'describeDifference',
    'console',
    `return (async () => { ${code} })()`,
  );
  await run(
    () => understudy.createUnderstudy({ worldScenarios: { '*': 'default' } }),
    understudy.describeDifference,
    { log: (text: string) => told.push(text) },
  );
  expect(told).toEqual(['no difference\n']);
});

it.each([1, 2])(
  'code block %i of docs/worlds.md runs, and gives what its comments say',
  async (at) => {
    const code = block('ts', at)
      .replace(/^import .*\n/, '')
      .replace(/^(.+); +\/\/ (\{.*\})$/gm, 'seen.push([$1, $2]);');
    const seen: (readonly [unknown, unknown])[] = [];
    const run = new Function('createUnderstudy', 'seen', `return (async () => { ${code} })()`);
    await run(understudy.createUnderstudy, seen);
    for (const [given, said] of seen) expect(given).toEqual(said);
    expect(seen).toHaveLength(at - 1);
  },
);
