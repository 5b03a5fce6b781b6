// `understudy lint` against a server, and `exec --lint` around a command: what they print and write, and how they end.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.js';
import type { Io } from '../../src/cli/io.js';
import { createUnderstudy } from '../../src/index.js';
import { ruleNames } from '../../src/lint/rules.js';
import { faultsOfJunit } from '../support/junit.js';
import { writtenTo } from '../support/written.js';
import { readXml } from '../support/xml.js';

const understudy = createUnderstudy();
let url = '';
beforeAll(async () => {
  ({ url } = await understudy.listen({ port: 0 }));
  const ask = (path: string, key: string) =>
    understudy.fetch(path, { headers: { 'X-API-Key': key } });
  await ask('/v1/threads?serch=a', 'ak_owner');
  await ask('/v1/spaces/undefined', 'ak_owner~other');
});
const folder = mkdtempSync(join(tmpdir(), 'understudy-lint-'));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await understudy.close();
});

async function run(args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { stdout, stderr, env: {} } as unknown as Io;
  const code = (await runCommandLine(args, io)) ?? io.exitCode ?? 0;
  return { code, stdout: writtenTo(stdout), stderr: writtenTo(stderr) };
}
const lint = (...args: readonly string[]) => run(['lint', '--url', url, ...args]);

it.each([
  [[], 1],
  [['--world', 'default'], 0],
  [['--world', 'default', '--fail-on', 'warning'], 1],
  [['--world', 'default', '--fail-on', 'warning', '--ignore', 'unread-field'], 0],
  [['--world', 'default', '--fail-on', 'none'], 0],
  [['--fail-on', 'none'], 0],
  [['--fail-on', 'none', '--min-coverage', '1'], 0],
  [['--fail-on', 'none', '--min-coverage', '99'], 1],
  [['--world', 'none'], 2],
  [['--ignore', 'unread-feld'], 2],
  [['--report', 'lint.txt'], 2],
  [['--report', '/none/lint.xml'], 2],
])('%j ends with %i', async (args, code) => {
  const ended = await lint(...args);
  expect([ended.code, ended.stderr]).toEqual([
    code,
    code === 2 ? expect.stringMatching(/fix: |It takes a file/) : '',
  ]);
});

it('tells people what happened, where, what to do and why', async () => {
  const { stdout } = await lint();
  expect(stdout).toContain(`error  placeholder-value  getSpace
  A value was missing: the path has undefined.
  at: world other, request 1
  fix: `);
  expect(stdout).toMatch(/\n {2}source: .*\(openapi\/paths\/\S+:\d+\)\n/);
  expect(stdout).toMatch(
    /2 requests in 2 worlds: 1 error, 1 warning\.\nFailed: --fail-on error\.\n$/,
  );
});

it('writes JSON and JUnit beside it', async () => {
  const [json, xml] = [join(folder, 'lint.json'), join(folder, 'lint.xml')];
  const { stdout } = await lint(
    '--report',
    json,
    '--report',
    xml,
    '--json',
    '--ignore',
    'n-plus-one',
  );
  const report = JSON.parse(readFileSync(json, 'utf8'));
  expect(report).toEqual(JSON.parse(stdout));
  expect(report.findings.map(({ rule }: { rule: string }) => rule)).toEqual([
    'placeholder-value',
    'unread-field',
  ]);
  const junit = readFileSync(xml, 'utf8');
  expect(faultsOfJunit(await readXml(junit))).toEqual([]);
  const [tests] = /tests="\d+" failures="\d+" errors="\d+" skipped="\d+"/.exec(junit) ?? [];
  expect(tests).toBe(`tests="${ruleNames.length + 1}" failures="1" errors="0" skipped="1"`);
  expect(junit).toContain('<testcase classname="understudy lint" name="unread-field"');
  expect(junit).toMatch(
    /name="placeholder-value"[^>]*><failure message="placeholder-value: [^>]+>[^<]+the path has undefined/,
  );
});

it.each([
  [[], 3],
  [['--fail-on', 'none'], 0],
  [['--fail-on', 'none', '--min-coverage', '1'], 3],
])('says where no request came: %j ends with %i', async (args, code) => {
  understudy.worlds.create('silent');
  const xml = join(folder, 'silent.xml');
  const ended = await lint('--world', 'silent', '--report', xml, ...args);
  understudy.worlds.delete('silent');
  expect(ended.code).toBe(code);
  const told = 'no request came, so nothing was looked at.';
  expect(ended.stdout.includes(`Inconclusive: ${told}\n  fix: `)).toBe(code === 3);
  expect(readFileSync(xml, 'utf8').includes(`message="coverage: ${told}"`)).toBe(code === 3);
});

it('refuses a rule that there is not before a command is run', async () => {
  const { code, stderr } = await run([
    'exec',
    '--lint',
    '--ignore',
    'n-plus-on',
    '--',
    'no-such-program',
  ]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean n-plus-one?')]);
});
