// Rate limits in a run: played only when somebody asks, after all else, of every operation; where no
// limit is in reach, that is said and nothing is called wrong.
import { beforeAll, describe, expect, it } from 'vitest';
import { type Handler, handlerTarget } from '../../../src/client/target.js';
import { coverageAsData } from '../../../src/contract/report/coverage-json.js';
import type { Report } from '../../../src/contract/run/options.js';
import { planRateLimits } from '../../../src/contract/run/rate-limited.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { ControlClient } from '../../../src/control/client.js';
import { createUnderstudy, type Understudy } from '../../../src/index.js';
import { loadSpec } from '../../../src/shipped/document.js';
import { profile } from '../../support/drifted-run.js';

const spec = loadSpec();
const contracts = loadContracts(spec);

/** The limits alone, of a mock server that has one as long as they are played. */
async function run(
  understudy: Understudy,
  { rate, most }: { readonly rate?: string; readonly most?: number },
  handler: Handler = understudy.fetch,
): Promise<Report> {
  const control = new ControlClient('http://a.test', { fetch: understudy.fetch });
  const around = {
    on: async () => void (await control.setLimits('default', { rate: rate as string })),
    off: async () => void (await control.clearLimits('default')),
  };
  return runContracts({
    spec,
    contracts,
    profile,
    target: handlerTarget('limited', handler),
    plays: planRateLimits(spec, () => true, most),
    rateLimits: rate === undefined ? {} : { around },
  });
}

/** What the end of a run looks at comes on top. */
const sent = ({ rows }: Report): number => rows.reduce((sum, { requests }) => sum + requests, 0);

const limitsOf = ({ coverage }: Report) =>
  (coverageAsData(coverage) as { rate_limits: Record<string, number> }).rate_limits;

describe('the rate limits of a run', () => {
  let report: Report;
  let journal: readonly { readonly status: number; readonly changes?: readonly object[] }[];
  beforeAll(async () => {
    const understudy = createUnderstudy();
    report = await run(understudy, { rate: '30/h' });
    ({ journal } = understudy);
  });

  it('are the documented case of every operation, counted apart', () => {
    expect(report.findings).toEqual([]);
    expect(
      report.rows.flatMap(({ reason, operation }) => (reason ? [operation + reason] : [])),
    ).toEqual([]);
    expect(limitsOf(report)).toEqual({ right: spec.operations.size, wrong: 0, not_exercised: 0 });
    expect(
      report.rows.every(
        ({ kind, answered }) => kind === 'rate_limit' && answered === 'rate_limit_exceeded',
      ),
    ).toBe(true);
  });

  it('need as many requests as there is room for, and then one each', () => {
    expect(sent(report)).toBe(30 + spec.operations.size);
    expect(journal.filter(({ changes }) => changes !== undefined)).toEqual([]);
  });

  it('are found out once where there are none in reach', async () => {
    const free = await run(createUnderstudy(), { most: 25 });
    expect(free.findings).toEqual([]);
    expect(sent(free)).toBe(25);
    expect(limitsOf(free)).toEqual({ right: 0, wrong: 0, not_exercised: spec.operations.size });
    expect(free.rows[0]?.reason).toBe('no limit was reached with 25 requests');
  });

  it('are wrong where the refusal is', async () => {
    const understudy = createUnderstudy();
    const wrong = await run(understudy, { rate: '5/h' }, async (request) => {
      const answer = await understudy.fetch(request);
      if (answer.status !== 429) return answer;
      const headers = new Headers(answer.headers);
      headers.delete('retry-after');
      return new Response(answer.body, { status: 429, headers });
    });
    expect(limitsOf(wrong).right).toBe(0);
    expect(wrong.findings.map(({ code }) => code)).toContain('HEADER_MISSING');
  });
});
