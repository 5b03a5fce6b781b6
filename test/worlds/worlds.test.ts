import { describe, expect, it } from 'vitest';
import { createUnderstudy, type Understudy, type UnderstudyOptions } from '../../src/index.js';
import { describeDifference } from '../../src/world/compare.js';
import { WorldError } from '../../src/worlds/form.js';
import { call } from '../support/call.js';
import { attachStore, detachStore, getSpace, owner, type Sent } from '../support/requests.js';

const DETAILS = 'organization_id=org_xyz789';
const create = (name: string): Sent =>
  owner.post('/v1/spaces/', { organization_id: 'org_xyz789', name });
const list = owner.get(`/v1/spaces/?${DETAILS}`);
const ofStores = owner.get('/v1/spaces/space_abc123/vector-stores');

/** The three ways to say which world a request is for, and the synonym of one. */
const ways: Readonly<Record<string, (sent: Sent, world: string) => Sent>> = {
  path: (sent, world) => ({ ...sent, target: `/w/${world}${sent.target}` }),
  header: (sent, world) => ({ ...sent, headers: { ...sent.headers, 'x-understudy-world': world } }),
  synonym: (sent, world) => ({ ...sent, headers: { ...sent.headers, 'X-Mock-World': world } }),
  key: (sent, world) => ({
    ...sent,
    headers: { ...sent.headers, 'x-api-key': `${sent.headers?.['x-api-key']}~${world}` },
  }),
  token: (sent, world) => {
    const { 'x-api-key': key, ...headers } = sent.headers ?? {};
    const token = `${key?.replace('ak_', 'tok_')}~${world}`;
    return { ...sent, headers: { ...headers, authorization: `Bearer ${token}` } };
  },
};
const inWorld = (sent: Sent, world: string): Sent => ways.header?.(sent, world) as Sent;
const names = (understudy: Understudy): readonly string[] =>
  understudy.worlds.list().map(({ name }) => name);

describe.each(Object.entries(ways))('a world named by %s', (_, named) => {
  it('is made on first use, and nothing in it is seen in another', async () => {
    const understudy = createUnderstudy();
    const before = JSON.stringify(understudy.world.snapshot());
    const ask = (sent: Sent, world: string) => call(understudy, named(sent, world));
    const made = await ask(create('Mine'), 'checkout-test');
    expect([made.status, made.headers.get('x-understudy-world')]).toEqual([201, 'checkout-test']);
    expect((await ask(attachStore, 'checkout-test')).status).toBe(201);
    expect((await ask(attachStore, 'checkout-test')).status).toBe(409);
    expect((await ask(attachStore, 'other')).status).toBe(201);
    const read = owner.get(`/v1/spaces/${made.body.id}`);
    expect((await ask(read, 'checkout-test')).body.name).toBe('Mine');
    expect((await ask(read, 'other')).status).toBe(404);
    expect((await call(understudy, read)).status).toBe(404);
    expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
    expect(names(understudy)).toEqual(['default', 'checkout-test', 'other']);
    expect(understudy.worlds.journal('checkout-test').map(({ number }) => number)).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('gives the same bytes as the default world of another mock server', async () => {
    const [one, two] = [createUnderstudy(), createUnderstudy()];
    const all = [create('A'), list, attachStore, ofStores, detachStore, ofStores, getSpace];
    for (const sent of all) {
      const [there, here] = [await call(one, named(sent, 'w7')), await call(two, sent)];
      expect([there.status, there.body]).toEqual([here.status, here.body]);
      const headers = Object.fromEntries(there.headers);
      const { 'x-understudy-world': world, ...others } = headers;
      const expected = Object.fromEntries(here.headers);
      // By which the request is found again: in the world that it was for.
      const request = `${expected['x-understudy-request']}~w7`;
      expect([world, others]).toEqual(['w7', { ...expected, 'x-understudy-request': request }]);
    }
  });

  it('is not made by whoever has no credential that it knows', async () => {
    const understudy = createUnderstudy();
    for (const key of ['ak_nobody', 'nobody', '']) {
      const sent = named({ ...list, headers: { 'x-api-key': key } }, 'w1');
      expect((await call(understudy, sent)).status).toBe(401);
    }
    expect(names(understudy)).toEqual(['default']);
    expect(understudy.journal).toEqual([]);
  });
});

describe('a request that names a world', () => {
  it('twice, names the same one, or is refused with all that it named', async () => {
    const understudy = createUnderstudy();
    const both = (one: string, two: string): Sent =>
      inWorld(ways.path?.(getSpace, one) as Sent, two);
    expect((await call(understudy, both('a', 'a'))).status).toBe(200);
    const { status, case: name, body } = await call(understudy, both('a', 'b'));
    expect([status, name, body.error.details]).toEqual([
      400,
      'worlds_disagree',
      { worlds: { path: 'a', 'x-understudy-world': 'b' } },
    ]);
    expect(names(understudy)).toEqual(['default', 'a']);
  });

  it.each(['', '-a', '~', 'a b', 'a%2Fb', 'ä', 'x'.repeat(65), '..', '__proto__x/'])(
    'that cannot be one, %j, is refused in words',
    async (name) => {
      const understudy = createUnderstudy();
      const sent = /^[\x21-\x7e]*$/.test(name)
        ? inWorld(getSpace, name)
        : (ways.path?.(getSpace, encodeURIComponent(name)) as Sent);
      const { status, case: answered, body } = await call(understudy, sent);
      expect([status, answered]).toEqual([400, 'no_world_name']);
      expect(body.error.details.allowed).toMatch(/^1 to 64 letters/);
      expect(names(understudy)).toEqual(['default']);
    },
  );

  it('that cannot be one is a part of a key that nobody has', async () => {
    const understudy = createUnderstudy();
    const headers = { 'x-api-key': 'ak_nobody~not a name' };
    const { status, case: answered } = await call(understudy, { ...getSpace, headers });
    expect([status, answered]).toEqual([401, 'getSpace.invalid_api_key']);
  });

  it('default, is for the one that all others are for', async () => {
    const understudy = createUnderstudy();
    await call(understudy, inWorld(attachStore, 'default'));
    expect((await call(understudy, attachStore)).status).toBe(409);
    expect(names(understudy)).toEqual(['default']);
  });

  it('has a key with a tilde of its own, where the scenario has it', async () => {
    const own = {
      scenario: 'odd',
      description: 'A key with a tilde.',
      time: '2026-02-26T15:30:00Z',
      extends: 'default',
      callers: [{ api_key: 'ak~w1', user_id: 'usr_owner1', note: 'Odd.' }],
    };
    const odd = createUnderstudy({ scenario: own as never });
    const ask = (key: string) => call(odd, { ...getSpace, headers: { 'x-api-key': key } });
    expect([(await ask('ak~w1')).status, names(odd)]).toEqual([200, ['default']]);
    expect([(await ask('ak~w1~w2')).status, names(odd)]).toEqual([200, ['default', 'w2']]);
  });

  it('with a token in the place of a key, or a key in that of a token, makes none', async () => {
    const understudy = createUnderstudy();
    for (const headers of [{ 'x-api-key': 'tok_owner~a' }, { authorization: 'Bearer ak_owner~a' }])
      expect((await call(understudy, { ...getSpace, headers })).status).toBe(401);
    expect(names(understudy)).toEqual(['default']);
    // One that has expired is the scenario's own.
    const expired = { ...getSpace, headers: { 'x-api-key': 'ak_expired~a' } };
    expect([(await call(understudy, expired)).status, names(understudy)]).toEqual([
      401,
      ['default', 'a'],
    ]);
  });

  it('by its path, gets the document that names the prefix', async () => {
    const understudy = createUnderstudy();
    const { url } = await understudy.listen({ port: 0 });
    const over = async (path: string) => (await fetch(`${url}${path}`)).text();
    for (const path of ['/w/w7', '/w/w7/', '/w/w7?a=b'])
      expect([path, await over(path)]).toEqual([
        path,
        expect.stringContaining(`${url}/w/w7/openapi.json`),
      ]);
    await understudy.close();
    const document = JSON.parse(
      await (await understudy.fetch('http://127.0.0.1:4010/w/w7/openapi.json')).text(),
    ) as {
      servers: { url: string }[];
    };
    expect(document.servers[0]?.url).toBe('http://127.0.0.1:4010/w/w7');
    const home = await (await understudy.fetch('http://127.0.0.1:4010/w/w7/')).text();
    expect(home).toContain('http://127.0.0.1:4010/w/w7/v1/spaces/');
  });

  it('and a case that is forced, or no such path, is answered as in any world', async () => {
    const understudy = createUnderstudy();
    const forced = { ...getSpace, headers: { ...getSpace.headers, prefer: 'code=429' } };
    expect((await call(understudy, inWorld(forced, 'a'))).status).toBe(429);
    expect((await call(understudy, ways.path?.(owner.get('/v1/nowhere'), 'a') as Sent)).case).toBe(
      'unknown_path',
    );
  });
});

describe('worlds', () => {
  it('start from the scenario that a rule gives them', async () => {
    const understudy = createUnderstudy({
      worldScenarios: { 'empty-*-x': 'empty', 'e*': 'default' },
    });
    const ask = (world: string) => call(understudy, inWorld(list, world));
    expect((await ask('elsewhere')).body.total ?? (await ask('elsewhere')).status).toBeDefined();
    await call(understudy, inWorld(getSpace, 'empty-1-x'));
    expect(understudy.worlds.list().map(({ name, scenario }) => [name, scenario])).toEqual(
      expect.arrayContaining([['elsewhere', 'default']]),
    );
    expect(understudy.worlds.create('empty-2-x').spaces.size).toBe(0);
    expect(understudy.worlds.create('full', 'default').spaces.size).toBeGreaterThan(0);
  });

  it('are refused where they are strict, with the nearest name', async () => {
    const understudy = createUnderstudy({ strictWorlds: true });
    understudy.worlds.create('checkout');
    expect((await call(understudy, inWorld(getSpace, 'checkout'))).status).toBe(200);
    const { status, case: name, body } = await call(understudy, inWorld(getSpace, 'chekout'));
    expect([status, name, body.error.details]).toEqual([
      400,
      'unknown_world',
      { world: 'chekout', fix: 'did you mean checkout?' },
    ]);
    expect((await call(understudy, getSpace)).status).toBe(200);
  });

  it('of more than there may be, the one that was used longest ago goes, and is told', async () => {
    const events: string[] = [];
    const understudy = createUnderstudy({
      maxWorlds: 2,
      onWorld: ({ kind, world, worlds }) => events.push(`${kind} ${world} ${worlds}`),
    });
    for (const world of ['a', 'b', 'a', 'c']) await call(understudy, inWorld(attachStore, world));
    expect(names(understudy)).toEqual(['default', 'a', 'c']);
    expect(events).toEqual(['made a 1', 'made b 2', 'evicted b 2', 'made c 2']);
    // It starts anew.
    expect((await call(understudy, inWorld(attachStore, 'b'))).status).toBe(201);
  });

  it('of which there may be no more are forked all the same: the copy takes the place', async () => {
    const understudy = createUnderstudy({ maxWorlds: 1 });
    await call(understudy, inWorld(attachStore, 'a'));
    const answer = await understudy.fetch('/__admin/worlds/a/fork', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"b"}',
    });
    expect(answer.status).toBe(201);
    expect(names(understudy)).toEqual(['default', 'b']);
    expect((await call(understudy, inWorld(attachStore, 'b'))).status).toBe(409);
  });

  it('are forked: both go on alike, and apart', async () => {
    const understudy = createUnderstudy();
    await call(understudy, inWorld(attachStore, 'a'));
    understudy.worlds.fork('a', 'b');
    expect((await call(understudy, inWorld(attachStore, 'b'))).status).toBe(409);
    const made = await Promise.all(
      ['a', 'b'].map((world) => call(understudy, inWorld(create('Same'), world))),
    );
    expect(made[0]?.body).toEqual({ ...made[1]?.body });
    await call(understudy, inWorld(detachStore, 'b'));
    expect(describeDifference(understudy.worlds.compare('a', 'b'))).toMatch(
      /^~ time: .*\n~ spaces space_abc123 last_activity_at: .*\n[\s\S]*\n- spaceVectorStores \S+\n$/,
    );
    expect(describeDifference(understudy.worlds.compare('a', 'a'))).toBe('no difference\n');
  });

  it('are reset: the same requests get the same bytes again, under the same numbers', async () => {
    const understudy = createUnderstudy();
    const play = async () => {
      const answers = [];
      for (const sent of [attachStore, create('B'), list]) {
        const { status, body, headers } = await call(understudy, inWorld(sent, 'a'));
        answers.push([status, body, headers.get('x-request-id')]);
      }
      return answers;
    };
    const first = await play();
    expect(await play()).not.toEqual(first);
    understudy.worlds.reset('a');
    expect(understudy.worlds.journal('a')).toEqual([]);
    expect(await play()).toEqual(first);
    // Also the default one, whose objects the caller holds.
    await call(understudy, attachStore);
    understudy.worlds.reset('default');
    expect([understudy.journal.length, (await call(understudy, attachStore)).status]).toEqual([
      0, 201,
    ]);
  });

  it('are put back as they were when a snapshot was taken, of any world', async () => {
    const understudy = createUnderstudy();
    const { worlds } = understudy;
    await call(understudy, inWorld(attachStore, 'a'));
    const snapshot = worlds.snapshot('a');
    await call(understudy, inWorld(create('C'), 'a'));
    worlds.restore('a', snapshot);
    worlds.restore('default', snapshot);
    expect(worlds.compare('a', 'default').rows).toEqual([]);
    expect((await call(understudy, attachStore)).status).toBe(409);
    const before = JSON.stringify(worlds.snapshot('a'));
    expect(() => worlds.restore('a', JSON.parse(JSON.stringify(snapshot)))).toThrow(
      'no snapshot of a world',
    );
    expect(JSON.stringify(worlds.snapshot('a'))).toBe(before);
  });

  it('are rewound to before any request that the journal holds', async () => {
    const understudy = createUnderstudy();
    const { worlds } = understudy;
    const sent = [getSpace, attachStore, create('D'), list, detachStore, create('E'), getSpace];
    const states: string[] = [];
    const answers: unknown[] = [];
    const dump = () => JSON.stringify(worlds.snapshot('a'));
    const play = async (from: number) => {
      for (const [i, one] of [...sent.entries()].slice(from)) {
        states[i] = worlds.has('a') ? dump() : '';
        const { status, body, headers } = await call(understudy, inWorld(one, 'a'));
        answers[i] = [status, body, headers.get('x-request-id')];
      }
    };
    await play(0);
    const all = [...answers];
    for (const number of [7, 6, 4, 5, 3, 2]) {
      if (number > worlds.journal('a').length) await play(worlds.journal('a').length);
      worlds.rewind('a', number);
      expect([number, dump()]).toEqual([number, states[number - 1]]);
      expect(worlds.journal('a').at(-1)?.number).toBe(number - 1);
      await play(number - 1);
      expect(answers).toEqual(all);
    }
    // What was written past the API is as it was too.
    worlds.get('a').atomically(() => worlds.get('a').spaces.delete('space_abc123'));
    await call(understudy, inWorld(list, 'a'));
    worlds.rewind('a', 8);
    expect(worlds.get('a').spaces.has('space_abc123')).toBe(false);
    worlds.rewind('a', 1);
    expect(worlds.compare('a', 'default').rows).toEqual([]);
  });

  it('are not rewound to a part of a request', async () => {
    const understudy = createUnderstudy();
    for (const sent of [attachStore, detachStore]) await call(understudy, sent);
    for (const number of [1.5, Number.NaN, -1, Number.POSITIVE_INFINITY])
      expect(() => understudy.worlds.rewind('default', number)).toThrow(/name one from 1 to 2$/);
    expect(understudy.journal).toHaveLength(2);
  });

  it('are not rewound to what the journal no longer holds', async () => {
    const understudy = createUnderstudy();
    const { worlds } = understudy;
    expect(() => worlds.rewind('default', 1)).toThrow(
      /^The journal of default has no request 1\.\n {2}fix: send it a request first$/,
    );
    for (let i = 0; i < 1100; i++) await call(understudy, i % 2 ? detachStore : getSpace);
    expect(() => worlds.rewind('default', 100)).toThrow(/\n {2}fix: name one from 101 to 1100$/);
    worlds.rewind('default', 101);
    expect(understudy.journal).toEqual([]);
  });

  it('that are not there, or are already, are told in words', () => {
    const { worlds } = createUnderstudy();
    worlds.create('checkout');
    const told = (work: () => unknown) => {
      try {
        return work();
      } catch (error) {
        expect(error).toBeInstanceOf(WorldError);
        return (error as Error).message;
      }
    };
    expect(told(() => worlds.get('chekout'))).toBe(
      'There is no world chekout.\n  fix: did you mean checkout?',
    );
    for (let i = 0; i < 30; i++) worlds.create(`w${i}`);
    expect(told(() => worlds.get('chekout'))).toMatch(/did you mean checkout\?$/);
    expect(told(() => worlds.create('checkout'))).toMatch(/^There is a world checkout already\./);
    expect(told(() => worlds.fork('default', 'default'))).toMatch(/^There is a world default/);
    expect(told(() => worlds.create('a/b'))).toMatch(/^a\/b cannot be the name of a world\./);
    expect(told(() => worlds.delete('default'))).toMatch(/^The default world cannot be deleted\./);
    worlds.delete('checkout');
    expect(worlds.has('checkout')).toBe(false);
    expect(() => worlds.create('x', 'no-such-scenario')).toThrow('no-such-scenario');
    expect(worlds.has('x')).toBe(false);
  });
});

describe('two hundred worlds at once', () => {
  it('never meet, though others are reset, rewound, forked and evicted meanwhile', async () => {
    const options: UnderstudyOptions = { maxWorlds: 230 };
    const understudy = createUnderstudy(options);
    const { worlds } = understudy;
    const count = 200;
    const way = Object.values(ways);
    const live = async (i: number) => {
      const world = `w${i}`;
      const ask = (sent: Sent, step: number) =>
        call(understudy, (way[(i + step) % way.length] as (typeof way)[number])(sent, world));
      const made = await ask(create(`Of ${world}`), 0);
      expect((await ask(attachStore, 1)).status).toBe(201);
      expect((await ask(attachStore, 2)).status).toBe(409);
      const seen = await ask(owner.get(`/v1/spaces/${made.body.id}`), 3);
      expect(seen.body.name).toBe(`Of ${world}`);
      expect(worlds.journal(world)).toHaveLength(4);
      return JSON.stringify([made.body, seen.body]).replaceAll(world, 'w');
    };
    const disturb = async (i: number) => {
      const world = `noise-${i}`;
      await call(understudy, inWorld(attachStore, world));
      if (i % 3 === 0) worlds.reset(world);
      if (i % 3 === 1 && worlds.journal(world).length > 0) worlds.rewind(world, 1);
      if (i % 3 === 2 && !worlds.has(`${world}-too`)) worlds.fork(world, `${world}-too`);
    };
    const seen = await Promise.all(
      Array.from({ length: count }, (_, i) => Promise.all([live(i), disturb(i % 20)])).map((both) =>
        both.then(([text]) => text),
      ),
    ).catch((error) => error);
    expect(seen).toHaveLength(count);
    // All of them have lived the same life, down to the ids.
    expect(new Set(seen).size).toBe(1);
  });
});
