// The scripts of a way out, as they are: with curl in a shell, with `fetch` in Node, and in Python.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ControlClient } from '../../src/control/client.js';
import { createUnderstudy } from '../../src/index.js';
import { call } from '../support/call.js';
import { owner } from '../support/requests.js';

const run = promisify(execFile);
const understudy = createUnderstudy();
let url = '';
beforeAll(async () => {
  ({ url } = await understudy.listen({ port: 0 }));
});
afterAll(() => understudy.close());

it.each([
  ['curl', 'sh', '-c', /^HTTP\/1\.1 204 /],
  ['fetch', process.execPath, '--input-type=module --eval', /status: 204/],
  ['python', 'python3', '-c', /^204 /],
] as const)(
  '%s does what it says, with the ids that its calls make',
  async (language, program, flags, printed) => {
    await call(understudy, owner.delete('/v1/spaces/space_none/threads/thrd_def456'));
    const { way, scripts } = await new ControlClient(url).waysOut(understudy.journal.length);
    expect(way?.calls.map(({ operation }) => operation)).toEqual([
      'createSpace',
      'addThreadToSpace',
    ]);
    const script = scripts?.[language] ?? '';
    expect(script).not.toContain(way?.calls[0]?.made);
    const env = { ...process.env, TARGET: url };
    const { stdout } = await run(program, [...flags.split(' '), script], { env });
    expect(stdout).toMatch(printed);
  },
);
