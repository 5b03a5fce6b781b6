// Who may use the control plane, and who may not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Gate, type GateOptions } from '../../src/control/gate.js';
import { createUnderstudy, type Understudy, type UnderstudyOptions } from '../../src/index.js';
import { loadControl } from '../../src/shipped/control.js';

const problem = (
  headers: Readonly<Record<string, string>>,
  { arrivedAt, ...options }: GateOptions & { readonly arrivedAt?: string } = {},
): string | undefined =>
  new Gate(options).problemOf({
    method: 'POST',
    target: '/__admin/worlds',
    headers,
    body: new Uint8Array(),
    ...(arrivedAt === undefined ? {} : { arrivedAt }),
  })?.case;

describe('Host', () => {
  it.each([
    '127.0.0.1:4010',
    '127.8.9.1',
    'localhost',
    'LOCALHOST:4010',
    'app.localhost:1',
    '[::1]:4010',
    'localhost.',
    '0x7f.1',
  ])('%s is this machine', (host) => expect(problem({ host })).toBeUndefined());

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    'notlocalhost',
    'evil@localhost',
    'localhost/x',
    'localhost, evil.example',
    '',
    '[::2]',
    '0.0.0.0',
  ])('%j is not', (host) => expect(problem({ host })).toBe('foreign_host'));

  it('may be the address at which the request arrived, with a token, or a name that is allowed', () => {
    const token = 'secret-1';
    const authorization = `Bearer ${token}`;
    const arrivedAt = '::ffff:10.0.0.1';
    expect(problem({ host: '10.0.0.1:4010', authorization }, { arrivedAt, token })).toBeUndefined();
    expect(problem({ host: '10.0.0.2', authorization }, { arrivedAt, token })).toBe('foreign_host');
    expect(problem({ host: 'Mock.Test:80' }, { allowedHosts: ['mock.test'] })).toBeUndefined();
    expect(
      problem({ host: '[fe80::1]:1', authorization }, { arrivedAt: 'fe80::1', token }),
    ).toBeUndefined();
  });
});

describe('Origin', () => {
  const host = 'localhost:4010';
  it.each([
    ['http://localhost:4010', undefined],
    ['http://localhost:3000', 'foreign_origin'],
    ['http://127.0.0.1:4010', 'foreign_origin'],
    ['https://evil.example', 'foreign_origin'],
    ['null', 'foreign_origin'],
    ['', 'foreign_origin'],
  ])('%j: %s', (origin, expected) => expect(problem({ host, origin })).toBe(expected));

  it('is not believed where nothing says which one is ours', () => {
    expect(problem({ origin: 'http://localhost:4010' })).toBe('foreign_origin');
  });
});

describe('the token', () => {
  const token = 'secret-1';
  it.each([
    [undefined, 'token_needed'],
    ['Bearer secret-1', undefined],
    ['bearer  secret-1', undefined],
    ['Bearer secret-2', 'token_needed'],
    ['Bearer secret-', 'token_needed'],
    ['Bearer secret-1secret-1', 'token_needed'],
    ['Basic secret-1', 'token_needed'],
    ['secret-1', 'token_needed'],
    ['Bearer ', 'token_needed'],
  ])('%s: %s', (authorization, expected) =>
    expect(problem(authorization === undefined ? {} : { authorization }, { token })).toBe(expected),
  );

  it('is needed by whoever comes from another machine, though there is none', () => {
    expect(problem({ host: '10.0.0.1' }, { arrivedAt: '10.0.0.1' })).toBe('token_needed');
    for (const arrivedAt of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
      expect(problem({}, { arrivedAt })).toBeUndefined();
  });
});

let understudy: Understudy;
afterEach(() => understudy?.close());

function ask(port: number, headers: Record<string, string>, path = '/__admin/worlds') {
  return new Promise<{ status: number; body: string; headers: object }>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode as number, body, headers: response.headers }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('an open port', () => {
  it('is open to this machine, and to no page of another origin', async () => {
    understudy = createUnderstudy();
    const { port, adminToken } = await understudy.listen({ port: 0 });
    expect(adminToken).toBeUndefined();
    expect((await ask(port, {})).status).toBe(200);
    const refused = await ask(port, { host: 'evil.example' });
    expect([refused.status, JSON.parse(refused.body).error.details.host]).toEqual([
      403,
      'evil.example',
    ]);
    const foreign = await ask(port, { origin: 'http://evil.example' });
    expect(foreign.status).toBe(403);
    expect(Object.keys(foreign.headers).join()).not.toContain('access-control');
    // The product itself has no such bounds.
    expect((await ask(port, { host: 'evil.example' }, '/')).status).toBe(200);
  });

  it('needs one where the host is none that a URL can name, and takes no empty host', async () => {
    understudy = createUnderstudy();
    const { url, adminToken = '' } = await understudy.listen({ port: 0, host: '::1%lo' });
    expect(adminToken.length).toBeGreaterThan(30);
    expect(new URL(url).hostname).toBe('[::1]');
    await expect(understudy.listen({ port: 0, host: '' })).rejects.toThrow(
      'host must be a name or an address',
    );
  });

  it('asks for a token that was made where other machines reach it', async () => {
    understudy = createUnderstudy();
    const { port, adminToken = '' } = await understudy.listen({ port: 0, host: '0.0.0.0' });
    expect(adminToken.length).toBeGreaterThan(30);
    const refused = await ask(port, {});
    expect(refused.status).toBe(401);
    expect(refused.body).not.toContain(adminToken);
    expect((await ask(port, { authorization: `Bearer ${adminToken}` })).status).toBe(200);
  });

  it('makes no token where there is one', async () => {
    understudy = createUnderstudy({ adminToken: 'secret-1' });
    const { port, adminToken } = await understudy.listen({ port: 0, host: '0.0.0.0' });
    expect(adminToken).toBeUndefined();
    expect((await ask(port, { authorization: 'Bearer secret-1' })).status).toBe(200);
  });

  it.each([
    { adminToken: '' },
    { adminToken: 'a b' },
    { allowedHosts: 'a.test' },
    { allowedHosts: ['http://a.test/'] },
    { admin: 'no' },
  ])('cannot be set with %j', (options) => {
    expect(() => createUnderstudy(options as UnderstudyOptions)).toThrow(TypeError);
  });
});

describe('every operation of the document', () => {
  const operations = [...loadControl().spec.operations.values()].map(
    ({ id, method, template }) => ({
      id,
      method,
      path: template.replace(/\{\w+\}/g, 'default'),
    }),
  );

  it.each(operations)('$id asks who is there, before all else', async ({ method, path }) => {
    understudy = createUnderstudy({ adminToken: 'secret-1' });
    const authorization = 'Bearer secret-1';
    const before = understudy.world.version;
    for (const [headers, status, code] of [
      [{}, 401, 'TOKEN_NEEDED'],
      [{ authorization: 'Bearer secret-2' }, 401, 'TOKEN_NEEDED'],
      [{ authorization, host: 'evil.example' }, 403, 'FOREIGN_HOST'],
      [{ authorization, origin: 'http://evil.example' }, 403, 'FOREIGN_ORIGIN'],
    ] as const) {
      const response = await understudy.fetch(path, { method, headers });
      expect(response.status).toBe(status);
      expect(JSON.parse(await response.text()).error.code).toBe(code);
      const names = [...response.headers.keys()];
      expect(names.filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    expect(understudy.world.version).toBe(before);
  });

  it.each(operations)('$id is off with --no-admin', async ({ method, path }) => {
    understudy = createUnderstudy({ admin: false });
    expect((await understudy.fetch(path, { method })).status).toBe(404);
  });
});

it("refuses a document with paths below the control plane's, and serves it without that", () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-clash-'));
  try {
    const spec = join(folder, 'own.yaml');
    writeFileSync(
      spec,
      `openapi: 3.1.0
info: { title: Own, version: '1' }
paths:
  /__administrators: { get: { responses: { '200': { description: Yes. } } } }
  /__admin/worlds: { get: { responses: { '200': { description: Yes. } } } }
`,
    );
    expect(() => createUnderstudy({ spec })).toThrow(
      /own\.yaml:5:\d+ {2}\/__admin\/worlds is below \/__admin, .*\n {2}fix: .*--no-admin/,
    );
    expect(() => createUnderstudy({ spec, admin: false })).not.toThrow();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
