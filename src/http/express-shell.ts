// Express around the answerer: bytes in, plain request; plain response, bytes out. It decides
// nothing.
import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import express, { type Express, type Request, type Response } from 'express';
import { isControl } from '../control/plane.js';
import { type Answerer, HEADER_LIMIT, type Unreadable } from '../engine/answerer.js';
import type { Delivery } from '../engine/delivery.js';
import { isPage } from '../pages/document-page.js';
import type { PlainRequest } from '../spec/message.js';
import { answerBody } from './body.js';
import { isWhole, piecesOf, sizedHeaders, wait, waitForever } from './deliver.js';
import type { Shell, Timeouts } from './listen.js';
import { zlibCodings } from './zlib.js';

export function createExpressApp(answerer: Answerer): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(async (request: Request, response: Response) => {
    const read = bodyOfMiddleware(request) ?? (await readBody(request, answerer.bodyLimit));
    if (!read) return;
    await deliver(
      response,
      await answerBody(answerer, { ...toPlainRequest(request), ...read }, zlibCodings),
    );
  });
  return app;
}

/**
 * A server whose requests and responses already have Express's prototypes. Express would otherwise
 * swap both for every request, which costs Node 20 and 22 most of their speed.
 */
export function createExpressServer(
  app: Express,
  answerer: Answerer,
  timeouts: Timeouts = {},
): Shell {
  class ShellRequest extends IncomingMessage {}
  class ShellResponse extends ServerResponse {}
  Object.setPrototypeOf(ShellRequest.prototype, app.request);
  Object.setPrototypeOf(ShellResponse.prototype, app.response);
  app.request = ShellRequest.prototype as unknown as Request;
  app.response = ShellResponse.prototype as unknown as Response;
  const { headers: headersTimeout = 10_000, request: requestTimeout = 30_000 } = timeouts;
  const owed: Owed = new WeakMap();
  const unanswered = new Set<ServerResponse>();
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    owe(owed, unanswered, request.socket, response);
    if (request.httpVersion === '1.1' && request.headers.host === undefined) {
      response.setHeader('connection', 'close');
      void deliver(response, answerer.answerUnreadable('bad_http'));
      return;
    }
    request.url = originForm(request.url as string);
    app(request as Request, response as Response);
  };
  const server = createServer(
    {
      IncomingMessage: ShellRequest,
      ServerResponse: ShellResponse,
      maxHeaderSize: HEADER_LIMIT,
      headersTimeout: Math.min(headersTimeout, requestTimeout),
      requestTimeout,
      connectionsCheckingInterval: Math.min(1000, headersTimeout, requestTimeout),
      requireHostHeader: false, // Node's own 400 has no envelope, so `serve` sends ours
    },
    serve,
  );
  server.maxHeadersCount = 0; // their size is the limit; Node would drop what comes after the 2000th without a word
  server.on('checkExpectation', serve); // Node's own 417 has no envelope, and what a client expects changes nothing here
  server.on('connect', (_request, socket) => {
    socket.on('error', () => {}); // Node lets go of the socket here, and a client that resets it must not end the process
    socket.end(handwritten(answerer, 'bad_http'), () => socket.destroy());
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    refuseUnreadable(answerer, owed, error, socket),
  );
  return { server, unanswered };
}

/**
 * By connection: the answers it still waits for, or `refused` once it was told that its bytes
 * cannot be read as HTTP.
 */
type Owed = WeakMap<Duplex, Set<ServerResponse> | 'refused'>;

function owe(
  owed: Owed,
  unanswered: Set<ServerResponse>,
  socket: Duplex,
  response: ServerResponse,
): void {
  const earlier = owed.get(socket);
  const responses = earlier instanceof Set ? earlier : new Set<ServerResponse>();
  if (earlier === undefined) owed.set(socket, responses);
  responses.add(response);
  unanswered.add(response);
  response.once('close', () => {
    responses.delete(response);
    unanswered.delete(response);
  });
}

const unreadable: Readonly<Record<string, Unreadable>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/**
 * Node made no request of these bytes, so there is only a socket: the response is written to it as
 * text, then it is closed.
 */
function refuseUnreadable(
  answerer: Answerer,
  owed: Owed,
  error: NodeJS.ErrnoException,
  socket: Duplex,
): void {
  const waiting = owed.get(socket);
  if (waiting === 'refused') return; // more of the same bytes
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  // Requests that arrived whole before these bytes are answered first.
  const before = [...(waiting ?? [])].filter((response) => response.req.complete).at(-1);
  if (before) {
    before.once('close', () => {
      if (socket.writable) refuseUnreadable(answerer, owed, error, socket);
    });
    return;
  }
  owed.set(socket, 'refused');
  socket.end(handwritten(answerer, unreadable[error.code ?? ''] ?? 'bad_http'));
  // A client that is still sending would lose the answer if the connection were closed at once.
  // After a second it is closed anyway.
  const leave = setTimeout(() => socket.destroy(), 1000).unref();
  socket.once('close', () => clearTimeout(leave));
}

/** A stream has no place here: nobody knows its length. */
function handwritten(answerer: Answerer, name: Unreadable): Buffer {
  const { status, headers, body } = answerer.answerUnreadable(name).response;
  const bytes =
    body === undefined || body instanceof ReadableStream ? new Uint8Array() : Buffer.from(body);
  const lines = Object.entries({
    ...headers,
    'content-length': String(bytes.length),
    connection: 'close',
  });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...lines.map(([key, value]) => `${key}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
}

/** A proxy's client sends the whole URL; the host in it does not matter here. */
function originForm(target: string): string {
  const [origin] = /^[a-z]+:\/\/[^/?]*/i.exec(target) ?? [''];
  const rest = target.slice(origin.length);
  return rest.startsWith('/') || origin === '' ? rest : `/${rest}`;
}

type Read = Partial<Pick<PlainRequest, 'headers'>> & Pick<PlainRequest, 'body'>;

/**
 * The body where middleware before us, such as `express.json()` or `express.raw()`, has read the
 * stream already: it is rebuilt from the parsed value. Undefined where nobody has read the body.
 */
function bodyOfMiddleware(request: Request & { readonly rawBody?: unknown }): Read | undefined {
  if (!request.readableEnded) return undefined;
  // A parser inflates what it reads.
  const { 'content-encoding': _, ...headers } = plainHeaders(request);
  return {
    headers,
    body: toBytes(request.rawBody instanceof Uint8Array ? request.rawBody : request.body),
  };
}

function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value === undefined) return new Uint8Array();
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

/**
 * Reads at most one chunk over the limit, which is enough for the answerer to refuse; undefined
 * when the client left.
 */
function readBody(request: Request, limit: number): Promise<Read | undefined> {
  return new Promise((resolve) => {
    let body: Buffer = Buffer.alloc(0);
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      if (length > limit) return; // the rest is read and dropped, so that the client sees the answer
      // A body may come in a million chunks of one byte: they are copied together, so that it takes
      // no more than its size.
      body = length === 0 ? chunk : append(body, length, chunk);
      length += chunk.length;
    });
    request.on('end', () => resolve({ body: body.subarray(0, length) }));
    request.on('close', () => resolve(undefined));
    if (request.destroyed) resolve(undefined);
  });
}

function append(body: Buffer, length: number, chunk: Buffer): Buffer {
  let room = body;
  if (length + chunk.length > body.length) {
    room = Buffer.allocUnsafeSlow(Math.max(2 * length, length + chunk.length));
    body.copy(room, 0, 0, length);
  }
  chunk.copy(room, length);
  return room;
}

function toPlainRequest(request: Request): Omit<PlainRequest, 'body'> {
  const ofControl = isControl(request.url);
  const base = ofControl || isPage(request.url) ? baseOf(request) : undefined;
  const arrivedAt = ofControl ? request.socket.localAddress : undefined;
  const headers = plainHeaders(request);
  return {
    method: request.method,
    target: request.url,
    headers,
    ...(base === undefined ? {} : { base }),
    ...(arrivedAt === undefined ? {} : { arrivedAt }),
  };
}

function plainHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/**
 * The address that the client used, the path of a mount included: by its `Host`, or what a proxy
 * says of it.
 */
function baseOf(request: Request): string | undefined {
  const { socket, headers } = request;
  const forwarded = (name: string): string | undefined =>
    String(headers[name] ?? '')
      .split(',')[0]
      ?.trim() || undefined;
  const scheme =
    /^https?$/.exec(forwarded('x-forwarded-proto') ?? '')?.[0] ??
    ('encrypted' in socket ? 'https' : 'http');
  const bound = socket.localFamily === 'IPv6' ? `[${socket.localAddress}]` : socket.localAddress;
  const named = forwarded('x-forwarded-host') ?? headers.host;
  const host = named !== undefined && isHost(named) ? named : `${bound}:${socket.localPort}`;
  const full = request.originalUrl;
  const mount = full.endsWith(request.url) ? full.slice(0, -request.url.length) : request.baseUrl;
  return `${scheme}://${host}${mount}`;
}

const isHost = (text: string): boolean => /^(\[[\da-f:.]+\]|[\w.-]+)(:\d+)?$/i.test(text);

async function deliver(response: ServerResponse, delivery: Delivery): Promise<void> {
  if (isWhole(delivery)) sendWhole(response, delivery.response);
  else await sendOtherwise(response, delivery);
}

function sendWhole(response: ServerResponse, answer: Delivery['response']): void {
  response.writeHead(answer.status, sizedHeaders(answer));
  response.end(answer.body);
}

/** Late, in pieces, in part or not at all. A client that has left is waited for no longer. */
async function sendOtherwise(response: ServerResponse, delivery: Delivery): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort());
  try {
    if (delivery.delayMs) await wait(delivery.delayMs, left.signal);
    if (delivery.end === 'hang') await waitForever(left.signal);
    if (delivery.end === 'reset') {
      response.socket?.resetAndDestroy();
      return;
    }
    response.writeHead(delivery.response.status, sizedHeaders(delivery.response));
    response.flushHeaders();
    for await (const piece of piecesOf(delivery, left.signal)) {
      if (!response.write(piece)) await once(response, 'drain', { signal: left.signal });
    }
    response.end();
  } catch {
    response.socket?.destroySoon(); // what was written still leaves
  }
}
