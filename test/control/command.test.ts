// `understudy worlds` against a server: what it prints, and how it ends.
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.js';
import type { Io } from '../../src/cli/io.js';
import { createUnderstudy } from '../../src/index.js';

const understudy = createUnderstudy({ adminToken: 'secret-1' });
let url = '';
beforeAll(async () => {
  ({ url } = await understudy.listen({ port: 0 }));
});
afterAll(() => understudy.close());

async function run(...args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { stdout, stderr, env: {} } as unknown as Io;
  const code = await runCommandLine(args, io);
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}
const worlds = (...args: readonly string[]) =>
  run('worlds', ...args, '--url', url, '--admin-token', 'secret-1');

it('lists, makes, forks, compares, resets, rewinds and deletes worlds', async () => {
  expect((await worlds('create', 'one', 'empty')).stdout).toMatch(
    /^one +empty +\S+ {2}0 requests\n$/,
  );
  expect((await worlds('fork', 'default', 'two')).code).toBeUndefined();
  await understudy.fetch('/v1/spaces/space_abc123/vector-stores/vs_def456', {
    method: 'POST',
    headers: { 'X-API-Key': 'ak_owner~two' },
  });
  expect((await worlds('compare', 'default', 'two')).stdout).toMatch(/^\+ spaceVectorStores /m);
  expect((await worlds('rewind', 'two', '1')).stdout).toContain('0 requests');
  expect((await worlds('compare', 'default', 'two')).stdout).toBe('no difference\n');
  await worlds('reset', 'two');
  await worlds('delete', 'one');
  const { stdout } = await worlds('list');
  expect(stdout.split('\n').map((line) => line.split(' ', 1)[0])).toEqual(['default', 'two', '']);
});

it.each([
  [['reset', 'none'], 2, /^There is no such world; there are default.*\.\n {2}fix: Name one/],
  [['rewind', 'default', 'x'], 2, /^x is no request\.\n {2}fix: /],
  [['rewind', 'default', '7'], 2, /does not hold this request\.\n {2}fix: /],
  [['create', 'a/b'], 2, /name must match .*\n {2}fix: /],
  [['fork', 'default'], 2, /missing required argument 'to'/],
  [['list', 'more'], 2, /too many arguments/],
] as const)('%j ends with %i, and says what to do', async (args, code, words) => {
  const ended = await worlds(...args);
  expect([ended.code, ended.stdout]).toEqual([code, '']);
  expect(ended.stderr).toMatch(words);
});

it.each([
  [['--url', 'nowhere'], 2, /^nowhere is no address of a server\.\n {2}fix: /],
  [['--url', 'http://127.0.0.1:1'], 3, /^No answer from http:\/\/127\.0\.0\.1:1: .*\n {2}fix: /],
] as const)('%j ends with %i', async (args, code, words) => {
  const ended = await run('worlds', 'list', ...args);
  expect(ended.code).toBe(code);
  expect(ended.stderr).toMatch(words);
});

it('says that the token is missing', async () => {
  const { code, stderr } = await run('worlds', 'list', '--url', url);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/token[\s\S]*fix: .*--admin-token/)]);
});
