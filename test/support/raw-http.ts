// Speaks to a port in exact bytes, and reads the answers without forgiving anything.
import diagnostics from 'node:diagnostics_channel';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';

export type Bytes = string | Uint8Array;

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any;
}

/** Joins text and bytes to one buffer; text is written as UTF-8. */
export const bytes = (...parts: readonly Bytes[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));

interface RequestParts {
  /** Whole header lines, as they are to be sent. */
  readonly lines?: readonly string[];
  readonly body?: Bytes;
  readonly version?: string;
}

const owner = 'X-API-Key: ak_owner';

/** A request of the owner; a body brings its length, and its type unless a line names one. */
export function request(
  method: string,
  target: string,
  { lines = [], body, version = '1.1' }: RequestParts = {},
): Buffer {
  const typed = lines.some((line) => /^content-type:/i.test(line));
  const own =
    body === undefined
      ? []
      : [
          ...(typed ? [] : ['Content-Type: application/json']),
          `Content-Length: ${bytes(body).length}`,
        ];
  const head = [
    `${method} ${target} HTTP/${version}`,
    'Host: understudy.test',
    owner,
    ...lines,
    ...own,
  ];
  return bytes(`${head.join('\r\n')}\r\n\r\n`, body ?? '');
}

/** The same with a chunked body. */
export function chunked(method: string, target: string, chunks: readonly Bytes[]): Buffer {
  const framed = chunks.flatMap((chunk) => [
    `${bytes(chunk).length.toString(16)}\r\n`,
    chunk,
    '\r\n',
  ]);
  return bytes(
    request(method, target, {
      lines: ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
    }),
    ...framed,
    '0\r\n\r\n',
  );
}

/** One connection of a client that does as it is told and closes nothing by itself. */
export class RawConnection {
  readonly socket: Socket;
  /** Resolves when the socket is gone, whoever ended it. */
  readonly closed: Promise<void>;
  /** Whether the server has said that it sends no more. */
  ended = false;
  #received = Buffer.alloc(0);
  #gone = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    const changed = (change: () => void) => () => {
      change();
      this.#wake();
    };
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on(
      'end',
      changed(() => (this.ended = true)),
    );
    socket.on('error', () => {}); // 'close' follows
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#gone = true;
        this.#wake();
        resolve();
      });
    });
  }

  static open(port: number): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawConnection(socket));
      });
    });
  }

  send(...parts: readonly Bytes[]): this {
    this.socket.write(bytes(...parts));
    return this;
  }

  /** Says that no more is coming, and still listens. */
  halfClose(): this {
    this.socket.end();
    return this;
  }

  /** Leaves without a word, in the rude way when asked. */
  drop(how: 'close' | 'reset' = 'close'): Promise<void> {
    if (how === 'reset') this.socket.resetAndDestroy();
    else this.socket.destroy();
    return this.closed;
  }

  /** The next answer. Rejects when the connection ends before it is whole. */
  async answer(to: 'HEAD' | 'any' = 'any'): Promise<RawAnswer> {
    const headEnd = await this.#until(() => positive(this.#received.indexOf('\r\n\r\n')));
    const [statusLine, ...lines] = this.#received
      .subarray(0, headEnd)
      .toString('latin1')
      .split('\r\n');
    const [, status] = /^HTTP\/1\.1 (\d{3}) .+$/.exec(statusLine as string) ?? [];
    if (status === undefined) throw new Error(`no status line: ${statusLine}`);
    const names: Record<string, string> = {};
    for (const line of lines) {
      const [, name, value] = /^([^:\s]+): (.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`no header: ${line}`);
      names[name.toLowerCase()] = value;
    }
    expect(names, 'answers are framed by their length').not.toHaveProperty('transfer-encoding');
    const length = to === 'HEAD' ? 0 : Number(names['content-length'] ?? 0);
    const end = await this.#until(() =>
      this.#received.length >= headEnd + 4 + length ? headEnd + 4 + length : undefined,
    );
    const text = this.#received.subarray(headEnd + 4, end).toString('utf8');
    this.#received = this.#received.subarray(end);
    return {
      status: Number(status),
      headers: names,
      text,
      body: /json/.test(names['content-type'] ?? '') && text ? JSON.parse(text) : undefined,
    };
  }

  /** Resolves once the server has ended its side; rejects when it has said more than was read. */
  async end(): Promise<void> {
    await this.#until(() => (this.ended || this.#gone ? 0 : undefined));
    if (this.#received.length > 0) throw new Error(`left over: ${this.#received}`);
  }

  async #until(look: () => number | undefined): Promise<number> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.ended || this.#gone)
        throw new Error(`the connection ended after: ${this.#received.subarray(0, 500)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const positive = (index: number): number | undefined => (index < 0 ? undefined : index);

/** Sends bytes on a connection of their own and reads as many answers as are asked for. */
export async function say(port: number, message: Bytes, answers: number): Promise<RawAnswer[]> {
  const connection = await RawConnection.open(port);
  try {
    connection.send(message);
    const read: RawAnswer[] = [];
    while (read.length < answers) read.push(await connection.answer());
    return read;
  } finally {
    await connection.drop();
  }
}

export async function ask(port: number, message: Bytes): Promise<RawAnswer> {
  const [answer] = await say(port, message, 1);
  return answer as RawAnswer;
}

/** The framework's answer to a path that nobody has. */
export function expectNoPath({ status, headers, body }: RawAnswer): void {
  expect([status, headers['x-understudy-case'], body]).toEqual([
    404,
    'unknown_path',
    { detail: 'Not Found' },
  ]);
}

/**
 * The vendor's envelope to the letter, with this case and a status that is the same inside and
 * outside.
 */
export function expectRefusal(
  answer: RawAnswer,
  status: number,
  name: string,
  details?: object,
): void {
  expect([answer.status, answer.headers['x-understudy-case']], answer.text.slice(0, 500)).toEqual([
    status,
    name,
  ]);
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.body).toEqual({
    success: false,
    error: {
      code: expect.stringMatching(/^[A-Z][A-Z0-9_]*$/),
      message: expect.stringMatching(/./),
      system_message: expect.stringMatching(/./),
      type: expect.stringMatching(/_error$/),
      status,
      details: details ?? expect.any(Object),
      trace_id: answer.headers['x-request-id'],
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    },
  });
}

/**
 * The server that listens on a port, from Node's diagnostics; the public API has no reason to show
 * it.
 */
export async function serverOf(port: number): Promise<Server> {
  let found: Server | undefined;
  const look = (message: unknown): void => {
    const { server } = message as { server: Server };
    if ((server.address() as { port: number } | null)?.port === port) found = server;
  };
  diagnostics.subscribe('http.server.request.start', look);
  try {
    await ask(port, request('GET', '/v1/nowhere'));
  } finally {
    diagnostics.unsubscribe('http.server.request.start', look);
  }
  return found as Server;
}

/** Resolves when the server holds no connection; fails the test when it keeps one. */
export async function expectNobodyConnected(server: Server): Promise<void> {
  const count = promisify(server.getConnections.bind(server));
  await expect.poll(count, { timeout: 5000, interval: 10 }).toBe(0);
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * Megabytes that are in use after a collection, buffers included; these are let go a moment later.
 */
export async function megabytesInUse(): Promise<number> {
  collect();
  await new Promise(setImmediate);
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}
