// The lint of a client: each rule sees the client that is wrong, and is silent about the one beside it
// that is right.
import { beforeEach, describe, expect, it } from 'vitest';
import { ControlClient } from '../../src/control/client.js';
import { createUnderstudy, type Understudy, type UnderstudyOptions } from '../../src/index.js';
import { ruleNames } from '../../src/lint/rules.js';

const space = '/v1/spaces/space_abc123';
const attach = `${space}/vector-stores/vs_def456`;
const key = { 'X-API-Key': 'ak_owner' };
const json = { ...key, 'content-type': 'application/json' };
const newSpace = { organization_id: 'org_xyz789', name: 'A' };

let understudy: Understudy;
let control: ControlClient;
const begin = (options: UnderstudyOptions = {}) => {
  understudy = createUnderstudy(options);
  control = new ControlClient('http://a.test', { fetch: understudy.fetch });
};
beforeEach(() => begin());

const send = (path: string, method = 'GET', body?: object, headers: object = key) =>
  understudy.fetch(path, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
const raw = (path: string, init: RequestInit) => understudy.fetch(path, init);
/** Waits, by the clock of the world. */
const rest = () => understudy.worlds.advance('default', '1s');
const several = async (count: number, act: () => Promise<unknown>, pause = () => {}) => {
  for (let i = 0; i < count; i++) {
    await act();
    pause();
  }
};
const findings = async (options?: Parameters<ControlClient['lint']>[0]) =>
  (await control.lint(options)).findings;
const rules = async () => (await findings()).map(({ rule }) => rule);

type Client = () => Promise<unknown>;
interface Pair {
  readonly rule: string;
  readonly wrong: Client;
  readonly right: Client;
  readonly options?: UnderstudyOptions;
  readonly requests: readonly number[];
}

const list = async (query = ''): Promise<readonly string[]> => {
  const { data } = (await (await send(`/v1/threads${query}`)).json()) as { data: { id: string }[] };
  return data.map(({ id }) => id);
};
const failing = (does: object, call: number | readonly number[] = 1): UnderstudyOptions => ({
  faults: [{ when: { operation: ['getSpace', 'createSpace'], call }, does }] as never,
});

const pairs: readonly Pair[] = [
  {
    rule: 'unknown-path',
    wrong: () => send('/v1/space/space_abc123'),
    right: async () => {
      await send('/favicon.ico');
      await send(`${space}none`);
    },
    requests: [1],
  },
  {
    rule: 'method-not-allowed',
    wrong: () => send(space, 'PUT', { name: 'B' }),
    right: () => send(space, 'PATCH', { name: 'B' }),
    requests: [1],
  },
  {
    rule: 'no-credential',
    wrong: async () => {
      await send(space, 'GET', undefined, {});
      await send(space, 'GET', undefined, { 'X-API-Key': '' });
    },
    // One that has expired, and one for which it was wanted, are no bugs.
    right: async () => {
      await send(space, 'GET', undefined, { 'X-API-Key': 'ak_expired' });
      await send(space, 'GET', undefined, { ...key, Prefer: 'code=401' });
    },
    requests: [1],
  },
  {
    rule: 'unreadable-credential',
    wrong: () => send(space, 'GET', undefined, { Authorization: 'tok_owner' }),
    right: () => send(space, 'GET', undefined, { Authorization: 'Bearer tok_owner' }),
    requests: [1],
  },
  {
    rule: 'unreadable-credential',
    wrong: () => send(space, 'GET', undefined, { Authorization: 'Bearer ak_owner' }),
    right: () => send(space, 'GET', undefined, { Authorization: 'Bearer unknown' }),
    requests: [1],
  },
  {
    rule: 'wrong-content-type',
    wrong: () => raw('/v1/spaces/', { method: 'POST', headers: key, body: '{"name":"A"}' }),
    right: () => send('/v1/spaces/', 'POST', newSpace),
    requests: [1],
  },
  {
    rule: 'missing-content-type',
    wrong: () =>
      raw('/v1/spaces/', {
        method: 'POST',
        headers: key,
        body: new TextEncoder().encode(JSON.stringify(newSpace)),
      }),
    right: () => send('/v1/threads/thrd_empty/pin', 'POST'),
    requests: [1],
  },
  {
    rule: 'malformed-body',
    wrong: () => raw('/v1/spaces/', { method: 'POST', headers: json, body: '{"name":' }),
    // A value that is refused may be a user's.
    right: () => send('/v1/spaces/', 'POST', { ...newSpace, name: '' }),
    requests: [1],
  },
  {
    rule: 'unreadable-request',
    wrong: () => send(space, 'PATCH', {}, { ...json, 'content-encoding': 'none' }),
    right: () => send(`${space}%C3%A9`),
    requests: [1],
  },
  {
    rule: 'placeholder-value',
    wrong: () => send('/v1/spaces/undefined'),
    right: () => send('/v1/threads?search=undefined'),
    requests: [1],
  },
  {
    rule: 'placeholder-value',
    wrong: () => send('/v1/threads?after=%5Bobject%20Object%5D'),
    right: () => send('/v1/spaces/', 'POST', { ...newSpace, name: 'null' }),
    requests: [1],
  },
  {
    rule: 'placeholder-value',
    wrong: () => send('/v1/spaces/', 'POST', { ...newSpace, organization_id: 'undefined' }),
    right: () => send('/v1/spaces/undefined_space'),
    requests: [1],
  },
  {
    rule: 'undocumented-field',
    wrong: () => send('/v1/spaces/', 'POST', { ...newSpace, colour: 'red' }),
    right: () => send('/v1/spaces/', 'POST', { ...newSpace, description: 'red' }),
    requests: [1],
  },
  {
    rule: 'unread-field',
    wrong: () => send('/v1/threads', 'POST', { organization_id: 'org_xyz789', titel: 'A' }),
    right: () => send('/v1/threads', 'POST', { organization_id: 'org_xyz789', title: 'A' }),
    requests: [1],
  },
  {
    rule: 'unread-field',
    wrong: () => send('/v1/threads?serch=a'),
    right: () => send('/v1/threads?search=a'),
    requests: [1],
  },
  {
    rule: 'unread-field',
    wrong: () => send('/v1/threads/thrd_empty/pin', 'POST', { pinned: true }),
    right: () => send('/v1/threads/thrd_empty/pin', 'POST'),
    requests: [1],
  },
  {
    rule: 'bad-test-setup',
    wrong: () => send(space, 'GET', undefined, { ...key, Prefer: 'example=nothing_like_it' }),
    right: () => send(space, 'GET', undefined, { ...key, Prefer: 'code=404' }),
    requests: [1],
  },
  {
    rule: 'blind-conflict',
    wrong: () => several(3, () => send(attach, 'POST')),
    right: async () => {
      await several(2, () => send(attach, 'POST'));
      await send(attach, 'DELETE');
      await several(2, () => send(attach, 'POST'));
    },
    requests: [2, 3],
  },
  {
    rule: 'blind-conflict',
    options: { faults: [{ does: { latency: { ms: 1 } } }] },
    wrong: () => several(3, () => send(attach, 'POST')),
    right: async () => {
      await several(2, () => send(attach, 'POST'));
      await send(`${space}/vector-stores/vs_attached`, 'POST');
    },
    requests: [2, 3],
  },
  {
    rule: 'retried-refusal',
    wrong: () => several(4, () => send('/v1/spaces/space_none')),
    right: async () => {
      await several(2, () => send('/v1/spaces/space_none'));
      await send(space);
      await several(2, () => send('/v1/spaces/space_none'));
    },
    requests: [1, 2, 3, 4],
  },
  {
    rule: 'ignored-retry-after',
    options: failing({ status: 503, retry_after: 3600 }),
    wrong: () => several(2, () => send(space)),
    right: async () => {
      await send(space);
      understudy.worlds.advance('default', '2h');
      await send(space);
    },
    requests: [1, 2],
  },
  {
    rule: 'duplicate-write',
    options: failing({ status: 504, carried_out: true }),
    wrong: () => several(2, () => send('/v1/spaces/', 'POST', newSpace)),
    right: async () => {
      await send('/v1/spaces/', 'POST', newSpace);
      await send('/v1/spaces/?organization_id=org_xyz789');
    },
    requests: [1, 2],
  },
  {
    rule: 'no-backoff',
    options: failing({ status: 503 }, [1, 2]),
    wrong: () => several(3, () => send(space)),
    right: () => several(3, () => send(space), rest),
    requests: [1, 2, 3],
  },
  {
    rule: 'busy-polling',
    wrong: () => several(6, () => send(space)),
    right: () => several(6, () => send(space), rest),
    requests: [1, 2, 3, 4, 5, 6],
  },
  {
    rule: 'unfollowed-page',
    wrong: () => list('?limit=1'),
    right: async () => {
      const [first] = await list('?limit=1');
      await list(`?limit=1&after=${first}`);
    },
    requests: [1],
  },
  {
    rule: 'unfollowed-page',
    wrong: () => send('/v1/organizations/org_xyz789/knowledge/slices?limit=1'),
    right: async () => {
      await send('/v1/organizations/org_xyz789/knowledge/slices?limit=1');
      await send('/v1/organizations/org_xyz789/knowledge/slices?limit=1&skip=1');
    },
    requests: [1],
  },
  {
    rule: 'unfollowed-page',
    wrong: () => send('/v1/spaces/?organization_id=org_xyz789&limit=1'),
    right: () => send('/v1/spaces/?organization_id=org_xyz789'),
    requests: [1],
  },
  {
    rule: 'n-plus-one',
    wrong: async () => {
      for (const id of await list()) await send(`/v1/threads/${id}`);
    },
    right: async () => {
      for (const id of (await list()).slice(0, 1)) await send(`/v1/threads/${id}`);
    },
    requests: [1, 2, 3, 4],
  },
  {
    rule: 'n-plus-one',
    wrong: async () => {
      const answer = await send('/v1/spaces/?organization_id=org_xyz789');
      const { spaces } = (await answer.json()) as { spaces: { id: string }[] };
      await Promise.all(spaces.map(({ id }) => send(`/v1/spaces/${id}`)));
    },
    // What only the single reads give.
    right: async () => {
      const answer = await send('/v1/spaces/?organization_id=org_xyz789');
      const { spaces } = (await answer.json()) as { spaces: { id: string }[] };
      await Promise.all(spaces.map(({ id }) => send(`/v1/spaces/${id}/vector-stores`)));
    },
    requests: [1, 2, 3],
  },
  {
    rule: 'n-plus-one',
    wrong: async () => {
      for (const id of await list()) await send(`/v1/threads/${id}`);
    },
    // A person looks at one after the other.
    right: async () => {
      for (const id of await list()) {
        await send(`/v1/threads/${id}`);
        rest();
      }
    },
    requests: [1, 2, 3, 4],
  },
];

describe.each(pairs)('$rule', ({ rule, wrong, right, options, requests }) => {
  it('is said of a client that does so', async () => {
    begin(options);
    await wrong();
    const found = (await findings()).find((one) => one.rule === rule);
    expect(found, `found ${await rules()}`).toBeDefined();
    expect(found?.at[0]).toMatchObject({ world: 'default' });
    expect(found?.at[0]?.requests.slice(0, requests.length)).toEqual(requests);
    for (const text of [found?.what, found?.fix, found?.source]) expect(text).toMatch(/\w/);
  });

  it('is not said of one that does not', async () => {
    begin(options);
    await right();
    expect(await rules()).toEqual([]);
  });
});

it('has a pair of clients for every rule', () => {
  expect(new Set(pairs.map(({ rule }) => rule))).toEqual(new Set(ruleNames));
});

it('has nothing to say of a client that does all of it right', async () => {
  begin({
    faults: [
      { when: { operation: 'createSpace', call: 1 }, does: { status: 429, retry_after: 60 } },
    ],
  });
  const { spaces } = (await (
    await send('/v1/spaces/?organization_id=org_xyz789&limit=1')
  ).json()) as {
    spaces: { id: string }[];
  };
  expect(spaces).toHaveLength(1);
  const create = { organization_id: 'org_xyz789', name: 'New' };
  expect((await send('/v1/spaces/', 'POST', create)).status).toBe(429);
  understudy.worlds.advance('default', '1m');
  const made = (await (await send('/v1/spaces/', 'POST', create)).json()) as { id: string };
  await send(`/v1/spaces/${made.id}`);
  await send(`/v1/spaces/${made.id}`, 'PATCH', { description: 'B' });
  await send(`/v1/spaces/${made.id}/threads`);
  await send(`/v1/spaces/${made.id}`, 'DELETE');
  await send(`/v1/spaces/${made.id}`);
  for (let cursor = ''; cursor !== 'end'; ) {
    const page = await send(
      `/v1/spaces/?organization_id=org_xyz789&limit=1${cursor && `&cursor=${cursor}`}`,
    );
    const { next_cursor, has_more } = (await page.json()) as {
      next_cursor: string;
      has_more: boolean;
    };
    cursor = has_more ? encodeURIComponent(next_cursor) : 'end';
  }
  const { requests, text } = await control.lint();
  expect(await rules()).toEqual([]);
  expect(requests).toBeGreaterThan(9);
  expect(text).toContain('no findings.');
});

describe('a report', () => {
  it('makes one finding of what many worlds have in common', async () => {
    for (let i = 0; i < 30; i++)
      await send('/v1/threads?serch=a', 'GET', undefined, { 'X-API-Key': `ak_owner~test-${i}` });
    const { findings: found, worlds, requests } = await control.lint();
    expect(found).toMatchObject([{ rule: 'unread-field', operation: 'listThreads', count: 30 }]);
    expect(found[0]?.at).toHaveLength(10);
    expect(found[0]?.fix).toContain('did you mean search?');
    expect([worlds, requests]).toEqual([30, 30]);
    expect((await control.lint({ world: 'test-3' })).findings).toMatchObject([{ count: 1 }]);
  });

  it('does not call for a page in each world, where one world shows that the client can', async () => {
    await list('?limit=1');
    expect(await rules()).toEqual(['unfollowed-page']);
    await send('/v1/threads?limit=1&after=thrd_pinned', 'GET', undefined, {
      'X-API-Key': 'ak_owner~other',
    });
    expect(await rules()).toEqual([]);
  });

  it('sees what a list says though the journal has cut its answer', async () => {
    begin({ journalBodyLimit: 50 });
    await list('?limit=1');
    expect(await rules()).toEqual(['unfollowed-page']);
  });

  it('says which operations and cases were met, and which were not', async () => {
    await several(2, () => send(attach, 'POST'));
    await send(space, 'GET', undefined, { 'X-API-Key': 'ak_member' });
    const { coverage, text } = await control.lint();
    expect(coverage.operations).toEqual({ met: 2, all: understudy.spec.operations.size });
    const [get, add] = coverage.by_operation;
    expect(get).toMatchObject({ operation: 'getSpace', requests: 1 });
    expect(add).toMatchObject({ requests: 2, met: ['attached', 'already_attached'] });
    expect(add?.missed).toContain('own_dedicated_store');
    const [met, all] = [3, (get?.missed.length ?? 0) + (add?.missed.length ?? 0) + 3];
    expect(coverage.cases).toEqual({ met, all, percent: Math.floor((met * 1000) / all) / 10 });
    expect(coverage.not_called).toContain('listSpaces');
    expect(text).toContain(`Met: 2 of ${coverage.operations.all} operations`);
  });

  it('counts a refused credential for all operations', async () => {
    await send(space, 'GET', undefined, { 'X-API-Key': 'ak_expired' });
    await send(attach, 'POST');
    const { by_operation } = (await control.lint()).coverage;
    expect(by_operation.map(({ met }) => met)).toEqual([
      ['api_key_expired'],
      ['attached', 'api_key_expired'],
    ]);
  });

  it('says what it has not seen', async () => {
    await several(1002, () => send(space));
    await send(space, 'GET', undefined, { 'X-API-Key': 'ak_owner~gone' });
    await control.deleteWorld('gone');
    const { lost, gone, text } = await control.lint();
    expect([lost, gone]).toEqual([2, 1]);
    expect(text).toMatch(/Not seen: 2 requests that the journals no longer have/);
    expect(text).toMatch(/Not seen: 1 journal of worlds that were deleted/);
    await control.resetWorld('default');
    expect(await control.lint()).toMatchObject({ lost: 0, gone: 2, requests: 0 });
  });

  it('leaves out rules by name, and refuses a name that there is not', async () => {
    await send('/v1/threads?serch=a');
    expect(await findings({ ignore: ['unread-field', 'n-plus-one'] })).toEqual([]);
    await expect(control.lint({ ignore: ['unread-feld'] })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('did you mean unread-field?'),
    });
    await expect(control.lint({ world: 'none' })).rejects.toMatchObject({ status: 404 });
  });

  it('has requests that no world took, since their credential is missing', async () => {
    await send(space, 'GET', undefined, { 'X-Understudy-World': 'new' });
    expect(await findings()).toMatchObject([
      { rule: 'no-credential', at: [{ world: 'new', requests: [1] }] },
    ]);
  });
});

describe('requests that are kept', () => {
  const inWorld = (world: string) => ({ 'X-API-Key': `ak_owner~${world}` });

  it('are looked at after their worlds are gone, world by world', async () => {
    begin({ keepRequests: 1000, maxWorlds: 2 });
    for (const world of ['a', 'b', 'c'])
      await several(3, () => send(attach, 'POST', undefined, inWorld(world)));
    await control.deleteWorld('c');
    await several(2, () => send(attach, 'POST', undefined, inWorld('c')));
    await control.resetWorld('b');
    await several(2, () => send(attach, 'POST', undefined, inWorld('b')));
    const { findings: found, lost, gone, requests } = await control.lint();
    expect(found.map(({ rule, count }) => [rule, count])).toEqual([['blind-conflict', 3]]);
    expect([requests, lost, gone]).toEqual([13, 0, 0]);
  });

  it('are as many as there is room for', async () => {
    begin({ keepRequests: 20 });
    for (const world of ['a', 'b', 'c', 'd', 'e'])
      await several(10, () => send(space, 'GET', undefined, inWorld(world)));
    const { requests, lost } = await control.lint();
    expect(requests).toBeLessThanOrEqual(20);
    expect(requests + lost).toBe(50);
    expect((await control.lint({ world: 'e' })).requests).toBe(10);
  });

  it('tell the same as the journals', async () => {
    for (const keepRequests of [0, 1000]) {
      begin({ keepRequests });
      for (const { wrong } of pairs.filter(({ options }) => !options)) await wrong();
      const told = await findings();
      expect(new Set(told.map(({ rule }) => rule)).size).toBeGreaterThan(12);
      if (keepRequests > 0) expect(told).toEqual(before);
      before = told;
    }
  });
  let before: unknown;
});
