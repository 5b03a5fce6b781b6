// What Prism gets wrong today and is not mended here, each with its issue: docs/spec.md lists them. Each test fails once Prism is right.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';

const spec = join(mkdtempSync(join(tmpdir(), 'understudy-')), 'limits.yaml');
writeFileSync(
  spec,
  `openapi: 3.1.0
info: { title: Limits, version: '1' }
paths:
  /pair: { get: { responses: { '200': { description: d, content: { application/json: { schema: { type: array, prefixItems: [{ type: integer }, { type: string }], minItems: 2 } } } } } } }
  /alternative:
    get:
      parameters: [{ name: id, in: query, schema: { anyOf: [{ type: array, items: { type: integer } }, { type: 'null' }] } }]
      responses: { '204': { description: d } }
  /beside: { get: { responses: { '200': { description: d, content: { application/json: { schema: { type: object, properties: { title: { anyOf: [{ type: string }, { type: 'null' }], examples: [Ilse] } } } } } } } } }
  /xml:
    post:
      requestBody: { content: { application/xml: { schema: { type: object, required: [id] } } } }
      responses: { '204': { description: d } }
  /either: { get: { parameters: [{ name: q, in: query, schema: { oneOf: [{ type: integer }, { type: boolean }] } }], responses: { '204': { description: d } } } }
  /empty: { get: { parameters: [{ name: q, in: query, required: true, allowEmptyValue: true, schema: { type: string } }], responses: { '204': { description: d } } } }
  /form:
    post:
      requestBody: { content: { multipart/form-data: { schema: { type: object, properties: { about: { type: object, required: [id] } } } } } }
      responses: { '204': { description: d } }
  /unusable: { get: { responses: { '200': { description: d, content: { application/json: { schema: { type: object, properties: { a: { $dynamicRef: 7 } } } } } } } } }
  /header: { get: { responses: { '200': { description: d, headers: { X-Ids: { schema: { type: array, items: { type: integer } } } } } } } }
`,
);
const understudy = createUnderstudy({ spec });

describe('limits of Prism', () => {
  it('a list of fixed positions is not made, which is said', async () => {
    const response = await understudy.fetch('/pair');
    expect([response.status, ((await response.json()) as { title: string }).title]).toEqual([500, 'Request/Response not valid']);
  });

  it('a list of one item is refused where the list is an alternative (#2675)', async () => {
    expect((await understudy.fetch('/alternative?id=1&id=2')).status).toBe(204);
    expect((await understudy.fetch('/alternative?id=1')).status).toBe(422);
  });

  it('examples beside alternatives are passed over (#2726)', async () => {
    expect(await (await understudy.fetch('/beside')).json()).toEqual({ title: 'string' });
  });

  it('a body of XML is not looked at (#2050)', async () => {
    const sent = { method: 'POST', headers: { 'content-type': 'application/xml' }, body: '<other/>' };
    expect((await understudy.fetch('/xml', sent)).status).toBe(204);
  });

  it('a list in a response header is left out', async () => {
    expect((await understudy.fetch('/header')).headers.has('x-ids')).toBe(false);
  });

  it('a number is refused where it may be a number or a truth value', async () => {
    expect((await understudy.fetch('/either?q=1')).status).toBe(422);
  });

  it('an empty value is taken for none', async () => {
    expect((await understudy.fetch('/empty?q=')).status).toBe(422);
  });

  it('an object in a form is not looked at', async () => {
    const body = new FormData();
    body.append('about', '{}');
    expect((await understudy.fetch('/form', { method: 'POST', body })).status).toBe(204);
  });

  it('a schema that turns out to be unusable costs its own operation alone, which is said with its line', async () => {
    const response = await understudy.fetch('/unusable');
    const { detail } = (await response.json()) as { detail: string };
    expect([response.status, detail]).toEqual([500, expect.stringMatching(/a schema cannot be used: .*limits\.yaml:\d+:\d+/)]);
  });

  it('stand in docs/spec.md', () => {
    const paper = readFileSync(new URL('../../docs/spec.md', import.meta.url), 'utf8');
    for (const issue of ['2675', '2726', '2050']) expect(paper).toContain(`https://github.com/stoplightio/prism/issues/${issue}`);
  });
});
