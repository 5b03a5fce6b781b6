// What a document costs before its first request: a start reads it, and compiles nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { start } from '../support/cli.js';
import { itInFull, whole } from '../support/sample.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const many = <Made>(count: number, make: (i: number) => Made): Made[] =>
  Array.from({ length: count }, (_, i) => make(i));
const fields = (count: number, more: object = {}) =>
  Object.fromEntries(
    many(count, (i) => [
      `f${i}`,
      { type: i % 2 ? 'string' : 'integer', description: 'As agreed. '.repeat(6), ...more },
    ]),
  );
const answer = (schema: object) => ({
  '200': { description: 'd', content: { 'application/json': { schema } } },
});
const byId = (responses: object) => ({
  get: {
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
    responses,
  },
});
const info = { title: 'Large', version: '1' };

/** With so many things; the memory of a start is about the most. */
const documentsOf = (things: number): Readonly<Record<string, object>> => ({
  'an operation and a schema for each thing': {
    openapi: '3.1.0',
    info,
    paths: Object.fromEntries(
      many(things, (i) => [`/r${i}/{id}`, byId(answer({ $ref: `#/components/schemas/S${i}` }))]),
    ),
    components: {
      schemas: Object.fromEntries(
        many(things, (i) => [
          `S${i}`,
          // The seventh turns out to be unusable once it is compiled.
          {
            type: 'object',
            properties: { ...fields(25), ...(i === 7 ? { bad: { $dynamicRef: 7 } } : {}) },
          },
        ]),
      ),
    },
  },
  'formats that nobody knows, on fifty fields of each operation of OpenAPI 3.0': {
    openapi: '3.0.3',
    info,
    paths: Object.fromEntries(
      many(things, (i) => [
        `/r${i}/{id}`,
        byId(
          answer({
            type: 'object',
            properties: fields(
              50,
              i === 7 ? { format: 'mark', $dynamicRef: 7 } : { format: 'snowflake' },
            ),
          }),
        ),
      ]),
    ),
  },
  'one schema of thousands of fields behind every operation of Swagger 2.0': {
    swagger: '2.0',
    info,
    produces: ['application/json'],
    paths: Object.fromEntries(
      many(things, (i) => [
        `/r${i}/{id}`,
        {
          get: {
            parameters: [
              { name: 'id', in: 'path', required: true, type: 'integer', format: 'shelf-mark' },
            ],
            responses: {
              '200': {
                description: 'd',
                schema:
                  i === 7
                    ? { type: 'object', properties: { a: { uniqueItems: 'yes' } } }
                    : { $ref: '#/definitions/All' },
              },
            },
          },
        },
      ]),
    ),
    definitions: {
      All: {
        type: 'object',
        properties: fields(7 * things, { format: 'shelf-mark', pattern: '^[\\w-.]*$' }),
      },
    },
  },
});

const MANY = 600;

/** Starts, asks, ends, and gives what was logged. */
async function serve(
  spec: string,
  ask: (url: string) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
) {
  const server = start(['serve', '--port', '0', '--log-format', 'json', '--spec', spec], env);
  try {
    const [, url] = await server.saw(/"url":"([^"]+)"/);
    await ask(url as string);
  } finally {
    server.process.kill('SIGTERM');
  }
  const { code, stdout, stderr } = await server.finished;
  expect([code, stderr]).toEqual([143, '']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { event: string }).event);
}

describe.each(Object.keys(documentsOf(1)).slice(0, whole ? undefined : 1))(
  'understudy serve --spec with %s',
  (what) => {
    const write = (things: number): string => {
      const spec = join(folder, `${what.replace(/\W+/g, '-')}-${things}.json`);
      writeFileSync(spec, JSON.stringify(documentsOf(things)[what]));
      return spec;
    };

    it('starts with little memory', async () => {
      const events = await serve(
        write(MANY),
        async (url) => expect((await fetch(`${url}/none/1`)).status).toBe(404),
        // Compiled at the start, its schemas would take several times as much.
        { NODE_OPTIONS: '--max-old-space-size=64' },
      );
      expect(events).toEqual(['starting', 'ready', 'exchange']);
    });

    // user-document.process.test.ts has a small document, of which nothing is said either.
    itInFull(
      'says nothing of what it does not know, and compiles an operation when it is first asked for',
      async () => {
        const events = await serve(write(MANY), async (url) => {
          expect((await fetch(`${url}/r3/1`)).status).toBe(200);
          expect((await fetch(`${url}/r3/x`)).status).toBe(422);
          const unusable = await fetch(`${url}/r7/1`);
          expect([unusable.status, await unusable.text()]).toEqual([
            500,
            expect.stringMatching(/a schema cannot be used: .*\.json:1:\d+/),
          ]);
        });
        expect(events).toEqual(['starting', 'ready', 'exchange', 'exchange', 'exchange']);
      },
    );
  },
);
