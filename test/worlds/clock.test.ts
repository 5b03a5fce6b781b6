import { afterEach, describe, expect, it, vi } from 'vitest';
import { createUnderstudy, type Scenario, type Understudy } from '../../src/index.js';
import { ClockError } from '../../src/worlds/time.js';
import { call } from '../support/call.js';
import { attachStore, getSpace, owner, type Sent } from '../support/requests.js';

const START = '2026-02-26T15:30:00Z';
const create = (name: string): Sent =>
  owner.post('/v1/spaces/', { organization_id: 'org_xyz789', name });
const inWorld = (sent: Sent, world: string): Sent => ({
  ...sent,
  headers: { ...sent.headers, 'x-understudy-world': world },
});
const timeOf = (understudy: Understudy, name: string) =>
  understudy.worlds.list().find((one) => one.name === name)?.now;
const madeAt = async (understudy: Understudy, world = 'default') =>
  (await call(understudy, inWorld(create('Now'), world))).body.created_at;

afterEach(() => {
  vi.useRealTimers();
});

describe('the clock of a world', () => {
  it('is advanced, and no other with it', async () => {
    const understudy = createUnderstudy();
    const { worlds } = understudy;
    worlds.create('a');
    worlds.create('b');
    expect(worlds.advance('a', '2h')).toMatchObject({ before: START, now: '2026-02-26T17:30:00Z' });
    expect(await madeAt(understudy, 'a')).toBe('2026-02-26T17:30:00Z');
    expect(await madeAt(understudy, 'b')).toBe(START);
    expect(timeOf(understudy, 'default')).toBe(START);
  });

  it.each([
    ['90s', '2026-02-26T15:31:30Z'],
    ['15m', '2026-02-26T15:45:00Z'],
    ['1d12h', '2026-02-28T03:30:00Z'],
    ['1h 30m', '2026-02-26T17:00:00Z'],
    ['365d', '2027-02-26T15:30:00Z'],
  ])('is advanced by %s', (duration, now) => {
    expect(createUnderstudy().worlds.advance('default', duration)).toMatchObject({ now });
  });

  it.each(['', '0s', '-2h', '2', '2 hours', '1.5h', '3m2h', '99999999999999999999d', '9000000d'])(
    'is not advanced by %j',
    (duration) => {
      const { worlds, world } = createUnderstudy();
      expect(() => worlds.advance('default', duration)).toThrow(ClockError);
      expect(() => worlds.advance('default', duration)).toThrow(/\n {2}fix: /);
      if (duration.startsWith('-'))
        expect(() => worlds.advance('default', duration)).toThrow(
          'goes forward only, not by "-2h"',
        );
      expect(world.clock.now()).toBe(START);
    },
  );

  it('is set to a later time, or the same, written in any zone', () => {
    const { worlds, world } = createUnderstudy();
    worlds.setTime('default', '2026-03-01T09:00:00+02:00');
    expect(world.clock.now()).toBe('2026-03-01T07:00:00Z');
    expect(worlds.setTime('default', '2026-03-01T07:00:00.400Z').now).toBe('2026-03-01T07:00:00Z');
  });

  it('does not go back, and says what does', () => {
    const { worlds, world } = createUnderstudy();
    expect(() => worlds.setTime('default', '2026-02-26T15:29:59Z')).toThrow(
      `The clock is at ${START} and does not go back to 2026-02-26T15:29:59Z.\n  fix: name a later time; to go back, rewind or reset the world, or restore a snapshot of it`,
    );
    for (const time of ['tomorrow', '2026-02-30T99:00:00Z', '2026-03-01', '2026-03-01T10:00:00'])
      expect(() => worlds.setTime('default', time)).toThrow('is no time');
    expect(world.clock.now()).toBe(START);
  });

  it('stays at the last second that has a year of four digits', async () => {
    const understudy = createUnderstudy();
    understudy.worlds.setTime('default', '9999-12-31T23:59:58Z');
    const made = [];
    for (const name of ['a', 'b', 'c']) made.push(await call(understudy, create(name)));
    expect(made.map(({ status, body }) => [status, body.created_at])).toEqual([
      [201, '9999-12-31T23:59:58Z'],
      [201, '9999-12-31T23:59:59Z'],
      [201, '9999-12-31T23:59:59Z'],
    ]);
    expect(() => understudy.worlds.advance('default', '1h')).toThrow('later than a clock can show');
    understudy.worlds.reset('default');
    expect(understudy.world.clock.now()).toBe(START);
  });

  it('stands still while it is frozen, and goes on from there', async () => {
    const understudy = createUnderstudy();
    const { worlds } = understudy;
    worlds.freeze('default');
    expect([await madeAt(understudy), await madeAt(understudy)]).toEqual([START, START]);
    expect(worlds.list()[0]).toMatchObject({ now: START, frozen: true });
    worlds.advance('default', '1h');
    expect(await madeAt(understudy)).toBe('2026-02-26T16:30:00Z');
    worlds.thaw('default');
    expect(await madeAt(understudy)).toBe('2026-02-26T16:30:00Z');
    expect(await madeAt(understudy)).toBe('2026-02-26T16:30:01Z');
  });

  it('is as it was after a restore, a rewind and a reset, and goes its own way in a fork', async () => {
    const understudy = createUnderstudy();
    const { worlds } = understudy;
    const of = (name: string) => worlds.list().find((one) => one.name === name);
    await call(understudy, getSpace);
    worlds.advance('default', '1h');
    worlds.freeze('default');
    const snapshot = worlds.snapshot('default');
    await call(understudy, getSpace);
    worlds.fork('default', 'fork');
    expect(of('fork')).toMatchObject({ now: '2026-02-26T16:30:00Z', frozen: true });
    worlds.thaw('default');
    worlds.advance('default', '1d');
    expect(of('fork')).toMatchObject({ now: '2026-02-26T16:30:00Z', frozen: true });
    await call(understudy, getSpace);
    worlds.restore('default', snapshot);
    expect(of('default')).toMatchObject({ now: '2026-02-26T16:30:00Z', frozen: true });
    await call(understudy, getSpace);
    worlds.rewind('default', 3);
    expect(of('default')).toMatchObject({ now: '2026-02-27T16:30:00Z', frozen: false });
    worlds.rewind('default', 2);
    expect(of('default')).toMatchObject({ now: '2026-02-26T16:30:00Z', frozen: true });
    worlds.rewind('default', 1);
    expect(of('default')).toMatchObject({ now: START, frozen: false });
    worlds.advance('default', '1d');
    worlds.freeze('default');
    worlds.reset('default');
    expect(of('default')).toMatchObject({ now: START, frozen: false });
  });

  it('gives the same bytes for the same requests and moves', async () => {
    const play = async () => {
      const understudy = createUnderstudy();
      const answers = [(await call(understudy, create('A'))).body];
      understudy.worlds.advance('default', '3h');
      answers.push((await call(understudy, attachStore)).body);
      answers.push((await call(understudy, owner.get('/v1/nowhere'))).body);
      return answers;
    };
    expect(await play()).toEqual(await play());
  });
});

describe('a real clock', () => {
  const started = (time = '2026-06-01T12:00:00Z'): Understudy => {
    vi.useFakeTimers({ now: Date.parse(time) });
    return createUnderstudy({ clock: 'real' });
  };

  it('that was moved stays as far ahead of that of the machine', () => {
    const { worlds, world } = started();
    expect(worlds.advance('default', '2h').now).toBe('2026-06-01T14:00:00Z');
    vi.setSystemTime(Date.parse('2026-06-01T12:00:10Z'));
    expect(world.clock.now()).toBe('2026-06-01T14:00:10Z');
    worlds.setTime('default', '2027-01-01T00:00:00Z');
    vi.setSystemTime(Date.parse('2026-06-01T12:00:15Z'));
    expect(world.clock.now()).toBe('2027-01-01T00:00:05Z');
    expect(() => worlds.setTime('default', '2026-12-31T00:00:00Z')).toThrow('does not go back');
  });

  it('that was frozen stands still, and goes on from there', () => {
    const { worlds, world } = started();
    worlds.thaw('default');
    worlds.freeze('default');
    vi.setSystemTime(Date.parse('2026-06-01T13:00:00Z'));
    expect(world.clock.now()).toBe('2026-06-01T12:00:00Z');
    worlds.advance('default', '1m');
    expect(world.clock.now()).toBe('2026-06-01T12:01:00Z');
    worlds.thaw('default');
    vi.setSystemTime(Date.parse('2026-06-01T13:00:07Z'));
    expect(world.clock.now()).toBe('2026-06-01T12:01:07Z');
  });

  it('goes on from the time of a scenario that the machine has not reached', () => {
    const { worlds, world } = started('2026-01-01T00:00:00Z');
    expect(world.clock.now()).toBe(START);
    worlds.advance('default', '1h');
    vi.setSystemTime(Date.parse('2026-01-01T00:00:05Z'));
    expect(world.clock.now()).toBe('2026-02-26T16:30:05Z');
  });

  it('is that of the machine again after a reset, and as it was after a restore', () => {
    const { worlds, world } = started();
    worlds.advance('default', '2h');
    const snapshot = worlds.snapshot('default');
    worlds.advance('default', '5d');
    worlds.fork('default', 'fork');
    worlds.restore('default', snapshot);
    expect(world.clock.now()).toBe('2026-06-01T14:00:00Z');
    worlds.reset('default');
    expect(world.clock.now()).toBe('2026-06-01T12:00:00Z');
    expect(worlds.get('fork').clock.now()).toBe('2026-06-06T14:00:00Z');
  });
});

describe('a credential that expires', () => {
  const scenario: Scenario = {
    scenario: 'expiring',
    description: 'A key and a token that expire in an hour.',
    time: START,
    extends: 'empty',
    callers: [
      {
        api_key: 'ak_short',
        token: 'tok_short',
        user_id: 'usr_owner1',
        note: 'for an hour',
        expires_at: '2026-02-26T17:30:00+01:00',
      },
      { api_key: 'ak_past', user_id: 'usr_owner1', note: 'over', expires_at: START },
      {
        api_key: 'ak_off',
        user_id: 'usr_owner1',
        note: 'off',
        state: 'paused',
        expires_at: '2026-02-26T16:30:00Z',
      },
    ],
  };
  const target = '/v1/spaces/?organization_id=org_xyz789';

  it('is taken until its time has come, and the move says which', async () => {
    const understudy = createUnderstudy({ scenario });
    const ask = async (headers: Record<string, string>) =>
      (await call(understudy, { method: 'GET', target, headers })).case;
    const askAll = () =>
      Promise.all([
        ask({ 'x-api-key': 'ak_short' }),
        ask({ authorization: 'Bearer tok_short' }),
        ask({ 'x-api-key': 'ak_past' }),
        ask({ 'x-api-key': 'ak_off' }),
      ]);
    expect(understudy.worlds.advance('default', '59m59s').expired).toEqual([]);
    expect(await askAll()).toEqual([
      'listSpaces.listed',
      'listSpaces.listed',
      'listSpaces.api_key_expired',
      'listSpaces.api_key_paused',
    ]);
    expect(understudy.worlds.advance('default', '1s').expired).toEqual(['ak_short', 'tok_short']);
    expect(await askAll()).toEqual([
      'listSpaces.api_key_expired',
      'listSpaces.token_expired',
      'listSpaces.api_key_expired',
      'listSpaces.api_key_paused',
    ]);
  });

  it('is refused in a scenario with a time that there is not', () => {
    const [caller] = scenario.callers ?? [];
    const callers = [{ ...caller, note: 'x', expires_at: '2026-02-26T23:59:60Z' }];
    expect(() => createUnderstudy({ scenario: { ...scenario, callers } as never })).toThrow(
      'is not a valid date',
    );
  });
});
