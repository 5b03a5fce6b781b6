import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/contract/judge/judge.js';
import { loadSpec } from '../../../src/shipped/document.js';
import type { Json, PlainResponse } from '../../../src/spec/message.js';

const spec = loadSpec();
const attach = spec.operations.get('addVectorStoreToSpace');
const asked = {
  path: { space_id: 'space_1', vector_store_id: 'vs_1' },
  query: {},
  requestBody: undefined,
};
const receipt = {
  success: true,
  message: 'Added, and gladly',
  space_id: 'space_1',
  vector_store_id: 'vs_1',
  added_at: '2026-02-26T10:30:00.123+00:00',
};
const conflict = {
  success: false,
  error: {
    code: 'RESOURCE_ALREADY_EXISTS',
    message: 'Other words',
    system_message: 'Other words',
    type: 'client_error',
    status: 409,
    details: { space_id: 'space_1', vector_store_id: 'vs_1' },
    trace_id: 'x',
    timestamp: '2026-02-26T10:30:00Z',
  },
};
const answer = (
  status: number,
  body: Json | string | undefined,
  headers: Record<string, string> = {},
): PlainResponse => ({
  status,
  headers: {
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...headers,
  },
  ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
});
function deviations(response: PlainResponse, expected?: string[], operation = attach) {
  if (!operation) throw new Error('no such operation');
  return judge(
    { spec, operation, asked, response },
    expected && { cases: expected },
  ).deviations.map(({ code, severity, pointer }) => `${severity} ${code} ${pointer}`.trim());
}
const withError = (change: object) => ({ ...conflict, error: { ...conflict.error, ...change } });

describe('the judge', () => {
  it('finds nothing in a conforming answer, whatever its words, zone form and precision', () => {
    expect(deviations(answer(201, receipt), ['attached'])).toEqual([]);
    expect(deviations(answer(409, conflict), ['already_attached'])).toEqual([]);
  });

  it.each([
    ['another case than expected', answer(409, conflict), ['attached'], ['failure CASE_WRONG']],
    [
      'another code',
      answer(409, withError({ code: 'CONFLICT' })),
      ['already_attached'],
      ['failure CASE_WRONG'],
    ],
    [
      'another type',
      answer(409, withError({ type: 'server_error' })),
      ['already_attached'],
      ['failure CASE_WRONG'],
    ],
    [
      'a documented details key missing',
      answer(409, withError({ details: { space_id: 'space_1' } })),
      ['already_attached'],
      ['failure CASE_WRONG'],
    ],
    [
      'an undocumented refusal where none was expected',
      answer(418, conflict),
      undefined,
      ['question STATUS_UNDOCUMENTED'],
    ],
    ['an undocumented success', answer(207, receipt), undefined, ['failure STATUS_UNDOCUMENTED']],
    ['a redirect', answer(302, undefined), undefined, ['failure STATUS_UNDOCUMENTED']],
    [
      'a crash',
      answer(500, '<p>sorry</p>', { 'content-type': 'text/html' }),
      undefined,
      ['failure SERVER_ERROR'],
    ],
    [
      'a crash in place of an assumed case',
      answer(500, conflict),
      ['repeated_parameter'],
      ['failure SERVER_ERROR'],
    ],
    [
      'a refusal in place of an assumed case',
      answer(418, conflict),
      ['repeated_parameter'],
      ['question CASE_WRONG'],
    ],
    [
      'an answer too deep to walk through',
      answer(201, '['.repeat(200_000)),
      ['attached'],
      ['failure BODY_UNREADABLE'],
    ],
    [
      'an unknown field as deep as a server may like',
      answer(201, { ...receipt, extra: JSON.parse(`${'['.repeat(400)}"[[["${']'.repeat(400)}`) }),
      ['attached'],
      ['notice FIELD_UNDOCUMENTED /extra'],
    ],
    [
      'HTML for JSON',
      answer(201, '<p>hi</p>', { 'content-type': 'text/html' }),
      ['attached'],
      ['failure BODY_UNREADABLE'],
    ],
    [
      'another media type',
      answer(201, receipt, { 'content-type': 'text/plain' }),
      ['attached'],
      ['failure MEDIA_TYPE_WRONG /content-type'],
    ],
    ['half an answer', answer(201, '{"success": true'), ['attached'], ['failure BODY_UNREADABLE']],
    [
      'a missing field',
      answer(201, { ...receipt, added_at: undefined } as never),
      ['attached'],
      ['failure SCHEMA_BROKEN /added_at'],
    ],
    [
      'a bad time',
      answer(201, { ...receipt, added_at: 'yesterday' }),
      ['attached'],
      ['failure SCHEMA_BROKEN /added_at'],
    ],
    [
      'another id than the path’s',
      answer(201, { ...receipt, space_id: 'space_2' }),
      ['attached'],
      ['failure RELATION_BROKEN /space_id'],
    ],
    [
      'a field that nobody documented',
      answer(201, { ...receipt, object: 'x' }),
      ['attached'],
      ['notice FIELD_UNDOCUMENTED /object'],
    ],
    [
      'a status in the envelope that is not the answer’s',
      answer(409, withError({ status: 400 })),
      ['already_attached'],
      ['failure RELATION_BROKEN /error/status'],
    ],
    [
      'no trace id',
      answer(409, withError({ trace_id: undefined })),
      ['already_attached'],
      ['failure SCHEMA_BROKEN /error/trace_id'],
    ],
  ] as const)('finds %s', (_, response, expected, found) => {
    expect(deviations(response, expected && [...expected])).toEqual(found);
  });

  it('takes any of the cases that a sheet leaves open', () => {
    expect(deviations(answer(409, conflict), ['attached', 'already_attached'])).toEqual([]);
  });

  it('asks instead of failing where the case is assumed', () => {
    const getThread = spec.operations.get('getThread');
    expect(deviations(answer(403, conflict), ['thread_not_found'], getThread)).toEqual([
      'question CASE_WRONG',
    ]);
  });

  it('fails who accepts what is refused by a documented rule, though the form of the refusal is assumed', () => {
    const create = spec.operations.get('createSlice');
    expect(create?.cases.get('capability_required')).toMatchObject({
      basis: 'assumed',
      rule: 'docs',
    });
    const made = answer(201, create?.cases.get('created')?.value);
    expect(deviations(made, ['capability_required'], create)[0]).toBe('failure CASE_WRONG');
    expect(
      deviations(
        answer(403, withError({ code: 'NO', status: 403 })),
        ['capability_required'],
        create,
      ),
    ).toEqual(['question CASE_WRONG']);
    expect(deviations(made, ['invalid_body'], create)[0]).toBe('question CASE_WRONG');
    const sent = judge(
      { spec, operation: create as NonNullable<typeof create>, asked, response: made },
      {
        cases: ['invalid_body'],
        documented: 'knowledge/create-slice',
      },
    );
    expect(sent.deviations[0]).toMatchObject({
      severity: 'failure',
      basis: 'docs',
      source: 'knowledge/create-slice',
    });
  });

  it('asks instead of failing where the relation is assumed, though the case is documented', () => {
    const list = spec.operations.get('listSpaceVectorStores');
    const row = (id: string, added_at: string) => ({
      id,
      vector_store_id: `vs_${id}`,
      added_by: 'usr_1',
      added_at,
    });
    const unsorted = {
      vector_stores: [row('svs_2', '2026-02-26T11:00:00Z'), row('svs_1', '2026-02-26T10:00:00Z')],
    };
    expect(deviations(answer(200, unsorted), ['listed'], list)).toEqual([
      'question RELATION_BROKEN /vector_stores',
    ]);
    const twice = {
      vector_stores: [row('svs_1', '2026-02-26T10:00:00Z'), row('svs_1', '2026-02-26T10:00:00Z')],
    };
    expect(deviations(answer(200, twice), ['listed'], list)).toContain(
      'failure RELATION_BROKEN /vector_stores',
    );
  });

  it('takes what is open in the first row of a list as open in every row', () => {
    const list = spec.operations.get('listComposites');
    const [example = {}] =
      (list?.cases.get('listed')?.value as { items: Record<string, Json>[] } | undefined)?.items ??
      [];
    const { access_mode: _, ...bare } = example;
    const items = [
      { ...example, organization_id: 'org_1' },
      { ...bare, id: 'kslice_2', organization_id: 'org_1' },
    ];
    const body = { items, total: 2, skip: 0, limit: 20, has_more: false };
    if (!list) throw new Error('no such operation');
    const listing = {
      path: { organization_id: 'org_1' },
      query: { skip: 0, limit: 20 },
      requestBody: undefined,
    };
    expect(
      judge(
        { spec, operation: list, asked: listing, response: answer(200, body) },
        { cases: ['listed'] },
      ).deviations,
    ).toEqual([]);
  });

  it('wants Retry-After on a 429 and no body on a 204', () => {
    const limited = withError({ code: 'RATE_LIMIT_EXCEEDED', status: 429, details: {} });
    expect(deviations(answer(429, limited))).toEqual(['failure HEADER_MISSING /retry-after']);
    const detach = spec.operations.get('removeVectorStoreFromSpace');
    expect(deviations(answer(204, undefined), ['detached'], detach)).toEqual([]);
    expect(deviations(answer(204, '{}'), ['detached'], detach)).toEqual([
      'failure BODY_UNEXPECTED',
    ]);
  });
});

describe('what no page promises', () => {
  const { value: made } = spec.operations.get('createThread')?.cases.get('created') ?? {};
  const { value: listed } = spec.operations.get('listSlices')?.cases.get('listed') ?? {};
  const asking = (
    id: 'createThread' | 'createVectorStore' | 'listSlices' | 'getSlice' | 'unarchiveSlice',
    response: PlainResponse,
    { cases, ...more }: { cases: string[]; query?: Record<string, Json>; requestBody?: Json },
  ) =>
    judge(
      {
        spec,
        operation: spec.operations.get(id) as NonNullable<typeof attach>,
        asked: { path: {}, query: {}, requestBody: undefined, ...more },
        response,
      },
      { cases },
    ).deviations.map(({ code, severity, pointer }) => `${severity} ${code} ${pointer}`);

  it('is how an id begins: another beginning is a question, and both of threads are fine', () => {
    const begun = (id: string) =>
      asking('createThread', answer(201, { ...(made as object), id }), { cases: ['created'] });
    expect(begun('t-1')).toEqual(['question SCHEMA_BROKEN /id']);
    expect(begun('thrd_1')).toEqual([]);
    expect(begun('thread_1')).toEqual([]);
  });

  it('is what a page of no rows is: one of one row is a question at most', () => {
    const cases = ['invalid_parameter', 'listed'];
    const page = answer(200, { ...(listed as object), limit: 1 });
    const query = { limit: 0, skip: 0 };
    for (const found of asking('listSlices', page, { cases, query }))
      expect(found).toMatch(/^question /);
    expect(asking('listSlices', page, { cases: ['listed'], query }).join()).toMatch(/failure/);
  });

  it('is what becomes of a null that the answer cannot have', () => {
    const operation = spec.operations.get('createVectorStore');
    const { value } = operation?.cases.get('created') ?? {};
    const { data } = value as { data: Record<string, Json> };
    const said = (description: Json) =>
      asking(
        'createVectorStore',
        answer(201, { ...(value as object), data: { ...data, description } }),
        {
          cases: ['created'],
          requestBody: { name: data.name as string, access_mode: null, description: null },
        },
      );
    expect(said(null)).toEqual([]);
    expect(said('A')).toEqual(['question RELATION_BROKEN /data/description']);
  });

  it.each(['getSlice', 'unarchiveSlice'] as const)(
    'is the access mode of %s, which is April’s',
    (id) => {
      const [success] = spec.operations.get(id)?.cases.values() ?? [];
      const { access_mode: _, ...february } = (success?.value ?? {}) as Record<string, Json>;
      const found = asking(id, answer(200, february), { cases: [success?.name ?? ''] });
      expect(found.filter((one) => !one.startsWith('failure RELATION'))).toEqual([]);
    },
  );
});
