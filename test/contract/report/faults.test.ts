import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codes } from '../../../src/contract/judge/codes.js';
import type { FindingCode } from '../../../src/contract/judge/deviation.js';
import { FAULT_LIST, faultRules, faultsOf } from '../../../src/contract/report/faults.js';
import { toResults } from '../../../src/contract/report/renderings.js';
import { toSarif } from '../../../src/contract/report/sarif.js';
import { tell } from '../../../src/contract/report/telling.js';
import type { Exchanged } from '../../../src/contract/run/exchanged.js';
import type { Finding } from '../../../src/contract/run/finding.js';
import { driftedRun, withoutEdges } from '../../support/drifted-run.js';
import { itFirst } from '../../support/sample.js';

/** 0.8.0 of the list had 39 entries; 0.9.0 added 121, 122, 207, 311 and 312. */
const listed = [...range(100, 122), ...range(200, 207), ...range(300, 312)];

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

interface Entry {
  readonly fault: number;
  readonly here: string;
  readonly codes: readonly string[];
  readonly why: string;
}

const page = readFileSync('docs/faults.md', 'utf8');
const entries = page.split('\n').flatMap((line): Entry[] => {
  const [, fault, , here = '', why = ''] = line.split('|').map((cell) => cell.trim());
  if (!/^\d+$/.test(fault ?? '')) return [];
  return [
    { fault: Number(fault), here, why, codes: why.match(/(?<=`)[A-Z]+_[A-Z_]+(?=`)/g) ?? [] },
  ];
});

describe('docs/faults.md', () => {
  it('goes through the whole list, each entry once, with its version', () => {
    expect(entries.map(({ fault }) => fault)).toEqual(listed);
    expect(page).toContain(`Version ${FAULT_LIST.version} of the list has ${listed.length}`);
    expect(new Set(entries.map(({ here }) => here))).toEqual(
      new Set(['seen', 'not applicable', 'not seen']),
    );
  });

  it('says seen of what a finding can carry, with the codes of those findings, and a reason of the others', () => {
    for (const { fault, here, why, codes: named } of entries) {
      const own = faultRules.filter((rule) => rule.fault === fault);
      expect([fault, here === 'seen']).toEqual([fault, own.length > 0]);
      if (own.length > 0)
        expect([fault, [...named].sort()]).toEqual([
          fault,
          [...new Set(own.flatMap((rule) => rule.codes))].sort(),
        ]);
      else expect(why.length).toBeGreaterThan(10);
      for (const code of named) expect(Object.keys(codes)).toContain(code);
    }
  });
});

interface Given {
  readonly code: FindingCode;
  readonly method?: string;
  readonly status?: number;
  readonly body?: string;
  readonly sent?: string;
  readonly caller?: string;
  readonly expected?: string;
  readonly pointer?: string;
  /** The write before a look. */
  readonly after?: string;
  readonly timeout?: true;
}

function findingWith(given: Given): Finding {
  const { method = 'GET', status, body = '{}', sent = '', caller = 'owner', after } = given;
  const call = (own: string): Exchanged =>
    ({
      operation: own === 'GET' ? 'getSpace' : 'updateSpace',
      caller,
      request: { method: own, target: '/', headers: {}, body: Buffer.from(sent) },
      ...(status === undefined ? {} : { response: { status, headers: {}, body } }),
      ...(given.timeout ? { error: { kind: 'timeout', message: 'late' } } : {}),
    }) as unknown as Exchanged;
  return {
    code: given.code,
    rowOperation: 'updateSpace',
    pointer: given.pointer ?? '',
    expected: given.expected ?? '',
    got: '',
    calls: [...(after === undefined ? [] : [call(after)]), call(method)],
  } as unknown as Finding;
}

describe('a finding', () => {
  it.each<[number[], Given]>([
    [[100], { code: 'SERVER_ERROR', status: 500 }],
    [[100, 309], { code: 'SERVER_ERROR', status: 500, body: 'Error: x\n    at f (app.js:1:2)' }],
    [[101], { code: 'SERVER_ERROR', status: 700 }],
    [[102], { code: 'CASE_WRONG', method: 'DELETE', status: 201, expected: '204 deleted' }],
    [[103], { code: 'CASE_WRONG', status: 201, expected: '200 listed' }],
    [[104], { code: 'CASE_WRONG', method: 'PATCH', status: 201, expected: '200 updated' }],
    [[105, 200], { code: 'BODY_UNEXPECTED', method: 'DELETE', status: 204 }],
    [[106], { code: 'CASE_WRONG', method: 'POST', status: 413, expected: '200 x' }],
    [[], { code: 'CASE_WRONG', method: 'POST', status: 413, expected: '200 x', sent: '{}' }],
    [[107], { code: 'CASE_WRONG', method: 'DELETE', status: 415, expected: '204 x' }],
    [[108], { code: 'CASE_WRONG', method: 'POST', status: 304, expected: '200 x' }],
    [[110], { code: 'HEADER_MISSING', status: 405, pointer: '/allow' }],
    [[113], { code: 'STATE_WRONG', after: 'DELETE', status: 200 }],
    [[114], { code: 'REFUSAL_CHANGED_STATE', after: 'PATCH', status: 200 }],
    [[], { code: 'REFUSAL_CHANGED_STATE', after: 'POST', status: 200 }],
    [[121], { code: 'SERVER_ERROR', status: 507 }],
    [[122], { code: 'STATE_WRONG', after: 'POST', status: 404 }],
    [[200], { code: 'SCHEMA_BROKEN', status: 200 }],
    [[201], { code: 'RELATION_BROKEN', status: 405, pointer: '/allow' }],
    [[204], { code: 'CASE_WRONG', status: 406, expected: '200 x' }],
    [[205], { code: 'SERVER_ERROR', status: 501 }],
    [[206], { code: 'CASE_WRONG', method: 'POST', status: 201, expected: '422 invalid_field' }],
    [[207], { code: 'CASE_WRONG', method: 'POST', status: 422, expected: '201 created' }],
    [[304], { code: 'CASE_WRONG', status: 404, expected: '403 access_required' }],
    [[305], { code: 'CASE_WRONG', status: 401, expected: '403 access_required' }],
    [[306], { code: 'CASE_WRONG', method: 'PATCH', status: 200, expected: '403 edit' }],
    [[307, 311], { code: 'CASE_WRONG', status: 200, expected: '401 x', caller: 'none' }],
    [
      [308, 311],
      { code: 'CASE_WRONG', method: 'DELETE', status: 204, expected: '401 x', caller: 'none' },
    ],
    [[311], { code: 'CASE_WRONG', status: 200, expected: '401 x', caller: 'expired_key' }],
    [[310], { code: 'CASE_WRONG', method: 'PUT', status: 200, expected: '405 x' }],
    [[312], { code: 'ANSWER_MISSING', timeout: true }],
    [[], { code: 'CASE_WRONG', status: 409, expected: '200 x' }],
    [[], { code: 'FIELD_UNDOCUMENTED', status: 200 }],
  ])('carries %j', (numbers, given) => {
    expect(faultsOf(findingWith(given))).toEqual(numbers);
  });

  itFirst(1).each<[string, number]>([
    ['write:deleteSpace', 113],
    ['credential:deleteSpace.invalid_api_key', 311],
    ['guard:deleteSpace.space_not_found', 306],
  ])('of %s shows its number in the report', async (drift, number) => {
    const report = await driftedRun(drift, ['deleteSpace'], {
      contracts: withoutEdges(['deleteSpace']),
    });
    const { findings } = toResults(report) as { findings: { faults: number[] }[] };
    expect(findings.flatMap(({ faults }) => faults)).toContain(number);
    const [run] = (toSarif(tell(report)) as { runs: { taxonomies: { taxa: object[] }[] }[] }).runs;
    expect(run?.taxonomies[0]?.taxa).toContainEqual({ id: String(number) });
  });
});
