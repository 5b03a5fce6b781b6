// What is asked of an explanation beside its cases: names of requests, words, the past, and headers.
import { createServer, request as send } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { ControlClient } from '../../src/control/client.js';
import { createUnderstudy } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { call } from '../support/call.js';
import { attachStore, getSpace, owner, viewer } from '../support/requests.js';

const client = (understudy: ReturnType<typeof createUnderstudy>) =>
  new ControlClient('http://understudy.local', { fetch: understudy.fetch });

const attachAsViewer = viewer.post('/v1/spaces/space_abc123/vector-stores/vs_def456');

describe('an explanation', () => {
  it('names the guard, the facts and those who would pass', async () => {
    const understudy = createUnderstudy();
    await call(understudy, attachAsViewer);
    const why = await client(understudy).why(1);
    expect(why.because).toBe(
      '`usr_viewer1` is not in `created_by` or `editable_by_users` of `space_abc123`, has none of the roles in `editable_by_roles` and lacks the capability `override_all_permissions`.',
    );
    expect(why.text).toContain(
      '`usr_owner1` (creator), `usr_admin1` (override), `usr_editor1` (editing_user)',
    );
    expect(why.guards.find(({ verdict }) => verdict === 'refused')?.facts).toContainEqual({
      fact: 'space.editable_by_users',
      of: 'space_abc123',
      value: ['usr_editor1'],
    });
  });

  it('names the holders of a role', async () => {
    const understudy = createUnderstudy();
    await call(understudy, viewer.patch('/v1/spaces/space_writers', { name: 'New' }));
    expect((await client(understudy).why(1)).text).toContain('holders of `role_writers`');
  });

  it('is about the world as it was before the request', async () => {
    const understudy = createUnderstudy();
    await call(understudy, attachStore);
    await call(understudy, attachStore);
    await call(understudy, owner.delete('/v1/spaces/space_abc123/vector-stores/vs_def456'));
    await call(understudy, owner.delete('/v1/spaces/space_abc123'));
    const { because, guards } = await client(understudy).why(2);
    expect(because).toBe('`vs_def456` is attached to `space_abc123` already.');
    expect(guards.find(({ verdict }) => verdict === 'refused')?.facts).toEqual([
      { fact: 'attachment', value: expect.stringMatching(/^svs_/) },
    ]);
    expect((await client(understudy).why(1)).verdict).toBe('passed');
    expect(understudy.world.spaces.get('space_abc123')?.deleted_at).not.toBeNull();
  });

  it.each([
    ['deleted', owner.get('/v1/spaces/space_abc123'), /was deleted at `\d{4}-/],
    ['not there', owner.get('/v1/spaces/space_zzz'), /^There is no space `space_zzz`\.$/],
    ['somebody else’s', viewer.get('/v1/threads/thrd_def456'), /is that of `usr_owner1`/],
    [
      'of another organization',
      owner.get('/v1/spaces/space_lobby?organization_id=org_abc123'),
      /is one of `org_xyz789`/,
    ],
    [
      'not attached',
      owner.delete('/v1/spaces/space_lobby/vector-stores/vs_def456'),
      /^Nothing joins `space_lobby` and `vs_def456`\.$/,
    ],
  ])('says of what is missing that it is %s', async (_, request, words) => {
    const understudy = createUnderstudy();
    await call(understudy, owner.delete('/v1/spaces/space_abc123'));
    await call(understudy, request);
    expect((await client(understudy).why(2)).because).toMatch(words);
  });

  it('is found by number, by world and by trace id, as JSON and as text', async () => {
    const understudy = createUnderstudy();
    await call(understudy, getSpace);
    const { headers } = await call(understudy, {
      ...attachAsViewer,
      headers: { 'x-api-key': 'ak_viewer~other' },
    });
    expect(headers.get('x-understudy-request')).toBe('1~other');
    const trace = headers.get('x-request-id');
    for (const path of [
      'requests/1~other/why',
      `requests/${trace}~other/why`,
      'worlds/other/requests/1/why',
      `worlds/other/requests/${trace}/why`,
    ]) {
      const answer = await understudy.fetch(`/__admin/${path}`);
      const { data } = (await answer.json()) as { data: { id: string; text: string } };
      expect(data.id).toBe('1~other');
      const text = await understudy.fetch(`/__admin/${path}`, {
        headers: { accept: 'text/plain' },
      });
      expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(await text.text()).toBe(data.text);
    }
    const none = await understudy.fetch('/__admin/requests/9/why', {
      headers: { accept: 'text/plain' },
    });
    expect([none.status, none.headers.get('content-type')]).toEqual([404, 'application/json']);
  });

  it('shows no credential that was sent', async () => {
    const understudy = createUnderstudy();
    await call(understudy, { ...getSpace, headers: { 'x-api-key': 'a-secret-of-mine' } });
    const why = await client(understudy).why(1);
    expect(why.verdict).toBe('credential_refused');
    expect(JSON.stringify(why)).not.toContain('a-secret-of-mine');
  });

  it('of a body that the journal has cut goes by what was written down', async () => {
    const understudy = createUnderstudy({ journalBodyLimit: 10 });
    await call(understudy, owner.post('/v1/spaces/', { organization_id: 'org_abc123', name: 'x' }));
    await call(understudy, owner.post('/v1/spaces/', { organization_id: 'org_xyz789' }));
    const [denied, malformed] = [await client(understudy).why(1), await client(understudy).why(2)];
    expect(denied).toMatchObject({ verdict: 'refused', decided_by: 'organization_access_denied' });
    expect(malformed).toMatchObject({
      verdict: 'malformed',
      because: '`name` of the body is wrong: name is required.',
    });
  });

  it('tells forced and planted answers from decided ones', async () => {
    const understudy = createUnderstudy({ drift: 'code:addVectorStoreToSpace.already_attached' });
    await call(understudy, { ...getSpace, headers: { ...getSpace.headers, prefer: 'code=404' } });
    await call(understudy, attachStore);
    await call(understudy, attachStore);
    expect((await client(understudy).why(1)).verdict).toBe('forced');
    expect((await client(understudy).why(3)).verdict).toBe('interfered');
  });
});

describe('with ownHeaders: false', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  /** The names of the headers of an answer over a socket. */
  const namesOf = (url: string, method: string, headers: Record<string, string>) =>
    new Promise<{ names: string[]; exposed: string }>((resolve, reject) => {
      send(url, { method, headers }, (answer) => {
        answer.resume();
        resolve({
          names: Object.keys(answer.headers),
          exposed: String(answer.headers['access-control-expose-headers'] ?? ''),
        });
      })
        .on('error', reject)
        .end();
    });

  it('nothing on the wire tells the mock server from the documents', async () => {
    const understudy = createUnderstudy({ ownHeaders: false });
    closing.push(() => understudy.close());
    const { url } = await understudy.listen({ port: 0 });
    // What any server of HTTP sends, and what lets a browser read it.
    const bare = createServer((_, response) => response.end('{}'));
    closing.push(async () => bare.close());
    const port = await new Promise<number>((resolve) =>
      bare.listen(0, '127.0.0.1', () => resolve((bare.address() as { port: number }).port)),
    );
    const { names: usual } = await namesOf(`http://127.0.0.1:${port}/`, 'GET', {});
    const allowed = new Set([
      ...usual,
      ...['content-type', 'content-length', 'allow', 'retry-after', 'vary'],
      ...loadSpec().commonHeaders.map(({ name }) => name),
    ]);
    for (const [method, path, key] of [
      ['GET', '/v1/spaces/space_abc123', 'ak_owner'],
      ['GET', '/v1/spaces/space_zzz', 'ak_owner~other'],
      ['POST', '/v1/spaces/space_abc123/vector-stores/vs_def456', 'ak_viewer'],
      ['GET', '/v1/spaces/space_abc123', 'ak_nobody'],
      ['GET', '/v1/spacez', 'ak_owner'],
      ['PUT', '/v1/spaces/space_abc123', 'ak_owner'],
      ['POST', '/v1/spaces/', 'ak_owner'],
      ['OPTIONS', '/v1/spaces/', 'ak_owner'],
    ] as const) {
      const { names, exposed } = await namesOf(`${url}${path}`, method, {
        'x-api-key': key,
        origin: 'http://app.test',
        'access-control-request-method': 'GET',
      });
      const others = names.filter(
        (name) => !allowed.has(name) && !name.startsWith('access-control-'),
      );
      expect([method, path, others]).toEqual([method, path, []]);
      expect(exposed).not.toMatch(/understudy/i);
    }
    // The journal has them still, and the control plane answers.
    const [first] = understudy.journal;
    expect(first?.answer.headers).toMatchObject({ 'x-understudy-case': 'getSpace.retrieved' });
    expect((await client(understudy).why(1)).verdict).toBe('passed');
  });

  it('bodies are the same', async () => {
    for (const request of [getSpace, attachAsViewer, owner.get('/v1/nowhere')]) {
      const [plain, usual] = [
        await call(createUnderstudy({ ownHeaders: false }), request),
        await call(createUnderstudy(), request),
      ];
      expect(plain.body).toEqual(usual.body);
      const own = [...usual.headers].filter(([name]) => !plain.headers.has(name));
      expect(own.map(([name]) => name).every((name) => name.startsWith('x-understudy-'))).toBe(
        true,
      );
      expect(own.length).toBeGreaterThan(2);
    }
  });
});
