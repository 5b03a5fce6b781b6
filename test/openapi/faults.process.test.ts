import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { run } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-faults-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['a faulty document', 'broken.yaml', '`type` takes'],
  ['a folder', '.', 'is a folder'],
  ['a file that is not there', 'none.yaml', 'there is no such file'],
])('%s ends `serve` with 2 and words', async (_, file, told) => {
  const schema = 'content: { application/json: { schema: { type: strin } } }';
  writeFileSync(
    join(folder, 'broken.yaml'),
    `openapi: 3.1.0\ninfo: { title: Harbour, version: '1' }\npaths:\n  /a: { get: { responses: { '200': { description: d, ${schema} } } } }\n`,
  );
  const { code, stderr } = await run(['serve', '--port', '0', '--spec', join(folder, file)]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(told)]);
  expect(stderr).not.toMatch(/^\s+at /m);
});
