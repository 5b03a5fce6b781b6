// One fault, one headline, however many rows it shows in; two faults are two.
import { describe, expect, it } from 'vitest';
import { headlinesOf } from '../../../src/contract/report/headlines.js';
import { toText } from '../../../src/contract/report/renderings.js';
import { tell } from '../../../src/contract/report/telling.js';
import { toVerdict } from '../../../src/contract/report/text.js';
import type { Report } from '../../../src/contract/run/options.js';
import type { OperationId } from '../../../src/index.js';
import { alteredRun, inBody } from '../../support/altered.js';

const operations: readonly OperationId[] = ['getSpace', 'listThreads', 'deleteStore'];
const withoutTrace = inBody((body) => body.replace(/"trace_id":"[^"]*",/, ''));
const failures = (report: Report) =>
  headlinesOf(report.findings).filter(({ severity }) => severity === 'failure');

describe('findings of one cause', () => {
  it.each([
    ['a field is missing from every refusal', withoutTrace, 'SCHEMA_BROKEN'],
    [
      'a gateway answers in the place of every refusal',
      ({ status }: { status: number }) =>
        status >= 400 ? { status: 500, body: '{"error":{}}' } : {},
      'SERVER_ERROR',
    ],
    [
      'every answer is of another media type',
      ({ headers }: { headers: Readonly<Record<string, string>> }) => ({
        headers: { ...headers, 'content-type': 'text/plain' },
      }),
      'MEDIA_TYPE_WRONG',
    ],
  ] as const)('are one headline where %s', async (_, change, code) => {
    const report = await alteredRun(operations, change);
    const all = report.findings.filter(({ severity }) => severity === 'failure');
    expect(all.length).toBeGreaterThan(10);
    const [first, ...others] = failures(report);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ code, operations: expect.arrayContaining([...operations]) });
    expect(first?.findings.map(({ fingerprint }) => fingerprint).sort()).toEqual(
      all.map(({ fingerprint }) => fingerprint).sort(),
    );
    // Those that are told at length are of different operations.
    const told = first?.findings.slice(0, 3).map(({ rowOperation }) => rowOperation);
    expect(new Set(told).size).toBe(3);
  });

  it('are two headlines where two things are wrong', async () => {
    const report = await alteredRun(
      ['getSpace'],
      inBody((body) =>
        body.replace(/"trace_id":"[^"]*",/, '').replace(/"timestamp":"[^"]*"/, '"timestamp":7'),
      ),
    );
    expect(failures(report).map(({ code, what }) => `${code} ${what.split(':')[0]}`)).toEqual([
      'SCHEMA_BROKEN /error/trace_id',
      'SCHEMA_BROKEN /error/timestamp',
    ]);
  });

  it('keep fields of the same name apart where they belong to other things', async () => {
    const report = await alteredRun(
      ['getSpace', 'getThread'],
      inBody((body) =>
        body.startsWith('{"id"') ? body.replace(/"created_at":"[^"]*",/, '') : body,
      ),
    );
    const broken = failures(report).filter(({ code }) => code === 'SCHEMA_BROKEN');
    const touched = broken.map(({ operations: [first] }) => first);
    expect(new Set(touched)).toEqual(new Set(['getSpace', 'getThread']));
  });
});

describe('what a terminal shows', () => {
  it('ends with a verdict that fits on a screen, whatever went wrong', async () => {
    const report = await alteredRun(operations, ({ status, headers, body = '' }) => ({
      status: status < 400 ? status : status + 8,
      headers: { ...headers, 'content-type': `text/${status}` },
      body: body.replace(/"(\w+_at|\w+_id|name)":"[^"]*"/g, '"$1":{"a":"very long text"}'),
    }));
    const verdict = toVerdict(tell(report, 'failure')).trimEnd().split('\n');
    expect(verdict[0]).toBe('Failed, exit code 1:');
    // With the counts above it and the place of the report below.
    expect(verdict.length).toBeLessThan(20);
    expect(Math.max(...verdict.map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('tells one cause at length once', async () => {
    const report = await alteredRun(operations, withoutTrace);
    const text = toText(report);
    expect(text.match(/^failure /gm)).toHaveLength(1);
    expect(text).toMatch(/^ {2}also {6}\w+ by \w+ /m);
    expect(text).toMatch(/^ {2}and {7}\d+ more; \d+× in 3 operations in all$/m);
    expect(text.split('\n').length).toBeLessThan(75);
  });
});
