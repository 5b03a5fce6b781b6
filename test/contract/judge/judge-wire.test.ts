// What the judge says of bodies that are odd, faulty throughout, or made to be expensive.
import { describe, expect, it } from 'vitest';
import { readJson } from '../../../src/contract/judge/json.js';
import { judge } from '../../../src/contract/judge/judge.js';
import { violationsOf } from '../../../src/contract/judge/schema-errors.js';
import { loadSpec } from '../../../src/shipped/document.js';
import type { OperationId } from '../../../src/spec/document.js';
import type { Json } from '../../../src/spec/message.js';

const spec = loadSpec();
const asked = {
  path: { space_id: 'space_1', vector_store_id: 'vs_1' },
  query: {},
  requestBody: undefined,
};
const receipt = {
  success: true,
  message: 'Added',
  space_id: 'space_1',
  vector_store_id: 'vs_1',
  added_at: '2026-02-26T10:30:00Z',
};

function deviations(id: OperationId, name: string, status: number, body: string) {
  const operation = spec.operations.get(id);
  if (!operation) throw new Error('no such operation');
  const answer = { status, headers: { 'content-type': 'application/json' }, body };
  return judge({ spec, operation, asked, response: answer }, { cases: [name] }).deviations;
}
const attaching = (body: string) =>
  deviations('addVectorStoreToSpace', 'attached', 201, body).map(({ severity, code, pointer }) =>
    `${severity} ${code} ${pointer}`.trim(),
  );

describe('a time in an answer', () => {
  const at = (added_at: string) => attaching(JSON.stringify({ ...receipt, added_at }));

  it.each([
    ['2026-02-26T15:30:00Z'],
    ['2026-02-26t15:30:00z'],
    ['2026-02-26T15:30:00.123456789+00:00'],
    ['2026-02-26T15:30:00-00:00'],
    ['2024-02-29T23:59:59+23:59'],
    ['2016-12-31T23:59:60Z'],
    ['2016-12-31T15:59:60.5-08:00'],
  ])('%s is one of RFC 3339', (time) => {
    expect(at(time)).toEqual([]);
  });

  it.each([
    ['2026-02-26 15:30:00'],
    ['2026-02-26 15:30:00Z'],
    ['2026-02-26T15:30:00'],
    ['2026-02-26T15:30:00+0000'],
    ['2026-02-26T15:30:00+00'],
    ['2026-02-26T15:30:00,5Z'],
    ['2026-02-26T15:30:00.Z'],
    ['2026-02-26T15:30Z'],
    ['2026-02-26T15Z'],
    ['2026-02-26T24:00:00Z'],
    ['2026-02-26T24:59:60+01:00'],
    ['2026-02-26T10:12:60Z'],
    ['2026-02-26T15:30:00+24:00'],
    ['2026-02-29T15:30:00Z'],
    ['2026-2-26T15:30:00Z'],
    ['20260226T153000Z'],
    ['2026-02-26'],
    ['2026-02-26T15:30:00Z\n'],
    ['Thu, 26 Feb 2026 15:30:00 GMT'],
    ['1772119800'],
  ])('%j is none, which is a failure', (time) => {
    expect(at(time)).toEqual(['failure SCHEMA_BROKEN /added_at']);
  });
});

describe('JSON that not every reader reads the same', () => {
  const text = JSON.stringify(receipt);
  const twice = text.replace('"success":true', '"success":true,"\\u0073uccess":true');

  it.each([
    ['a byte order mark', `\ufeff${text}`, ['notice JSON_AMBIGUOUS']],
    ['a member that is repeated, however it is written', twice, ['notice JSON_AMBIGUOUS /success']],
    ['both', `\ufeff${twice}`, ['notice JSON_AMBIGUOUS', 'notice JSON_AMBIGUOUS /success']],
    ['two byte order marks, which is none', `\ufeff\ufeff${text}`, ['failure BODY_UNREADABLE']],
    ['nothing but a byte order mark', '\ufeff', ['failure BODY_UNREADABLE']],
  ])('has %s', (_, body, expected) => {
    expect(attaching(body)).toEqual(expected);
  });

  it('is judged by the last of repeated members', () => {
    expect(attaching(text.replace('"space_id"', '"space_id":7,"space_id"'))).toEqual([
      'notice JSON_AMBIGUOUS /space_id',
    ]);
    expect(attaching(text.replace('}', ',"space_id":7}'))).toEqual([
      'notice JSON_AMBIGUOUS /space_id',
      'failure SCHEMA_BROKEN /space_id',
    ]);
  });

  it.each<[string, string[]]>([
    ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}', []],
    ['{"a":"a","b":["a","a"],"c":"{\\"a\\":1,\\"a\\":2}"}', []],
    ['{"a":[0,{"b":{"c/d":1,"c/d":[]}}]}', ['/a/1/b/c~1d']],
    ['[{"a":1,"a":1,"a":1},[],{"a":{},"a":{}}]', ['/0/a', '/0/a', '/2/a']],
    ['{"":0,"":0,"__proto__":0,"__proto__":0}', ['/', '/__proto__']],
    ['{"a" : 1 , "a" : "," }', ['/a']],
  ])('%s repeats %j', (json, expected) => {
    expect(readJson(json).oddities.map(({ pointer }) => pointer)).toEqual(expected);
  });
});

describe('an answer that is faulty throughout is judged in bounded time', () => {
  const [first] = [...(spec.operations.get('listComposites')?.cases.values() ?? [])];
  const page = first?.value as { items: Json[] };
  const listing = (items: readonly Json[]) => {
    const begin = performance.now();
    const found = deviations('listComposites', 'listed', 200, JSON.stringify({ ...page, items }));
    // Minutes, before there were bounds.
    expect(performance.now() - begin).toBeLessThan(20_000);
    return found;
  };

  it.each<[string, () => readonly Json[]]>([
    ['rows without a field', () => Array(90_000).fill({})],
    ['numbers for rows', () => Array(1_000_000).fill(1)],
    [
      'rows of unknown fields',
      () =>
        Array(2000).fill(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, i]))),
    ],
  ])('with %s', (_, items) => {
    const found = listing(items());
    expect(found.length).toBeGreaterThan(1000);
    expect(found.length).toBeLessThan(20_010);
    expect(found.some(({ severity }) => severity === 'failure')).toBe(true);
  });

  it('with a hundred thousand unknown fields in one object', () => {
    const extra = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`f${i}`, i]));
    const found = attaching(JSON.stringify({ ...receipt, ...extra, added_at: 7 }));
    expect(found[0]).toBe('failure SCHEMA_BROKEN /added_at');
    expect(found.at(-1)).toMatch(/^notice FIELD_UNDOCUMENTED \/f/);
  });

  it.each<[string, string]>([
    ['a hundred thousand lists in lists', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['lists without end', '['.repeat(5_000_000)],
    [
      'many deep lists',
      `[${Array(5000)
        .fill('['.repeat(400) + ']'.repeat(400))
        .join()}]`,
    ],
    ['a million objects', `[${Array(1_000_000).fill('{}').join()}]`],
  ])('with %s, which nobody reads', (_, body) => {
    expect(attaching(body)).toEqual(['failure BODY_UNREADABLE']);
  });
});

describe('a list that is longer than any honest one', () => {
  const row = {
    id: 'svs_1',
    vector_store_id: 'vs_1',
    added_by: 'usr_1',
    added_at: '2026-02-26T10:30:00Z',
  };
  const rowsWith = (length: number, faults: Readonly<Record<number, object>>) =>
    Array.from({ length }, (_, i) => ({ ...row, ...faults[i] }));
  const pointers = (vector_stores: Json) =>
    violationsOf(spec.validators('closed_SpaceVectorStoreList'), { vector_stores }).map(
      ({ pointer }) => pointer,
    );

  it('is judged to its last row, which is named by its own place', () => {
    expect(pointers(rowsWith(3500, {}))).toEqual([]);
    expect(
      pointers(
        rowsWith(3500, {
          2: { id: 7 },
          1000: { id: 7 },
          2999: { added_by: 7 },
          3499: { extra: 1 },
        }),
      ),
    ).toEqual([
      '/vector_stores/2/id',
      '/vector_stores/1000/id',
      '/vector_stores/2999/added_by',
      '/vector_stores/3499/extra',
    ]);
  });

  it('says once what stands beside it', () => {
    const body = { vector_stores: rowsWith(3500, {}), beside: 1 };
    expect(
      violationsOf(spec.validators('closed_SpaceVectorStoreList'), body).map(
        ({ pointer }) => pointer,
      ),
    ).toEqual(['/beside']);
  });
});
