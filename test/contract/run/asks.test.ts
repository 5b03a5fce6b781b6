// How much, how fast and how far a run asks.
import { describe, expect, it } from 'vitest';
import { readRateLimit } from '../../../src/client/rate.js';
import { handlerTarget, type Target } from '../../../src/client/target.js';
import { exitCode } from '../../../src/contract/report/verdict.js';
import { callsOf, chosenPlays } from '../../../src/contract/run/choice.js';
import { type Lanes, sideBySide } from '../../../src/contract/run/lanes.js';
import type { RunOptions } from '../../../src/contract/run/options.js';
import { Pace } from '../../../src/contract/run/pace.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { createUnderstudy } from '../../../src/index.js';
import { profile, spec } from '../../support/drifted-run.js';

const contracts = loadContracts(spec);

function optionsFor(
  drift?: string,
): RunOptions & { readonly sent: string[]; readonly target: Target } {
  const { fetch } = createUnderstudy(drift === undefined ? {} : { drift });
  const inner = handlerTarget('the mock server', fetch);
  const sent: string[] = [];
  const target: Target = {
    ...inner,
    send: (request, signal) => {
      sent.push(`${request.method} ${request.target}`);
      return inner.send(request, signal);
    },
  };
  return { spec, contracts, profile, target, sent, wait: async () => {} };
}

describe('a limit of requests', () => {
  it('ends the run, takes away what it made and leaves it inconclusive', async () => {
    const options = optionsFor();
    const report = await runContracts({ ...options, maxRequests: 200 });
    expect(report.stopped).toEqual({ why: 'requests', text: 'all 200 requests were sent' });
    expect(report.leftovers).toEqual([]);
    // It looks whether what it has deleted is gone.
    const after = options.sent.slice(200).filter((one) => !one.startsWith('GET '));
    expect(after.length).toBeGreaterThan(0);
    expect(after.filter((one) => !/^DELETE |\/archive$/.test(one))).toEqual([]);
    expect(exitCode(report, 'failure')).toBe(3);
  });
});

describe('failing fast', () => {
  it.each([1, 3])('ends the run after %d rows with a failure', async (failFast) => {
    const report = await runContracts({
      ...optionsFor('drop:getSpace.200/name'),
      failFast,
      include: (operation) => operation === 'getSpace',
    });
    const failed = report.rows.filter(({ findings }) =>
      findings.some(({ severity }) => severity === 'failure'),
    );
    expect(failed).toHaveLength(failFast);
    expect(report.stopped?.why).toBe('failed');
    expect(report.leftovers).toEqual([]);
    expect(exitCode(report, 'failure')).toBe(1);
  });
});

describe('parts of a run', () => {
  it('have each row once between them, and about as many requests each', () => {
    const options = optionsFor();
    const isRow = ({ kind }: { readonly kind: string }): boolean => kind !== 'sign_in';
    const whole = chosenPlays(options);
    const parts = [1, 2, 3, 4].map((index) =>
      chosenPlays({ ...options, shard: { index, count: 4 } }),
    );
    const titles = parts.flatMap((plays) => plays.filter(isRow).map(({ title }) => title));
    expect(titles).toEqual(whole.filter(isRow).map(({ title }) => title));
    const sizes = parts.map((plays) =>
      [...callsOf(plays, options).values()].reduce((sum, count) => sum + count, 0),
    );
    expect(Math.max(...sizes)).toBeLessThan(1.5 * Math.min(...sizes));
    const signIns = whole.filter((play) => !isRow(play)).map(({ title }) => title);
    for (const plays of parts)
      expect(plays.filter((play) => !isRow(play)).map(({ title }) => title)).toEqual(signIns);
  });

  it('play alone as well as together', async () => {
    const report = await runContracts({
      ...optionsFor(),
      level: 'smoke',
      shard: { index: 3, count: 5 },
    });
    expect(report.findings).toEqual([]);
    expect(report.rows.filter(({ result }) => result !== 'right')).toEqual([]);
  });
});

describe('rows by their titles', () => {
  it('are all that is played, whatever the level', async () => {
    const drifted = optionsFor('drop:getSpace.200/name');
    const only = (operation: string): boolean => operation === 'getSpace';
    const first = await runContracts({ ...drifted, include: only });
    const wrong = first.rows.filter(({ result }) => result === 'wrong').map(({ title }) => title);
    expect(wrong.length).toBeGreaterThan(2);
    const again = await runContracts({
      ...optionsFor('drop:getSpace.200/name'),
      level: 'smoke',
      titles: new Set(wrong),
    });
    const rows = again.rows.filter(({ kind }) => kind === 'row');
    expect(rows.map(({ title, result }) => [title, result])).toEqual(
      wrong.map((title) => [title, 'wrong']),
    );
  });
});

describe('a rate limit', () => {
  it.each([
    ['60/m', { requests: 60, milliseconds: 60_000 }],
    ['5/s', { requests: 5, milliseconds: 1000 }],
    ['1000/h', { requests: 1000, milliseconds: 3_600_000 }],
    ['auto', 'auto'],
    ['off', 'off'],
    ['0/m', undefined],
    ['60', undefined],
    ['60/d', undefined],
  ])('%s is read', (text, limit) => {
    expect(readRateLimit(text)).toEqual(limit);
  });

  /** How long each of some requests at once waits. */
  async function waitsOf(
    limit: NonNullable<ReturnType<typeof readRateLimit>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<readonly number[]> {
    const waits: number[] = [];
    const wait = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
    const target = new Pace(limit, wait).over({
      name: 'any',
      send: async () => ({ status: 200, headers }),
    });
    const request = { method: 'GET', target: '/', headers: {}, body: new Uint8Array() };
    for (let i = 0; i < 4; i++) await target.send(request);
    return waits.map((milliseconds) => Math.round(milliseconds / 100) * 100);
  }

  it('spreads the requests evenly', async () => {
    expect(await waitsOf({ requests: 60, milliseconds: 60_000 })).toEqual([1000, 2000, 3000]);
    expect(await waitsOf('off')).toEqual([]);
  });

  it('that is auto is 100 a minute, or what the target says of itself', async () => {
    expect(await waitsOf('auto')).toEqual([600, 1200, 1800]);
    const said = { 'x-ratelimit-limit-requests': '20' };
    expect(await waitsOf('auto', said)).toEqual([600, 3600, 6600]);
    const used = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' };
    expect((await waitsOf('auto', used)).at(0)).toBe(30_000);
    const odd = { 'x-ratelimit-limit': 'many', 'x-ratelimit-remaining': '-1' };
    expect(await waitsOf('auto', odd)).toEqual([600, 1200, 1800]);
  });
});

describe('work side by side', () => {
  const lanes = (...names: string[]): Lanes =>
    new Map(
      names.map((name) => (name.endsWith('+') ? [name.slice(0, -1), 'together'] : [name, 'alone'])),
    );

  /** In which order work begins and ends; each takes one turn more than the one before it. */
  async function played(limit: number, items: Readonly<Record<string, Lanes>>): Promise<string> {
    const log: string[] = [];
    await sideBySide(Object.entries(items), {
      limit,
      lanesOf: ([, own]) => own,
      work: async ([name]) => {
        log.push(`+${name}`);
        for (let i = 0; i < 3; i++) await Promise.resolve();
        log.push(`-${name}`);
        return true;
      },
    });
    return log.join(' ');
  }

  it('keeps apart what touches the same, in order', async () => {
    expect(await played(4, { a: lanes('x'), b: lanes('x'), c: lanes('y') })).toBe(
      '+a +c -a -c +b -b',
    );
  });

  it('lets those go together that only add, before those that have to be alone', async () => {
    expect(await played(4, { a: lanes('x+'), b: lanes('x+'), c: lanes('x'), d: lanes('x+') })).toBe(
      '+a +b +d -a -b -d +c -c',
    );
    expect(await played(4, { a: lanes('x+'), b: lanes('x'), c: lanes('x', 'y') })).toBe(
      '+a -a +b -b +c -c',
    );
  });

  it('waits behind nobody who waits for something else', async () => {
    expect(await played(4, { a: lanes('x'), b: lanes('x', 'y'), c: lanes('y') })).toBe(
      '+a +c -a -c +b -b',
    );
  });

  it('has no more under way than it may', async () => {
    expect(await played(1, { a: lanes('x'), b: lanes('y') })).toBe('+a -a +b -b');
  });
});
