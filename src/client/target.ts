// A target is a function from request to response, in process or over the network; here what both have in common.
import type { PlainRequest, PlainResponse } from '../spec/message.js';

export interface Answer extends PlainResponse {
  /** Why the request went out a second time before this answer came; absent when it went out once. */
  readonly repeated?: string;
}

export interface Target {
  /** For reports. */
  readonly name: string;
  /** Rejects with a TargetError when no whole answer came, of the kind `stopped` where the signal ended it. */
  send(request: PlainRequest, signal?: AbortSignal): Promise<Answer>;
}

export interface TargetErrorOptions extends ErrorOptions {
  /** No byte of the request was sent, so that it cannot have been carried out. */
  readonly unsent?: boolean;
}

/** There was no answer, or none that can be read as HTTP. */
export class TargetError extends Error {
  readonly kind: 'unreachable' | 'timeout' | 'broken' | 'too_large' | 'gateway' | 'stopped';
  readonly unsent: boolean;

  constructor(kind: TargetError['kind'], message: string, options: TargetErrorOptions = {}) {
    super(message, options);
    this.name = 'TargetError';
    this.kind = kind;
    this.unsent = options.unsent ?? kind === 'unreachable';
  }
}

/** Methods that change nothing (RFC 9110, 9.2.1), so that sending one twice does no harm. */
export const isSafe = (method: string): boolean => ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method);

export interface TargetLimits {
  /** Milliseconds for one whole answer. Default 10 s. */
  readonly timeout?: number;
  /** Bytes of a body that are read, before and after it is decompressed. Default 5 MiB. */
  readonly maxBytes?: number;
}

export const DEFAULT_TIMEOUT = 10_000;
export const DEFAULT_BYTES = 5 * 1024 * 1024;

/** A target that is a function like `fetch`, such as the mock server in this process. An error that it throws counts as no answer. */
export function handlerTarget(
  name: string,
  handle: (request: Request) => Promise<Response>,
  { timeout = DEFAULT_TIMEOUT, maxBytes = DEFAULT_BYTES }: TargetLimits = {},
): Target {
  const answer = async ({ method, target, headers, body }: PlainRequest, signal: AbortSignal): Promise<Answer> => {
    const init = { method, headers, signal, ...(body.length > 0 ? { body: body as Uint8Array<ArrayBuffer> } : {}) };
    const response = await handle(new Request(`http://in-process${target}`, init));
    const text = textOf(await readBytes(response.body ?? [], maxBytes));
    const plain = { status: response.status, headers: Object.fromEntries(response.headers) };
    return { ...plain, ...(text === '' ? {} : { body: text }) };
  };
  return {
    name,
    send: async (request, signal) => {
      const call = `${request.method} ${request.target}`;
      try {
        return await withinTime(timeout, signal, call, (ending) => answer(request, ending));
      } catch (error) {
        if (error instanceof TargetError) throw error;
        throw new TargetError('broken', `${call}: the handler threw ${String(error)}`, { cause: error });
      }
    },
  };
}

/** Rejects when the time is over or the signal is aborted, even if the work itself ignores both. */
export async function withinTime<T>(
  timeout: number,
  signal: AbortSignal | undefined,
  call: string,
  work: (ending: AbortSignal) => Promise<T>,
  wasSent: () => boolean = () => true,
): Promise<T> {
  const ending = new AbortController();
  let end = (_error: TargetError): void => {};
  const ended = new Promise<never>((_, reject) => {
    end = (error) => {
      reject(error);
      ending.abort(error);
    };
  });
  const unsent = (): TargetErrorOptions => ({ unsent: !wasSent() });
  const stop = (): void => end(new TargetError('stopped', 'the run has ended', unsent()));
  const late = (): void => end(new TargetError('timeout', `${call} gave no whole answer within ${timeout} ms.`, unsent()));
  const timer = setTimeout(late, timeout);
  signal?.addEventListener('abort', stop);
  try {
    if (signal?.aborted) stop();
    return await Promise.race([ended, work(ending.signal)]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

export async function readBytes(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export const tooLarge = (maxBytes: number): TargetError =>
  new TargetError('too_large', `The answer is larger than ${maxBytes} bytes.`);

/** A byte order mark stays: whether a body may begin with one is the judge's to say. */
export const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
