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
  /noisy:
    get:
      responses:
        '200': { description: d, content: { application/json: { schema: { type: object, properties: { at: { type: string, format: date, minLength: 12 }, of: { oneOf: [{ type: integer }], anyOf: [{ type: integer }, { type: string }] } } } } } }
  /broken:
    get:
      responses: { '200': { description: d, content: { application/json: { example: seven, schema: { type: integer } } } } }
`,
  );
  const serve = start(['serve', '--port', '0', '--spec', file, '--log-format', 'json']);
  const [, url] = await serve.saw(/"url":"([^"]+)"/);
  expect((await fetch(`${url}/boats`)).status).toBe(200);
  expect((await fetch(`${url}/broken`)).status).toBe(500);
  // Prism has something to say of such schemas, and says it to the console.
  expect((await fetch(`${url}/noisy`)).status).toBe(200);
  serve.process.kill('SIGTERM');
  const { stdout, stderr } = await serve.finished;
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).event);
  expect([events, stderr]).toEqual([['starting', 'ready', 'exchange', 'exchange', 'exchange'], '']);
  expect(JSON.parse(stdout.split('\n', 1)[0] as string)).toEqual({
    event: 'starting',
    document: 'Harbour',
    operations: 3,
  });
});

it('`serve --spec` tells of the document at its start, and of the vendor only where an operation is the vendor’s', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const answers = { responses: { 200: { description: 'd' } } };
  const documents = {
    other: { paths: { '/boats': { get: answers } } },
    more: {
      paths: {
        '/boats': { get: answers },
        '/v1/spaces/{space_id}': { get: { operationId: 'getSpace', ...answers } },
      },
    },
  };
  const told: Record<string, string> = {};
  for (const [name, document] of Object.entries(documents)) {
    const file = join(folder, `${name}.json`);
    writeFileSync(
      file,
      JSON.stringify({ openapi: '3.1.0', info: { title: 'Harbour', version: '1' }, ...document }),
    );
    const serve = start(['serve', '--port', '0', '--spec', file, '--log-format', 'pretty']);
    await serve.saw(/is ready at/);
    serve.process.kill('SIGTERM');
    told[name] = (await serve.finished).stdout;
  }
  expect(told.other).toContain('Document Harbour: 1 operation, answered by Prism\n');
  expect(told.other).not.toMatch(/vendor|ak_owner|Scenario/);
  expect(told.more).toContain(
    'Document Harbour: 2 operations, 1 with rules of ours, the others answered by Prism\n',
  );
  expect(told.more).toMatch(/Scenario default[\s\S]*ak_owner/);
});
