// Faults on purpose: each condition, each effect, their counts, and what is wrong with one that
// names nothing. In process; through a socket in faults.process.test.ts.
import { describe, expect, it } from 'vitest';
import { ControlClient, type Fault } from '../../src/control/client.js';
import { draw, latencyOf } from '../../src/faults/draw.js';
import { createUnderstudy as createInBrowser } from '../../src/fetch.js';
import { createUnderstudy, type Understudy, type UnderstudyOptions } from '../../src/index.js';

const space = '/v1/spaces/space_abc123';
const attach = `${space}/vector-stores/vs_def456`;

/** A mock server with these faults, and ways to use it. */
async function withFaults(faults: readonly Fault[], options: UnderstudyOptions = {}) {
  const understudy = createUnderstudy(options);
  const control = new ControlClient('http://a.test', { fetch: understudy.fetch });
  await control.replaceFaults('default', faults);
  const send = (path: string, method = 'GET', key = 'ak_owner', headers = {}) =>
    understudy.fetch(path, { method, headers: { 'X-API-Key': key, ...headers } });
  const statuses = async (path: string, count: number, ...rest: string[]) => {
    const all: number[] = [];
    for (let i = 0; i < count; i += 1) all.push((await send(path, ...rest)).status);
    return all;
  };
  return { understudy, control, send, statuses };
}

const unavailable = { status: 503 };
const last = ({ journal }: Understudy) => journal.at(-1);

describe('a fault is for', () => {
  it('every request of an operation, one with a refused credential too, and nothing else', async () => {
    const { send, control } = await withFaults([{ does: unavailable }]);
    expect((await send(space)).status).toBe(503);
    expect((await send(space, 'GET', 'ak_none')).status).toBe(503);
    expect((await send('/v1/nothing')).status).toBe(404);
    expect((await send('/')).status).toBe(200);
    expect((await send(space, 'OPTIONS')).status).toBe(204);
    expect(await control.fault('default', 'fault-1')).toMatchObject({ calls: 2, hits: 2 });
  });

  it.each([
    ['an operation', { operation: 'getSpace' }],
    ['several', { operation: ['createSpace', 'getSpace'] }],
    ['a pattern of operations', { operation: 'getS*' }],
    ['a method', { method: 'GET', operation: '*Space' }],
    ['a path', { path: space }],
    ['a path with a star', { path: '/v1/*/space_abc123' }],
    ['a path of the document', { path: '/v1/spaces/{space_id}' }],
    ['a user', { caller: 'usr_owner1', operation: 'getSpace' }],
    ['a key', { caller: 'ak_owner', path: space }],
    ['a time that has come', { from: '2020-01-01T00:00:00Z', operation: 'getSpace' }],
    ['a time that is not over', { until: '2090-01-01T00:00:00Z', operation: 'getSpace' }],
  ])('%s', async (_, when) => {
    const { send } = await withFaults([{ when, does: unavailable }]);
    expect((await send(space)).status).toBe(503);
    expect((await send(`${space}?a=b`)).status).toBe(503);
    expect((await send(`${space}/threads`)).status).toBe(200);
    expect((await send('/v1/spaces/?organization_id=org_xyz789')).status).toBe(200);
  });

  it.each([
    ['another user', { caller: 'usr_viewer1' }],
    ['another key', { caller: 'ak_viewer' }],
    ['another method', { method: 'DELETE' }],
    ['a time to come', { from: '2090-01-01T00:00:00Z' }],
    ['a time that is over', { until: '2020-01-01T00:00:00Z' }],
    ['no share of them', { share: 0 }],
  ])('not %s', async (_, when) => {
    const { send } = await withFaults([{ when, does: unavailable }]);
    expect((await send(space)).status).toBe(200);
  });

  it('the so-manieth call, several, or every third', async () => {
    const of = async (when: Fault['when']) =>
      (
        await withFaults([{ when: { operation: 'getSpace', ...when }, does: unavailable }])
      ).statuses(space, 6);
    expect(await of({ call: 2 })).toEqual([200, 503, 200, 200, 200, 200]);
    expect(await of({ call: [1, 4] })).toEqual([503, 200, 200, 503, 200, 200]);
    expect(await of({ every: 3 })).toEqual([200, 200, 503, 200, 200, 503]);
  });

  it('a share that the seed draws: the same again, and others with another seed', async () => {
    const of = async (seed: number) => {
      const { statuses } = await withFaults([{ when: { share: 0.3 }, does: unavailable }], {
        seed,
      });
      return statuses(space, 60);
    };
    const drawn = await of(1);
    expect(await of(1)).toEqual(drawn);
    expect(await of(2)).not.toEqual(drawn);
    expect(drawn.filter((status) => status === 503).length).toBeGreaterThan(8);
    expect(drawn.filter((status) => status === 503).length).toBeLessThan(30);
  });

  it('a window of the clock of the world, and ends after hits or at a time', async () => {
    const { understudy, send, statuses, control } = await withFaults([
      { name: 'night', when: { from: '2026-02-27T00:00:00Z' }, does: { status: 502 } },
      { name: 'twice', when: { operation: 'getSpace' }, does: unavailable, expires: { after: 2 } },
      {
        name: 'today',
        when: { operation: 'listSpaceThreads' },
        does: unavailable,
        expires: { at: '2026-02-27T00:00:00Z' },
      },
    ]);
    expect(await statuses(space, 3)).toEqual([503, 503, 200]);
    expect((await send(`${space}/threads`)).status).toBe(503);
    understudy.worlds.advance('default', '1d');
    expect((await send(`${space}/threads`)).status).toBe(502);
    expect(
      (await control.faults('default')).map(({ name, hits, expired }) => [name, hits, expired]),
    ).toEqual([
      ['night', 1, false],
      ['twice', 2, true],
      ['today', 1, true],
    ]);
  });

  it('a case, once the request has been carried out', async () => {
    const { send, understudy } = await withFaults([
      { when: { case: 'attached' }, does: { status: 504 } },
    ]);
    expect((await send(attach, 'POST')).status).toBe(504);
    expect(last(understudy)).toMatchObject({ status: 504, fault: 'fault-1', basis: 'invented' });
    expect(last(understudy)?.changes?.length).toBeGreaterThan(0);
    expect((await send(attach, 'POST')).status).toBe(409);
  });
});

describe('a fault does', () => {
  it('a documented refusal, with its wait everywhere alike', async () => {
    const { send, understudy } = await withFaults([
      { when: { operation: 'getSpace' }, does: { case: 'rate_limit_exceeded', retry_after: 7 } },
    ]);
    const answer = await send(space);
    const body = (await answer.json()) as { error: { details: object } };
    expect([answer.status, answer.headers.get('retry-after'), body.error.details]).toEqual([
      429,
      '7',
      { retry_after: 7 },
    ]);
    expect(answer.headers.get('x-ratelimit-reset-requests')).toBe('7');
    expect(answer.headers.get('x-understudy-fault')).toBe('fault-1');
    expect(last(understudy)).toMatchObject({ case: 'rate_limit_exceeded', fault: 'fault-1' });
  });

  it('the documented case of a status, or an invented one in the envelope of the vendor', async () => {
    const { send, understudy } = await withFaults([
      { when: { call: 1 }, does: { status: 404 } },
      { when: { call: 2 }, does: { status: 503, retry_after: 3 } },
      { when: { call: 1, operation: 'getSpace' }, does: { latency: { ms: 1 } } },
    ]);
    expect((await send(space)).headers.get('x-understudy-case')).toBe('getSpace.space_not_found');
    const invented = await send(space);
    expect(await invented.json()).toMatchObject({
      success: false,
      error: { code: 'SERVER_ERROR', type: 'server_error', status: 503 },
    });
    expect(invented.headers.get('x-understudy-basis')).toBe('invented');
    expect(invented.headers.get('retry-after')).toBe('3');
    expect(invented.headers.has('x-understudy-case')).toBe(false);
    expect(last(understudy)).toMatchObject({ operation: 'getSpace', basis: 'invented' });
    expect(last(understudy)).not.toHaveProperty('case');
  });

  it('a page of a gateway', async () => {
    const { send } = await withFaults([
      { does: { status: 502, body: '<h1>Bad Gateway</h1>', content_type: 'text/html' } },
    ]);
    const answer = await send(space);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      502,
      'text/html',
      '<h1>Bad Gateway</h1>',
    ]);
  });

  it('nothing to the state, unless it is told that the request is carried out', async () => {
    const lost = await withFaults([{ when: { call: 1 }, does: unavailable }]);
    expect(await lost.statuses(attach, 2, 'POST')).toEqual([503, 201]);
    const done = await withFaults([
      { when: { call: 1 }, does: { ...unavailable, carried_out: true } },
    ]);
    expect(await done.statuses(attach, 2, 'POST')).toEqual([503, 409]);
  });

  it('one thing at a time, and every delay', async () => {
    const { send, control } = await withFaults([
      { name: 'slow', does: { latency: { ms: 2 } } },
      { name: 'first', does: { status: 502 } },
      { name: 'second', does: { status: 503 } },
      { name: 'slower', does: { latency: { ms: 3 } } },
    ]);
    const answer = await send(space);
    expect([answer.status, answer.headers.get('x-understudy-fault')]).toEqual([
      502,
      'slow, first, slower',
    ]);
    expect((await control.faults('default')).map(({ hits }) => hits)).toEqual([1, 1, 0, 1]);
  });

  it('a case only where an operation has it', async () => {
    const { send } = await withFaults([{ does: { case: 'already_attached' } }]);
    expect((await send(space)).status).toBe(200);
    expect((await send(attach, 'POST')).status).toBe(409);
  });

  it('latencies as their kind has them', () => {
    const of = (latency: Parameters<typeof latencyOf>[0]) =>
      Array.from({ length: 2000 }, (_, i) => latencyOf(latency, (what) => draw(1, what, i))).sort(
        (a, b) => a - b,
      );
    expect(new Set(of({ ms: 40 }))).toEqual(new Set([40]));
    const uniform = of({ min_ms: 100, max_ms: 200 });
    expect([uniform[0], uniform[1000], uniform[1999]]).toEqual([
      expect.closeTo(100, -1),
      expect.closeTo(150, -1),
      expect.closeTo(200, -1),
    ]);
    const logNormal = of({ median_ms: 100, sigma: 1 });
    expect(Math.abs((logNormal[1000] as number) - 100)).toBeLessThan(10);
    // One standard deviation on either side: a factor of e.
    expect(Math.abs((logNormal[1683] as number) / 100 - Math.E)).toBeLessThan(0.4);
    expect(Math.abs(100 / (logNormal[317] as number) - Math.E)).toBeLessThan(0.4);
    expect(of({ median_ms: 100, sigma: 2, max_ms: 150 }).at(-1)).toBe(150);
  });
});

describe('the faults of a world', () => {
  it('are its own; a fork has them with counts of its own, and a reset those of its scenario', async () => {
    const { control, understudy } = await withFaults([]);
    const scenario = {
      scenario: 'mine',
      description: 'Mine.',
      time: '2026-02-26T15:30:00Z',
      extends: 'default',
      faults: [{ name: 'own', when: { operation: 'getSpace' }, does: { status: 503 } }],
    };
    await control.createWorld('one', scenario);
    const get = (key: string) => understudy.fetch(space, { headers: { 'X-API-Key': key } });
    expect((await get('ak_owner')).status).toBe(200);
    expect((await get('ak_owner~one')).status).toBe(503);
    await control.forkWorld('one', 'two');
    await control.clearFaults('one');
    expect((await get('ak_owner~one')).status).toBe(200);
    expect((await get('ak_owner~two')).status).toBe(503);
    expect((await control.fault('two', 'own')).hits).toBe(1);
    await control.resetWorld('one');
    expect((await get('ak_owner~one')).status).toBe(503);
    await control.deleteWorld('one');
    await control.createWorld('one');
    expect(await control.faults('one')).toEqual([]);
  });

  it.each([
    ['here', createUnderstudy],
    ['in a browser', createInBrowser],
  ])('are there with the first request, %s', async (_, create) => {
    const understudy = create({
      faults: [{ when: { operation: 'getSpace' }, does: { status: 503 } }],
    });
    for (const key of ['ak_owner', 'ak_owner~made'])
      expect((await understudy.fetch(space, { headers: { 'X-API-Key': key } })).status).toBe(503);
  });

  it('are short for those of the default world', async () => {
    const { understudy, control } = await withFaults([{ name: 'a', does: unavailable }]);
    const answer = await understudy.fetch('/__admin/faults');
    expect(((await answer.json()) as { data: unknown }).data).toEqual({
      faults: await control.faults('default'),
    });
    expect((await understudy.fetch('/__admin/faults/a', { method: 'DELETE' })).status).toBe(200);
    expect(await control.faults('default')).toEqual([]);
  });

  it('are added, replaced, read and deleted by name', async () => {
    const { control } = await withFaults([]);
    expect(await control.addFault('default', { does: unavailable })).toEqual({
      name: 'fault-1',
      does: unavailable,
      calls: 0,
      hits: 0,
      expired: false,
    });
    await control.putFault('default', 'slow', { does: { latency: { ms: 5 } } });
    await expect(
      control.addFault('default', { name: 'slow', does: unavailable }),
    ).rejects.toMatchObject({ status: 409, code: 'FAULT_EXISTS' });
    await control.putFault('default', 'slow', { does: { latency: { ms: 6 } } });
    expect((await control.faults('default')).map(({ name }) => name)).toEqual(['fault-1', 'slow']);
    expect((await control.fault('default', 'slow')).does).toEqual({ latency: { ms: 6 } });
    await control.deleteFault('default', 'slow');
    await expect(control.fault('default', 'slow')).rejects.toMatchObject({
      status: 404,
      details: { faults: ['fault-1'] },
    });
    await expect(control.faults('none')).rejects.toMatchObject({ code: 'UNKNOWN_WORLD' });
  });
});

describe('a fault that cannot be is refused', () => {
  const problemsOf = async (...faults: readonly unknown[]) => {
    const { control } = await withFaults([{ name: 'kept', does: unavailable }]);
    const refusal = await control.replaceFaults('default', faults as Fault[]).then(
      () => ({ details: {} }),
      (error: { details: object }) => error,
    );
    expect((await control.faults('default')).map(({ name }) => name)).toEqual(
      'problems' in refusal.details ? ['kept'] : expect.anything(),
    );
    return (refusal.details as { problems?: unknown[] }).problems;
  };

  it.each([
    [
      { when: { operation: 'listSpace' } },
      '/when/operation',
      'there is no operation listSpace',
      'did you mean listSpaces?',
    ],
    [
      { when: { operation: ['getSpace', 'x*'] } },
      '/when/operation/1',
      'there is no operation x*',
      undefined,
    ],
    [
      { when: { operation: 'getSpace', case: 'space_not_fond' } },
      '/when/case',
      'there is no case space_not_fond',
      'did you mean space_not_found?',
    ],
    [
      { when: { caller: 'usr_owner' } },
      '/when/caller',
      'there is no caller usr_owner',
      'did you mean usr_owner1?',
    ],
    [
      { when: { path: '/v1/space/x' } },
      '/when/path',
      'no operation has the path /v1/space/x',
      'did you mean /v1/spaces/{space_id}?',
    ],
    [{ when: { calls: 2 } }, '/when/calls', 'when.calls is not a known key', 'did you mean call?'],
    [
      { does: { case: 'spce_not_found' } },
      '/does/case',
      'there is no case spce_not_found',
      'did you mean space_not_found?',
    ],
    [
      { does: { case: 'retrieved' } },
      '/does/case',
      'retrieved is a success, and a fault is none',
      undefined,
    ],
    [
      { does: { case: 'space_not_found', status: 404 } },
      '/does/status',
      'only one of case, status can happen',
      undefined,
    ],
    [
      { does: { end: 'reset', cut_after: 1 } },
      '/does/cut_after',
      'only one of end, cut_after, drip can happen',
      undefined,
    ],
    [{ does: { end: 'rest' } }, '/does/end', 'does.end cannot be "rest"', 'did you mean reset?'],
    [{ does: { body: 'x' } }, '/does/body', 'body says nothing by itself', undefined],
    [{ does: {} }, '/does', undefined, undefined],
    [{ does: { status: 200 } }, '/does/status', 'does.status is less than 400', undefined],
    [
      { does: { latency: { ms: 1, median_ms: 2 } } },
      '/does/latency',
      'the latency is of several kinds at once',
      undefined,
    ],
    [
      { does: { latency: { min_ms: 2 } } },
      '/does/latency',
      'max_ms is missing or less than min_ms',
      undefined,
    ],
    [{ does: { latency: { sigma: 2 } } }, '/does/latency', 'median_ms is missing', undefined],
    [
      { when: { from: '2026-02-27T00:00:00Z', until: '2026-02-26T00:00:00Z' } },
      '/when/until',
      '2026-02-26T00:00:00Z is not later than 2026-02-27T00:00:00Z',
      undefined,
    ],
    [
      { when: { case: 'created' }, does: { status: 503, carried_out: false } },
      '/does/carried_out',
      undefined,
      undefined,
    ],
    ['slow', '', undefined, undefined],
  ])('%j', async (fault, pointer, what, fix) => {
    const whole = typeof fault === 'string' ? fault : { does: unavailable, ...fault };
    if (typeof fault === 'string') {
      const { control } = await withFaults([]);
      await expect(control.replaceFaults('default', [fault as never])).rejects.toMatchObject({
        status: 422,
      });
      return;
    }
    const problems = (await problemsOf(whole)) as { pointer: string; what: string; fix: string }[];
    expect(problems).toHaveLength(1);
    expect(problems[0]?.pointer).toBe(`/faults/0${pointer}`);
    if (what !== undefined) expect(problems[0]?.what.replace('faults[0].', '')).toBe(what);
    if (fix !== undefined) expect(problems[0]?.fix).toBe(fix);
  });

  it('with all problems at once, and two of one name', async () => {
    const problems = await problemsOf(
      { name: 'a', when: { operation: 'x' }, does: { colour: 'red' } },
      { name: 'b', when: { operation: 'y' }, does: unavailable },
      { name: 'b', when: { caller: 'z' }, does: unavailable },
    );
    expect(problems).toHaveLength(4);
  });

  it('in an option and in a scenario too', () => {
    const faults = [{ when: { operation: 'listSpace' }, does: { status: 503 } }];
    expect(() => createUnderstudy({ faults })).toThrow(/did you mean listSpaces/);
    const scenario = {
      scenario: 's',
      description: 'd',
      time: '2026-02-26T15:30:00Z',
      extends: 'default',
      faults,
    };
    expect(() => createUnderstudy({ scenario })).toThrow(/did you mean listSpaces/);
  });
});

describe('Prefer', () => {
  it('code=500 is answered with an invented error, and any other status that nobody documented with 400', async () => {
    const understudy = createUnderstudy();
    const prefer = (wish: string, key = 'ak_owner') =>
      understudy.fetch(space, { headers: { 'X-API-Key': key, Prefer: wish } });
    const answer = await prefer('code=500');
    expect([answer.status, answer.headers.get('x-understudy-basis')]).toEqual([500, 'invented']);
    expect(answer.headers.get('preference-applied')).toBe('code=500');
    expect(answer.headers.has('x-understudy-case')).toBe(false);
    expect(await answer.json()).toMatchObject({
      success: false,
      error: {
        code: 'SERVER_ERROR',
        status: 500,
        type: 'server_error',
        trace_id: expect.any(String),
      },
    });
    expect(last(understudy)).toMatchObject({ basis: 'invented', forced: true, status: 500 });
    for (const wish of ['code=502', 'code=503', 'code=418', 'code=500, example=none'])
      expect([wish, (await prefer(wish)).status]).toEqual([wish, 400]);
    expect((await prefer('code=500', 'ak_none')).status).toBe(401);
  });

  it('wait=SECONDS makes any answer late, and says so', async () => {
    const understudy = createUnderstudy();
    const prefer = (wish: string, path = space) =>
      understudy.fetch(path, { headers: { 'X-API-Key': 'ak_owner', Prefer: wish } });
    const late = await prefer('code=404, wait=0.01');
    expect([late.status, late.headers.get('preference-applied')]).toEqual([
      404,
      'code=404, wait=0.01',
    ]);
    expect(last(understudy)?.answer.delay_ms).toBe(10);
    expect((await prefer('wait=0.01', '/v1/nothing')).headers.get('preference-applied')).toBe(
      'wait=0.01',
    );
    for (const none of ['wait=soon', 'wait=-1', 'wait', 'await=1', 'wait=1e3']) {
      const answer = await prefer(none);
      expect([none, answer.headers.get('preference-applied')]).toEqual([none, null]);
    }
  });
});
