// Talking to a server: a target is a function from request to response, in process or over the network.
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { PlainRequest, PlainResponse } from '../spec/message.js';

export interface Target {
  /** For reports. */
  readonly name: string;
  /** Rejects with a TargetError when no whole answer came, of the kind `stopped` where the signal ended it. */
  send(request: PlainRequest, signal?: AbortSignal): Promise<PlainResponse>;
}

/** No answer, or none that can be read: the server is at fault, not its contract. */
export class TargetError extends Error {
  readonly kind: 'unreachable' | 'timeout' | 'broken' | 'too_large' | 'stopped';

  constructor(kind: TargetError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TargetError';
    this.kind = kind;
  }
}

export interface HttpTargetOptions {
  /** Milliseconds for one whole answer. Default 10 s. */
  readonly timeout?: number;
  /** Bytes of a body that are read. Default 5 MiB. */
  readonly maxBytes?: number;
}

/**
 * A server at a base URL, without `/v1`. Redirects are answers, not followed. Connections are kept open; where the server has
 * closed one meanwhile, which no client can know, the request goes out once more over a new one.
 */
export function httpTarget(baseUrl: string, { timeout = 10_000, maxBytes = 5 * 1024 * 1024 }: HttpTargetOptions = {}): Target {
  const base = baseUrl.replace(/\/+$/, '');
  const client = base.startsWith('https:') ? https : http;
  const kept = new client.Agent({ keepAlive: true });

  const exchange = async (request: PlainRequest, signal: AbortSignal, agent: http.Agent): Promise<PlainResponse> => {
    const { method, target, headers, body } = request;
    const sent = client.request(`${base}${target}`, {
      method,
      headers: { ...headers, ...(body.length > 0 || !bodiless.includes(method) ? { 'content-length': body.length } : {}) },
      agent,
      signal,
    });
    // Whoever waits for the answer hears of an error; one that comes after the answer shows in its body.
    sent.on('error', () => {});
    let answered = false;
    try {
      sent.end(body);
      const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
      answered = true;
      const text = await readText(response, maxBytes);
      return { status: response.statusCode ?? 0, headers: plainHeaders(response), ...(text === '' ? {} : { body: text }) };
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      // https://nodejs.org/api/http.html#requestreusedsocket
      const isStale = sent.reusedSocket && !answered && ['ECONNRESET', 'EPIPE'].includes(code);
      if (isStale) return exchange(request, signal, fresh);
      throw error;
    }
  };
  const fresh = new client.Agent({ keepAlive: false });

  return {
    name: base,
    send: async (request, signal) => {
      const late = AbortSignal.timeout(timeout);
      try {
        return await exchange(request, signal ? AbortSignal.any([late, signal]) : late, kept);
      } catch (error) {
        if (error instanceof TargetError) throw error;
        if (signal?.aborted) throw new TargetError('stopped', 'the run has ended', { cause: error });
        const call = `${request.method} ${base}${request.target}`;
        if (late.aborted)
          throw new TargetError('timeout', `${call} gave no whole answer within ${timeout} ms.`, { cause: error });
        throw toTargetError(error as NodeJS.ErrnoException, call);
      }
    },
  };
}

/** Methods that say nothing of a body when they have none. */
const bodiless: readonly string[] = ['GET', 'DELETE'];

/** As they come, save that those which come several times are joined. */
function plainHeaders({ headers }: http.IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

async function readText(response: http.IncomingMessage, maxBytes: number): Promise<string> {
  const decode = decoders[response.headers['content-encoding']?.trim().toLowerCase() ?? ''];
  // What breaks one of the two breaks the other, and shows below.
  const body: Readable = decode ? pipeline(response, decode(), () => {}) : response;
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TargetError('too_large', `The answer is larger than ${maxBytes} bytes.`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

const unreachable = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'];

function toTargetError(error: NodeJS.ErrnoException, call: string): TargetError {
  const { code = '', message } = error;
  return new TargetError(unreachable.includes(code) ? 'unreachable' : 'broken', `${call}: ${code || message}`, { cause: error });
}

/** Whatever takes what `fetch` takes, such as the stand-in in this process. */
export function handlerTarget(name: string, handle: (request: Request) => Promise<Response>): Target {
  return {
    name,
    send: async ({ method, target, headers, body }, signal) => {
      const init = { method, headers, ...(body.length > 0 ? { body: body as Uint8Array<ArrayBuffer> } : {}) };
      const response = await unlessAborted(handle(new Request(`http://in-process${target}`, init)), signal);
      const text = await response.text();
      return { status: response.status, headers: Object.fromEntries(response.headers), ...(text === '' ? {} : { body: text }) };
    },
  };
}

async function unlessAborted<T>(wanted: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return wanted;
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new TargetError('stopped', 'the run has ended'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([wanted, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
