// `check` with files of known deviations and reports of earlier runs, from a first night to a mended
// server.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createUnderstudy } from '../../src/index.js';
import { run } from '../support/cli.js';
import { whole } from '../support/sample.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-known-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

/** A run about one operation, on a server with a fault or without. */
async function check(drift: string | undefined, ...args: readonly string[]) {
  const understudy = createUnderstudy(drift === undefined ? {} : { drift });
  const { url } = await understudy.listen({ port: 0 });
  try {
    const only = ['--level', 'smoke', '--include-operation-id', 'getSpace'];
    return await run(['check', url, ...only, '--report-dir', at('report'), ...args]);
  } finally {
    await understudy.close();
  }
}
const isResults = new Ajv2020({ allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('contracts/results.schema.json', 'utf8')),
);
function results() {
  const value = JSON.parse(readFileSync(at('report/results.json'), 'utf8'));
  expect([isResults(value), isResults.errors]).toEqual([true, null]);
  return value;
}
const fault = 'drop:getSpace.200/name';
const fill = (file: string) =>
  writeFileSync(
    file,
    readFileSync(file, 'utf8')
      .replace(/("?expires"?: "?)TODO/g, '$12999-12-31')
      .replaceAll('TODO', 'API-7'),
  );

describe('--known-add and --known', () => {
  it.each(whole ? ['known.yaml', 'known.json'] : ['known.yaml'])(
    'take a team from a first finding to a mended server: %s',
    async (name) => {
      const file = at(name);
      const first = await check(fault, '--known-add', file);
      expect(first.code).toBe(1);
      expect(first.stdout).toMatch(/known\.\w+: \d+ added; fill in each TODO/);
      const before = readFileSync(file, 'utf8');

      const unfilled = await check(fault, '--known', file);
      expect(unfilled.code).toBe(2);
      expect(unfilled.stderr).toMatch(/known\.\w+:\d+:\d+ {2}is still TODO\n {2}fix: write why/);
      // Told again, there is nothing to add.
      expect((await check(fault, '--known-add', file)).stdout).toContain('nothing to add');
      expect(readFileSync(file, 'utf8')).toBe(before);

      fill(file);
      const accepted = await check(fault, '--known', file);
      expect([accepted.code, accepted.stdout]).toEqual([0, expect.stringContaining('API-7')]);
      expect(results().findings[0].known).toMatchObject({ reason: 'API-7', expires: '2999-12-31' });

      const mended = await check(undefined, '--known', file);
      expect(mended.code).toBe(1);
      expect(mended.stdout).toMatch(/known\.\w+:\d+ the entry \w{8} of API-7 matches nothing/);
      // Another operation is none of its business.
      const other = await check(undefined, '--known', file, '--exclude-operation-id', 'getSpace');
      expect(other.stdout).not.toContain('matches nothing');
    },
  );

  it('keep what stands in the file, and its comments', async () => {
    const file = at('old.yaml');
    const old = `# of the spaces team\n- fingerprint: "00000012" # from March\n  reason: r\n  owner: o\n  expires: 2999-12-31\n`;
    writeFileSync(file, old);
    await check(fault, '--known-add', file);
    const text = readFileSync(file, 'utf8');
    expect(text.startsWith(old)).toBe(true);
    expect(parse(text).length).toBeGreaterThan(1);
    expect(parse(text)[1]).toMatchObject({ reason: 'TODO', operation: 'getSpace', level: 'smoke' });
  });

  it('say all that is wrong with all files at once, before the first request', async () => {
    writeFileSync(at('bad.yaml'), '- reson: r\n');
    writeFileSync(at('bad.json'), '{}');
    const { code, stderr } = await check(
      fault,
      ...['--known', at('bad.yaml'), '--compare', at('bad.json'), '--compare', at('none.json')],
    );
    expect(code).toBe(2);
    for (const said of ['bad.yaml:1:10  reson is not', 'bad.json:1', 'none.json:1:1  there is no'])
      expect(stderr).toContain(said);
    expect(results()).toMatchObject({ verdict: 'Not begun', requests: 0 });
    const nowhere = await check(fault, '--known-add', at('no/known.yaml'));
    expect([nowhere.code, nowhere.stderr]).toEqual([
      2,
      expect.stringContaining('there is no folder'),
    ]);
    expect(existsSync(at('no'))).toBe(false);
  });
});

describe('--compare', () => {
  it('takes the report of the same folder, which the run replaces', async () => {
    await check(fault);
    const mended = await check(undefined, '--compare', at('report/results.json'));
    expect(mended.stdout).toMatch(/^Since .*results\.json: 0 new, \d+ fixed$/m);
    expect(results().compared).toMatchObject({ new: [], files: [at('report/results.json')] });
  });
});
