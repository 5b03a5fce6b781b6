import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { start } from '../support/cli.js';

it('`serve --spec` starts, answers and writes nothing that is not in its log', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'harbour.yaml');
  writeFileSync(
    file,
    `openapi: 3.1.0
info: { title: Harbour, version: '1' }
paths:
  /boats: { get: { responses: { '200': { description: d, content: { application/json: { schema: { type: integer } } } } } } }
  /broken:
    get:
      responses: { '200': { description: d, content: { application/json: { example: seven, schema: { type: integer } } } } }
`,
  );
  const serve = start(['serve', '--port', '0', '--spec', file, '--log-format', 'json']);
  const [, url] = await serve.saw(/"url":"([^"]+)"/);
  expect((await fetch(`${url}/boats`)).status).toBe(200);
  expect((await fetch(`${url}/broken`)).status).toBe(500);
  serve.process.kill('SIGTERM');
  const { stdout, stderr } = await serve.finished;
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).event);
  expect([events, stderr]).toEqual([['starting', 'ready', 'exchange', 'exchange'], '']);
});
