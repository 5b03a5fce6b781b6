import { describe, expect, it } from 'vitest';
import { loadSpec } from '../../src/shipped/document.js';
import { shippedValidators } from '../../src/shipped/validators.js';
import type { Operation, OperationId } from '../../src/spec/document.js';
import { checkRequest, coerce, DEPTH_LIMIT } from '../../src/validation/check-request.js';
import { fieldName } from '../../src/validation/violation.js';

const operation = (id: OperationId): Operation =>
  loadSpec().operations.get(id) ?? expect.fail(`no operation ${id}`);
const request = (
  target: string,
  body: string | Uint8Array = '',
  headers: Record<string, string> = {},
) => ({
  method: 'GET',
  target,
  headers,
  body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
});
const query = (id: OperationId, text: string) =>
  checkRequest(operation(id), shippedValidators, request(`/v1/x${text}`));
const body = (id: OperationId, content: string | Uint8Array, headers?: Record<string, string>) =>
  checkRequest(operation(id), shippedValidators, request('/v1/x', content, headers));
/** Each violation as `part pointer keyword`. */
const faults = ({ violations }: ReturnType<typeof checkRequest>): string[] =>
  violations.map((violation) => `${violation.in} ${violation.pointer} ${violation.keyword}`);

describe('a query', () => {
  it('is filled with the defaults of the document', () => {
    expect(query('listStores', '')).toEqual({
      query: { skip: 0, limit: 20, sort: 'created_at', order: 'desc', status: 'active' },
      body: undefined,
      violations: [],
      ignored: [],
    });
  });

  it('is coerced to the types of its parameters', () => {
    const { query: read } = query(
      'listThreads',
      '?organization_id=org_1&limit=7&include_total=true&visible_in_ui=false&search=12',
    );
    expect(read).toMatchObject({
      organization_id: 'org_1',
      limit: 7,
      include_total: true,
      visible_in_ui: false,
    });
  });

  it.each([
    ['7', 'integer', 7],
    ['+7', 'integer', 7],
    ['-7', 'integer', -7],
    ['7.0', 'integer', '7.0'],
    ['1e2', 'integer', '1e2'],
    ['0x7', 'integer', '0x7'],
    ['', 'integer', ''],
    [' 7', 'integer', ' 7'],
    ['9'.repeat(16), 'integer', 1e16],
    ['9'.repeat(309), 'integer', '9'.repeat(309)],
    ['1.5', 'number', 1.5],
    ['Infinity', 'number', 'Infinity'],
    ['true', 'boolean', true],
    ['false', 'boolean', false],
    ['True', 'boolean', 'True'],
    ['1', 'boolean', '1'],
    ['true', 'string', 'true'],
  ] as const)('takes %j as a value of the type %s for %j', (text, type, value) => {
    expect(coerce(text, type)).toEqual(value);
  });

  it('breaks the type of a parameter with a text that is no such value', () => {
    for (const text of ['abc', '', '1.5', '1e1'])
      expect(faults(query('listSlices', `?limit=${text}`))).toEqual(['query /limit type']);
  });

  it('breaks the bounds and the values of its parameters', () => {
    expect(faults(query('listSlices', '?limit=0'))).toEqual(['query /limit minimum']);
    expect(faults(query('listSlices', '?limit=101'))).toEqual(['query /limit maximum']);
    expect(faults(query('listSlices', '?skip=-1'))).toEqual(['query /skip minimum']);
    expect(query('listStores', '?order=up').violations).toMatchObject([
      { keyword: 'enum', allowed: ['asc', 'desc'] },
    ]);
    for (const text of ['?limit=1', '?limit=100'])
      expect(faults(query('listSlices', text))).toEqual([]);
  });

  it('must hold what is required', () => {
    expect(faults(query('listSpaces', ''))).toEqual(['query /organization_id required']);
  });

  it('may name a declared parameter only once, and an undeclared one as often as it likes', () => {
    expect(faults(query('listSlices', '?limit=1&limit=1'))).toEqual(['query /limit repeated']);
    expect(query('listSlices', '?color=1&color=2')).toMatchObject({
      violations: [],
      ignored: ['query.color'],
    });
  });

  it('may hold neither NUL nor escapes that are not UTF-8', () => {
    for (const text of ['%00', 'a%00b', '%ff', '%ED%A0%80']) {
      expect(faults(query('listSpaces', `?organization_id=org_1&cursor=${text}`)), text).toEqual([
        'query /cursor invalid_text',
      ]);
    }
  });

  it('takes a percent sign that escapes nothing for itself', () => {
    expect(query('listSpaces', '?organization_id=org_1&cursor=50%').query.cursor).toBe('50%');
  });

  it('ignores what is not documented, and says so', () => {
    expect(query('getSpace', '?color=red&size=1')).toMatchObject({
      violations: [],
      ignored: ['query.color', 'query.size'],
    });
    expect(query('listSlices', '?Limit=1').query).toMatchObject({ limit: 20 });
  });

  it('keeps the list of ignored names short', () => {
    const { ignored } = query(
      'getSpace',
      `?${'n'.repeat(200)}=1&${Array.from({ length: 150 }, (_, i) => `q${i}=1`).join('&')}`,
    );
    expect(ignored).toHaveLength(101);
    expect(ignored[0]).toBe(`query.${'n'.repeat(100)}…`);
    expect(ignored.at(-1)).toBe('51 more in query');
  });
});

describe('a body', () => {
  const good = { organization_id: 'org_1', name: 'New' };

  it('is read as it is, and unknown fields are ignored by name', () => {
    const sent = { ...good, colour: 'red', access_users: null };
    expect(body('updateSpace', JSON.stringify(sent))).toMatchObject({
      body: sent,
      violations: [],
      ignored: ['body.organization_id', 'body.colour'],
    });
  });

  it('breaks a closed schema at the first field that it does not know, which is then not ignored', () => {
    const sent = { ...good, colour: 'red', size: 1 };
    expect(faults(body('createSpace', JSON.stringify(sent)))).toEqual([
      'body /colour additionalProperties',
    ]);
    expect(body('createSpace', JSON.stringify(sent)).ignored).toEqual([]);
  });

  it('names fields that only JavaScript knows like any other', () => {
    expect(body('updateSpace', `{"name":"n","__proto__":1,"constructor":2}`).ignored).toEqual([
      'body.__proto__',
      'body.constructor',
    ]);
  });

  it('breaks its schema at the field that is wrong', () => {
    expect(faults(body('createSpace', '{}'))[0]).toMatch(
      /^body \/(organization_id|name) required$/,
    );
    expect(faults(body('createSpace', JSON.stringify({ ...good, name: '' })))).toEqual([
      'body /name minLength',
    ]);
    expect(faults(body('createSpace', JSON.stringify({ ...good, name: 'x'.repeat(256) })))).toEqual(
      ['body /name maxLength'],
    );
    expect(faults(body('createSpace', JSON.stringify({ ...good, name: 7 })))).toEqual([
      'body /name type',
    ]);
    expect(
      faults(body('createSpace', JSON.stringify({ ...good, access_users: ['a', 1] }))),
    ).toEqual(['body /access_users/1 type']);
    expect(
      faults(body('createSpace', JSON.stringify({ ...good, vector_store_ids: ['a', 'a'] }))),
    ).toEqual(['body /vector_store_ids uniqueItems']);
    expect(
      body('createSpace', JSON.stringify({ ...good, access_mode: 'custom' })).violations,
    ).toMatchObject([{ keyword: 'enum', allowed: ['private', 'organization', 'public'] }]);
  });

  it('counts characters and not code units', () => {
    expect(
      faults(body('createSpace', JSON.stringify({ ...good, name: '😀'.repeat(255) }))),
    ).toEqual([]);
  });

  it('says as much as an empty object when there is none', () => {
    expect(faults(body('createSpace', ''))).toEqual(faults(body('createSpace', '{}')));
    expect(body('updateSpace', '  \n')).toMatchObject({ body: {}, violations: [] });
  });

  it.each([
    ['no JSON', '{"name":', 'malformed_json'],
    ['JSON with a byte order mark inside', '{"a":\uFEFF1}', 'malformed_json'],
    ['a list', '[]', 'not_an_object'],
    ['null', 'null', 'not_an_object'],
    ['a number', '7', 'not_an_object'],
    ['no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 'not_utf8'],
  ])('that is %s is refused as a whole', (_, content, keyword) => {
    expect(body('createSpace', content)).toMatchObject({
      body: undefined,
      violations: [{ in: 'body', pointer: '', keyword }],
      ignored: [],
    });
  });

  it('must be announced as JSON, or not at all', () => {
    const sent = JSON.stringify(good);
    for (const type of [
      'application/json',
      'application/json; charset=utf-8',
      'Application/JSON',
      'application/merge-patch+json',
    ]) {
      expect(faults(body('createSpace', sent, { 'content-type': type })), type).toEqual([]);
    }
    for (const type of [
      'text/plain',
      'application/jsonp',
      'multipart/form-data; boundary=json',
      '',
    ]) {
      expect(faults(body('createSpace', sent, { 'content-type': type })), type).toEqual([
        'body  content_type',
      ]);
    }
    expect(
      faults(body('updateSpace', '', { 'content-type': 'text/plain' })),
      'without a body',
    ).toEqual([]);
  });

  it('may be as deep as the limit and no deeper', () => {
    const nested = (levels: number): string =>
      `{"metadata":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(faults(body('updateMessage', nested(DEPTH_LIMIT)))).toEqual(['body /metadata type']);
    expect(faults(body('updateMessage', nested(DEPTH_LIMIT + 1)))).toEqual(['body  too_deep']);
    expect(faults(body('updateMessage', nested(100_000)))).toEqual(['body  too_deep']);
  });

  it('may hold neither NUL nor half surrogates, in values and in keys', () => {
    expect(faults(body('createSpace', JSON.stringify({ ...good, name: 'a\u0000' })))).toEqual([
      'body /name invalid_text',
    ]);
    expect(faults(body('createSpace', '{"organization_id":"org_1","name":"\\ud83d"}'))).toEqual([
      'body /name invalid_text',
    ]);
    expect(faults(body('updateMessage', '{"metadata":{"a\\u0000":1}}'))).toEqual([
      'body /metadata/a\u0000 invalid_text',
    ]);
  });

  it('is refused at its first fault, however many it has', () => {
    const hostile = JSON.stringify({
      ...good,
      access_users: Array.from({ length: 100_000 }, () => 1),
    });
    expect(body('createSpace', hostile).violations.length).toBeLessThanOrEqual(100);
  });

  it('is ignored as a whole where the operation takes none, whatever it is', () => {
    expect(body('pinThread', '{"a":')).toMatchObject({
      body: undefined,
      violations: [],
      ignored: ['body'],
    });
  });

  it('comes after the query in the order of faults', () => {
    const checked = checkRequest(
      operation('generateThreadName'),
      shippedValidators,
      request('/v1/x?stream=perhaps', '[]'),
    );
    expect(faults(checked)).toEqual(['query /stream type', 'body  not_an_object']);
  });
});

describe('a faulty field', () => {
  const named = (pointer: string): string =>
    fieldName({ in: 'body', pointer, keyword: 'type', expected: '' });

  it('is named as a client would write it', () => {
    expect(named('/name')).toBe('name');
    expect(named('/metadata/color')).toBe('metadata.color');
    expect(named('/items/0/id')).toBe('items[0].id');
    expect(named('/a~1b~0c')).toBe('a/b~c');
    expect(named('')).toBe('body');
  });
});
