// What may be sent to which server, and what never leaves.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, LookupFunction, Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { accessTo } from '../../src/client/access.js';
import { httpTarget } from '../../src/client/http-target.js';
import { isLoopback, lookupHere } from '../../src/client/loopback.js';
import type { PlainRequest } from '../../src/spec/message.js';

const servers: Server[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close();
});
async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
/** A server that remembers what has reached it. */
async function recording(answer: RequestListener = (_, response) => response.end('{}')) {
  const seen: string[] = [];
  const port = await listen(
    createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      answer(request, response);
    }),
  );
  return { port, url: `http://127.0.0.1:${port}`, seen };
}

const get: PlainRequest = {
  method: 'GET',
  target: '/v1/spaces',
  headers: { authorization: 'Bearer tok_owner' },
  body: new Uint8Array(),
};

describe('this machine', () => {
  it.each([
    'http://127.0.0.1:4010',
    'http://127.255.0.9',
    'http://127.1',
    'http://0x7f000001',
    'http://2130706433',
    'http://127.0.0.1.',
    'http://[::1]:4010',
    'http://[0:0:0:0:0:0:0:1]',
    'http://[::ffff:127.0.0.1]',
    'http://localhost',
    'http://LOCALHOST:80',
    'http://localhost.',
    'http://api.localhost',
  ])('is %s', (url) => {
    expect(isLoopback(new URL(url).hostname)).toBe(true);
  });

  it.each([
    'http://0.0.0.0:4010',
    'http://[::]',
    'http://128.0.0.1',
    'http://10.0.0.1',
    'http://169.254.169.254',
    'http://[::127.0.0.1]',
    'http://[::ffff:10.0.0.1]',
    'http://[64:ff9b::7f00:1]',
    'http://[fe80::1]',
    'http://localhost.example.com',
    'http://notlocalhost',
    'http://localhost..',
    'http://127.0.0.1.nip.io',
    'http://127.0.0.1@staging.example.com',
    'http://localhost%2eexample.com',
    'http://understudy',
    'http://host.docker.internal',
  ])('is not %s', (url) => {
    expect(isLoopback(new URL(url).hostname)).toBe(false);
  });

  it('is what its name leads to: a name that leads elsewhere is not followed', async () => {
    const resolving = (addresses: unknown): LookupFunction =>
      ((_: string, __: object, callback: (...found: unknown[]) => void) =>
        callback(null, addresses, 4)) as LookupFunction;
    const found = (addresses: unknown) =>
      new Promise((resolve) =>
        lookupHere(resolving(addresses))('localhost', {}, (error) => resolve(error?.message)),
      );
    expect(await found('127.0.0.1')).toBeUndefined();
    expect(await found([{ address: '::1', family: 6 }])).toBeUndefined();
    const elsewhere = 'localhost leads to 10.0.0.5, which is not this machine';
    expect(await found('10.0.0.5')).toBe(elsewhere);
    expect(await found([{ address: '127.0.0.1' }, { address: '10.0.0.5' }])).toBe(elsewhere);
  });

  it('is not what a name leads to that cannot be resolved', async () => {
    const failing = ((_: string, __: object, callback: (...found: unknown[]) => void) =>
      callback(new Error('ENOTFOUND'), undefined, undefined)) as LookupFunction;
    const error = await new Promise((resolve) =>
      lookupHere(failing)('x.localhost', {}, (problem) => resolve(problem?.message)),
    );
    expect(error).toBe('ENOTFOUND');
  });

  it('is reached by its name', async () => {
    const { port, seen } = await recording();
    expect(await httpTarget(`http://localhost:${port}`).send(get)).toMatchObject({ status: 200 });
    expect(seen).toEqual(['GET /v1/spaces']);
  });
});

describe('what may be done to a server', () => {
  const access = (url: string, permission = {}, proxy?: string, environment = {}) =>
    accessTo({ server: new URL(url), proxy }, permission, environment);
  const elsewhere = 'https://staging.example.com';

  it('on this machine is anything, and nothing but reading where that is asked for', () => {
    expect(access('http://127.0.0.1')).toEqual({ readOnly: false, isHere: true });
    expect(access('http://127.0.0.1', { readOnly: true })).toMatchObject({ readOnly: true });
  });

  it('elsewhere has to be said', () => {
    expect(() => access(elsewhere)).toThrow(/not this machine.*--allow-writes.*--read-only/s);
    expect(access(elsewhere, { allowWrites: true })).toEqual({ readOnly: false, isHere: false });
    expect(access(elsewhere, { readOnly: true })).toEqual({ readOnly: true, isHere: false });
    expect(() => access(elsewhere, { readOnly: true, allowWrites: true })).toThrow(/exclude/);
  });

  it('can be said by the environment of a container, over which the flag wins', () => {
    const said = (value: string, permission = {}) =>
      access(elsewhere, permission, undefined, { UNDERSTUDY_ALLOW_WRITES: value });
    expect(said('1')).toMatchObject({ readOnly: false });
    expect(said('1', { readOnly: true })).toMatchObject({ readOnly: true });
    for (const value of ['', '0', 'false']) expect(() => said(value)).toThrow(/not this machine/);
    expect(() => said('staging')).toThrow(/neither 1 nor 0/);
  });

  it('has to be said for this machine too where a proxy elsewhere would be asked for it', () => {
    const local = 'http://127.0.0.1:4010';
    expect(access(local, {}, 'http://localhost:3128')).toMatchObject({ isHere: true });
    expect(() => access(local, {}, 'proxy.example:3128')).toThrow(
      /^the proxy proxy\.example:3128 before http:\/\/.* is not this machine/,
    );
    vi.stubEnv('HTTP_PROXY', 'http://proxy.example:3128');
    vi.stubEnv('NO_PROXY', '');
    expect(httpTarget(local)).toMatchObject({ isHere: true });
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    expect(() => httpTarget(local)).toThrow(/^the proxy .* is not this machine/);
  });

  it('is asked of httpTarget as well', () => {
    expect(() => httpTarget(elsewhere)).toThrow(/allowWrites: true.*readOnly: true/s);
    expect(httpTarget(elsewhere, { allowWrites: true })).not.toHaveProperty('readOnly');
    expect(httpTarget(elsewhere, { readOnly: true })).toMatchObject({ readOnly: true });
  });
});

describe('a read-only target', () => {
  it('is sent GET and HEAD, and nothing else', async () => {
    const { url, seen } = await recording();
    const target = httpTarget(url, { readOnly: true });
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'get'])
      await expect(target.send({ ...get, method })).rejects.toMatchObject({
        kind: 'withheld',
        unsent: true,
        message: expect.stringContaining('read-only'),
      });
    for (const method of ['GET', 'HEAD']) await target.send({ ...get, method });
    expect(seen).toEqual(['GET /v1/spaces', 'HEAD /v1/spaces']);
  });

  it('is sent no GET that a server may take for another method', async () => {
    const { url, seen } = await recording();
    const override = { 'X-HTTP-Method-Override': 'DELETE' };
    const target = httpTarget(url, { readOnly: true });
    for (const headers of [override, { 'x-method-override': 'PUT' }, { x_http_method: 'PUT' }])
      await expect(target.send({ ...get, headers })).rejects.toThrow(/another method/);
    const always = httpTarget(url, { readOnly: true, headers: override });
    await expect(always.send(get)).rejects.toThrow(/another method/);
    const body = new TextEncoder().encode('{}');
    await expect(target.send({ ...get, body })).rejects.toThrow(/has a body/);
    expect(seen).toEqual([]);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('%i is an answer: nobody follows it', async (status) => {
    const other = await recording();
    const location = `http://localhost:${other.port}/v1/spaces`;
    const { url, seen } = await recording((_, response) =>
      response.writeHead(status, { location }).end(),
    );
    const target = httpTarget(url);
    for (const method of ['GET', 'POST'])
      expect(await target.send({ ...get, method })).toMatchObject({ status });
    expect(seen).toHaveLength(2);
    expect(other.seen).toEqual([]);
  });
});

describe('a certificate', () => {
  const tls = (name: string) => readFileSync(new URL(`../support/tls/${name}`, import.meta.url));
  it('is verified whatever the environment of Node says', async () => {
    const seen: string[] = [];
    const server = createTlsServer(
      { cert: tls('cert.pem'), key: tls('key.pem') },
      ({ url }, response) => {
        seen.push(String(url));
        response.end('{}');
      },
    );
    const url = `https://localhost:${await listen(server)}`;
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    await expect(httpTarget(url).send(get)).rejects.toMatchObject({ kind: 'unreachable' });
    expect(seen).toEqual([]);
    await httpTarget(url, { ca: tls('cert.pem') }).send(get);
    expect(seen).toHaveLength(1);
  });
});
