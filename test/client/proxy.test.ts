// Through a proxy and over TLS, with servers and proxies of this machine.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type HttpTargetOptions, httpTarget } from '../../src/client/http-target.js';
import { proxyOf } from '../../src/client/proxy.js';
import type { PlainRequest } from '../../src/spec/message.js';

const pem = (name: string) => readFileSync(new URL(`../support/tls/${name}.pem`, import.meta.url));
const [cert, key] = [pem('cert'), pem('key')];
const get: PlainRequest = {
  method: 'GET',
  target: '/v1/spaces?a=1',
  headers: {},
  body: new Uint8Array(),
};
const post: PlainRequest = { ...get, method: 'POST', body: new TextEncoder().encode('{}') };

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close();
  for (const socket of sockets) socket.destroy();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const answering: RequestListener = (incoming, response) =>
  void incoming.resume().on('end', () => response.end(`${incoming.method} ${incoming.url}`));

/** Forwards requests, opens tunnels, and tells of both. */
async function startProxy(): Promise<{
  url: string;
  seen: string[];
  credentials: (string | undefined)[];
}> {
  const seen: string[] = [];
  const credentials: (string | undefined)[] = [];
  const proxy = createServer((incoming, response) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    credentials.push(incoming.headers['proxy-authorization']);
    const { hostname, port, pathname, search } = new URL(incoming.url as string);
    const { 'proxy-authorization': _, ...headers } = incoming.headers;
    const onward = {
      hostname,
      port,
      path: `${pathname}${search}`,
      method: incoming.method ?? 'GET',
      headers,
    };
    incoming.pipe(
      request(onward, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      }),
    );
  });
  proxy.on('connect', (incoming, socket: Socket) => {
    seen.push(`CONNECT ${incoming.url}`);
    credentials.push(incoming.headers['proxy-authorization']);
    const onward = connect(Number(incoming.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    sockets.add(onward);
    onward.on('error', () => {});
  });
  return { url: `http://127.0.0.1:${await listen(proxy)}`, seen, credentials };
}

describe('which proxy the environment names', () => {
  const by = 'http://proxy.example:3128';
  it.each<[string, Record<string, string>, string | undefined]>([
    ['http://api.example', {}, undefined],
    ['http://api.example', { HTTP_PROXY: by }, by],
    ['http://api.example', { http_proxy: by }, by],
    ['http://api.example', { HTTPS_PROXY: by }, undefined],
    ['https://api.example', { HTTPS_PROXY: by }, by],
    ['https://api.example', { https_proxy: by, HTTPS_PROXY: 'http://other' }, by],
    ['https://api.example', { all_proxy: by }, by],
    ['https://api.example', { HTTPS_PROXY: 'proxy.example:3128' }, by],
    ['https://api.example', { HTTPS_PROXY: by, NO_PROXY: '' }, by],
    ['https://api.example', { HTTPS_PROXY: by, NO_PROXY: '*' }, undefined],
    ['https://api.example', { HTTPS_PROXY: by, no_proxy: 'other, API.example' }, undefined],
    ['https://eu.api.example', { HTTPS_PROXY: by, NO_PROXY: 'api.example' }, undefined],
    ['https://eu.api.example', { HTTPS_PROXY: by, NO_PROXY: '.api.example' }, undefined],
    ['https://eu.api.example', { HTTPS_PROXY: by, NO_PROXY: '*.api.example' }, undefined],
    ['https://myapi.example', { HTTPS_PROXY: by, NO_PROXY: 'api.example' }, by],
    ['https://api.example', { HTTPS_PROXY: by, NO_PROXY: 'api.example:443' }, undefined],
    ['https://api.example:8443', { HTTPS_PROXY: by, NO_PROXY: 'api.example:443' }, by],
    ['http://10.1.2.3', { HTTP_PROXY: by, NO_PROXY: '10.0.0.0/8' }, undefined],
    ['http://11.1.2.3', { HTTP_PROXY: by, NO_PROXY: '10.0.0.0/8' }, by],
    ['http://[fd00::1]', { HTTP_PROXY: by, NO_PROXY: 'fd00::/8' }, undefined],
    ['http://[fd00::1]:80', { HTTP_PROXY: by, NO_PROXY: '[fd00::1]:80' }, undefined],
    ['http://10.1.2.3', { HTTP_PROXY: by, NO_PROXY: '10.0.0.0/99' }, by],
    ['http://localhost:8080', { HTTP_PROXY: by }, undefined],
    ['http://127.0.0.1', { HTTP_PROXY: by, NO_PROXY: '' }, undefined],
    ['http://[::1]', { HTTP_PROXY: by }, undefined],
    ['http://a.localhost', { HTTP_PROXY: by, NODE_USE_ENV_PROXY: '0' }, undefined],
    ['http://localhost', { HTTP_PROXY: by, NODE_USE_ENV_PROXY: '1' }, by],
    ['http://127.0.0.1', { HTTP_PROXY: by, NODE_OPTIONS: '--use-env-proxy' }, by],
    [
      'http://127.0.0.1',
      { HTTP_PROXY: by, NODE_USE_ENV_PROXY: '1', NO_PROXY: '127.0.0.1' },
      undefined,
    ],
    ['http://localhost.example', { HTTP_PROXY: by }, by],
  ])('for %s with %j it is %s', (url, environment, expected) => {
    expect(proxyOf(new URL(url), environment)).toBe(expected);
  });
});

describe('a server behind a proxy', () => {
  it('is asked by it, with the credential of the proxy and the path as it is', async () => {
    const proxy = await startProxy();
    const base = `http://127.0.0.1:${await listen(createServer(answering))}`;
    const target = httpTarget(base, { proxy: proxy.url.replace('//', '//me:p%40ss@') });
    expect(await target.send(get)).toMatchObject({ status: 200, body: 'GET /v1/spaces?a=1' });
    expect(await target.send(post)).toMatchObject({ status: 200, body: 'POST /v1/spaces?a=1' });
    expect(proxy.seen).toEqual([`GET ${base}/v1/spaces?a=1`, `POST ${base}/v1/spaces?a=1`]);
    expect(proxy.credentials[0]).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  it('is asked by the one of the environment, this machine too where Node is told so', async () => {
    const proxy = await startProxy();
    const base = `http://127.0.0.1:${await listen(createServer(answering))}`;
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', '');
    await httpTarget(base).send(get);
    expect(proxy.seen).toEqual([]);
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    await httpTarget(base).send(get);
    expect(proxy.seen).toHaveLength(1);
  });

  it('over TLS is asked through a tunnel: one for all reads, one for each write', async () => {
    const proxy = await startProxy();
    const port = await listen(createTlsServer({ cert, key }, answering));
    const target = httpTarget(`https://localhost:${port}`, { proxy: proxy.url, ca: cert });
    for (const request of [get, get, post])
      expect(await target.send(request)).toMatchObject({ status: 200 });
    expect(proxy.seen).toEqual(Array(2).fill(`CONNECT localhost:${port}`));
  });

  it('is sent nothing where the proxy is not there', async () => {
    const gone = createServer();
    const proxy = `http://127.0.0.1:${await listen(gone)}`;
    gone.close();
    for (const base of ['http://api.example', 'https://api.example'])
      await expect(httpTarget(base, { proxy, allowWrites: true }).send(post)).rejects.toMatchObject(
        {
          kind: 'unreachable',
          unsent: true,
        },
      );
  });

  it.each(['socks5://proxy.example', 'http://', 'ftp://proxy.example'])(
    'cannot be reached by %s',
    (proxy) => {
      expect(() => httpTarget('http://api.example', { proxy, allowWrites: true })).toThrow(/proxy/);
    },
  );
});

describe('a server over TLS', () => {
  const secured = (options: HttpTargetOptions & { requestCert?: boolean }) => async () => {
    const { requestCert = false, ...own } = options;
    const server = createTlsServer(
      { cert, key, ca: cert, requestCert, rejectUnauthorized: requestCert },
      (incoming, response) => {
        const { subject } = (incoming.socket as TLSSocket).getPeerCertificate();
        response.end(subject?.CN ?? 'nobody');
      },
    );
    return httpTarget(`https://127.0.0.1:${await listen(server)}`, own).send(post);
  };

  it('is trusted where its authority is named', async () => {
    expect(await secured({ ca: cert })()).toMatchObject({ status: 200, body: 'nobody' });
  });

  it('is shown the certificate of the client', async () => {
    expect(await secured({ ca: cert, cert, key, requestCert: true })()).toMatchObject({
      body: 'localhost',
    });
  });

  it.each<[string, HttpTargetOptions & { requestCert?: boolean }]>([
    ['nobody vouches for', {}],
    ['wants a certificate', { ca: cert, requestCert: true }],
  ])('that %s is sent nothing, and the flag that helps is named', async (_, options) => {
    const error = {
      kind: 'unreachable',
      unsent: true,
      message: expect.stringContaining('--ca-cert'),
    };
    await expect(secured(options)()).rejects.toMatchObject(error);
  });

  it('that speaks no TLS is sent nothing', async () => {
    const port = await listen(createServer(answering));
    await expect(httpTarget(`https://127.0.0.1:${port}`).send(post)).rejects.toMatchObject({
      kind: 'unreachable',
      unsent: true,
    });
  });
});
