import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/spec/message.js';
import { atPointer } from '../../src/spec/pointer.js';
import {
  brokenRelations,
  type Exchange,
  evaluate,
  fillFromRequest,
  type Operand,
  type RelationKind,
  relationKinds,
} from '../../src/spec/relation.js';

const asked = {
  path: { id: 'a' },
  query: { limit: 2 },
  requestBody: { name: 'n', tags: ['x'] },
  status: 200,
} as const;
const answered = (responseBody: Json | undefined): Exchange => ({ ...asked, responseBody });
const rows = (...values: Json[]): Json => ({ rows: values.map((value) => ({ id: value })) });
const [id, first, last] = ['$response.body#/id', '$response.body#/first', '$response.body#/last'];
const list = '$response.body#/rows';
const asc = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00+01:00'];
const page = [list, '$response.body#/skip', '$response.body#/total', '$response.body#/more'];
const pageOf = (total: number, more: boolean): Json => ({ rows: [1, 2], skip: 2, total, more });

/** Of each kind: its operands, bodies that keep it, bodies that break it. */
const kinds: Record<
  RelationKind,
  [operands: Operand[], holding: Json[], broken: Json[], pointer?: string]
> = {
  equal: [[id, '$request.path.id'], [{ id: 'a' }], [{ id: 'b' }, { id: null }, {}], '/id'],
  includes: [
    [list, '$request.path.id'],
    [{ rows: ['b', 'a'] }],
    [{ rows: ['b'] }, { rows: [] }, {}],
  ],
  excludes: [[list, '$request.path.id'], [{ rows: ['b'] }, { rows: [] }], [{ rows: ['b', 'a'] }]],
  not_before: [
    [last, first],
    [
      { first: '2026-01-01T00:00:00Z', last: '2026-01-01T00:00:00Z' },
      { first: '2026-01-01T01:00:00+01:00', last: '2026-01-01T00:00:00.5Z' },
    ],
    [{ first: '2026-01-02T00:00:00Z', last: '2026-01-01T00:00:00Z' }],
    '/last',
  ],
  at_most: [
    [list, '$request.query.limit'],
    [{ rows: [] }, { rows: [1, 2] }],
    [{ rows: [1, 2, 3] }],
  ],
  every: [
    [list, 'id', '$request.path.id'],
    [rows(), rows('a', 'a')],
    [rows('a', 'b'), { rows: ['a'] }],
  ],
  unique: [[list, 'id'], [rows(), rows('a', 'b', 1, '1')], [rows('a', 'b', 'a')]],
  in_order: [[list, 'id', 'asc'], [rows(), rows(...asc)], [rows(...[...asc].reverse())]],
  together: [
    [first, last],
    [
      { first: true, last: 'x' },
      { first: false, last: null },
    ],
    [
      { first: true, last: null },
      { first: false, last: 'x' },
    ],
    '/first',
  ],
  page: [page, [pageOf(4, false), pageOf(5, true)], [pageOf(4, true), pageOf(5, false)]],
  total_of: [
    ['$response.body#/total', list, 'id'],
    [
      { ...(rows(2, 3) as object), total: 5 },
      { rows: [], total: 0 },
    ],
    [{ ...(rows(2, 3) as object), total: 2 }],
    '/total',
  ],
  first_last: [
    [list, first, last],
    [
      { ...(rows('a', 'b') as object), first: 'a', last: 'b' },
      { rows: [], first: null, last: null },
    ],
    [
      { ...(rows('a', 'b') as object), first: 'b', last: 'a' },
      { rows: [], first: 'a', last: null },
    ],
  ],
};

describe('relations', () => {
  it.each(relationKinds)(
    'of the kind %s hold where they should, and name the place where they do not',
    (kind) => {
      const [operands, holding, broken, pointer = '/rows'] = kinds[kind];
      for (const body of holding)
        expect(brokenRelations([{ [kind]: operands }], answered(body))).toEqual([]);
      for (const body of broken) {
        expect(brokenRelations([{ [kind]: operands }], answered(body))).toEqual([
          {
            relation: `${kind}(${operands.join(', ')})`,
            pointer,
            expected: expect.any(String),
            got: atPointer(body, pointer),
          },
        ]);
      }
    },
  );

  it('take two objects for equal whatever the order of their keys', () => {
    const exchange = { ...answered({ id: { b: 2, a: 1 } }), requestBody: { name: { a: 1, b: 2 } } };
    expect(brokenRelations([{ equal: [id, '$request.body#/name'] }], exchange)).toEqual([]);
  });

  it('are assumed where null was sent: whether it is kept is said of no field', () => {
    const exchange = { ...answered({ id: [] }), requestBody: { name: null } };
    expect(brokenRelations([{ equal: [id, '$request.body#/name'] }], exchange)).toEqual([
      expect.objectContaining({ assumed: 'null is kept as it was sent, ours' }),
    ]);
    const sent = { ...answered({ id: 'b' }), requestBody: { name: 'a' } };
    expect(brokenRelations([{ equal: [id, '$request.body#/name'] }], sent)[0]).not.toHaveProperty(
      'assumed',
    );
    expect(
      brokenRelations([{ equal: [id, '$request.body#/name'], assumed: 'a sheet' }], sent)[0],
    ).toMatchObject({
      assumed: 'a sheet',
    });
  });

  it('understand every time that the format date-time allows', () => {
    const body = { first: '2016-12-31T23:59:59Z', last: '2016-12-31T23:59:60Z' };
    expect(brokenRelations([{ not_before: [last, first] }], answered(body))).toEqual([]);
  });

  it('tell an order that falls from one that rises', () => {
    const falling = [{ in_order: [list, 'id', 'desc'] }];
    expect(brokenRelations(falling, answered(rows(...[...asc].reverse())))).toEqual([]);
    expect(brokenRelations(falling, answered(rows(...asc)))).toHaveLength(1);
  });

  it('say what was expected in words', () => {
    const expected = (kind: RelationKind): string | undefined =>
      brokenRelations([{ [kind]: kinds[kind][0] }], answered(kinds[kind][2][0]))[0]?.expected;
    expect(expected('equal')).toBe('equal to $request.path.id, "a"');
    expect(expected('at_most')).toBe('at most 2 rows');
    expect(expected('every')).toBe('id "a" in every row');
    expect(expected('unique')).toBe('no id twice');
    expect(expected('in_order')).toBe('id never falling');
  });

  it('bind nothing where the request leaves a part out', () => {
    const relations = [
      { equal: [id, '$request.body#/missing'] },
      { at_most: [list, '$request.query.missing'] },
    ];
    expect(brokenRelations(relations, answered({ id: 'z', rows: [1, 2, 3] }))).toEqual([]);
    expect(
      brokenRelations([{ equal: [id, '$request.body#/name'] }], {
        ...answered({ id: 'z' }),
        requestBody: undefined,
      }),
    ).toEqual([]);
  });

  it('bind a null that the request sends', () => {
    const exchange = { ...answered({ id: 'z' }), requestBody: { name: null } };
    expect(brokenRelations([{ equal: [id, '$request.body#/name'] }], exchange)).toHaveLength(1);
  });

  it('are all reported, not only the first', () => {
    const relations = [
      { equal: [id, '$request.path.id'] },
      { equal: [id, '$request.body#/name'] },
      { unique: [list, 'id'] },
    ];
    expect(brokenRelations(relations, answered({ id: 'z' })).map(({ pointer }) => pointer)).toEqual(
      ['/id', '/id'],
    );
  });
});

describe('expressions', () => {
  it('look into every part of the exchange', () => {
    const exchange = answered({ rows: [{ 'a/b': 1 }] });
    expect(evaluate('$statusCode', exchange)).toBe(200);
    expect(evaluate('$request.path.id', exchange)).toBe('a');
    expect(evaluate('$request.query.limit', exchange)).toBe(2);
    expect(evaluate('$request.body#/tags/0', exchange)).toBe('x');
    expect(evaluate('$response.body#/rows/0/a~1b', exchange)).toBe(1);
    expect(evaluate('$response.body#/rows/1', exchange)).toBeUndefined();
    expect(evaluate('$response.body#/constructor', exchange)).toBeUndefined();
  });

  it('leave plain words and numbers as they are', () => {
    for (const operand of ['desc', 3, true]) expect(evaluate(operand, answered({}))).toBe(operand);
  });
});

describe('an example that is filled from the request', () => {
  const example = {
    id: 'sample',
    rows: [{ id: 'r' }, { id: 's' }, { id: 't' }],
    details: { id: 'sample' },
  } as const;

  it('takes the values that relations tie to the request', () => {
    expect(
      fillFromRequest(
        example,
        [
          { equal: [id, '$request.path.id'] },
          { equal: ['$response.body#/details/id', '$request.body#/name'] },
        ],
        answered(undefined),
      ),
    ).toEqual({ ...example, id: 'a', details: { id: 'n' } });
  });

  it('is cut to the limit, and told in every row', () => {
    const relations = [
      { at_most: [list, '$request.query.limit'] },
      { every: [list, 'owner', '$request.path.id'] },
    ];
    expect(fillFromRequest(example, relations, answered(undefined))).toEqual({
      ...example,
      rows: [
        { id: 'r', owner: 'a' },
        { id: 's', owner: 'a' },
      ],
    });
  });

  it('stays as it is where the request says nothing, and is itself never changed', () => {
    const relations = [
      { equal: [id, '$request.query.missing'] },
      { at_most: [list, '$request.query.missing'] },
      { every: [list, 'owner', '$request.query.missing'] },
      { equal: [first, last] },
    ];
    const before = structuredClone(example);
    expect(fillFromRequest(example, relations, answered(undefined))).toEqual(before);
    fillFromRequest(
      example,
      [{ equal: [id, '$request.path.id'] }, { at_most: [list, 1] }],
      answered(undefined),
    );
    expect(example).toEqual(before);
  });

  it('keeps the relations it was filled by', () => {
    const relations = [
      { equal: [id, '$request.path.id'] },
      { at_most: [list, '$request.query.limit'] },
      { every: [list, 'id', '$request.path.id'] },
    ];
    expect(
      brokenRelations(
        relations,
        answered(fillFromRequest(example, relations, answered(undefined))),
      ),
    ).toEqual([]);
  });
});
