// `understudy worlds`, `reset`, `snapshot`, `state` and `clock` against a server: what it prints, and how it ends.
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.js';
import type { Io } from '../../src/cli/io.js';
import { createUnderstudy } from '../../src/index.js';
import { writtenTo } from '../support/written.js';

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
  return { code, stdout: writtenTo(stdout), stderr: writtenTo(stderr) };
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
  expect((await worlds()).stdout).toBe(stdout);
  expect(stdout.split('\n').map((line) => line.split(' ', 1)[0])).toEqual(['default', 'two', '']);
});

it.each([
  [
    ['reset', 'none'],
    2,
    /^There is no such world; there are default.*\.\n {2}fix: name one of them, or make it with `understudy worlds create none`/,
  ],
  [['rewind', 'default', 'x'], 2, /^x is no request\.\n {2}fix: /],
  [
    ['rewind', 'default', '7'],
    2,
    /does not hold this request\.\n {2}fix: send a request to the world first/,
  ],
  [['create', 'a/b'], 2, /cannot be the name of a world\.\n {2}fix: /],
  [['fork', 'default'], 2, /missing required argument 'to'/],
  [['list', 'more'], 2, /unknown command 'more'/],
] as const)('%j ends with %i, and says what to do', async (args, code, words) => {
  const ended = await worlds(...args);
  expect([ended.code, ended.stdout]).toEqual([code, '']);
  expect(ended.stderr).toMatch(words);
});

it.each([
  [['--url', 'nowhere'], 2, /^nowhere is no address of a server\.\n {2}fix: /],
  [
    ['--url', 'http://127.0.0.1:1'],
    3,
    /^No answer from http:\/\/127\.0\.0\.1:1: bad port\.\n {2}fix: /,
  ],
] as const)('%j ends with %i', async (args, code, words) => {
  const ended = await run('worlds', 'list', ...args);
  expect(ended.code).toBe(code);
  expect(ended.stderr).toMatch(words);
});

const ask = (...args: readonly string[]) => run(...args, '--url', url, '--admin-token', 'secret-1');
const printed = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await ask(...args);
  expect([code, stderr]).toEqual([undefined, '']);
  return stdout;
};
const json = async (...args: readonly string[]) => JSON.parse(await printed(...args, '--json'));

describe('a world of its own', () => {
  const inWorld = ['--world', 'cli'] as const;
  beforeEach(async () => {
    await ask('worlds', 'create', 'cli');
    await ask('reset', 'cli');
  });

  it('is reset, by its name or by --world', async () => {
    for (const args of [['cli'], inWorld]) {
      await printed('state', 'spaces', 'space_abc123', '--patch', '{"name":"New"}', ...inWorld);
      expect(await printed('reset', ...args)).toMatch(/^cli +default .* 0 requests\n$/);
      expect((await json('state', 'spaces', 'space_abc123', ...inWorld)).name).not.toBe('New');
    }
    expect(await json('reset')).toMatchObject({ name: 'default', requests: 0 });
  });

  it('is kept in a snapshot, and put back', async () => {
    for (const words of [['list'], []])
      expect(await printed('snapshot', ...words, ...inWorld)).toBe(
        'There is no snapshot of cli.\n',
      );
    expect(await printed('snapshot', 'take', 'before', ...inWorld)).toMatch(/^before +\d{4}-/);
    await printed('state', 'spaces', 'space_abc123', '--patch', '{"name":"New"}', ...inWorld);
    expect(await json('snapshot', 'list', ...inWorld)).toEqual([
      { name: 'before', now: expect.any(String) },
    ]);
    expect(await printed('snapshot', 'restore', 'before', ...inWorld)).toMatch(/^cli +default/);
    expect((await json('state', 'spaces', 'space_abc123', ...inWorld)).name).not.toBe('New');
    expect((await json('snapshot', 'delete', 'before', ...inWorld)).name).toBe('before');
    expect(await json('snapshot', 'list', ...inWorld)).toEqual([]);
  });

  it('shows its rows, all or some', async () => {
    expect(await printed('state', ...inWorld)).toMatch(/^departments +\d+\nusers +\d+$/m);
    const lines = (await printed('state', 'users', '--limit', '2', ...inWorld)).split('\n');
    expect(JSON.parse(lines[0] as string)).toHaveProperty('role_ids');
    expect(lines[2]).toMatch(/^and \d+ more; --limit/);
    const where = ['--where', 'organization_id=org_xyz789', '--where', 'parent_id=null'];
    const { rows, total } = await json('state', 'departments', ...where, ...inWorld);
    expect([rows.length, total]).toEqual([2, 2]);
    expect(await printed('state', 'users', '--where', 'id=none', ...inWorld)).toBe(
      'No users like that in cli.\n',
    );
  });

  it('has a row changed, by its ID or by what only it has', async () => {
    const patch = ['--patch', '{"title":"T","pinned_at":null}', ...inWorld];
    expect(await json('state', 'threads', 'thrd_pinned', ...patch)).toMatchObject({
      title: 'T',
      pinned_at: null,
    });
    expect(await json('state', 'threads', '--where', 'id=thrd_empty', ...patch)).toMatchObject({
      id: 'thrd_empty',
      title: 'T',
    });
  });

  it('has a clock that is shown, moved and stopped', async () => {
    const start = (await printed('clock', ...inWorld)).trim();
    expect((await printed('clock', 'show', ...inWorld)).trim()).toBe(start);
    const later = (await printed('clock', 'advance', '2h', ...inWorld)).trim();
    expect(Date.parse(later) - Date.parse(start)).toBe(7_200_000);
    expect(await printed('clock', 'set', '2030-01-01T00:00:00Z', ...inWorld)).toBe(
      '2030-01-01T00:00:00Z\n',
    );
    expect(await printed('clock', 'freeze', ...inWorld)).toContain('it stands still');
    expect(await json('clock', ...inWorld)).toEqual({ now: '2030-01-01T00:00:00Z', frozen: true });
    expect((await json('clock', 'unfreeze', ...inWorld)).frozen).toBe(false);
  });

  it('tells what a moved clock has moved', async () => {
    understudy.worlds.setBackfill('cli', 'after 2m');
    await understudy.fetch('/v1/spaces/space_abc123/threads/thrd_def456', {
      method: 'POST',
      headers: { 'X-API-Key': 'ak_owner~cli' },
    });
    const told = await printed('clock', 'advance', '3m', ...inWorld);
    expect(told).toContain('  msg_1 in space_abc123: done\n');
  });

  it.each([
    [
      ['reset', 'none'],
      /^There is no such world; there are default.*\.\n {2}fix: name one of them, or /,
    ],
    [['reset', 'defualt'], /\n {2}fix: did you mean default\?/],
    [['why', '7~cli'], /does not hold this request\.\n {2}fix: send a request to the world first/],
    [
      ['snapshot', 'restore', 'none'],
      /no snapshot of this name; there are none\.\n {2}fix: take one with `understudy snapshot take/,
    ],
    [['worlds', 'create', 'a b'], /^"a b" cannot be the name of a world\.\n {2}fix: /],
    [['worlds', 'fork', 'default', 'a/b'], /^"a\/b" cannot be the name of a world\./],
    [['snapshot', 'take', 'a/b'], /cannot be the name of a snapshot\.\n {2}fix: /],
    [
      ['state', '--patch', '{}'],
      /^--patch is about the rows of one table, and none is named\.\n {2}fix: name it/,
    ],
    [['state', 'space'], /no table of this name; there are organizations, .*\n {2}fix: /],
    [['state', 'spaces', 'space_abc12'], /no row with this ID; there are space_abc123\.\n {2}fix/],
    [['state', 'spaces', '--where', 'colour=red'], /has this field; there are id, .*\n {2}fix: /],
    [['state', 'spaces', '--where', 'red'], /^red is no filter\.\n {2}fix: /],
    [
      ['state', 'spaces', '--patch', '{}'],
      /^One row is patched at a time, and these fit \d: .*\n {2}fix: /,
    ],
    [['state', 'spaces', '--where', 'id=x', '--patch', '{}'], /these fit none\.\n {2}fix: /],
    [['state', 'spaces', 'space_abc123', '--patch', '7'], /^7 is no JSON object\.\n {2}fix: /],
    [['state', 'spaces', 'space_abc123', '--patch', '{"name":7}'], /must be a text, .*\n {2}fix: /],
    [['state', 'spaces', '--limit', '0'], /whole number from 1 to 1000/],
    [
      ['clock', 'advance', '-5s'],
      /^error: a clock goes forward only, not by -5s; to go back, rewind .*\n {2}fix: /,
    ],
    [['clock', 'advance', '--wrold', 'x'], /unknown option '--wrold'\n.*--world/],
    [['clock', 'advance', 'soon'], /cannot be moved there: "soon" is nothing .*\n {2}fix: /],
    [['clock', 'set', '2001-01-01T00:00:00Z'], /does not go back .*\n {2}fix: /],
    [['clock', 'stop'], /unknown command 'stop'\n {2}fix: `understudy clock --help`/],
  ] as const)('%j ends with 2, and says what to do', async (args, words) => {
    const { code, stdout, stderr } = await ask(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(words);
  });

  it('shows examples in the help of each command', async () => {
    for (const name of ['worlds', 'reset', 'snapshot', 'state', 'clock'])
      expect((await run(name, '--help')).stdout).toContain(`Examples:\n  understudy ${name}`);
  });
});

it('says that the token is missing', async () => {
  const { code, stderr } = await run('worlds', 'list', '--url', url);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/token[\s\S]*fix: .*--admin-token/)]);
});
