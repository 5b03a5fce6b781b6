// A server over the network. A request that may have been carried out is never sent twice.
import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { PlainRequest } from '../spec/message.js';
import { accessTo, type Permission, readOnlyTarget } from './access.js';
import { Connections, proxyFor, type Way, type Wire } from './connections.js';
import { decoded } from './content-encoding.js';
import {
  type Answer,
  DEFAULT_BYTES,
  DEFAULT_TIMEOUT,
  isSafe,
  readBytes,
  type Target,
  TargetError,
  type TargetLimits,
  textOf,
  withinTime,
} from './target.js';

export interface HttpTargetOptions extends TargetLimits, Wire, Permission {
  /** Sent with every request, save where the request has a header of that name itself. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How far a request came; kept while it is under way. */
interface Progress {
  /** A byte of it may have left. */
  isSent: boolean;
  /**
   * It went out over a connection that was used before, and that the server may have closed since.
   */
  isReused: boolean;
  isAnswered: boolean;
  /** What kept the first attempt from an answer, and why there may be a second. */
  failed?: { readonly error: NodeJS.ErrnoException; readonly why: string };
  /** There is one. */
  isRepeated: boolean;
}

/**
 * A server at a base URL, without `/v1`. Redirects are answers, not followed. Reads share kept
 * connections, and go out once more where the server has closed one meanwhile, which no client can
 * know; a write has a connection of its own, so that it meets no closed one. Whatever failed before
 * a byte of it was sent goes out once more too. Throws a UsageError for a server on another machine
 * unless `allowWrites` or `readOnly` says what may be done to it.
 */
export function httpTarget(baseUrl: string, options: HttpTargetOptions = {}): Target {
  const { timeout = DEFAULT_TIMEOUT, maxBytes = DEFAULT_BYTES } = options;
  const name = baseUrl.replace(/\/+$/, '');
  const server = new URL(name);
  const { readOnly, isHere } = accessTo(
    { server, proxy: proxyFor(server, options) },
    options,
    process.env,
  );
  const connections = new Connections(server, options, { isHere });

  const attempt = async (
    request: PlainRequest,
    isKept: boolean,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<Answer> => {
    const way = await connections.to(request.target, { isKept });
    const response = await responseTo(
      { ...request, headers: { ...options.headers, ...request.headers } },
      way,
      signal,
      progress,
    );
    const raw = await readBytes(response, maxBytes);
    const text = textOf(await decoded(raw, response.headers['content-encoding'], maxBytes));
    return {
      status: response.statusCode ?? 0,
      headers: plainHeaders(response),
      ...(text === '' ? {} : { body: text }),
    };
  };
  const send = async (
    request: PlainRequest,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<Answer> => {
    try {
      return await attempt(request, isSafe(request.method), signal, progress);
    } catch (error) {
      const why = signal.aborted
        ? undefined
        : whyRepeated(error as NodeJS.ErrnoException, progress);
      if (why === undefined) throw error;
      progress.failed = { error: error as NodeJS.ErrnoException, why };
      if (!progress.isSent) await sleep(PAUSE_MS, undefined, { signal });
      progress.isRepeated = true;
      return { ...(await attempt(request, false, signal, progress)), repeated: why };
    }
  };

  const target: Target = {
    name,
    isHere,
    send: async (request, signal) => {
      const call = `${request.method} ${name}${request.target}`;
      const progress: Progress = {
        isSent: false,
        isReused: false,
        isAnswered: false,
        isRepeated: false,
      };
      try {
        const ending = new AbortController();
        const stop = (error: TargetError): void => ending.abort(error);
        return await withinTime(send(request, ending.signal, progress), {
          timeout,
          signal,
          call,
          wasSent: () => progress.isSent,
          stop,
        });
      } catch (error) {
        throw inWords(error as Error, call, progress);
      }
    },
  };
  return readOnly ? readOnlyTarget(target, options.headers) : target;
}

const PAUSE_MS = 250;
/** Errors that a second attempt may not meet, such as a server that is just restarting. */
const passing: readonly string[] = ['ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN'];

/** Why a request may go out once more; undefined where it may not. */
function whyRepeated(
  { code = '' }: NodeJS.ErrnoException,
  { isSent, isReused, isAnswered }: Progress,
): string | undefined {
  if (!isSent) return passing.includes(code) ? `no connection: ${code}` : undefined;
  // Only reads reuse connections. https://nodejs.org/api/http.html#requestreusedsocket
  return isReused && !isAnswered && ['ECONNRESET', 'EPIPE'].includes(code)
    ? 'the server had closed the connection'
    : undefined;
}

/** The head of the answer; its body is still to be read. */
function responseTo(
  { method, headers, body }: PlainRequest,
  { options, isEncrypted, headers: ofWay }: Way,
  signal: AbortSignal,
  progress: Progress,
): Promise<http.IncomingMessage> {
  const length =
    body.length > 0 || !bodiless.includes(method) ? { 'content-length': body.length } : {};
  const client = options.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const sent = client.request({
      ...options,
      method,
      headers: { ...headers, ...length, ...ofWay },
      signal,
    });
    const markSent = (): void => {
      progress.isSent = true;
    };
    sent.on('socket', (socket) => {
      progress.isReused = sent.reusedSocket;
      const { connecting, secureConnecting = false } = socket as TLSSocket & {
        secureConnecting?: boolean;
      };
      if (connecting || secureConnecting)
        socket.once(isEncrypted ? 'secureConnect' : 'connect', markSent);
      else markSent();
    });
    sent.on('response', (response) => {
      progress.isAnswered = true;
      // An error that arrives before the body is read is thrown when it is read.
      response.on('error', () => {});
      // Without the header that names the protocol, Node takes it for an answer.
      if (response.statusCode === 101) reject(switched());
      else resolve(response);
    });
    sent.on('upgrade', (_, socket) => {
      socket.on('error', () => {});
      socket.destroy();
      reject(switched());
    });
    sent.on('error', reject);
    sent.on('close', () =>
      reject(new TargetError('broken', 'the connection was closed without an answer')),
    );
    sent.end(body);
  });
}

const switched = (): TargetError =>
  new TargetError('broken', '101: the server changed to another protocol, for which nobody asked');

/** Methods that send no Content-Length when they have no body. */
const bodiless: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'DELETE'];

/** As they come, save that those which come several times are joined. */
function plainHeaders({ headers }: http.IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
}

const unreachable = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
];
/** TLS failed, on either side. */
const isTlsRefusal = (code: string): boolean =>
  /^(ERR_SSL_|ERR_TLS_|EPROTO$)|CERT|VERIFY|SELF_SIGNED/.test(code);

/** In the words of whoever reads the report. */
function inWords(error: Error, call: string, progress: Progress): TargetError {
  const { failed, isRepeated, isSent } = progress;
  const repeated = isRepeated ? failed?.why : undefined;
  // Whoever has no time for a second attempt is told of the first.
  if (error instanceof TargetError && error.kind === 'timeout' && failed && !isSent)
    return toTargetError(failed.error, call, progress).ofRepeated(repeated);
  const told =
    error instanceof TargetError && error.kind !== 'broken'
      ? error
      : toTargetError(error, call, progress);
  return told.ofRepeated(repeated);
}

function toTargetError(
  error: NodeJS.ErrnoException,
  call: string,
  { isSent }: Progress,
): TargetError {
  const { code = '', message } = error;
  const options = { cause: error, unsent: !isSent };
  if (isTlsRefusal(code)) {
    const fix =
      'name the authority with --ca-cert, or a client certificate with --client-cert and --client-key';
    return new TargetError('unreachable', `${call}: no TLS connection (${code}); ${fix}`, {
      ...options,
      unsent: true,
    });
  }
  // Node's own codes are about the message; all others before a byte was sent are about the way.
  const isThere = (isSent && !unreachable.includes(code)) || /^(ERR|HPE)_/.test(code);
  return new TargetError(
    isThere ? 'broken' : 'unreachable',
    `${call}: ${code || message}`,
    options,
  );
}
