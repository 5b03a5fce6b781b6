// `understudy why` against a server: what it prints, and how it ends.
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.js';
import type { Io } from '../../src/cli/io.js';
import { createUnderstudy } from '../../src/index.js';
import { call } from '../support/call.js';
import { attachStore, getSpace, owner, viewer } from '../support/requests.js';
import { writtenTo } from '../support/written.js';

const understudy = createUnderstudy();
let url = '';
beforeAll(async () => {
  ({ url } = await understudy.listen({ port: 0 }));
});
afterAll(() => understudy.close());

async function why(...args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { stdout, stderr, env: {} } as unknown as Io;
  const code = await runCommandLine(['why', ...args, '--url', url], io);
  return { code, stdout: writtenTo(stdout), stderr: writtenTo(stderr) };
}

it('explains the latest refusal, or the request that is named', async () => {
  const none = await why();
  expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/^No request .*\n {2}fix: /)]);

  await call(understudy, owner.get('/v1/spaces/space_zzz'));
  await call(understudy, attachStore);
  const { headers } = await call(understudy, attachStore);
  await call(understudy, getSpace);
  await call(understudy, { ...getSpace, headers: { 'x-api-key': 'ak_viewer~other' } });
  expect((await why()).stdout).toContain('409 addVectorStoreToSpace.already_attached');
  expect((await why(headers.get('x-request-id') as string)).stdout).toMatch(/^Request 3: POST /);
  expect((await why('3')).stdout).toMatch(
    new RegExp(`A way out, tried in a copy of the world:\\n\\nTARGET=${url}\\n# removeVectorStore`),
  );
  expect((await why('1')).stdout).toContain('There is no space `space_zzz`.');
  expect((await why('1~other')).stdout).toMatch(/^Request 1~other: GET .* by usr_viewer1\n/);
  expect((await why('1', '--world', 'other')).stdout).toMatch(/^Request 1~other: /);
  expect(JSON.parse((await why('4', '--json')).stdout)).toMatchObject({ verdict: 'passed' });

  const unknown = await why('9');
  expect([unknown.code, unknown.stdout]).toEqual([2, '']);
  expect(unknown.stderr).toMatch(
    /does not hold this request; it holds 1 to 4\.\n {2}fix: name one/,
  );
});

it('prints the way out of docs/why.md', async () => {
  understudy.worlds.reset('default');
  await call(understudy, viewer.post('/v1/spaces/space_abc123/vector-stores/vs_def456'));
  const page = readFileSync('docs/why.md', 'utf8');
  const [, told] = /```text\n(A way out[\s\S]*?)```/.exec(page) ?? [];
  expect((await why()).stdout).toContain(told?.replace('http://127.0.0.1:4010', url));
});
