import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { httpTarget } from '../../src/client/http-target.js';
import { TargetError } from '../../src/client/target.js';
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

const get: PlainRequest = {
  method: 'GET',
  target: '/v1/spaces',
  headers: {},
  body: new Uint8Array(),
};
const post: PlainRequest = { ...get, method: 'POST', body: new TextEncoder().encode('{"a":1}') };
/** Answers so many requests, hangs up on so many, and answers again. */
async function hangingUpFrom(first: number, times = 1) {
  const requests: string[] = [];
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      requests.push(String(bytes).split(' ')[0] as string);
      const isCut = requests.length >= first && requests.length < first + times;
      if (isCut) socket.destroy();
      else socket.write(requests.at(-1) === 'HEAD' ? answer.slice(0, -2) : answer);
    });
  });
  return { url: await listen(server), requests };
}

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const gzipHead = Buffer.from(`${head}content-encoding: gzip\r\nconnection: close\r\n\r\n`);
const answer = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';

describe('a target over the network', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['closes each connection after its answer, and says nothing of it', (socket) => socket.end()],
    [
      'cuts each connection a moment after its answer',
      (socket) => setTimeout(() => socket.destroy(), 1),
    ],
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

  it.each(['GET', 'HEAD'])(
    'that takes a second %s on a connection and hangs up is asked once more, and it is said',
    async (method) => {
      const { url, requests } = await hangingUpFrom(2);
      const target = httpTarget(url);
      expect(await target.send(get)).not.toHaveProperty('repeated');
      const second = await target.send({ ...get, method });
      expect(second).toMatchObject({
        status: 200,
        repeated: 'the server had closed the connection',
      });
      expect(requests).toEqual(['GET', method, method]);
    },
  );

  it('is asked no third time', async () => {
    const { url, requests } = await hangingUpFrom(2, Number.POSITIVE_INFINITY);
    const target = httpTarget(url);
    await target.send(get);
    const repeated = 'the server had closed the connection';
    await expect(target.send(get)).rejects.toMatchObject({
      kind: 'broken',
      unsent: false,
      repeated,
    });
    expect(requests).toEqual(['GET', 'GET', 'GET']);
  });

  it.each(['POST', 'PATCH', 'PUT', 'DELETE'])(
    'that hangs up on a %s is not sent it again, for it may have acted',
    async (method) => {
      const { url, requests } = await hangingUpFrom(2, Number.POSITIVE_INFINITY);
      const target = httpTarget(url);
      await target.send(get);
      await expect(target.send({ ...post, method })).rejects.toMatchObject({
        kind: 'broken',
        unsent: false,
      });
      expect(requests).toEqual(['GET', method]);
    },
  );

  it('that is about to listen is asked once more, whatever the method, since nothing was sent', async () => {
    const late = createServer((_, response) => response.end('{}'));
    const url = await listen(late);
    late.close();
    const target = httpTarget(url);
    const answered = target.send(post);
    setTimeout(() => late.listen(Number(new URL(url).port), '127.0.0.1'), 50);
    expect(await answered).toMatchObject({ status: 200, repeated: 'no connection: ECONNREFUSED' });
  });

  it('that nobody answers for is said to be unreachable, however short the time', async () => {
    const gone = createServer();
    const url = await listen(gone);
    gone.close();
    const refused = {
      kind: 'unreachable',
      unsent: true,
      message: expect.stringContaining('ECONNREFUSED'),
    };
    await expect(httpTarget(url, { timeout: 100 }).send(post)).rejects.toMatchObject({
      ...refused,
      repeated: undefined,
    });
    await expect(httpTarget(url).send(get)).rejects.toMatchObject({
      ...refused,
      repeated: 'no connection: ECONNREFUSED',
    });
  });

  it('that nobody answers for was sent nothing', async () => {
    const gone = createServer();
    const url = await listen(gone);
    gone.close();
    await expect(httpTarget(url).send(post)).rejects.toMatchObject({
      kind: 'unreachable',
      unsent: true,
    });
  });

  it('that cuts a new connection has not answered', async () => {
    const target = httpTarget(await serve((request) => request.socket.destroy()));
    await expect(target.send(post)).rejects.toMatchObject({
      kind: 'broken',
      message: expect.stringContaining('ECONNRESET'),
    });
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
    for (const method of ['GET', 'POST', 'DELETE', 'PATCH'] as const)
      await target.send({ ...get, method });
    await target.send(post);
    await target.send(get);
    expect(seen).toEqual([
      ['GET', undefined],
      ['POST', '0'],
      ['DELETE', undefined],
      ['PATCH', '0'],
      ['POST', '7'],
      ['GET', undefined],
    ]);
    // One for both reads, and one for each write.
    expect(ports.size).toBe(5);
  });

  it.each<[string, (text: string) => Buffer]>([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['identity', (text) => Buffer.from(text)],
    ['BR, GZip', (text) => gzipSync(brotliCompressSync(text))],
  ])('that answers in %s is understood', async (encoding, encode) => {
    const listener: RequestListener = (_, response) => {
      response
        .writeHead(200, { 'content-encoding': encoding, 'set-cookie': ['a=1', 'b=2'] })
        .end(encode('{"über":1}'));
    };
    const { body, headers } = await httpTarget(await serve(listener)).send(get);
    expect([body, headers['set-cookie']]).toEqual(['{"über":1}', 'a=1, b=2']);
  });

  it.each([
    [204, 'gzip', 'DELETE'],
    [304, 'br', 'GET'],
    [200, 'deflate', 'HEAD'],
    [200, 'gzip', 'GET'],
    [202, 'gzip, br', 'POST'],
    [204, 'zstd', 'DELETE'],
  ])(
    'that answers %i in %s, with no body, to %s has answered',
    async (status, encoding, method) => {
      const listener: RequestListener = (_, response) =>
        void response.writeHead(status, { 'content-encoding': encoding }).end();
      const answered = await httpTarget(await serve(listener)).send({ ...get, method });
      expect(answered).toEqual({
        status,
        headers: expect.objectContaining({ 'content-encoding': encoding }),
      });
    },
  );

  it('that has something to say beforehand is heard to its end', async () => {
    const listener: RequestListener = (_, response) => {
      response.writeContinue();
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.end('{}');
    };
    expect(await httpTarget(await serve(listener)).send(post)).toMatchObject({
      status: 200,
      body: '{}',
    });
  });

  it('that sends a byte order mark has it in its body', async () => {
    const listener: RequestListener = (_, response) => void response.end('\ufeff{}');
    expect(await httpTarget(await serve(listener)).send(get)).toMatchObject({ body: '\ufeff{}' });
  });

  it('gets the path as it is written, with what a parser of URLs would take out of it', async () => {
    const seen: string[] = [];
    const base = await serve((request, response) => {
      seen.push(request.url as string);
      response.end('{}');
    });
    for (const url of [base, `${base}/gate/`])
      await httpTarget(url).send({ ...get, target: '/v1/spaces/..?a=%2e%2e' });
    expect(seen).toEqual(['/v1/spaces/..?a=%2e%2e', '/gate/v1/spaces/..?a=%2e%2e']);
  });

  it('may be named in capitals', async () => {
    const base = await serve((_, response) => response.end('{}'));
    expect(await httpTarget(base.replace('http:', 'HTTP:')).send(get)).toMatchObject({
      status: 200,
    });
    const sent = httpTarget('HTTPS://LOCALHOST:9').send(get);
    await expect(sent).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('is sent the headers of its options, save where the request has its own', async () => {
    const seen: unknown[] = [];
    const base = await serve(({ headers }, response) => {
      seen.push([headers['x-gate'], headers['x-api-key']]);
      response.end('{}');
    });
    const target = httpTarget(base, { headers: { 'x-gate': 'open', 'x-api-key': 'gate' } });
    await target.send({ ...get, headers: { 'x-api-key': 'own' } });
    expect(seen).toEqual([['open', 'own']]);
  });

  const broken = [
    [
      'lies about gzip',
      (socket) => socket.write(`${head}content-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}`),
    ],
    [
      'cuts its gzip',
      (socket) => socket.end(Buffer.concat([gzipHead, gzipSync('{"a":1}').subarray(0, 15)])),
    ],
    [
      'answers in zstd',
      (socket) => socket.write(`${head}content-encoding: zstd\r\ncontent-length: 2\r\n\r\n{}`),
    ],
    [
      'answers in a coding of its own',
      (socket) => socket.write(`${head}content-encoding: rot13\r\ncontent-length: 2\r\n\r\n{}`),
    ],
    [
      'encodes again and again',
      (socket) =>
        socket.write(
          `${head}content-encoding: ${Array(99).fill('identity')}\r\ncontent-length: 2\r\n\r\n{}`,
        ),
    ],
    ['answers in no HTTP', (socket) => socket.end('HTTP/1.1 nonsense\r\n\r\n')],
    ['greets as a mail server', (socket) => socket.write('220 mail.example.com ESMTP\r\n')],
    ['closes without a word', (socket) => socket.end()],
    ['cuts its answer', (socket) => socket.end(`${head}content-length: 100\r\n\r\n{"id"`)],
    [
      'cuts its chunks',
      (socket) => socket.end(`${head}transfer-encoding: chunked\r\n\r\n5\r\n{"id"`),
    ],
    [
      'has a chunk of no size',
      (socket) => socket.end(`${head}transfer-encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n`),
    ],
    [
      'says a length that is no number',
      (socket) => socket.end(`${head}content-length: two\r\n\r\n{}`),
    ],
    [
      'says two lengths',
      (socket) => socket.end(`${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`),
    ],
    [
      'sends more headers than fit',
      (socket) => socket.end(`${head}x-large: ${'a'.repeat(200_000)}\r\n\r\n{}`),
    ],
    [
      'changes the protocol',
      (socket) =>
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
        ),
    ],
    [
      'changes the protocol, and says not to which',
      (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
    ],
  ] as const satisfies [string, (socket: Socket) => void][];

  it.each<[string, (socket: Socket) => void]>([...broken])(
    'that %s gives no whole answer',
    async (_, misbehave) => {
      const server = createTcpServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => misbehave(socket));
      });
      const sent = httpTarget(await listen(server), { timeout: 5000 }).send(post);
      await expect(sent).rejects.toMatchObject({
        name: 'TargetError',
        kind: 'broken',
        unsent: false,
      });
    },
  );

  it.each([
    ['two answers', `${answer}${answer}`],
    ['something after its answer', `${answer}and more`],
  ])('that gives %s has answered once, and the next request gets its own', async (_, bytes) => {
    let requests = 0;
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => {
        requests += 1;
        socket.write(requests === 1 ? bytes : answer.replace('{}', '[]'));
      });
    });
    const target = httpTarget(await listen(server));
    expect(await target.send(get)).toMatchObject({ body: '{}' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await target.send(get)).toMatchObject({ body: '[]' });
  });

  it.each<[string, RequestListener, TargetError['kind']]>([
    [
      'sends a bomb in gzip',
      (_, response) =>
        response
          .writeHead(200, { 'content-encoding': 'gzip' })
          .end(gzipSync(Buffer.alloc(20 * 1024 * 1024, 32))),
      'too_large',
    ],
    [
      'sends a bomb in a bomb',
      (_, response) =>
        response
          .writeHead(200, { 'content-encoding': 'gzip, br' })
          .end(brotliCompressSync(gzipSync(Buffer.alloc(9e6, 32)))),
      'too_large',
    ],
    [
      'trickles',
      (_, response) => void setInterval(() => response.write(' '), 20).unref(),
      'timeout',
    ],
  ])('that %s gives no whole answer', async (_, listener, kind) => {
    await expect(
      httpTarget(await serve(listener), { timeout: kind === 'timeout' ? 300 : 20_000 }).send(get),
    ).rejects.toMatchObject({ kind });
  });

  it('is let go of when the run has ended', async () => {
    const stop = new AbortController();
    const sent = httpTarget(await serve(() => stop.abort())).send(get, stop.signal);
    await expect(sent).rejects.toMatchObject({ kind: 'stopped' });
    await expect(sent).rejects.toBeInstanceOf(TargetError);
  });
});
