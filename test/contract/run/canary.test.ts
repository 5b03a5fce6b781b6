// One answer of a run is made wrong and judged once more: whoever does not see that, did not look.
import { describe, expect, it } from 'vitest';
import { readOnlyTarget } from '../../../src/client/access.js';
import { handlerTarget, type Target } from '../../../src/client/target.js';
import { alterationsOf, type WayName, ways } from '../../../src/contract/judge/alter.js';
import { judge } from '../../../src/contract/judge/judge.js';
import { toResults, toText } from '../../../src/contract/report/renderings.js';
import { exitCode } from '../../../src/contract/report/verdict.js';
import type { Judge } from '../../../src/contract/run/canary.js';
import type { RunOptions } from '../../../src/contract/run/options.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { createUnderstudy } from '../../../src/index.js';
import { profile, spec, withoutEdges } from '../../support/drifted-run.js';
import { itInFull } from '../../support/sample.js';

const mockServer = (): Target => handlerTarget('the mock server', createUnderstudy().fetch);

/** The only answer that must have a header of its own is that of a rate limit. */
function limitedOnce(): Target {
  const inner = mockServer();
  const limited = [...(spec.operations.get('createSpace')?.cases.values() ?? [])].find(
    ({ status }) => status === 429,
  );
  const headers = { 'content-type': 'application/json', 'retry-after': '1' };
  let isOver = false;
  return {
    ...inner,
    send: async (request, signal) => {
      if (isOver || request.method !== 'POST' || request.target !== '/v1/spaces/')
        return inner.send(request, signal);
      isOver = true;
      return { status: 429, headers, body: JSON.stringify(limited?.value) };
    },
  };
}

const run = (options: Partial<RunOptions> = {}) =>
  runContracts({
    spec,
    contracts: withoutEdges(['getSpace', 'listThreads']),
    profile,
    target: mockServer(),
    wait: async () => {},
    ...options,
  });

describe('the canary', () => {
  it('is seen, whichever answer is made wrong in whichever way', async () => {
    const tried = new Map<WayName, number>();
    const unseen: string[] = [];
    const looking: Judge = (exchange, expected = {}) => {
      const judged = judge(exchange, expected);
      const isSerious = ({ severity }: { severity: string }): boolean => severity !== 'notice';
      if (judged.deviations.some(isSerious)) return judged;
      for (const [way, { response, how }] of alterationsOf(exchange, expected, judged.documented)) {
        tried.set(way, (tried.get(way) ?? 0) + 1);
        const { read: _, ...asked } = exchange;
        if (!judge({ ...asked, response }, expected).deviations.some(isSerious))
          unseen.push(`${exchange.operation.id} ${exchange.response.status} ${how}`);
      }
      return judged;
    };
    const everything = withoutEdges([...spec.operations.keys()]);
    await run({
      target: limitedOnce(),
      contracts: everything,
      judge: looking,
      level: 'smoke',
      canary: false,
    });
    expect([...new Set(unseen)]).toEqual([]);
    expect([...tried.keys()].sort()).toEqual((Object.keys(ways) as WayName[]).sort());
  });

  it('that a judge does not see ends the run with exit code 3, and says what was made wrong', async () => {
    const away: Judge = (exchange, expected) => ({ ...judge(exchange, expected), deviations: [] });
    const report = await run({ judge: away });
    expect(report.canary).toMatchObject({ seen: false });
    expect(exitCode(report, 'failure')).toBe(3);
    expect(toText(report)).toMatch(
      /^Inconclusive: the check did not look: made wrong on purpose, an answer of \w+ .* was taken for right;/m,
    );
    expect(toResults(report)).toMatchObject({ exit_code: 3, canary: { seen: false } });
  });

  itInFull('is drawn by the seed, costs no request, and is no finding', async () => {
    const [first, again, other, without] = await Promise.all([
      run({ seed: 7 }),
      run({ seed: 7, concurrency: 4 }),
      run({ seed: 8 }),
      run({ seed: 7, canary: false }),
    ]);
    expect(first.canary).toMatchObject({ seen: true });
    expect(again.canary).toEqual(first.canary);
    expect(other.canary).not.toEqual(first.canary);
    expect(without.canary).toBeUndefined();
    expect(first.requests).toBe(without.requests);
    expect(first.findings).toEqual([]);
    expect(exitCode(first, 'notice')).toBe(0);
  });

  it.each<[string, Partial<RunOptions>]>([
    ['of one operation', { include: (id) => id === 'getSpace' }],
    ['of one part', { shard: { index: 2, count: 2 } }],
    ['that may only read', { target: readOnlyTarget(mockServer()) }],
    ['at the lowest level', { level: 'smoke' }],
  ])('is seen in a run %s', async (_, options) => {
    const { canary } = await run(options);
    expect(canary).toMatchObject({ seen: true });
    if (options.include) expect(canary?.operation).toBe('getSpace');
  });
});
