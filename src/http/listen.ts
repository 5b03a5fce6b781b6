// Opening and closing a port. Closing is immediate, kept-alive connections or not.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

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

export interface Listening {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Why no port was opened, in words for whoever started the server. */
export class ListenError extends Error {
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

export async function listen(server: Server, { port = DEFAULT_PORT, host = DEFAULT_HOST }: ListenOptions): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new ListenError(host, port, error)));
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    host,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
