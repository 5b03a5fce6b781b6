// Talking to a server: a target is a function from request to response, in process or over the network.
import type { PlainRequest, PlainResponse } from '../spec/message.js';

export interface Target {
  /** For reports. */
  readonly name: string;
  /** Rejects with a TargetError when no whole answer came. */
  send(request: PlainRequest): Promise<PlainResponse>;
}

/** No answer, or none that can be read: the server is at fault, not its contract. */
export class TargetError extends Error {
  readonly kind: 'unreachable' | 'timeout' | 'broken' | 'too_large';

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

/** A server at a base URL, without `/v1`. Redirects are answers, not followed. */
export function httpTarget(baseUrl: string, { timeout = 10_000, maxBytes = 5 * 1024 * 1024 }: HttpTargetOptions = {}): Target {
  const base = baseUrl.replace(/\/+$/, '');
  return {
    name: base,
    send: async ({ method, target, headers, body }) => {
      try {
        const response = await fetch(`${base}${target}`, {
          method,
          headers,
          redirect: 'manual',
          signal: AbortSignal.timeout(timeout),
          ...(body.length > 0 ? { body: body as Uint8Array<ArrayBuffer> } : {}),
        });
        const text = await readText(response, maxBytes);
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          ...(text === '' ? {} : { body: text }),
        };
      } catch (error) {
        throw error instanceof TargetError ? error : toTargetError(error as Error, `${method} ${base}${target}`, timeout);
      }
    },
  };
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TargetError('too_large', `The answer is larger than ${maxBytes} bytes.`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function toTargetError(error: Error, call: string, timeout: number): TargetError {
  if (error.name === 'TimeoutError')
    return new TargetError('timeout', `${call} gave no whole answer within ${timeout} ms.`, { cause: error });
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  const code = (cause?.code ?? '').toString();
  const unreachable = [
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
  ].includes(code);
  return new TargetError(unreachable ? 'unreachable' : 'broken', `${call}: ${code || cause?.message || error.message}`, {
    cause: error,
  });
}

/** Whatever takes what `fetch` takes, such as the stand-in in this process. */
export function handlerTarget(name: string, handle: (request: Request) => Promise<Response>): Target {
  return {
    name,
    send: async ({ method, target, headers, body }) => {
      const init = { method, headers, ...(body.length > 0 ? { body: body as Uint8Array<ArrayBuffer> } : {}) };
      const response = await handle(new Request(`http://in-process${target}`, init));
      const text = await response.text();
      return { status: response.status, headers: Object.fromEntries(response.headers), ...(text === '' ? {} : { body: text }) };
    },
  };
}
