// What happens on the wire between the kit and its target: answers that never come, rate limits,
// odd JSON.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeWait } from '../../../src/cli/progress.js';
import { handlerTarget, type Target, TargetError } from '../../../src/client/target.js';
import { toJunit, toResults, toText } from '../../../src/contract/report/renderings.js';
import { exitCode } from '../../../src/contract/report/verdict.js';
import type { RunOptions } from '../../../src/contract/run/options.js';
import { parseProfile } from '../../../src/contract/run/profile.js';
import { retryAfter, type Wait } from '../../../src/contract/run/rate-limit.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { createUnderstudy } from '../../../src/index.js';
import { loadSpec } from '../../../src/shipped/document.js';
import type { OperationId } from '../../../src/spec/document.js';
import type { PlainRequest, PlainResponse } from '../../../src/spec/message.js';
import { itFirst } from '../../support/sample.js';

const spec = loadSpec();
const contracts = loadContracts(spec);
const profile = parseProfile(
  readFileSync('contracts/understudy.profile.yaml', 'utf8'),
  'understudy.profile.yaml',
  {},
);
const include = (id: OperationId) => ['createSpace', 'getSpace', 'deleteSpace'].includes(id);

/** The mock server, and what somebody in between makes of it. */
function between(
  change: (request: PlainRequest, answer: () => Promise<PlainResponse>) => Promise<PlainResponse>,
): Target {
  const mockServer = handlerTarget('the mock server', createUnderstudy().fetch);
  return {
    name: 'the mock server',
    send: (request, signal) => change(request, () => mockServer.send(request, signal)),
  };
}

async function run(target: Target, options: Partial<RunOptions> = {}) {
  const waits: number[] = [];
  const told: Wait[] = [];
  const wait = async (milliseconds: number) => void waits.push(milliseconds);
  const onWait = (one: Wait) => void told.push(one);
  const report = await runContracts({
    spec,
    contracts,
    profile,
    target,
    include,
    concurrency: 1,
    wait,
    onWait,
    ...options,
  });
  const found = report.findings.map(
    ({ severity, code, operation }) => `${severity} ${code} ${operation}`,
  );
  return { report, found, waits, told };
}

const isCreation = ({ method, target }: PlainRequest) =>
  method === 'POST' && target === '/v1/spaces/';

describe('a write that is not answered', () => {
  type Lose = (
    request: PlainRequest,
    answer: () => Promise<PlainResponse>,
  ) => Promise<PlainResponse> | PlainResponse;
  /** Every third creation that would be accepted is lost. */
  const losing = (lose: Lose, isLost = isCreation) => {
    const understudy = createUnderstudy();
    const mockServer = handlerTarget('the mock server', understudy.fetch);
    const lost: string[] = [];
    let creations = 0;
    const target: Target = {
      name: 'the mock server',
      send: async (request, signal) => {
        const answer = () => mockServer.send(request, signal);
        if (!isLost(request) || creations++ % 3 > 0) return answer();
        lost.push(
          /"(?:name|title)":"([^"]*)"/.exec(new TextDecoder().decode(request.body))?.[1] ?? '',
        );
        return lose(request, answer);
      },
    };
    return { target, lost, world: understudy.world };
  };
  const isNamed = (name: unknown) => /^understudy-1-\d+-\d+$/.test(String(name));
  const cut = (): never => {
    throw new TargetError('broken', 'no answer');
  };
  const carriedOut: Lose = async (_, answer) => {
    await answer();
    return cut();
  };
  const failing = (kind: TargetError['kind']) => () => {
    throw new TargetError(kind, 'no answer');
  };
  const named = { include: (id: OperationId) => id === 'getSpace' || id === 'createSpace' };
  const unlisted = { ...named, allow: (id: OperationId) => id !== 'listSpaces' };

  itFirst(2).each<[string, Lose, string]>([
    ['the connection is cut', failing('broken'), 'no answer'],
    ['its time is over', failing('timeout'), 'no answer'],
    ['its body is too large', failing('too_large'), 'no answer'],
    ['a gateway lost it', () => ({ status: 504, headers: {}, body: '{}' }), '504'],
  ])(
    'since %s is a failure, not sent again, and listed in every report by the name it gave',
    async (_, lose, why) => {
      const { target, lost } = losing(lose);
      const counting = (inner: Target, sent: string[]): Target => ({
        ...inner,
        send: (request) => {
          if (isCreation(request)) sent.push(new TextDecoder().decode(request.body));
          return inner.send(request);
        },
      });
      const undisturbed: string[] = [];
      await run(
        counting(
          between((_request, answer) => answer()),
          undisturbed,
        ),
        unlisted,
      );
      const sent: string[] = [];
      const { report, found } = await run(counting(target, sent), unlisted);
      expect(lost.length).toBeGreaterThan(3);
      // Two that look alike have one name; what goes on after a loss may have new ones.
      const timesIn = (bodies: readonly string[], name: string): number =>
        bodies.filter((body) => body.includes(`"${name}"`)).length;
      for (const name of lost.filter(isNamed))
        expect(timesIn(sent, name)).toBeLessThanOrEqual(Math.max(1, timesIn(undisturbed, name)));
      if (why === 'no answer') expect(found).toContain('failure ANSWER_MISSING createSpace');
      for (const name of lost.filter(isNamed))
        expect(report.possiblyMade).toContain(`POST /v1/spaces/ with ${name}: ${why}`);
      expect(report.possiblyMade).toHaveLength(lost.length);
      expect(exitCode(report, 'failure')).toBe(1);
      expect(toText(report)).toContain(
        `Left behind, possibly made (no answer came):\n  ${report.possiblyMade[0]}`,
      );
      expect(toResults(report)).toMatchObject({ possibly_made: report.possiblyMade });
      expect(toJunit(report, 'failure')).toContain(`>possibly ${report.possiblyMade[0]}`);
    },
  );

  const lives = (row: { readonly deleted_at?: string | null; readonly status?: string }) =>
    (row.deleted_at ?? null) === null && row.status !== 'archived';
  it.each<
    [
      string,
      OperationId,
      (request: PlainRequest) => boolean,
      (world: ReturnType<typeof losing>['world']) => string[],
    ]
  >([
    [
      'a space',
      'getSpace',
      isCreation,
      ({ spaces }) =>
        spaces
          .all()
          .filter(lives)
          .map(({ name }) => name),
    ],
    [
      'a thread',
      'getThread',
      ({ method, target }) => method === 'POST' && target === '/v1/threads',
      ({ threads }) =>
        threads
          .all()
          .filter(lives)
          .map(({ title }) => String(title)),
    ],
    [
      'a store',
      'getVectorStore',
      ({ method, target }) => method === 'POST' && target.endsWith('/vector-stores'),
      ({ vectorStores }) => vectorStores.all().map(({ name }) => name),
    ],
    [
      'a slice',
      'getSlice',
      ({ method, target }) => method === 'POST' && target.endsWith('/slices'),
      ({ slices }) =>
        slices
          .all()
          .filter(lives)
          .map(({ name }) => name),
    ],
  ])(
    'but made %s is looked up by its name at the end, and taken away',
    async (_, operation, isLost, names) => {
      const { target, lost, world } = losing(carriedOut, isLost);
      const { report } = await run(target, { include: (id) => id === operation });
      expect(lost.filter(isNamed).length).toBeGreaterThan(1);
      expect(names(world).filter(isNamed)).toEqual([]);
      expect([report.possiblyMade, report.leftovers]).toEqual([[], []]);
    },
  );

  it('and made nothing, as the lists show, is not listed', async () => {
    const { target, lost } = losing(cut);
    const { report } = await run(target, named);
    expect(lost.some(isNamed)).toBe(true);
    // Nor is what gave no name: nothing that is there can be it.
    expect(lost.every(isNamed)).toBe(false);
    expect(report.possiblyMade).toEqual([]);
  });

  it('loses nobody an object of the same name that was there before, or of another run', async () => {
    const { target, lost, world } = losing(carriedOut);
    const others = [
      'understudy-1-8-1',
      'understudy-11-8-1',
      'understudy-other-8-1',
      'understudy-1-8-1-x',
    ];
    const make = async (name: string) => {
      const body = new TextEncoder().encode(
        JSON.stringify({ organization_id: 'org_xyz789', name }),
      );
      const headers = { 'x-api-key': 'ak_owner', 'content-type': 'application/json' };
      return target.send({ method: 'POST', target: '/v1/spaces', headers, body });
    };
    for (const name of others) expect((await make(name)).status).toBe(201);
    await run(target, { include: (id) => id === 'getSpace' });
    expect(lost.some(isNamed)).toBe(true);
    expect(
      world.spaces
        .all()
        .filter(lives)
        .map(({ name }) => name),
    ).toEqual(expect.arrayContaining(others));
  });

  it('and cannot be taken away is left behind by its name', async () => {
    const { target } = losing(carriedOut);
    const { report } = await run(target, {
      include: (id) => id === 'getSpace',
      allow: (id) => id !== 'deleteSpace',
    });
    expect(report.leftovers).toContainEqual(
      expect.stringMatching(/^space space_\S+ named understudy-1-\d+-\d+$/),
    );
  });

  it('because the run ends is listed too', async () => {
    const stop = new AbortController();
    const target = between(async (request, answer) => {
      if (!isCreation(request)) return answer();
      await answer();
      stop.abort();
      throw new TargetError('stopped', 'the run has ended');
    });
    const { report } = await run(target, { ...unlisted, signal: stop.signal });
    expect(report.possiblyMade).toHaveLength(1);
  });

  itFirst(2).each<[string, TargetError]>([
    ['refused a connection', new TargetError('unreachable', 'refused')],
    ['timed out before a byte was sent', new TargetError('timeout', 'late', { unsent: true })],
  ])('since the target %s made nothing', async (_, error) => {
    const target = between((request, answer) =>
      isCreation(request) ? Promise.reject(error) : answer(),
    );
    expect((await run(target)).report.possiblyMade).toEqual([]);
  });

  it('is no read, and none that takes away', async () => {
    const target = between((request, answer) =>
      request.method === 'GET' || request.method === 'DELETE'
        ? Promise.reject(new TargetError('broken', 'no answer'))
        : answer(),
    );
    expect(
      (await run(target, { include: (id) => id === 'createSpace' })).report.possiblyMade,
    ).toEqual([]);
  });
});

it('what is repeated is a notice with a count, also of a tool that is not judged', async () => {
  const target = between(async (request, answer) => ({
    ...(await answer()),
    ...(isCreation(request) ? { repeated: 'the server had closed the connection' } : {}),
  }));
  const { report } = await run(target, { include: (id) => id === 'getSpace' });
  const creations = report.findings.find(({ code }) => code === 'REQUEST_REPEATED');
  expect(creations).toMatchObject({ severity: 'notice', operation: 'createSpace' });
  expect(creations?.count).toBeGreaterThan(5);
  // The text tells it once for all operations, under those whose rows needed it.
  expect(toText(report)).toContain(`notice REQUEST_REPEATED getSpace (${creations?.count}×)`);
  expect(exitCode(report, 'failure')).toBe(0);
});

it('a handler that throws is a finding of each call, not the end of the run', async () => {
  let calls = 0;
  const mockServer = createUnderstudy();
  const target = handlerTarget('a handler', async (request) => {
    calls += 1;
    if (calls % 5 === 0) throw new Error('out of order');
    return mockServer.fetch(request);
  });
  const { report } = await run(target);
  const missing = report.findings.filter(({ code }) => code === 'ANSWER_MISSING');
  expect(missing.map(({ got }) => got).join()).toContain('out of order');
  expect(report.stopped).toBeUndefined();
});

describe('how long Retry-After asks to wait', () => {
  const now = 'Thu, 26 Feb 2026 10:00:00 GMT';
  itFirst(2).each<[string, number | undefined]>([
    ['7', 7000],
    ['0', 0],
    ['6.250', 7000],
    ['.5', 1000],
    ['3.', 3000],
    [' 2 ', 2000],
    ['Thu, 26 Feb 2026 10:00:30 GMT', 30_000],
    ['Thursday, 26-Feb-26 10:00:30 GMT', 30_000],
    ['Thu Feb 26 10:00:30 2026', 30_000],
    ['Thu, 26 Feb 2026 09:00:00 GMT', 0],
    ['3600', 3_600_000],
    ['-5', undefined],
    ['1e3', undefined],
    ['soon 5', undefined],
    ['2001', 2_001_000],
    ['Thu, what?', undefined],
    ['', undefined],
  ])('%j is %s ms', (said, expected) => {
    expect(retryAfter({ status: 429, headers: { 'retry-after': said, date: now } })).toBe(expected);
  });

  it('is undefined without it', () => {
    expect(retryAfter({ status: 429, headers: {} })).toBeUndefined();
  });
});

describe('a rate limit', () => {
  const error = {
    code: 'RATE_LIMIT_EXCEEDED',
    message: 'Slow down',
    system_message: 'Slow down',
    type: 'client_error',
  };
  const limited = (headers: Record<string, string>): PlainResponse => ({
    status: 429,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      success: false,
      error: {
        ...error,
        status: 429,
        details: {},
        trace_id: 'x',
        timestamp: '2026-02-26T10:30:00Z',
      },
    }),
  });
  /** So many 429s, whatever is asked, before the first creation is let in. */
  const limiting = (times: number, headers: Record<string, string>, isLimited = isCreation) => {
    let left = times;
    return between((request, answer) =>
      isLimited(request) && left-- > 0 ? Promise.resolve(limited(headers)) : answer(),
    );
  };

  itFirst(2).each<[string, number, Record<string, string>, number[]]>([
    ['with a fraction', 2, { 'retry-after': '3.500' }, [4000, 4000]],
    ['of nothing, again and again', 4, { 'retry-after': '0' }, [0, 2000, 4000, 8000]],
    ['of an hour', 2, { 'retry-after': '3600' }, [60_000, 60_000]],
    ['that is garbage', 3, { 'retry-after': 'tomorrow' }, [1000, 2000, 4000]],
    ['that is negative', 2, { 'retry-after': '-30' }, [1000, 2000]],
    ['that is absent', 7, {}, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000]],
  ])(
    'with a Retry-After %s is waited out, within bounds, and each wait is told',
    async (_, times, headers, expected) => {
      const { report, found, waits, told } = await run(limiting(times, headers));
      expect(waits).toEqual(expected);
      expect(told.map(({ operation, milliseconds }) => [operation, milliseconds])).toEqual(
        expected.map((milliseconds) => ['createSpace', milliseconds]),
      );
      const failures = found.filter((finding) => finding.startsWith('failure'));
      expect(failures).toEqual(
        headers['retry-after'] ? [] : ['failure HEADER_MISSING createSpace'],
      );
      expect(report.findings.find(({ code }) => code === 'REQUEST_REPEATED')?.count).toBe(times);
      expect(report.leftovers).toEqual([]);
    },
  );

  const getSpace = { include: (id: OperationId) => id === 'getSpace' };
  const takesAway = ({ method }: PlainRequest) => method === 'DELETE';

  it('on what takes away is not waited out on the spot: what is left is taken away at the end of the run', async () => {
    const { report, waits } = await run(
      limiting(3, { 'retry-after': '3600' }, takesAway),
      getSpace,
    );
    expect([waits, report.leftovers]).toEqual([[], []]);
    expect(report.findings.find(({ code }) => code === 'REQUEST_REPEATED')).toMatchObject({
      operation: 'deleteSpace',
      count: 3,
    });
  });

  it('on what takes away is waited out at the end of the run', async () => {
    let rows = 0;
    const target = limiting(1_000_000, { 'retry-after': '2' }, takesAway);
    const { report, waits } = await run(target, { ...getSpace, onRow: () => void rows++ });
    expect(rows).toBeGreaterThan(5);
    expect(waits[0]).toBe(2000);
    expect(report.leftovers.length).toBeGreaterThan(5);
    expect(exitCode(report, 'failure')).not.toBe(0);
  });

  it('on what takes away is not waited out once the run has ended: everything is tried', async () => {
    const stop = new AbortController();
    let tried = 0;
    const target = limiting(
      1_000_000,
      { 'retry-after': '60' },
      (request) => takesAway(request) && ++tried > 0,
    );
    const { report, waits } = await run(target, {
      ...getSpace,
      signal: stop.signal,
      onRow: (_, number) => {
        if (number === 24) stop.abort();
      },
    });
    expect(waits).toEqual([]);
    expect(report.leftovers.length).toBeGreaterThan(3);
    expect(tried).toBe(2 * report.leftovers.length);
  });

  it('on a method that no path has is waited out too', async () => {
    const { report, waits } = await run(
      limiting(1, { 'retry-after': '2' }, ({ method }) => method === 'PUT'),
    );
    expect([waits, report.findings.map(({ code }) => code)]).toEqual([
      [2000],
      ['REQUEST_REPEATED'],
    ]);
  });

  it('that lets nothing through ends the run, inconclusive, after a few operations', async () => {
    const { report, waits } = await run(
      limiting(Number.POSITIVE_INFINITY, { 'retry-after': '3600' }, () => true),
    );
    expect(report.stopped).toMatchObject({ why: 'limited', text: expect.stringContaining('429') });
    expect(exitCode(report, 'failure')).toBe(3);
    expect(waits).toEqual(Array(6).fill(60_000));
  });

  itFirst(2).each<[Partial<Wait>, string]>([
    [{ said: '3600' }, '429 from getSpace, Retry-After: 3600; waiting 60 s\n'],
    [{}, '429 from getSpace, no Retry-After; waiting 60 s\n'],
    [{ said: '\u001b[2J' }, '429 from getSpace, an unreadable Retry-After; waiting 60 s\n'],
  ])('is said as it is: %j', (wait, said) => {
    expect(describeWait({ operation: 'getSpace', milliseconds: 60_000, ...wait })).toBe(said);
  });
});
