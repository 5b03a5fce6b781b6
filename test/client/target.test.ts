import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { httpTarget, TargetError } from '../../src/client/target.js';
import type { PlainRequest } from '../../src/spec/message.js';

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const socket of sockets) socket.destroy();
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const serve = (listener: RequestListener) => listen(createServer(listener));

const get: PlainRequest = { method: 'GET', target: '/v1/spaces', headers: {}, body: new Uint8Array() };
const post: PlainRequest = { ...get, method: 'POST', body: new TextEncoder().encode('{"a":1}') };
const answer = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';

describe('a target over the network', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['closes each connection after its answer, and says nothing of it', (socket) => socket.end()],
    ['cuts each connection a moment after its answer', (socket) => setTimeout(() => socket.destroy(), 1)],
  ])('that %s has answered all the same', async (_, hangUp) => {
    let connections = 0;
    const server = createTcpServer((socket) => {
      connections += 1;
      socket.on('error', () => {});
      socket.once('data', () => socket.write(answer, () => hangUp(socket)));
    });
    const target = httpTarget(await listen(server));
    for (let i = 0; i < 60; i++) expect((await target.send(i % 2 ? get : post)).status).toBe(200);
    expect(connections).toBeGreaterThan(30);
  });

  it('that takes a second request on a connection and hangs up is asked once more, not again and again', async () => {
    const requests: string[] = [];
    const server = createTcpServer((socket) => {
      let own = 0;
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        requests.push(String(bytes).split(' ')[0] as string);
        own += 1;
        if (own === 1 && requests.length < 3) socket.write(answer);
        else socket.destroy();
      });
    });
    const target = httpTarget(await listen(server));
    await target.send(get);
    await expect(target.send(post)).rejects.toMatchObject({ kind: 'broken' });
    expect(requests).toEqual(['GET', 'POST', 'POST']);
  });

  it('that cuts a new connection has not answered', async () => {
    const target = httpTarget(await serve((request) => request.socket.destroy()));
    await expect(target.send(post)).rejects.toMatchObject({ kind: 'broken', message: expect.stringContaining('ECONNRESET') });
  });

  it('is asked with the length of what is sent, and keeps its connections', async () => {
    const seen: [string, string | undefined][] = [];
    const ports = new Set<number>();
    const listener: RequestListener = (request: IncomingMessage, response) => {
      seen.push([request.method as string, request.headers['content-length']]);
      ports.add(request.socket.remotePort as number);
      request.resume().on('end', () => response.end('{}'));
    };
    const target = httpTarget(await serve(listener));
    for (const method of ['GET', 'POST', 'DELETE', 'PATCH'] as const) await target.send({ ...get, method });
    await target.send(post);
    expect(seen).toEqual([
      ['GET', undefined],
      ['POST', '0'],
      ['DELETE', undefined],
      ['PATCH', '0'],
      ['POST', '7'],
    ]);
    expect(ports.size).toBe(1);
  });

  it.each<[string, (text: string) => Buffer]>([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('that answers in %s is understood', async (encoding, encode) => {
    const listener: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-encoding': encoding, 'set-cookie': ['a=1', 'b=2'] }).end(encode('{"über":1}'));
    };
    const { body, headers } = await httpTarget(await serve(listener)).send(get);
    expect([body, headers['set-cookie']]).toEqual(['{"über":1}', 'a=1, b=2']);
  });

  it.each<[string, RequestListener, TargetError['kind']]>([
    ['lies about gzip', (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('{}'), 'broken'],
    [
      'sends a bomb in gzip',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20 * 1024 * 1024, 32))),
      'too_large',
    ],
    ['answers in no HTTP', (_, response) => void response.socket?.end('HTTP/1.1 nonsense\r\n\r\n'), 'broken'],
    ['trickles', (_, response) => void setInterval(() => response.write(' '), 20).unref(), 'timeout'],
  ])('that %s gives no whole answer', async (_, listener, kind) => {
    await expect(httpTarget(await serve(listener), { timeout: 1000 }).send(get)).rejects.toMatchObject({ kind });
  });

  it('is let go of when the run has ended', async () => {
    const stop = new AbortController();
    const sent = httpTarget(await serve(() => stop.abort())).send(get, stop.signal);
    await expect(sent).rejects.toMatchObject({ kind: 'stopped' });
    await expect(sent).rejects.toBeInstanceOf(TargetError);
  });
});
