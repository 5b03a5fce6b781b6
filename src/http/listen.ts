// Opening and closing a port. Closing waits for no connection, and for answers only as long as it
// is told to.
import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { aHost, anObject, checkOptions, wholeNumber } from '../files/options.js';
import { ExitCode } from '../spec/exit-code.js';
import { Failure } from '../spec/failure.js';

export interface ListenOptions {
  /** 0 picks a free one. */
  readonly port?: number;
  readonly host?: string;
  readonly timeouts?: Timeouts;
}

/** Milliseconds a client may take; after that it gets a 408 and the connection is closed. */
export interface Timeouts {
  /** For the request line and headers. Default 10 s. */
  readonly headers?: number;
  /** For the whole request. Default 30 s. */
  readonly request?: number;
}

/** Throws a TypeError that names what is unknown or of the wrong type. */
export function checkListenOptions(options: ListenOptions): void {
  checkOptions('listen', options, { port: wholeNumber(0, 65535), host: aHost, timeouts: anObject });
  const milliseconds = wholeNumber(1);
  if (options.timeouts)
    checkOptions('listen: timeouts', options.timeouts, {
      headers: milliseconds,
      request: milliseconds,
    });
}

export interface Listening {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Made for the control plane, where other machines reach the port and no token was given. */
  readonly adminToken?: string;
  close(options?: CloseOptions): Promise<void>;
}

export interface CloseOptions {
  /** Milliseconds in which requests that have arrived whole are still answered. Default 0. */
  readonly graceMs?: number;
}

/** A server, and the answers that it has not finished sending. */
export interface Shell {
  readonly server: Server;
  readonly unanswered: ReadonlySet<ServerResponse>;
}

/** Why no port was opened, in words for whoever started the server. */
export class ListenError extends Failure {
  override readonly exitCode = ExitCode.inconclusive;

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    const reasons: Record<string, string> = {
      EADDRINUSE: 'another program listens there',
      EACCES: 'this user may not open that port',
      EADDRNOTAVAIL: 'this machine has no such address',
      ENOTFOUND: 'this host name is not known',
    };
    const elsewhere = cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND';
    super(
      `Cannot listen on ${host}:${port}: ${reasons[cause.code ?? ''] ?? cause.message} (${cause.code}).\n` +
        (elsewhere
          ? '  fix: choose another --host; 127.0.0.1 is this machine alone, 0.0.0.0 all of its addresses.'
          : '  fix: stop the other program, choose another --port, or let --port 0 pick a free one.'),
      { cause },
    );
    this.name = 'ListenError';
  }
}

export const DEFAULT_PORT = 4010;
export const DEFAULT_HOST = '127.0.0.1';

export async function listen(
  shell: Shell,
  { port = DEFAULT_PORT, host = DEFAULT_HOST }: ListenOptions,
): Promise<Listening> {
  const { server } = shell;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new ListenError(host, port, error)));
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  // A URL takes no zone, such as the %eth0 of fe80::1%eth0.
  const address = host.includes(':') ? `[${host.split('%', 1)[0]}]` : host;
  return {
    url: `http://${address}:${bound}`,
    host,
    port: bound,
    close: (options) => close(shell, options),
  };
}

async function close(
  { server, unanswered }: Shell,
  { graceMs = 0 }: CloseOptions = {},
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve()); // no new connections; idle ones are closed
  });
  if (graceMs > 0) await allAnswered(unanswered, graceMs);
  server.closeAllConnections();
  await closed;
}

/**
 * Resolves when no whole request waits for its answer, or the time is over. Half a request may
 * never become whole.
 */
async function allAnswered(
  unanswered: ReadonlySet<ServerResponse>,
  withinMs: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let late = false;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      late = true;
      resolve();
    }, withinMs);
  });
  while (!late) {
    const whole = [...unanswered].filter(({ req }) => req.complete);
    if (whole.length === 0) break;
    await Promise.race([over, ...whole.map((response) => once(response, 'close'))]);
  }
  clearTimeout(timer);
}
