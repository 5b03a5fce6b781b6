// From a request as Node has it to plain data: its target, its headers, its body.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Request } from 'express';
import { isControl } from '../control/plane.js';
import { isPage } from '../pages/document-page.js';
import type { PlainRequest } from '../spec/message.js';

/** A proxy's client sends the whole URL; the host in it does not matter here. */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const [origin] = /^[a-z]+:\/\/[^/?]*/i.exec(target) ?? [''];
  const rest = target.slice(origin.length);
  return rest.startsWith('/') || origin === '' ? rest : `/${rest}`;
}

export const noBody = new Uint8Array();

/**
 * One that names a length or a transfer coding (RFC 9112, 6.3), or whose body somebody has read
 * before us.
 */
export function hasBody({ headers, readableEnded }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return (
    readableEnded ||
    headers['transfer-encoding'] !== undefined ||
    (length !== undefined && length !== '0')
  );
}

export type Read = Partial<Pick<PlainRequest, 'headers'>> & Pick<PlainRequest, 'body'>;

/**
 * The body where middleware before us, such as `express.json()` or `express.raw()`, has read the
 * stream already: it is rebuilt from the parsed value. Undefined where nobody has read the body.
 */
export function bodyOfMiddleware(
  request: Request & { readonly rawBody?: unknown },
): Read | undefined {
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
export function readBody(request: Request, limit: number): Promise<Read | undefined> {
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

export function toPlainRequest(request: Request, read: Read): PlainRequest {
  const ofControl = isControl(request.url);
  const base = ofControl || isPage(request.url) ? baseOf(request) : undefined;
  const arrivedAt = ofControl ? request.socket.localAddress : undefined;
  return {
    method: request.method,
    target: request.url,
    headers: read.headers ?? plainHeaders(request),
    body: read.body,
    ...(base === undefined ? {} : { base }),
    ...(arrivedAt === undefined ? {} : { arrivedAt }),
  };
}

/** Node gives one header as a list: https://nodejs.org/api/http.html#messageheaders */
function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  const cookies = headers['set-cookie'];
  const plain = cookies ? { ...headers, 'set-cookie': cookies.join(', ') } : headers;
  return plain as Record<string, string>;
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

/**
 * Requests of one connection are decided in the order in which they came, whatever takes time about
 * them: a body that is on its way, or one that has to be inflated.
 */
export class InOrder {
  /** By connection, the last request that was not decided at once. */
  readonly #last = new WeakMap<Duplex, Promise<unknown>>();

  hasWaiting(socket: Duplex): boolean {
    return this.#last.has(socket);
  }

  /** Reads now, and decides when those before it are decided. */
  take<Body, Answer>(
    socket: Duplex,
    read: () => Promise<Body>,
    decide: (body: Body) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    const before = this.#last.get(socket);
    const deciding = read().then(async (body) => {
      await before;
      return decide(body);
    });
    // What goes wrong is told to whoever takes the answer, not to the requests behind it.
    const decided = deciding
      .catch(() => {})
      .finally(() => {
        if (this.#last.get(socket) === decided) this.#last.delete(socket);
      });
    this.#last.set(socket, decided);
    return deciding;
  }
}
