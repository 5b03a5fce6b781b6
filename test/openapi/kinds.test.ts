import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { itFirst } from '../support/sample.js';
import { type Exchange, kinds } from './kinds.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-'));

describe.each(kinds)('another document: $kind', ({ kind, document, exchanges }) => {
  const spec = join(folder, `${kind.replace(/\W+/g, '-')}.yaml`);
  writeFileSync(spec, document);
  const understudy = createUnderstudy({ spec });

  itFirst(1).each(exchanges.map((exchange) => [titleOf(exchange), exchange] as const))(
    '%s',
    async (_, exchange) => {
      const [method, target] = exchange.request.split(' ') as [string, string];
      const { headers = {}, body } = exchange;
      const response = await understudy.fetch(target, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      expect(response.status, text).toBe(exchange.status);
      if ('is' in exchange) expect(JSON.parse(text)).toEqual(exchange.is);
      if ('holds' in exchange) expectToHold(text, exchange.holds);
      for (const [name, value] of Object.entries(exchange.sends ?? {})) {
        if (value instanceof RegExp) expect(response.headers.get(name)).toMatch(value);
        else expect(response.headers.get(name)).toBe(value);
      }
      for (const name of [...(exchange.lacks ?? []), 'freddy-api-version', 'x-ratelimit-limit'])
        expect(response.headers.has(name)).toBe(false);
      if (response.status === 422 && /problem/.test(response.headers.get('content-type') ?? ''))
        expect(JSON.parse(text)).toMatchObject({ status: 422, title: 'Invalid request' });
    },
  );
});

function expectToHold(text: string, holds: unknown): void {
  if (typeof holds === 'string') expect(text).toBe(holds);
  else if (holds instanceof RegExp) expect(text).toMatch(holds);
  else if (typeof holds === 'function')
    expect(JSON.parse(text)).toSatisfy(holds as (body: unknown) => boolean);
  else expect(JSON.parse(text)).toMatchObject(expected(holds) as object);
}

/** Regular expressions among the values stand for texts that match them. */
function expected(holds: unknown): unknown {
  if (holds instanceof RegExp) return expect.stringMatching(holds);
  if (typeof holds !== 'object' || holds === null) return holds;
  if (Array.isArray(holds)) return holds.map(expected);
  return Object.fromEntries(Object.entries(holds).map(([key, value]) => [key, expected(value)]));
}

const titleOf = ({ request, headers = {}, body, status }: Exchange): string =>
  [
    request,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    body?.slice(0, 60),
    `→ ${status}`,
  ]
    .filter((part) => part !== undefined)
    .join('  ');
