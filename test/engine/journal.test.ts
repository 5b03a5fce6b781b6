// What the journal keeps of an exchange: why it was answered so, what it changed, how long it took,
// and no credential.
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine.js';
import { onlyWorld } from '../../src/engine/exchange.js';
import { createJournal } from '../../src/engine/journal.js';
import { createServer } from '../../src/http/server.js';
import { createUnderstudy, type JournalEntry, type Understudy } from '../../src/index.js';
import { call } from '../support/call.js';
import { createLamps, lampsApi } from '../support/lamps.js';
import { attachStore, getSpace, owner, type Sent, viewer } from '../support/requests.js';

const last = ({ journal }: Pick<Understudy, 'journal'>): JournalEntry =>
  journal.at(-1) as JournalEntry;

async function entryOf(sent: Sent, understudy = createUnderstudy()): Promise<JournalEntry> {
  await call(understudy, sent);
  return last(understudy);
}

describe('the decision in a journal entry', () => {
  it('names the guards in the order in which they were asked, the last of which refused', async () => {
    const understudy = createUnderstudy();
    expect(
      (await entryOf(attachStore, understudy)).decision?.asked.every(
        ({ verdict }) => verdict === true,
      ),
    ).toBe(true);
    const { decision, changes } = await entryOf(attachStore, understudy);
    expect(decision?.asked.at(-1)).toEqual({ guard: 'already_attached', verdict: false });
    expect(decision?.asked.slice(0, -1).every(({ verdict }) => verdict === true)).toBe(true);
    expect(decision?.facts).toMatchObject({ space: { id: 'space_abc123' } });
    expect(changes).toBeUndefined();
  });

  it('is not there where no rule was asked', async () => {
    const strangers: Sent[] = [
      { ...getSpace, headers: { ...getSpace.headers, prefer: 'code=404' } },
      owner.get('/v1/nowhere'),
    ];
    for (const sent of strangers)
      expect(await entryOf(sent), sent.target).not.toHaveProperty('decision');
  });

  it('says what was wrong with a credential or with the form of a request', async () => {
    const strange = await entryOf({ ...getSpace, headers: { 'x-api-key': 'ak_expired' } });
    expect(strange.decision?.asked).toEqual([{ guard: 'api_key_expired', verdict: false }]);
    expect(strange.decision?.facts).toMatchObject({ state: 'expired', user_id: 'usr_owner1' });
    expect(JSON.stringify(strange)).not.toContain('ak_expired');
    const { decision } = await entryOf(owner.post('/v1/spaces/', {}));
    expect(decision?.facts.violation).toMatchObject({ in: 'body', keyword: 'required' });
  });

  it('says who decided in place of the rule', async () => {
    const understudy = createUnderstudy({
      drift: 'guard:addVectorStoreToSpace.edit_access_required',
    });
    const { decision } = await entryOf(viewer.post(attachStore.target), understudy);
    expect(decision?.by).toEqual({
      kind: 'drift',
      name: 'guard:addVectorStoreToSpace.edit_access_required',
    });
    expect(decision?.asked.map(({ guard }) => guard)).not.toContain('edit_access_required');
  });

  it('cuts facts that are long', () => {
    const api = lampsApi();
    const journal = createJournal();
    const rows = Array.from({ length: 1000 }, (_, i) => ({ id: `l${i}`, text: 'x'.repeat(1000) }));
    const rule = {
      ...api.rules.addLamp,
      read: () => ({
        rows,
        set: new Set(rows),
        lazy: rows.values(),
        text: 'y'.repeat(10_000),
        ask: () => rows,
        known: undefined,
      }),
    } as never;
    const engine = new Engine({
      api: { ...api, rules: { addLamp: rule } },
      worlds: onlyWorld(createLamps(), journal),
      seed: 1,
      selfCheck: 'strict',
      bodyLimit: 1000,
    });
    engine.answer({
      method: 'POST',
      target: '/lamps',
      headers: { keeper: 'a' },
      body: new TextEncoder().encode('{"id":"l"}'),
    });
    const facts = journal.entries[0]?.decision?.facts;
    expect(facts).toMatchObject({ rows: { count: 1000 }, set: { count: 1000 } });
    expect(JSON.stringify(journal.entries[0]).length).toBeLessThan(10_000);
  });
});

describe('the changes in a journal entry', () => {
  it('are what a rule wrote, table by table, before and after', async () => {
    const understudy = createUnderstudy();
    const before = understudy.world.spaces.get('space_abc123');
    const { changes } = await entryOf(attachStore, understudy);
    const after = understudy.world.spaces.get('space_abc123');
    expect(changes?.map(({ table }) => table).sort()).toEqual(['spaceVectorStores', 'spaces']);
    expect(changes?.find(({ table }) => table === 'spaces')).toEqual({
      table: 'spaces',
      id: 'space_abc123',
      before,
      after,
    });
    const link = changes?.find(({ table }) => table === 'spaceVectorStores');
    expect(link?.after).toMatchObject({ space_id: 'space_abc123', vector_store_id: 'vs_def456' });
    expect(link).not.toHaveProperty('before');
  });

  it('show what was deleted', async () => {
    const { changes } = await entryOf(
      owner.delete('/v1/spaces/space_abc123/vector-stores/vs_attached'),
    );
    const link = changes?.find(({ table }) => table === 'spaceVectorStores');
    expect(link?.before).toMatchObject({ vector_store_id: 'vs_attached' });
    expect(link).not.toHaveProperty('after');
  });

  it('are none where our own check took them back, and the decision stays', async () => {
    const understudy = createUnderstudy();
    understudy.world.spaces.update('space_abc123', { description: 7 } as never);
    const entry = await entryOf(
      owner.patch('/v1/spaces/space_abc123', { name: 'Another' }),
      understudy,
    );
    expect(entry).not.toHaveProperty('changes');
    expect(entry.decision?.asked.length).toBeGreaterThan(0);
  });
});

describe('preferences that nobody can take', () => {
  it.each<[string, string[] | undefined]>([
    ['wait=0.01', undefined],
    ['code=404', undefined],
    ['wait=abc', ['prefer.wait=abc']],
    ['wait=-1, code=404', ['prefer.wait=-1']],
    ['respond-async; wait="0"', ['prefer.respond-async']],
    ['dynamic=true, code=', ['prefer.dynamic=true', 'prefer.code=']],
    [`x=${'y'.repeat(500)}`, [`prefer.x=${'y'.repeat(98)}`]],
  ])('are in the journal: %s', async (prefer, ignored) => {
    const entry = await entryOf({ ...getSpace, headers: { ...getSpace.headers, prefer } });
    expect(entry.ignored).toEqual(ignored);
    expect(entry.status).toBe(prefer.includes('404') ? 404 : 200);
  });

  it('are there beside the fields that nobody reads, and change nothing', async () => {
    const understudy = createUnderstudy();
    const headers = { ...getSpace.headers, prefer: 'wait=soon' };
    const sent = { ...getSpace, target: `${getSpace.target}?color=red`, headers };
    const { status, headers: got } = await call(understudy, sent);
    expect([status, got.get('preference-applied')]).toEqual([200, null]);
    expect(last(understudy).ignored).toEqual(['query.color', 'prefer.wait=soon']);
  });
});

describe('request and answer in a journal entry', () => {
  it('are there, with the world, the caller and how long it took', async () => {
    const body = { organization_id: 'org_xyz789', name: 'New' };
    const { world, user_id, request, answer, duration_ms } = await entryOf(
      owner.post('/v1/spaces/', body),
    );
    expect([world, user_id, answer.status]).toEqual(['default', 'usr_owner1', 201]);
    expect(JSON.parse(request.body ?? '')).toEqual(body);
    expect(request.headers['content-type']).toBe('application/json');
    expect(JSON.parse(answer.body ?? '')).toMatchObject({ name: 'New' });
    expect(answer.headers['x-understudy-case']).toBe('createSpace.created');
    expect(answer.bytes).toBe(answer.body?.length);
    expect(duration_ms).toBeGreaterThan(0);
  });

  it.each([
    [{ 'x-api-key': 'ak_owner' }, { 'x-api-key': '***' }],
    [{ authorization: 'Bearer tok_owner' }, { authorization: 'Bearer ***' }],
    [
      { cookie: 'session=hidden123', 'x-api-key': 'ak_owner' },
      { cookie: '***', 'x-api-key': '***' },
    ],
    [{ 'proxy-authorization': 'Basic aGlkZGVuOjEyMw==' }, { 'proxy-authorization': 'Basic ***' }],
    [{ authorization: 'ak_without_a_scheme' }, { authorization: '***' }],
  ])('show no credential: %o', async (headers: Record<string, string>, kept) => {
    const secrets = [
      'ak_owner',
      'tok_owner',
      'hidden123',
      'aGlkZGVuOjEyMw==',
      'ak_without_a_scheme',
    ].filter((secret) => Object.values(headers).some((value) => value.includes(secret)));
    const body = JSON.stringify({ organization_id: 'org_xyz789', name: `mine: ${secrets[0]}` });
    const target = `/v1/spaces/?key=${secrets[0]}`;
    const sent = {
      method: 'POST',
      target,
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    };
    const understudy = createUnderstudy();
    const { request, answer, ...entry } = await entryOf(sent, understudy);
    expect(request.headers).toMatchObject(kept);
    expect(secrets.length).toBeGreaterThan(0);
    for (const secret of secrets)
      expect(JSON.stringify({ request, answer, target: entry.target })).not.toContain(secret);
  });

  it('show no keys that a page shows to people', async () => {
    const understudy = createUnderstudy();
    const page = await understudy.fetch('/');
    expect(await page.text()).toContain('ak_owner');
    expect(last(understudy).answer.bytes).toBeGreaterThan(1000);
    expect(JSON.stringify(last(understudy))).not.toContain('ak_owner');
  });

  it.each([0, 10, 100])(
    'are kept up to %i bytes of each body, whole letters at least',
    async (journalBodyLimit) => {
      const understudy = createUnderstudy({ journalBodyLimit });
      const body = { organization_id: 'org_xyz789', name: 'ü'.repeat(200) };
      const { request, answer } = await entryOf(owner.post('/v1/spaces/', body), understudy);
      expect(request.bytes).toBe(Buffer.byteLength(JSON.stringify(body)));
      for (const { body: kept = '' } of [request, answer]) {
        expect(Buffer.byteLength(kept.replace(/\ufffd$/, ''))).toBeLessThanOrEqual(
          journalBodyLimit,
        );
        expect(Buffer.byteLength(kept)).toBeGreaterThanOrEqual(journalBodyLimit - 1);
      }
    },
  );

  it('say how an answer left, if not as usual, and keep nothing of a stream', async () => {
    const mockServer = createServer({}, [
      {
        kind: 'fault',
        name: 'cut',
        deliver: ({ response: { body: _, ...response } }) => ({
          response: { ...response, body: new ReadableStream<Uint8Array>() },
          delayMs: 1,
          end: { cutAt: 0 },
        }),
      },
    ]);
    await mockServer.fetch(getSpace.target, { headers: getSpace.headers ?? {} });
    expect(last(mockServer)).toMatchObject({
      fault: 'cut',
      status: 200,
      answer: { status: 200, delay_ms: 1, end: { cutAt: 0 } },
    });
    expect(last(mockServer).answer).not.toHaveProperty('body');
    expect(last(mockServer).answer).not.toHaveProperty('bytes');
  });
});
