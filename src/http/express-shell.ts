// Express around the answerer: bytes in, plain request; plain response, bytes out. It decides
// nothing.
import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { type Answerer, HEADER_LIMIT, type Unreadable } from '../engine/answerer.js';
import { byteLength, type Delivery } from '../engine/delivery.js';
import { answerBody } from './body.js';
import { isWhole, piecesOf, sizedHeaders, wait, waitForever } from './deliver.js';
import type { Shell, Timeouts } from './listen.js';
import {
  bodyOfMiddleware,
  hasBody,
  InOrder,
  isNoHttp,
  noBody,
  originForm,
  type Read,
  readBody,
  toPlainRequest,
} from './plain-request.js';
import { zlibCodings } from './zlib.js';

export function createExpressApp(answerer: Answerer): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const inOrder = new InOrder();
  app.use((request: Request, response: Response, next: NextFunction) => {
    /** A promise where it takes time to decide; how long the delivery takes concerns nobody else. */
    const answer = (read: Read): Promise<void> | undefined => {
      const delivery = answerBody(answerer, toPlainRequest(request, read), zlibCodings);
      if (delivery instanceof Promise)
        return delivery.then((later) => void deliver(response, later));
      void deliver(response, delivery);
      return undefined;
    };
    // Most requests have no body, and are answered here and now.
    if (!hasBody(request) && !inOrder.hasWaiting(request.socket)) return answer({ body: noBody });
    const decide = inOrder.enter(request.socket, next);
    const read = hasBody(request) ? bodyOfMiddleware(request) : { body: noBody };
    if (read) decide(() => answer(read));
    else readBody(request, answerer.bodyLimit, (body) => decide(() => body && answer({ body })));
    return undefined;
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
    const { socket } = request;
    const hasNoHost = request.httpVersion === '1.1' && request.headers.host === undefined;
    if (hasNoHost || isNoHttp(request)) {
      owe(owed, unanswered, socket, response);
      response.setHeader('connection', 'close');
      void deliver(response, answerer.answerUnreadable('bad_http'));
      return;
    }
    request.url = originForm(request.url as string);
    app(request as Request, response as Response);
    // Whatever has left by now is owed to nobody.
    if (!response.writableEnded || response.writableLength > 0 || isOwed(owed, socket))
      owe(owed, unanswered, socket, response);
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

const isOwed = (owed: Owed, socket: Duplex): boolean => {
  const earlier = owed.get(socket);
  return earlier instanceof Set && earlier.size > 0;
};

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
  if (error.code === 'HPE_CLOSED_CONNECTION') return; // bytes behind the last request, which has its answer
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

function deliver(response: ServerResponse, delivery: Delivery): Promise<void> | undefined {
  if (!isWhole(delivery)) return sendOtherwise(response, delivery);
  sendWhole(response, delivery.response);
  return undefined;
}

/** With the headers as a flat list, which Node writes as it is: an object it would copy first. */
function sendWhole(
  response: ServerResponse,
  { status, headers, body }: Delivery['response'],
): void {
  const lines: string[] = [];
  for (const name in headers)
    if (name !== 'content-length' || body === undefined) lines.push(name, headers[name] as string);
  if (body !== undefined) lines.push('content-length', String(byteLength(body)));
  response.writeHead(status, lines);
  response.end(body);
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
