// `understudy cases`: the list, one case, its requests alone, and names that are none.
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.js';
import type { Io } from '../../src/cli/io.js';
import { createUnderstudy } from '../../src/fetch.js';

async function run(...args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await runCommandLine(args, { stdout, stderr, env: {} } as unknown as Io);
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}
const attached = 'addVectorStoreToSpace.already_attached';

it('lists the cases with their status and basis', async () => {
  const { stdout } = await run('cases');
  expect(stdout).toContain(`409 seed     ${attached}\n`);
});

it('tells the same of a case as `explain` does', async () => {
  const { stdout } = await run('cases', attached);
  expect(stdout).toMatch(/^# addVectorStoreToSpace\.already_attached: .* answered with 409\n/);
  expect((await run('explain', attached)).stdout).toBe(stdout);
});

it.each([
  ['curl', /^TARGET=[\s\S]*\nid1=\$\(curl .*\n[\s\S]*curl -sSi .*"\$id1"/],
  ['fetch', /^const target = [\s\S]*console\.log\(await send\('POST', /],
  ['python', /^import os, [\s\S]*print\(\*send\("POST", /],
] as const)('prints the requests alone with --script %s', async (language, script) => {
  expect((await run('cases', attached, '--script', language)).stdout).toMatch(script);
});

it('has the requests of a case that is told, and of one that its bare name tells', async () => {
  const script = await run('cases', attached, '--script', 'curl');
  expect(script.stdout).toMatch(/^# addVectorStoreToSpace: 409 already_attached$/m);
  expect((await run('cases', attached)).stdout.endsWith(script.stdout)).toBe(true);
  expect((await run('cases', 'own_dedicated_store', '--script', 'curl')).stdout).toContain('curl');
});

it.each([
  [
    'space_not_found',
    /several cases space_not_found:\n404 \S+\.space_not_found\n[\s\S]*\n {2}fix: name one/,
  ],
  ['unknown_path', /reaches no operation\.\n {2}fix: `understudy cases unknown_path`/],
] as const)('has no script for %s, and says so', async (name, message) => {
  const { code, stderr } = await run('cases', name, '--script', 'curl');
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});

it.each([
  [['cases', 'already_atached']],
  [['cases', 'getSpace.retreived', '--script', 'curl']],
] as const)('%j names the nearest', async (args) => {
  const { code, stderr } = await run(...args);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/\n {2}fix: did you mean \w/)]);
});

it('in a browser the cases are there, and their calls are not shipped', async () => {
  const answer = await createUnderstudy().fetch('/__admin/cases/getSpace/retrieved');
  const { data } = (await answer.json()) as { data: unknown };
  expect(data).toMatchObject({ case: 'retrieved', status: 200, calls: [], scripts: null });
});
