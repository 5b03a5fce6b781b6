// The matchers with the clients themselves: fetch, supertest and axios, against the mock server,
// and against a server whose answers are altered on their way.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractCoverage, observe } from '../../../src/contract/matchers/vitest.js';
import { createUnderstudy } from '../../../src/index.js';

/** As much of axios as is used here. */
interface Axios {
  request(config: object): Promise<object>;
}
const { default: axios } = createRequire(import.meta.url)('axios') as { default: Axios };

interface Altered {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}
const understudy = createUnderstudy();
/** What is altered of the next answers. */
let altered: Altered = {};
let server: Server;
let url: string;

async function answer(request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const own = await understudy.fetch(request.url ?? '', {
    method: request.method ?? '',
    headers: request.headers as Record<string, string>,
    ...(body.length > 0 && request.method !== 'GET' ? { body } : {}),
  });
  const text = altered.body ?? (await own.text());
  const { 'content-length': _, ...headers } = Object.fromEntries(own.headers);
  response.writeHead(altered.status ?? own.status, { ...headers, ...altered.headers });
  response.end(text);
}

beforeAll(async () => {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

const key = { 'X-API-Key': 'ak_owner' };
const sees = observe(fetch);
const clients: Readonly<Record<string, (asked: Asked) => Promise<object>>> = {
  fetch: ({ method, path, headers = key, body }) =>
    sees(`${url}${path}`, {
      method,
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }),
  supertest: async ({ method, path, headers = key, body }) => {
    const test = supertest(answer as never)
      [method.toLowerCase() as 'get'](path)
      .set(headers);
    return body ? test.send(body) : test;
  },
  axios: ({ method, path, headers = key, body }) =>
    axios.request({
      method,
      url: path,
      baseURL: url,
      headers,
      data: body,
      validateStatus: () => true,
    }),
};

const space = '/v1/spaces/space_abc123';
const newSpace = { organization_id: 'org_xyz789', name: 'Made in a test' };

/** What the matcher says of it; nothing where it passes. */
async function complaint(response: object, options = {}): Promise<string> {
  try {
    await expect(response).toMatchContract(options);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe.each(Object.entries(clients))('a response of %s', (name, send) => {
  const ask = async (asked: Asked, change: Altered = {}) => {
    altered = change;
    const response = await send(asked);
    altered = {};
    return response;
  };

  it('passes where the answer and its request are documented, whatever the status', async () => {
    const all: Asked[] = [
      { method: 'GET', path: space },
      { method: 'GET', path: `${space}?` },
      { method: 'GET', path: '/v1/spaces?organization_id=org_xyz789&limit=2' },
      { method: 'POST', path: '/v1/spaces/', body: newSpace },
      { method: 'POST', path: '/v1/spaces/', body: { organization_id: 'org_xyz789' } }, // 422
      { method: 'DELETE', path: '/v1/spaces/space_nowhere' }, // 404
      { method: 'GET', path: space, headers: {} }, // 401
      { method: 'DELETE', path: `${space}/vector-stores/vs_attached` }, // 204
    ];
    for (const asked of all) {
      const response = await ask(asked);
      expect(await complaint(response), `${asked.method} ${asked.path}`).toBe('');
      await expect(response).toSatisfyApiSpec();
    }
  });

  it('fails with operation, cases, place, what was expected and got, and the source', async () => {
    const created = await understudy.fetch(space, { headers: key });
    const { created_at: _, ...body } = (await created.json()) as Record<string, unknown>;
    const response = await ask(
      { method: 'GET', path: space },
      { body: JSON.stringify({ ...body, name: 7 }) },
    );
    expect(await complaint(response)).toMatch(
      /^GET \/v1\/spaces\/space_abc123 was answered with 200 and differs from the contract in 2 places\.\n\noperation {2}getSpace\ncase {7}got 200 retrieved\n/,
    );
    expect(await complaint(response)).toMatch(
      /SCHEMA_BROKEN in the response at \/created_at\n {2}expected {2}required to be present\n {2}got {7}absent\n {2}source {4}\S/,
    );
    expect(await complaint(response)).toContain(
      'SCHEMA_BROKEN in the response at /name\n  expected  type string\n  got       7\n',
    );
  });

  it.each([
    ['a status', { status: 418 }, 'STATUS_UNDOCUMENTED', 'got       418'],
    ['a crash', { status: 500, body: '{}' }, 'SERVER_ERROR', 'got       500'],
    ['a page', { headers: { 'content-type': 'text/html' } }, 'MEDIA_TYPE_WRONG', 'text/html'],
    ['half a body', { body: '{"id": "sp' }, 'BODY_UNREADABLE', '{"id": "sp'],
    ['no body', { body: '' }, 'BODY_UNREADABLE', 'no body'],
  ])('fails for %s that the document does not have', async (what, change, code, got) => {
    if (name === 'supertest' && what === 'half a body') return; // superagent throws by itself
    const said = await complaint(await ask({ method: 'GET', path: space }, change));
    expect(said).toContain(`${code} in the response`);
    expect(said).toContain(got);
  });

  it('tells of a path and a method that no operation has, with the nearest', async () => {
    const path = await ask({ method: 'GET', path: '/v1/spacs/space_abc123' });
    expect(await complaint(path)).toContain('did you mean /v1/spaces/{space_id}?');
    const method = await ask({ method: 'PUT', path: space });
    expect(await complaint(method)).toContain('for this path: GET, PATCH, DELETE');
  });

  it.each([
    ['an unknown field', { body: { ...newSpace, colour: 'red' } }, 'UNDOCUMENTED', '/body/colour'],
    ['a wrong type', { body: { ...newSpace, name: 7 } }, 'BROKEN', '/body/name'],
    ['a missing field', { body: { name: 'x' } }, 'BROKEN', '/body/organization_id'],
    ['an unknown parameter', { path: '/v1/spaces/?color=red' }, 'UNDOCUMENTED', '/query/color'],
    ['no credential', { headers: {} }, 'BROKEN', '/headers/authorization'],
    [
      'a scheme in small letters',
      { headers: { Authorization: 'bearer tok_owner' } },
      'BROKEN',
      '/headers/authorization',
    ],
  ])('judges the request: %s, though the server takes it', async (_, change, code, place) => {
    const made = await understudy.fetch('/v1/spaces/', {
      method: 'POST',
      headers: { ...key, 'content-type': 'application/json' },
      body: JSON.stringify(newSpace),
    });
    const careless = { status: 201, body: await made.text() };
    const asked = { method: 'POST', path: '/v1/spaces/', body: newSpace, ...change };
    const response = await ask(asked, careless);
    const said = await complaint(response);
    expect(said).toContain(`REQUEST_${code} in the request at ${place}\n`);
    expect(said).not.toContain('tok_owner');
    expect(await complaint(response, { request: false })).not.toContain('in the request');
  });

  it('judges a parameter of the wrong type, and a body where none belongs', async () => {
    const list = await understudy.fetch('/v1/threads?limit=2', { headers: key });
    const answered = { status: 200, body: await list.text() };
    const query = await ask({ method: 'GET', path: '/v1/threads?limit=two' }, answered);
    expect(await complaint(query)).toContain('REQUEST_BROKEN in the request at /query/limit');
    if (name === 'fetch') return; // sends no body with GET
    const body = await ask({ method: 'GET', path: space, body: { a: 1 } });
    expect(await complaint(body)).toContain('REQUEST_UNDOCUMENTED in the request at /body\n');
  });

  it('expects the case that is due', async () => {
    const response = await ask({ method: 'GET', path: space });
    expect(await complaint(response, { case: 'retrieved' })).toBe('');
    const said = await complaint(response, { case: 'getSpace.space_not_found' });
    expect(said).toContain('case       space_not_found was due, got 200 retrieved');
    expect(said).toContain('CASE_WRONG');
    expect(await complaint(response, { case: 'retreived' })).toContain('Did you mean retrieved?');
  });

  it('fails for less where it is told to', async () => {
    const { extra, ...change } = { extra: { more: 1 } };
    const own = await understudy.fetch(space, { headers: key });
    const body = JSON.stringify({ ...((await own.json()) as object), ...extra });
    const response = await ask({ method: 'GET', path: space }, { ...change, body });
    expect(await complaint(response)).toBe('');
    expect(await complaint(response, { failOn: 'notice' })).toContain('FIELD_UNDOCUMENTED');
  });

  it('can be denied', async () => {
    const response = await ask({ method: 'GET', path: space }, { status: 418 });
    await expect(response).not.toMatchContract();
  });
});

describe('a body that nobody typed', () => {
  it('is a fault of the request', async () => {
    const body = new TextEncoder().encode(JSON.stringify(newSpace));
    const response = await sees(`${url}/v1/spaces/`, { method: 'POST', headers: key, body });
    expect(await complaint(response)).toContain('in the request at /headers/content-type');
  });
});

describe('a Response of a fetch that is not observed', () => {
  const get = () => understudy.fetch(space, { headers: key });

  it('is judged with what the test says of its request, and its body is left to the test', async () => {
    const response = await get();
    await expect(response).toMatchContract({ method: 'GET', path: space });
    await expect(response).toMatchContract({ method: 'GET', path: `http://anywhere${space}` });
    expect(await response.json()).toMatchObject({ id: 'space_abc123' });
    await expect(response).toMatchContract({ method: 'GET', path: space });
    expect(
      await complaint(await get(), { method: 'GET', path: `${space}?color=red`, headers: {} }),
    ).toMatch(/\/headers\/authorization[\s\S]*\/query\/color/);
  });

  it('needs the method, and a body that nobody has read', async () => {
    expect(await complaint(await get())).toContain('Fetch with observe(fetch), or say it');
    const read = await get();
    await read.text();
    expect(await complaint(read, { method: 'GET', path: space })).toContain('read already');
    const seen = await observe(understudy.fetch)(space, { headers: key });
    await seen.text();
    expect(await complaint(seen)).toBe('');
  });
});

describe('what is no response', () => {
  it.each([[{ id: 'space_abc123' }], ['text'], [undefined], [Promise.resolve()]])(
    'is refused in words',
    async (value) => {
      expect(await complaint(value as object)).toContain('The value is no response');
    },
  );

  it('an option that is not known is named', async () => {
    expect(await complaint({}, { kase: 'x' })).toContain('Did you mean case?');
  });
});

describe('toSatisfySchemaInApiSpec', () => {
  it('takes any component of the document', async () => {
    const answer = await understudy.fetch('/v1/spaces?organization_id=org_xyz789', {
      headers: key,
    });
    const { spaces } = (await answer.json()) as { spaces: object[] };
    expect(spaces[0]).toSatisfySchemaInApiSpec('Space');
    expect(newSpace).toSatisfySchemaInApiSpec('SpaceCreate');
    expect({ ...spaces[0], created_at: 'yesterday' }).not.toSatisfySchemaInApiSpec('Space');
    expect(() =>
      expect({ ...spaces[0], created_at: '' }).toSatisfySchemaInApiSpec('Space'),
    ).toThrow('at /created_at\n  expected  format date-time\n  got       ""');
    expect(() => expect({}).toSatisfySchemaInApiSpec('Spase')).toThrow('did you mean Space?');
  });
});

describe('the coverage', () => {
  const resultOf = (operation: string, name: string) => {
    const { operations } = contractCoverage() as {
      operations: Record<string, { cases: Record<string, { result: string }> }>;
    };
    return operations[operation]?.cases[name]?.result;
  };
  const capabilities = () => observe(understudy.fetch)('/v1/capabilities', { headers: key });

  it('counts what an expectation has shown, and nothing that was denied', async () => {
    expect(resultOf('listCapabilities', 'listed')).toBe('not_exercised');
    await complaint(await capabilities(), { case: 'invalid_api_key' });
    expect(resultOf('listCapabilities', 'listed')).toBe('not_exercised');
    expect(resultOf('listCapabilities', 'invalid_api_key')).toBe('wrong');
    await expect(await capabilities()).not.toMatchContract({ case: 'token_expired' });
    expect(resultOf('listCapabilities', 'token_expired')).toBe('not_exercised');
    await expect(await capabilities()).toMatchContract();
    expect(resultOf('listCapabilities', 'listed')).toBe('right');
  });
});
