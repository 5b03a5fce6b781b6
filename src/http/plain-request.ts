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

/** The parser of Node 20.19, https://github.com/nodejs/llhttp, lets more through than later ones. */
const isOldParser = Number(process.versions.llhttp?.split('.')[0]) < 9;

/** Bytes beyond ASCII in the target, or the name of a header that is no token (RFC 9110, 5.6.2). */
export const isNoHttp = ({ url = '', headers }: IncomingMessage): boolean =>
  isOldParser &&
  (/[^!-~]/.test(url) || Object.keys(headers).some((name) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name)));

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
export function readBody(
  request: Request,
  limit: number,
  done: (body: Uint8Array | undefined) => void,
): void {
  let body: Buffer = Buffer.alloc(0);
  let length = 0;
  let isDone = false;
  const finish = (read: Uint8Array | undefined): void => {
    if (isDone) return;
    isDone = true;
    done(read);
  };
  request.on('data', (chunk: Buffer) => {
    if (length > limit) return; // the rest is read and dropped, so that the client sees the answer
    // A body may come in a million chunks of one byte: they are copied together, so that it takes
    // no more than its size.
    body = length === 0 ? chunk : append(body, length, chunk);
    length += chunk.length;
  });
  request.on('end', () => finish(length === body.length ? body : body.subarray(0, length)));
  request.on('close', () => finish(undefined));
  if (request.destroyed) finish(undefined);
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

/** Takes its turn as soon as it knows how to decide; a promise where that takes time. */
type Decide = (decide: () => Promise<unknown> | undefined) => void;

interface Turn {
  readonly failed: (error: unknown) => void;
  /** Absent until its request has come whole. */
  decide?: () => Promise<unknown> | undefined;
}

/**
 * Requests of one connection are decided in the order in which they came, whatever takes time about
 * them: a body that is on its way, or one that has to be inflated. No promise stands between: a request
 * that nothing holds up is decided as soon as its body is there.
 */
export class InOrder {
  /** By connection, those that are not decided yet. */
  readonly #waiting = new WeakMap<Duplex, Turn[]>();

  hasWaiting(socket: Duplex): boolean {
    return this.#waiting.has(socket);
  }

  /** What goes wrong is told to `failed`, not to the requests behind it. */
  enter(socket: Duplex, failed: Turn['failed']): Decide {
    const turn: Turn = { failed };
    const turns = this.#waiting.get(socket);
    if (turns) turns.push(turn);
    else this.#waiting.set(socket, [turn]);
    return (decide) => {
      turn.decide = decide;
      if (this.#waiting.get(socket)?.[0] === turn) this.#goOn(socket);
    };
  }

  /** Decides the first, and those behind it for which nobody has to wait. */
  #goOn(socket: Duplex): void {
    const turns = this.#waiting.get(socket) as Turn[];
    for (let first = turns[0]; first; first = turns[0]) {
      if (!first.decide) return;
      const deciding = decided(first);
      if (deciding) {
        void deciding.then(() => {
          turns.shift();
          this.#goOn(socket);
        });
        return;
      }
      turns.shift();
    }
    this.#waiting.delete(socket);
  }
}

function decided({ decide, failed }: Turn): Promise<unknown> | undefined {
  try {
    return decide?.()?.catch(failed);
  } catch (error) {
    failed(error);
    return undefined;
  }
}
