import { describe, expect, it } from 'vitest';
import type { Spec } from '../../src/spec/document.js';
import { strayOf } from '../../src/spec/fields.js';

const schemas = {
  Whole: {
    type: 'object',
    properties: {
      rows: { type: 'array', items: { $ref: '#/components/schemas/Row' } },
      open: { type: 'object', additionalProperties: true },
      free: { type: 'object' },
      lists: { type: 'object', additionalProperties: { type: 'array' } },
      closed: { type: 'object', additionalProperties: false },
      any: {},
      fixed: { const: 1 },
    },
  },
  Row: {
    allOf: [
      { $ref: '#/components/schemas/Id' },
      { type: 'object', properties: { name: { type: 'string' } } },
    ],
  },
  Id: {
    properties: {
      id: {
        oneOf: [{ type: 'string' }, { type: 'object', properties: { text: { type: 'string' } } }],
      },
    },
  },
};
const spec = { text: JSON.stringify({ components: { schemas } }) } as Spec;

describe('a pointer', () => {
  it.each([
    '',
    '/rows/*/id',
    '/rows/0/name',
    '/rows/0/id/text',
    '/open/a/b/0',
    '/free/a',
    '/lists/a/0/b',
    '/any/*/a',
  ])('%s may lead to something', (pointer) => {
    expect(strayOf(spec, 'Whole', pointer)).toBeUndefined();
  });

  it.each([
    ['/row/0', '', 'row', ['rows', 'open', 'free', 'lists', 'closed', 'any', 'fixed']],
    ['/rows/first/id', '/rows', 'first', ['*']],
    ['/rows/0/text', '/rows/0', 'text', ['id', 'name']],
    ['/rows/0/name/0', '/rows/0/name', '0', []],
    ['/rows/0/id/txt', '/rows/0/id', 'txt', ['text']],
    ['/open/*', '/open', '*', []],
    ['/lists/a/b', '/lists/a', 'b', []],
    ['/closed/a', '/closed', 'a', []],
    ['/fixed/a', '/fixed', 'a', []],
    [
      '/constructor',
      '',
      'constructor',
      ['rows', 'open', 'free', 'lists', 'closed', 'any', 'fixed'],
    ],
  ])('%s leaves what there can be', (pointer, within, token, known) => {
    expect(strayOf(spec, 'Whole', pointer)).toEqual({ within, token, known });
  });
});
