// Rate limits: a bucket for each key on the clock of the world, and headers that agree with it and
// with each other.
import { describe, expect, it } from 'vitest';
import { ControlClient } from '../../src/control/client.js';
import { createUnderstudy, type Understudy, type UnderstudyOptions } from '../../src/index.js';

const space = '/v1/spaces/space_abc123';

function limited(options: UnderstudyOptions) {
  const understudy = createUnderstudy(options);
  const control = new ControlClient('http://a.test', { fetch: understudy.fetch });
  const send = (key = 'ak_owner', method = 'GET', path = space) =>
    understudy.fetch(path, { method, headers: { 'X-API-Key': key } });
  return { understudy, control, send };
}

const later = ({ worlds }: Understudy, how: string) => worlds.advance('default', how);
const numberOf = (answer: Response, name: string) => Number(answer.headers.get(name));

/** What an answer says of the limit, in both families. */
function told(answer: Response, now: string) {
  const of = (name: string) => numberOf(answer, `x-ratelimit-${name}`);
  const families = [
    [of('limit'), of('remaining'), of('reset') - Date.parse(now) / 1000],
    [of('limit-requests'), of('remaining-requests'), of('reset-requests')],
  ];
  expect(families[0]).toEqual(families[1]);
  return families[0];
}

describe('a rate limit', () => {
  it('takes so many of each key, then refuses with the documented 429 until the clock has moved on', async () => {
    const { understudy, send } = limited({ rateLimit: '3/m' });
    const now = understudy.world.clock.now();
    expect(told(await send(), now)).toEqual([3, 2, 20]);
    expect(told(await send(), now)).toEqual([3, 1, 40]);
    expect(told(await send(), now)).toEqual([3, 0, 60]);
    const refused = await send();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '20']);
    expect(told(refused, now)).toEqual([3, 0, 20]);
    expect(await refused.json()).toMatchObject({
      error: { code: 'RATE_LIMIT_EXCEEDED', details: { retry_after: 20 } },
    });
    expect(understudy.journal.at(-1)).toMatchObject({ case: 'rate_limit_exceeded', limit: 'rate' });
    expect(understudy.journal[0]).not.toHaveProperty('limit');
    expect((await send('ak_editor')).status).toBe(200);

    later(understudy, '19s');
    expect((await send()).status).toBe(429);
    later(understudy, '1s');
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(429);
    later(understudy, '1h');
    expect(told(await send(), understudy.world.clock.now())).toEqual([3, 2, 20]);
  });

  it.each(['1/h', '7/m', '10/m', '3/h', '60/m', '1/m', '900/h'])(
    'of %s lets the next one through after exactly what Retry-After says',
    async (rateLimit) => {
      const { understudy, send } = limited({ rateLimit });
      const [requests, unit] = rateLimit.split('/') as [string, 'm' | 'h'];
      const seconds = { m: 60, h: 3600 }[unit] / Number(requests);
      for (let i = 0; i < Number(requests); i += 1) await send();
      for (let i = 1; i <= 20; i += 1) {
        const refused = await send();
        const wait = numberOf(refused, 'retry-after');
        expect([refused.status, wait]).toEqual([
          429,
          Math.ceil(seconds * i) - Math.ceil(seconds * (i - 1)),
        ]);
        later(understudy, `${wait}s`);
        expect((await send()).status).toBe(200);
      }
    },
  );

  it('changes nothing when it refuses, and asks nobody without a credential', async () => {
    const { understudy, send } = limited({ rateLimit: '1/h' });
    expect((await send('ak_none')).status).toBe(401);
    expect((await send()).status).toBe(200);
    const attach = `${space}/vector-stores/vs_def456`;
    const before = understudy.world.snapshot();
    expect((await send('ak_owner', 'POST', attach)).status).toBe(429);
    expect(understudy.worlds.compare(before, 'default').rows).toEqual([]);
    expect((await send('ak_none')).status).toBe(401);
    expect((await understudy.fetch('/')).status).toBe(200);
  });

  it('may take fewer at once, or more, than in its time', async () => {
    const { control, send, understudy } = limited({});
    await control.setLimits('default', { rate: '60/m', burst: 2 });
    const statuses = async (count: number) => {
      const all: number[] = [];
      for (let i = 0; i < count; i += 1) all.push((await send()).status);
      return all;
    };
    expect(await statuses(3)).toEqual([200, 200, 429]);
    later(understudy, '1s');
    expect(await statuses(2)).toEqual([200, 429]);
    expect(await control.limits('default')).toEqual({
      rate: '60/m',
      burst: 2,
      keys: 1,
      refused: 2,
    });
    await control.clearLimits('default');
    expect(await statuses(5)).toEqual([200, 200, 200, 200, 200]);
    expect(await control.limits('default')).toBeNull();
  });

  it('is off unless it is asked for, and then in every world for itself', async () => {
    const free = limited({});
    for (let i = 0; i < 120; i += 1) expect((await free.send()).status).toBe(200);
    const { send, control, understudy } = limited({ rateLimit: '1/h' });
    expect((await send('ak_owner~one')).status).toBe(200);
    expect((await send('ak_owner~two')).status).toBe(200);
    expect((await send('ak_owner~one')).status).toBe(429);
    await control.forkWorld('one', 'three');
    expect((await send('ak_owner~three')).status).toBe(200);
    expect((await send('ak_owner~three')).status).toBe(429);
    understudy.worlds.reset('one');
    expect((await send('ak_owner~one')).status).toBe(200);
  });

  it('comes with the scenario, and a scenario that extends it', async () => {
    const scenario = {
      scenario: 'mine',
      description: 'Mine.',
      time: '2026-02-26T15:30:00Z',
      extends: 'rate-limited',
    };
    for (const given of ['rate-limited', scenario]) {
      const { send } = limited({ scenario: given });
      const statuses: number[] = [];
      for (let i = 0; i < 11; i += 1) statuses.push((await send()).status);
      expect(statuses).toEqual([...Array(10).fill(200), 429]);
    }
  });

  it('is written as a rate', async () => {
    expect(() => createUnderstudy({ rateLimit: '60' })).toThrow(/a rate such as 60\/m/);
    expect(() => createUnderstudy({ rateLimit: 'off' })).toThrow(/a rate such as 60\/m/);
    const { control } = limited({});
    for (const rate of ['60', '0/m', '60/d', 'auto'])
      await expect(control.setLimits('default', { rate })).rejects.toMatchObject({ status: 422 });
  });
});

describe('the shipped scenario', () => {
  const late = async (scenario: string, path: string, count: number) => {
    const { understudy } = limited({ scenario });
    const answers: (number | string)[] = [];
    // The handler waits as long as the answer is late: the journal says how long that is.
    for (let i = 0; i < count; i += 1) {
      const stop = AbortSignal.timeout(1);
      await understudy
        .fetch(path, { headers: { 'X-API-Key': 'ak_owner' }, signal: stop })
        .catch(() => undefined);
    }
    for (const { answer } of understudy.journal)
      answers.push(answer.end === 'reset' ? 'reset' : (answer.delay_ms ?? answer.status));
    return answers;
  };

  it('slow is late with everything, and later with lists', async () => {
    const one = (await late('slow', space, 3)) as number[];
    const list = (await late('slow', `${space}/threads`, 3)) as number[];
    for (const ms of one) expect(ms).toBeGreaterThan(100);
    for (const ms of list) expect(ms).toBeGreaterThan(1500);
  });

  it('flaky refuses some, resets some and loses the answers of some', async () => {
    const { understudy } = limited({ scenario: 'flaky' });
    const statuses: (number | string)[] = [];
    for (let i = 0; i < 100; i += 1)
      statuses.push(
        await understudy.fetch(space, { headers: { 'X-API-Key': 'ak_owner' } }).then(
          ({ status }) => status,
          () => 'reset',
        ),
      );
    expect(new Set(statuses)).toEqual(new Set([200, 503, 504, 'reset']));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(60);
  });
});

it('a world is exported with its limits and faults, and loads to the same', async () => {
  const { control, send } = limited({ rateLimit: '60/m' });
  const everywhere = await control.exportScenario('default');
  expect([everywhere.limits, everywhere.faults]).toEqual([undefined, undefined]);
  await control.createWorld('one');
  await control.setLimits('one', { rate: '2/h', burst: 1 });
  await control.addFault('one', { name: 'late', when: { call: 2 }, does: { latency: { ms: 1 } } });
  const written = await control.exportScenario('one');
  expect(written).toMatchObject({ limits: { rate: '2/h', burst: 1 }, faults: [{ name: 'late' }] });

  await control.createWorld('two', written);
  await control.importScenario('default', written);
  expect(await control.exportScenario('two')).toEqual(written);
  expect(await control.exportScenario('default')).toEqual(written);
  const other = createUnderstudy({ scenario: written });
  // Before the faults are loaded, and after.
  expect(other.worlds.fork('default', 'forked') && other.worlds.export('forked')).toEqual(written);
  expect(other.worlds.export('default')).toEqual(written);
  expect((await other.fetch('/')).status).toBe(200);
  expect(other.worlds.export('default')).toEqual(written);
  for (const world of ['two', 'default']) {
    expect(await control.limits(world)).toMatchObject({ rate: '2/h', burst: 1 });
    expect(await control.faults(world)).toMatchObject([{ name: 'late', calls: 0 }]);
  }
  expect((await send()).status).toBe(200);
  expect((await send()).status).toBe(429);
});
