import { once } from 'node:events';
import { Agent, get } from 'node:http';
import supertest from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { createUnderstudy, ListenError, type Understudy } from '../../src/index.js';
import {
  attachStore,
  detachStore,
  getSpace,
  owner,
  type Sent,
  viewer,
} from '../support/requests.js';

const opened: Understudy[] = [];
function fresh(): Understudy {
  const understudy = createUnderstudy();
  opened.push(understudy);
  return understudy;
}
afterEach(() => Promise.all(opened.splice(0).map((understudy) => understudy.close())));

const sequence: readonly Sent[] = [
  getSpace,
  attachStore,
  attachStore,
  viewer.post(attachStore.target),
  owner.post('/v1/spaces/', { organization_id: 'org_xyz789', name: 'Ünïcode 🎭' }),
  owner.post('/v1/spaces/', '{"name"'),
  owner.post('/v1/spaces/', { name: 'x'.repeat(1024 * 1024) }),
  detachStore,
  { ...getSpace, method: 'HEAD' },
  { ...getSpace, method: 'OPTIONS' },
  { ...getSpace, method: 'PUT' },
  {
    method: 'OPTIONS',
    target: '/v1/spaces/',
    headers: {
      origin: 'http://app.local',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-api-key,prefer',
    },
  },
  { ...getSpace, headers: { ...getSpace.headers, prefer: 'example=space_not_found' } },
  owner.get('/v1/spaces/a%2Fb'),
  owner.get('/v1/nowhere?x=1'),
  { method: 'GET', target: '/openapi.json' },
  { method: 'GET', target: '/openapi.yaml' },
  { method: 'GET', target: '/openapi.json?download' },
];

/** Headers of the transport itself. */
const transport = ['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding'];
/** The document names the address that it was asked for at, which differs. */
const shown = (status: number, headers: Iterable<[string, string]>, text: string) => ({
  status,
  headers: Object.fromEntries([...headers].filter(([name]) => !transport.includes(name)).sort()),
  text: text.replace(/http:\/\/(127\.0\.0\.1:\d+|understudy\.local)/, 'http://this-server'),
});

async function overFetch(
  handle: (url: string, init: RequestInit) => Promise<Response>,
  base: string,
) {
  const answers = [];
  for (const { method, target, headers = {}, body } of sequence) {
    const response = await handle(`${base}${target}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    answers.push(shown(response.status, response.headers, await response.text()));
  }
  return answers;
}

describe('the three ways in', () => {
  it('give the same bytes: fetch, a port, and the Express app', async () => {
    const handler = fresh();
    const inProcess = await overFetch(handler.fetch, 'http://understudy.local');
    const { url } = await fresh().listen({ port: 0 });
    expect(await overFetch(fetch, url)).toEqual(inProcess);

    const agent = supertest(fresh().app);
    const throughApp = [];
    for (const { method, target, headers = {}, body } of sequence) {
      let sent = agent[method.toLowerCase() as 'get'](target).set(headers).buffer(true);
      sent = sent.parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => done(null, Buffer.concat(chunks).toString()));
      });
      if (body !== undefined) sent = sent.send(body as string);
      const response = await sent;
      throughApp.push(
        shown(
          response.status,
          Object.entries(response.headers) as [string, string][],
          typeof response.body === 'string' ? response.body : '',
        ),
      );
    }
    expect(throughApp).toEqual(inProcess);
  });

  it('answer HEAD like GET without the body, OPTIONS with Allow, and a wrong method with 405', async () => {
    const answers = await overFetch(fresh().fetch, 'http://understudy.local');
    const [space, head, options, put] = [answers[0], answers[8], answers[9], answers[10]];
    expect(head).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-type': 'application/json' },
    });
    expect(space?.text).not.toBe('');
    expect(options).toMatchObject({
      status: 204,
      headers: { allow: 'GET, HEAD, PATCH, DELETE, OPTIONS' },
    });
    expect(put).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD, PATCH, DELETE, OPTIONS' },
    });
  });

  it('show the document whatever query comes with it', async () => {
    const answers = await overFetch(fresh().fetch, 'http://understudy.local');
    expect(answers.at(-1)).toMatchObject({ status: 200, text: answers.at(-3)?.text });
  });

  it('let a browser ask first, for the auth headers and Prefer', async () => {
    const answers = await overFetch(fresh().fetch, 'http://understudy.local');
    expect(answers[11]).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': 'http://app.local',
        'access-control-allow-credentials': 'true',
        'access-control-allow-headers': 'x-api-key,prefer',
      },
    });
    expect(answers[0]?.headers['access-control-expose-headers']).toMatch(
      /x-understudy-case.*aitronos-organization/,
    );
  });
});

describe('a port', () => {
  it('is free again at once after close, with a kept-alive connection open', async () => {
    const understudy = fresh();
    const { url, port } = await understudy.listen({ port: 0 });
    const agent = new Agent({ keepAlive: true });
    const [response] = await once(get(`${url}/openapi.json`, { agent }), 'response');
    response.resume();
    await once(response, 'end');
    await understudy.close();
    const again = await fresh().listen({ port });
    expect(again.port).toBe(port);
    agent.destroy();
  });

  it('that is taken is named, with the way out', async () => {
    const { port } = await fresh().listen({ port: 0 });
    const failure = await fresh()
      .listen({ port })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ListenError);
    expect((failure as Error).message).toMatch(
      new RegExp(`127\\.0\\.0\\.1:${port}.*EADDRINUSE[\\s\\S]*--port 0`),
    );
  });

  it('can be opened twice for one world', async () => {
    const understudy = fresh();
    const [one, two] = [await understudy.listen({ port: 0 }), await understudy.listen({ port: 0 })];
    await fetch(`${one.url}${attachStore.target}`, {
      method: 'POST',
      headers: attachStore.headers ?? {},
    });
    const response = await fetch(`${two.url}${attachStore.target}`, {
      method: 'POST',
      headers: attachStore.headers ?? {},
    });
    expect(response.status).toBe(409);
  });
});
