// What another document meets that is not mended here: docs/spec.md lists it. Each test fails once
// it is right.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';

const get = (schema: object) => ({
  get: { responses: { '200': { description: 'd', content: { 'application/json': { schema } } } } },
});
const text = { type: 'string' };
const document = {
  openapi: '3.1.0',
  info: { title: 'Limits', version: '1' },
  paths: {
    '/pair': get({ type: 'array', prefixItems: [{ type: 'integer' }, text], minItems: 2 }),
    '/capitals': get({ ...text, pattern: '^\\p{Lu}+$' }),
    '/keys': get({
      type: 'object',
      propertyNames: { pattern: '^x_' },
      additionalProperties: text,
      minProperties: 1,
    }),
    '/either': get({
      oneOf: [
        { type: 'object', properties: { a: text } },
        { type: 'object', properties: { b: text } },
      ],
    }),
    '/xml': {
      post: {
        requestBody: {
          content: { 'application/xml': { schema: { type: 'object', required: ['id'] } } },
        },
        responses: { '204': { description: 'd' } },
      },
    },
    '/unusable': get({ type: 'object', properties: { a: { $dynamicRef: 7 } } }),
  },
};
const spec = join(mkdtempSync(join(tmpdir(), 'understudy-')), 'limits.json');
writeFileSync(spec, JSON.stringify(document, null, 1));
const understudy = createUnderstudy({ spec });

async function ask(path: string, headers: Record<string, string> = {}) {
  const response = await understudy.fetch(path, { headers });
  return [response.status, ((await response.json()) as { title: string }).title];
}

describe('limits of another document', () => {
  it('a list of fixed positions is not made of random values (#2705)', async () => {
    expect((await understudy.fetch('/pair')).status).toBe(200);
    expect(await ask('/pair', { prefer: 'dynamic=true' })).toEqual([
      500,
      expect.stringContaining('missing items'),
    ]);
  });

  it('a text is not made for a pattern with \\p{…}, which is said (randexp #60)', async () => {
    expect(await ask('/capitals')).toEqual([500, 'Request/Response not valid']);
  });

  it('a key is not made for a pattern, which is said', async () => {
    expect(await ask('/keys')).toEqual([500, 'Request/Response not valid']);
  });

  it('an object is not made for one of several that differ in optional properties alone, which is said (#2469)', async () => {
    expect(await ask('/either')).toEqual([500, 'Request/Response not valid']);
  });

  it('a body of XML is not looked at, where Prism refuses every one (#2050)', async () => {
    const sent = {
      method: 'POST',
      headers: { 'content-type': 'application/xml' },
      body: '<other/>',
    };
    expect((await understudy.fetch('/xml', sent)).status).toBe(204);
  });

  it('a schema that turns out to be unusable costs its own operation alone, which is said with its line', async () => {
    const response = await understudy.fetch('/unusable');
    const { detail } = (await response.json()) as { detail: string };
    expect([response.status, detail]).toEqual([
      500,
      expect.stringMatching(/a schema cannot be used: .*limits\.json:\d+:\d+/),
    ]);
  });

  it('stand in docs/spec.md', () => {
    const paper = readFileSync(new URL('../../docs/spec.md', import.meta.url), 'utf8');
    for (const issue of [
      'prism/issues/2705',
      'prism/issues/2469',
      'prism/issues/2050',
      'randexp.js/issues/60',
    ])
      expect(paper).toContain(`/${issue}`);
  });
});
