// A target is a function from request to response, in process or over the network; here what both
// have in common.
import type { PlainHandler, PlainRequest, PlainResponse } from '../spec/message.js';
import { TargetError } from './target-error.js';

export { TargetError };

export interface Answer extends PlainResponse {
  /**
   * Why the request went out a second time before this answer came; absent when it went out once.
   */
  readonly repeated?: string;
}

export interface Target {
  /** For reports. */
  readonly name: string;
  /** It is in this process, where nobody else is at work. */
  readonly inProcess?: true;
  /** It is on this machine. */
  readonly isHere?: boolean;
  /** Nothing but GET and HEAD is sent to it. */
  readonly readOnly?: boolean;
  /**
   * Rejects with a TargetError when no whole answer came, of the kind `stopped` where the signal
   * ended it.
   */
  send(request: PlainRequest, signal?: AbortSignal): Promise<Answer>;
}

/** Methods that change nothing (RFC 9110, 9.2.1), so that sending one twice does no harm. */
export const isSafe = (method: string): boolean =>
  ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method);

export interface TargetLimits {
  /** Milliseconds for one whole answer. Default 10 s. */
  readonly timeout?: number;
  /** Bytes of a body that are read, before and after it is decompressed. Default 5 MiB. */
  readonly maxBytes?: number;
}

export const DEFAULT_TIMEOUT = 10_000;
export const DEFAULT_BYTES = 5 * 1024 * 1024;

const IN_PROCESS = 'http://in-process';

/** A function like `fetch`. One that takes plain data as well, as the mock server's, is given that. */
export type Handler = ((request: Request) => Promise<Response>) & Partial<PlainHandler>;

/**
 * A target that is a function like `fetch`, such as the mock server in this process. An error that
 * it throws counts as no answer.
 */
export function handlerTarget(
  name: string,
  handler: Handler,
  { timeout = DEFAULT_TIMEOUT, maxBytes = DEFAULT_BYTES }: TargetLimits = {},
): Target {
  // Without a signal, which costs more than all else about a request: a handler that is not waited
  // for may go on.
  const ask = (request: PlainRequest): Promise<PlainResponse | Response> => {
    const { method, target, headers, body } = request;
    if (handler.answerPlain) {
      const url = new URL(IN_PROCESS + target).href.slice(IN_PROCESS.length).replace(/#.*/s, '');
      return handler.answerPlain({ ...request, target: url, base: IN_PROCESS });
    }
    const sent = body.length > 0 ? { body: body as Uint8Array<ArrayBuffer> } : {};
    return handler(new Request(IN_PROCESS + target, { method, headers, ...sent }));
  };
  const answer = async (request: PlainRequest): Promise<Answer> => {
    const response = await ask(request);
    if (!('arrayBuffer' in response)) {
      if (Buffer.byteLength(response.body ?? '') > maxBytes) throw tooLarge(maxBytes);
      return response;
    }
    const text = textOf(await readBytes(response.body ?? [], maxBytes));
    const plain = { status: response.status, headers: Object.fromEntries(response.headers) };
    return { ...plain, ...(text === '' ? {} : { body: text }) };
  };
  return {
    name,
    inProcess: true,
    send: async (request, signal) => {
      const call = `${request.method} ${request.target}`;
      if (signal?.aborted) throw new TargetError('stopped', 'the run has ended', { unsent: true });
      try {
        return await withinTime(answer(request), { timeout, signal, call });
      } catch (error) {
        if (error instanceof TargetError) throw error;
        throw new TargetError('broken', `${call}: the handler threw ${String(error)}`, {
          cause: error,
        });
      }
    },
  };
}

interface Bounds {
  /** Milliseconds; without end when absent. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For the message. */
  readonly call: string;
  readonly wasSent?: () => boolean;
  /** Told when the work is not waited for any longer. */
  readonly stop?: (error: TargetError) => void;
}

/** Rejects when the time is over or the signal is aborted, even if the work itself ignores both. */
export async function withinTime<T>(
  work: Promise<T>,
  { timeout, signal, call, wasSent = () => true, stop }: Bounds,
): Promise<T> {
  let end = (_error: TargetError): void => {};
  const ended = new Promise<never>((_, reject) => {
    end = (error) => {
      reject(error);
      stop?.(error);
    };
  });
  const late = (): void =>
    end(
      new TargetError('timeout', `${call} gave no whole answer within ${timeout} ms.`, {
        unsent: !wasSent(),
      }),
    );
  const onEnd = (): void =>
    end(new TargetError('stopped', 'the run has ended', { unsent: !wasSent() }));
  const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
  signal?.addEventListener('abort', onEnd);
  try {
    if (signal?.aborted) onEnd();
    return await Promise.race([ended, work]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onEnd);
  }
}

export async function readBytes(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<Buffer> {
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
export const textOf = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
