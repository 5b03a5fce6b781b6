// The control plane: every operation does what its document says, and a refusal changes nothing.
import { beforeEach, describe, expect, it } from 'vitest';
import { ControlClient } from '../../src/control/client.js';
import { controlRules } from '../../src/control/rules/rules.js';
import { createUnderstudy as createInBrowser } from '../../src/fetch.js';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { loadControl } from '../../src/shipped/control.js';
import { decidedBy } from '../../src/spec/case.js';
import { requestKeywords } from '../support/request-keywords.js';

let understudy: Understudy;
beforeEach(() => {
  understudy = createUnderstudy();
});

interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any;
  readonly headers: Headers;
}

/** `GET worlds`, with a body where there is one. */
async function ask(
  what: string,
  body?: unknown,
  { fetch }: Pick<Understudy, 'fetch'> = understudy,
): Promise<Answered> {
  const [method = '', path = ''] = what.split(' ');
  const response = await fetch(`/__admin/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : {
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
  });
  expect(response.headers.get('x-understudy-breaches')).toBeNull();
  return {
    status: response.status,
    body: method === 'HEAD' ? undefined : await response.json(),
    headers: response.headers,
  };
}

const attach = '/v1/spaces/space_abc123/vector-stores/vs_def456';
const use = (key: string, method = 'POST', path = attach) =>
  understudy.fetch(path, { method, headers: { 'X-API-Key': key } });

/** All that there is in all worlds. */
const everything = () =>
  understudy.worlds.list().map(({ name, requests }) => ({
    name,
    requests,
    snapshot: understudy.worlds.get(name).snapshot(),
  }));

it('has words for every keyword that a request can break', () => {
  const document = JSON.parse(loadControl().spec.text);
  const used = [...requestKeywords(document)];
  expect(used).toEqual(expect.arrayContaining(['required', 'minItems', 'additionalProperties']));
  expect(used.filter((keyword) => !(keyword in document['x-field-messages']))).toEqual([]);
});

describe('the document', () => {
  it('has a rule for each operation, with a guard for each refusal that a rule decides, and no other', () => {
    const { spec } = loadControl();
    for (const [id, { cases }] of spec.operations) {
      const refusals = [...cases.values()].filter(
        (one) => one.status >= 400 && decidedBy(one) === 'rule',
      );
      const guards = Object.keys(controlRules[id]?.guards ?? {});
      expect([id, guards.sort()]).toEqual([id, refusals.map(({ name }) => name).sort()]);
    }
    expect(Object.keys(controlRules).sort()).toEqual([...spec.operations.keys()].sort());
  });

  it('is served, with the version of the package', async () => {
    const { body } = await ask('GET openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(body.info.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(Object.keys(body.paths)).toContain('/__admin/worlds/{world}/fork');
  });
});

describe('the server', () => {
  it('says how it is, which version it is and with which worlds one can start', async () => {
    expect((await ask('GET health')).body).toEqual({ data: { status: 'ok' } });
    expect((await ask('GET ready')).body.data).toEqual({
      status: 'ready',
      scenario: 'default',
      worlds: 1,
    });
    expect((await ask('GET version')).body.data.document).toBe(understudy.spec.version);
    const { scenarios } = (await ask('GET scenarios')).body.data;
    expect(scenarios.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['crowded', 'default', 'empty']),
    );
  });

  it('answers the same in a browser', async () => {
    const browser = createInBrowser();
    for (const what of [
      'GET health',
      'GET scenarios',
      'GET version',
      'GET worlds',
      'GET openapi.json',
    ])
      expect((await ask(what, undefined, browser)).body).toEqual((await ask(what)).body);
  });

  it('has no headers for pages of other origins, and lets nobody keep its answers', async () => {
    const { headers } = await ask('GET health');
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('keeps requests to it out of the journals', async () => {
    await ask('GET health');
    expect(understudy.journal).toEqual([]);
  });

  it('refuses paths and methods that it does not have, in the one form of its errors', async () => {
    for (const [what, status, code] of [
      ['GET world', 404, 'UNKNOWN_PATH'],
      ['GET console/none.js', 404, 'UNKNOWN_PATH'],
      ['PATCH worlds', 405, 'METHOD_NOT_ALLOWED'],
    ] as const) {
      const answer = await ask(what);
      expect([what, answer.status, answer.body.error.code]).toEqual([what, status, code]);
      expect(Object.keys(answer.body.error)).toEqual(['code', 'message', 'fix', 'details']);
    }
  });

  it('is off where nobody wants it', async () => {
    understudy = createUnderstudy({ admin: false });
    const response = await understudy.fetch('/__admin/health');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ detail: 'Not Found' });
  });
});

describe('worlds', () => {
  it('are made, found, forked, compared, reset, rewound and deleted', async () => {
    const made = await ask('POST worlds', { name: 'one', scenario: 'empty' });
    expect([made.status, made.body.data]).toEqual([
      201,
      expect.objectContaining({ name: 'one', scenario: 'empty', requests: 0 }),
    ]);
    await ask('POST worlds', { name: 'two' });
    expect((await use('ak_owner~two')).status).toBe(201);
    expect((await use('ak_owner~two')).status).toBe(409);
    expect((await ask('GET worlds/two')).body.data.requests).toBe(2);

    expect((await ask('POST worlds/two/fork', { name: 'three' })).status).toBe(201);
    expect((await use('ak_owner~three')).status).toBe(409);
    expect((await ask('GET worlds/two/compare/three')).body.data).toEqual({
      rows: [],
      text: 'no difference\n',
    });
    const { rows, text } = (await ask('GET worlds/default/compare/two')).body.data;
    expect(rows.map(({ table }: { table: string }) => table)).toContain('spaceVectorStores');
    expect(text).toContain('+ spaceVectorStores');

    expect((await ask('POST worlds/two/rewind', { request: 1 })).body.data.requests).toBe(0);
    expect((await use('ak_owner~two')).status).toBe(201);
    expect((await ask('POST worlds/three/reset')).status).toBe(200);
    expect((await use('ak_owner~three')).status).toBe(201);

    expect((await ask('DELETE worlds/one')).body.data.name).toBe('one');
    const { worlds } = (await ask('GET worlds')).body.data;
    expect(worlds.map(({ name }: { name: string }) => name)).toEqual(['default', 'two', 'three']);
  });

  it('start from a scenario that is sent', async () => {
    const scenario = (await ask('GET worlds/default/scenario')).body.data;
    await ask('POST worlds', { name: 'own', scenario: { ...scenario, scenario: 'mine' } });
    expect((await ask('GET worlds/own')).body.data.scenario).toBe('mine');
    expect((await use('ak_owner~own')).status).toBe(201);
  });

  it('go on as they were when a scenario is exported and imported', async () => {
    await use('ak_owner');
    const { data } = (await ask('GET worlds/default/scenario')).body;
    await ask('POST worlds', { name: 'copy', scenario: 'default' });
    expect((await ask('PUT worlds/copy/scenario', data)).status).toBe(200);
    expect((await ask('GET worlds/default/compare/copy')).body.data.rows).toEqual([]);
    expect((await ask('GET worlds/copy/scenario')).body.data).toEqual(data);
    expect((await use('ak_owner~copy')).status).toBe(409);
  });

  it('have snapshots to which they go back', async () => {
    expect((await ask('PUT worlds/default/snapshots/before')).status).toBe(200);
    await use('ak_owner');
    await ask('PUT worlds/default/snapshots/after');
    const { snapshots } = (await ask('GET worlds/default/snapshots')).body.data;
    expect(snapshots.map(({ name }: { name: string }) => name)).toEqual(['before', 'after']);
    expect((await ask('POST worlds/default/snapshots/before/restore')).status).toBe(200);
    expect((await use('ak_owner')).status).toBe(201);
    await ask('DELETE worlds/default/snapshots/before');
    expect((await ask('GET worlds/default/snapshots/before')).status).toBe(404);
    expect((await ask('GET worlds/default/snapshots/after')).body.data.name).toBe('after');
  });

  it('have clocks that are moved, stopped and put back', async () => {
    const start = (await ask('GET worlds/default')).body.data.now;
    const moved = (await ask('POST worlds/default/clock', { advance: '2h' })).body.data;
    expect(Date.parse(moved.now) - Date.parse(start)).toBe(7_200_000);
    expect(moved).toMatchObject({ before: start, frozen: false, embeddings: [], expired: [] });
    const to = '2030-01-01T00:00:00Z';
    expect((await ask('POST worlds/default/clock', { to })).body.data.now).toBe(to);
    expect((await ask('POST worlds/default/clock', { frozen: true })).body.data.frozen).toBe(true);
    await use('ak_owner');
    expect((await ask('GET worlds/default')).body.data).toMatchObject({ now: to, frozen: true });
    expect((await ask('POST worlds/default/clock', { frozen: false })).body.data.frozen).toBe(
      false,
    );
    expect((await ask('POST worlds/default/reset')).body.data).toMatchObject({ now: start });
  });

  it('tell which keys have expired when their clock is moved', async () => {
    const { data } = (await ask('GET worlds/default/scenario')).body;
    const [caller, ...others] = data.callers;
    const expires_at = new Date(Date.parse(data.time) + 60_000).toISOString().replace('.000', '');
    await ask('POST worlds', {
      name: 'late',
      scenario: { ...data, callers: [{ ...caller, expires_at }, ...others] },
    });
    const { expired } = (await ask('POST worlds/late/clock', { advance: '2m' })).body.data;
    expect(expired).toContain(caller.api_key);
  });

  it('lose their snapshots when they go', async () => {
    await ask('POST worlds', { name: 'one' });
    await ask('PUT worlds/one/snapshots/before');
    await ask('DELETE worlds/one');
    await ask('POST worlds', { name: 'one' });
    expect((await ask('GET worlds/one/snapshots')).body.data.snapshots).toEqual([]);
  });
});

describe('what is in a world', () => {
  it('lists requests behind a number, without the credential that was sent', async () => {
    for (let i = 0; i < 3; i += 1) await use('ak_owner');
    await use('a-secret-of-mine');
    const first = (await ask('GET worlds/default/requests?limit=2')).body.data;
    expect(first.requests.map(({ number }: { number: number }) => number)).toEqual([1, 2]);
    expect(first.next_after).toBe(2);
    const second = (await ask('GET worlds/default/requests?limit=2&after=2')).body.data;
    expect(second.requests.map(({ status }: { status: number }) => status)).toEqual([409, 401]);
    expect(second.next_after).toBeNull();
    expect(JSON.stringify(second)).not.toContain('a-secret-of-mine');
  });

  it('lists requests by what came of them, and shows one', async () => {
    await use('ak_owner');
    await use('ak_owner');
    await use('ak_nobody');
    await use('ak_owner', 'GET', '/v1/threads?limit=3');
    const numbers = async (query: string) => {
      const { requests } = (await ask(`GET worlds/default/requests?${query}`)).body.data;
      return requests.map(({ number }: { number: number }) => number);
    };
    expect(await numbers('operation=addVectorStoreToSpace')).toEqual([1, 2, 3]);
    expect(await numbers('case=already_attached')).toEqual([2]);
    expect(await numbers('case=addVectorStoreToSpace.already_attached')).toEqual([2]);
    expect(await numbers('status=401')).toEqual([3]);
    expect(await numbers('method=get')).toEqual([4]);
    expect(await numbers('path=limit%3D3')).toEqual([4]);
    expect(await numbers('method=POST&status=201&path=vs_def456')).toEqual([1]);
    expect(await numbers('method=POST&limit=1&after=1')).toEqual([2]);
    const one = (await ask('GET worlds/default/requests/2')).body.data;
    expect(one).toMatchObject({ number: 2, status: 409, case: 'already_attached' });
    const same = (await ask(`GET worlds/default/requests/${one.trace_id}`)).body.data;
    expect(same).toEqual(one);
  });

  it('lists rows by page, and those whose fields have a value', async () => {
    const where = encodeURIComponent('{"organization_id":"org_xyz789"}');
    const all = (await ask('GET worlds/default/state/users')).body.data;
    const some = (await ask(`GET worlds/default/state/users?where=${where}`)).body.data;
    expect(some.total).toBeLessThan(all.total);
    expect(some.rows.length).toBeGreaterThan(1);
    for (const row of some.rows) expect(row.organization_id).toBe('org_xyz789');
    const page = (await ask(`GET worlds/default/state/users?where=${where}&limit=1&offset=1`)).body;
    expect(page.data.rows).toEqual([some.rows[1]]);
    expect(page.data.next_offset).toBe(some.total === 2 ? null : 2);
  });
});

describe('messages that spaces take in', () => {
  const thread = 'thrd_def456';
  const spaces = ['space_abc123', 'space_lobby'];
  const list = async (query = '') => (await ask(`GET worlds/default/embeddings${query}`)).body.data;
  const move = async (how: string, body?: unknown) =>
    (await ask(`POST worlds/default/embeddings/${how}`, body)).body.data;

  beforeEach(async () => {
    await ask('PATCH worlds/default/settings', { backfill: 'manual' });
    for (const space of spaces) {
      const path = `/v1/spaces/${space}/threads/${thread}`;
      expect((await use('ak_owner', 'POST', path)).status).toBe(201);
    }
  });

  it('are listed with how far they are, for each thread of a space', async () => {
    const { threads, progress, total } = await list(`?thread_id=${thread}`);
    expect(threads).toEqual(
      spaces.map((space_id) => ({
        space_id,
        thread_id: thread,
        queued: 3,
        running: 0,
        done: 0,
        failed: 0,
      })),
    );
    expect([progress.queued, total]).toEqual([6, 6]);
    const page = await list(`?thread_id=${thread}&limit=4`);
    expect([page.embeddings.length, page.next_offset, page.total]).toEqual([4, 4, 6]);
    expect((await list('?status=done')).progress).toMatchObject({ queued: 0, done: 2 });
  });

  it('are stepped, drained and failed, all or some', async () => {
    const [space_id] = spaces;
    const stepped = await move('step', { space_id });
    expect(stepped.embeddings.map(({ status }: { status: string }) => status)).toEqual([
      'running',
      'running',
      'running',
    ]);
    expect(stepped.progress).toEqual({ queued: 3, running: 3, done: 2, failed: 0 });
    const failed = await move('fail', { message_id: 'msg_1', error: 'Too long.' });
    expect(failed.embeddings.map(({ error }: { error: string }) => error)).toEqual([
      'Too long.',
      'Too long.',
    ]);
    const { id } = (await list('?status=queued')).embeddings[0];
    expect((await move('step', { id })).embeddings).toHaveLength(1);
    expect((await move('drain')).progress).toEqual({ queued: 0, running: 0, done: 6, failed: 2 });
    expect((await move('drain')).embeddings).toEqual([]);
  });

  it('come with a message that is added, in every space of its thread', async () => {
    const { message, embeddings } = (
      await ask('POST worlds/default/messages', {
        thread_id: thread,
        content: 'An answer.',
        role: 'assistant',
        metadata: { a: 1 },
      })
    ).body.data;
    expect(message).toMatchObject({ thread_id: thread, role: 'assistant', metadata: { a: 1 } });
    expect(embeddings.map((one: Record<string, string>) => [one.space_id, one.status])).toEqual(
      spaces.map((space) => [space, 'queued']),
    );
    const read = await use('ak_owner', 'GET', `/v1/threads/${thread}/messages?limit=100`);
    expect(await read.text()).toContain('An answer.');
  });

  it('are as before after a rewind', async () => {
    await use('ak_owner', 'GET', '/v1/threads');
    await move('drain');
    await ask('POST worlds/default/rewind', { request: 3 });
    expect((await list()).progress).toMatchObject({ queued: 6, done: 2 });
    await ask('POST worlds/default/rewind', { request: 2 });
    expect((await list()).progress).toMatchObject({ queued: 3, done: 2 });
  });
});

describe('settings', () => {
  it('say how the server was started', async () => {
    understudy = createUnderstudy({
      seed: 7,
      scenario: 'empty',
      backfill: 'after 2s',
      worldScenarios: { 'a-*': 'default' },
      maxWorlds: 9,
      selfCheck: 'report',
      adminToken: 'secret-1',
      allowedHosts: ['a.test'],
    });
    const control = new ControlClient('http://understudy.local', {
      fetch: (url, init) => understudy.fetch(url, init),
      token: 'secret-1',
    });
    const settings = await control.settings();
    expect(settings).toEqual({
      scenario: 'empty',
      world_scenarios: [{ worlds: 'a-*', scenario: 'default' }],
      seed: 7,
      clock: 'virtual',
      backfill: 'after 2s',
      self_check: 'report',
      keep_deleted: 10_000,
      body_limit: 1_048_576,
      journal_body_limit: 4096,
      allowed_hosts: ['a.test'],
      strict_worlds: false,
      max_worlds: 9,
    });
    expect(await control.worldSettings('default')).toMatchObject({
      scenario: 'empty',
      backfill: 'after 2s',
      clock: 'virtual',
      frozen: false,
    });
  });

  it('are changed while it runs: how many worlds there are, and who makes them', async () => {
    const gone: string[] = [];
    understudy = createUnderstudy({
      onWorld: ({ kind, world }) => kind === 'evicted' && gone.push(world),
    });
    for (const name of ['one', 'two', 'three']) await use(`ak_owner~${name}`);
    expect((await ask('PATCH settings', { max_worlds: 1 })).body.data.max_worlds).toBe(1);
    expect(gone).toEqual(['one', 'two']);
    expect((await use('ak_owner~three')).status).toBe(409);
    await ask('PATCH settings', { strict_worlds: true });
    expect((await use('ak_owner~four')).status).toBe(400);
    await ask('PATCH settings', { strict_worlds: false });
    expect((await use('ak_owner~four')).status).toBe(201);
  });

  it('of a world say how its messages move on, from now on', async () => {
    const data = async (backfill: string) =>
      (await ask('PATCH worlds/default/settings', { backfill })).body.data;
    expect((await data('after 3 reads')).backfill).toBe('after 3 reads');
    await use('ak_owner', 'POST', '/v1/spaces/space_abc123/threads/thrd_def456');
    expect((await ask('GET worlds/default/embeddings?status=queued')).body.data.total).toBe(3);
    expect((await data('immediate')).backfill).toBe('immediate');
    expect((await ask('GET worlds/default/embeddings?status=queued')).body.data.total).toBe(3);
  });
});

describe('what cannot be', () => {
  const name = 'x'.repeat(65);
  it.each([
    ['GET worlds/none', undefined, 404, 'UNKNOWN_WORLD', 'world'],
    ['GET worlds/default/compare/none', undefined, 404, 'UNKNOWN_WORLD', 'other'],
    ['DELETE worlds/default', undefined, 409, 'DEFAULT_WORLD', 'world'],
    ['POST worlds', { name: 'taken' }, 409, 'WORLD_EXISTS', 'name'],
    ['POST worlds', { name: 'default' }, 409, 'WORLD_EXISTS', 'name'],
    ['POST worlds', { name }, 422, 'MALFORMED', 'name'],
    ['POST worlds', { name: '../x' }, 422, 'MALFORMED', 'name'],
    ['POST worlds', {}, 422, 'MALFORMED', 'name'],
    ['POST worlds', { name: 'a', colour: 'red' }, 422, 'MALFORMED', 'colour'],
    ['POST worlds', { name: 'a', scenario: 'crowed' }, 422, 'UNKNOWN_SCENARIO', 'scenario'],
    ['POST worlds', { name: 'a', scenario: './package.json' }, 422, 'UNKNOWN_SCENARIO', 'scenario'],
    ['POST worlds', { name: 'a', scenario: {} }, 422, 'BROKEN_SCENARIO', 'scenario'],
    [
      'POST worlds',
      { name: 'a', scenario: { extends: './package.json' } },
      422,
      'UNKNOWN_SCENARIO',
      'scenario',
    ],
    ['POST worlds', { name: 'a', scenario: 7 }, 422, 'MALFORMED', 'scenario'],
    ['POST worlds', '{"name"', 422, 'MALFORMED', 'body'],
    ['POST worlds/none/fork', { name: 'a' }, 404, 'UNKNOWN_WORLD', 'world'],
    ['POST worlds/default/fork', { name: 'taken' }, 409, 'WORLD_EXISTS', 'name'],
    ['POST worlds/default/rewind', { request: 9 }, 409, 'REQUEST_NOT_HELD', 'request'],
    ['POST worlds/taken/rewind', { request: 1 }, 409, 'REQUEST_NOT_HELD', 'request'],
    ['POST worlds/default/rewind', { request: 0 }, 422, 'MALFORMED', 'request'],
    ['POST worlds/default/clock', { advance: 'soon' }, 422, 'BAD_TIME', 'advance'],
    ['POST worlds/default/clock', { to: '2001-01-01T00:00:00Z' }, 422, 'BAD_TIME', 'to'],
    ['POST worlds/default/clock', {}, 422, 'MALFORMED', 'body'],
    ['POST worlds/default/clock', { advance: '1h', frozen: true }, 422, 'MALFORMED', 'body'],
    ['POST worlds/default/clock', { frozen: 'yes' }, 422, 'MALFORMED', 'frozen'],
    ['POST worlds/none/clock', { advance: '1h' }, 404, 'UNKNOWN_WORLD', 'world'],
    ['POST worlds/none/reset', undefined, 404, 'UNKNOWN_WORLD', 'world'],
    ['PUT worlds/default/scenario', { spaces: 7 }, 422, 'BROKEN_SCENARIO', 'scenario'],
    ['PUT worlds/none/scenario', { spaces: 7 }, 404, 'UNKNOWN_WORLD', 'world'],
    ['GET worlds/default/requests?limit=0', undefined, 422, 'MALFORMED', 'limit'],
    ['GET worlds/default/requests?after=x', undefined, 422, 'MALFORMED', 'after'],
    ['GET worlds/none/requests/1/why', undefined, 404, 'UNKNOWN_WORLD', 'world'],
    ['GET worlds/default/requests/9/why', undefined, 404, 'UNKNOWN_REQUEST', 'request'],
    ['GET worlds/default/requests/latest/why', undefined, 404, 'UNKNOWN_REQUEST', 'request'],
    ['GET requests/1~none/why', undefined, 404, 'UNKNOWN_WORLD', 'world'],
    ['GET requests/1~a!/why', undefined, 404, 'UNKNOWN_REQUEST', 'request'],
    ['GET worlds/default/state/space', undefined, 404, 'UNKNOWN_NOUN', 'noun'],
    ['GET worlds/none/state/spaces', undefined, 404, 'UNKNOWN_WORLD', 'world'],
    ['GET worlds/default/state/spaces?where=7', undefined, 422, 'BAD_FILTER', 'where'],
    ['GET worlds/default/state/spaces?where={', undefined, 422, 'BAD_FILTER', 'where'],
    [
      'GET worlds/default/state/spaces?where={"colour":1}',
      undefined,
      422,
      'UNKNOWN_FIELD',
      'where',
    ],
    ['POST worlds/default/state/spaces', { id: 'space_abc123' }, 422, 'ROW_REFUSED', 'created_by'],
    ['PATCH worlds/default/state/spaces/space_abc123', { name: 7 }, 422, 'ROW_REFUSED', 'name'],
    ['PATCH worlds/default/state/spaces/none', { name: 'x' }, 404, 'UNKNOWN_ROW', 'id'],
    ['PATCH worlds/default/state/spaces/space_abc123', 7, 422, 'MALFORMED', 'body'],
    ['DELETE worlds/default/state/users/usr_owner1', undefined, 409, 'ROW_IN_USE', 'id'],
    ['DELETE worlds/none/state/users/usr_owner1', undefined, 404, 'UNKNOWN_WORLD', 'world'],
    ['GET worlds/default/requests?status=9', undefined, 422, 'MALFORMED', 'status'],
    ['GET worlds/default/requests/9', undefined, 404, 'UNKNOWN_REQUEST', 'request'],
    ['GET worlds/default/embeddings?status=lost', undefined, 422, 'MALFORMED', 'status'],
    ['POST worlds/default/embeddings/step', { thread: 'x' }, 422, 'MALFORMED', 'thread'],
    ['POST worlds/default/embeddings/drain', { thread_id: 'x' }, 422, 'UNKNOWN_ID', 'thread_id'],
    ['POST worlds/default/embeddings/fail', { space_id: 'x' }, 422, 'UNKNOWN_ID', 'space_id'],
    ['POST worlds/default/messages', { content: 'x' }, 422, 'MALFORMED', 'thread_id'],
    [
      'POST worlds/default/messages',
      { thread_id: 'x', content: '' },
      422,
      'UNKNOWN_ID',
      'thread_id',
    ],
    ['PATCH settings', { max_worlds: 'many' }, 422, 'MALFORMED', 'max_worlds'],
    ['PATCH settings', { seed: 2 }, 422, 'MALFORMED', 'seed'],
    ['PATCH worlds/default/settings', { backfill: 'after 0s' }, 422, 'BAD_BACKFILL', 'backfill'],
    ['PATCH worlds/default/settings', { backfill: 2 }, 422, 'MALFORMED', 'backfill'],
    ['PUT worlds/default/snapshots/..x', undefined, 422, 'BAD_NAME', 'name'],
    ['POST worlds/default/snapshots/none/restore', undefined, 404, 'UNKNOWN_SNAPSHOT', 'name'],
    ['DELETE worlds/none/snapshots/none', undefined, 404, 'UNKNOWN_WORLD', 'world'],
  ] as const)('%s %j → %i %s', async (what, body, status, code, field) => {
    await ask('POST worlds', { name: 'taken' });
    await use('ak_owner');
    const before = everything();
    const answer = await ask(what, body);
    const { error } = answer.body;
    expect([answer.status, error.code, error.details.field]).toEqual([status, code, field]);
    expect(everything()).toEqual(before);
  });

  it('says all that is wrong with a scenario', async () => {
    const { data } = (await ask('GET worlds/default/scenario')).body;
    const broken = { ...data, colour: 'red', spaces: [{ ...data.spaces[0], name: 7 }] };
    const { error } = (await ask('PUT worlds/default/scenario', broken)).body;
    expect(error.details.problems.length).toBeGreaterThan(1);
    expect(error.details.problems.map(({ pointer }: { pointer: string }) => pointer)).toContain(
      '/spaces/0/name',
    );
  });

  it('ends the snapshots at a number, and lets one be replaced', async () => {
    for (let i = 0; i < 100; i += 1) await ask(`PUT worlds/default/snapshots/s${i}`);
    expect((await ask('PUT worlds/default/snapshots/one-more')).body.error.code).toBe(
      'TOO_MANY_SNAPSHOTS',
    );
    expect((await ask('PUT worlds/default/snapshots/s0')).status).toBe(200);
  });
});

describe('the client', () => {
  const client = () =>
    new ControlClient('http://understudy.local/', {
      fetch: (url, init) => understudy.fetch(url, init),
    });

  it('has a method for each operation, which calls that and no other', async () => {
    const asked: (string | null)[] = [];
    const control = new ControlClient('http://understudy.local', {
      fetch: async (url, init) => {
        const response = await understudy.fetch(url, init);
        asked.push(response.headers.get('x-understudy-case')?.split('.')[0] ?? null);
        return response;
      },
    });
    await control.health();
    await control.replayHar('default', await control.har('default'));
    await control.ready();
    await control.version();
    expect((await control.scenarios()).map(({ name }) => name)).toContain('empty');
    expect(await control.createWorld('one', 'empty')).toMatchObject({
      name: 'one',
      scenario: 'empty',
    });
    expect((await control.world('one')).requests).toBe(0);
    await control.forkWorld('one', 'two');
    expect((await control.compareWorlds('one', 'two')).text).toBe('no difference\n');
    expect((await control.worlds()).map(({ name }) => name)).toEqual(['default', 'one', 'two']);
    await use('ak_owner');
    await use('ak_owner');
    const { requests } = await control.requests('default', { after: 1 });
    expect(requests.map(({ status }) => status)).toEqual([409]);
    for await (const { event } of control.events('default', { after: 1 })) {
      expect(event).toBe('request');
      break;
    }
    expect((await control.why(2)).case).toBe('already_attached');
    expect((await control.cases()).length).toBeGreaterThan(600);
    expect((await control.caseOf('getSpace', 'retrieved')).calls.at(-1)?.method).toBe('GET');
    expect((await control.waysOut(2)).way?.calls.map(({ operation }) => operation)).toEqual([
      'removeVectorStoreFromSpace',
    ]);
    expect((await control.waysOut(1, 'default')).way).toBeNull();
    expect((await control.why(1, 'default')).verdict).toBe('passed');
    await control.rewindWorld('default', 2);
    expect((await control.moveClock('default', { frozen: true })).frozen).toBe(true);
    const where = { id: 'space_abc123' };
    expect((await control.state('default', 'spaces', { where, limit: 5 })).total).toBe(1);
    expect((await control.request('default', 1)).status).toBe(201);
    await control.changeWorldSettings('default', { backfill: 'manual' });
    expect((await control.worldSettings('default')).backfill).toBe('manual');
    await control.changeSettings({ max_worlds: 20 });
    expect((await control.settings()).max_worlds).toBe(20);
    await control.addMessage('default', { thread_id: 'thrd_in_space', content: 'Yes.' });
    await control.stepEmbeddings('default');
    await control.drainEmbeddings('default');
    await control.failEmbeddings('default', { error: 'Too long.' });
    expect((await control.embeddings('default', { status: 'done' })).total).toBe(3);
    const id = 'thrd_empty';
    await control.patchRow('default', 'threads', id, { title: 'T' });
    const thread = await control.row('default', 'threads', id);
    expect(await control.deleteRow('default', 'threads', id)).toEqual(thread);
    expect(await control.createRow('default', 'threads', thread)).toEqual([thread]);
    await control.resetWorld('default');
    await control.takeSnapshot('two', 'a b?'.replace(/\W/g, '-'));
    expect(await control.snapshots('two')).toEqual([await control.snapshot('two', 'a-b-')]);
    await control.restoreSnapshot('two', 'a-b-');
    await control.deleteSnapshot('two', 'a-b-');
    await control.importScenario('two', await control.exportScenario('default'));
    expect((await control.compareWorlds('default', 'two')).rows).toEqual([]);
    const busy = { does: { status: 503 } };
    await control.replaceFaults('two', [busy]);
    await control.addFault('two', busy);
    await control.putFault('two', 'busy', busy);
    expect((await control.fault('two', 'busy')).hits).toBe(0);
    await control.deleteFault('two', 'busy');
    expect((await control.faults('two')).length).toBe(2);
    await control.clearFaults('two');
    expect((await control.verify('two', [{ request: {}, never: true }], 9)).holds).toBe(true);
    expect((await control.lint()).gone).toBe(1);
    expect((await control.lint({ world: 'two' })).requests).toBe(0);
    await control.setLimits('two', { rate: '60/m', burst: 2 });
    expect(await control.limits('two')).toMatchObject({ rate: '60/m', keys: 0 });
    await control.clearLimits('two');
    await control.deleteWorld('two');
    expect([...new Set(asked)].sort()).toEqual([...loadControl().spec.operations.keys()].sort());
  });

  it('says what was refused, and what to do', async () => {
    await expect(client().world('a/b?c')).rejects.toMatchObject({
      status: 404,
      code: 'UNKNOWN_WORLD',
      fix: expect.stringContaining('worlds'),
      details: { world: 'a/b?c' },
    });
    await expect(client().createWorld('..')).rejects.toThrow(/name must match/);
  });

  it('sends the token', async () => {
    understudy = createUnderstudy({ adminToken: 'secret-1' });
    const fetch = (url: string, init: RequestInit) => understudy.fetch(url, init);
    await expect(client().health()).rejects.toMatchObject({ status: 401 });
    const control = new ControlClient('http://understudy.local', { fetch, token: 'secret-1' });
    expect(await control.health()).toEqual({ status: 'ok' });
  });

  it('says that there is no control plane', async () => {
    understudy = createUnderstudy({ admin: false });
    await expect(client().health()).rejects.toMatchObject({
      code: 'NO_CONTROL_PLANE',
      status: 404,
    });
  });
});
