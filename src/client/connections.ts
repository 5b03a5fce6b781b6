// The connections to one server: reused or new, direct or through a proxy.
import http from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import type { PlainRequest } from '../spec/message.js';
import type { Access } from './access.js';
import { lookupHere } from './loopback.js';
import { problemOfProxy, proxyOf, withScheme } from './proxy.js';

export interface Wire {
  /** The proxy that every request goes by; that of HTTP_PROXY and its like when absent. */
  readonly proxy?: string;
  /** Certificates (PEM) that are trusted as well as the usual ones. */
  readonly ca?: string | Buffer;
  /** The client's certificate and its key (PEM), for a server that wants one. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

interface Agents {
  readonly kept: http.Agent;
  readonly fresh: http.Agent;
}

/** How a request gets to the server. */
export interface Way {
  readonly options: https.RequestOptions;
  readonly isEncrypted: boolean;
  readonly headers: PlainRequest['headers'];
}

/** Throws a TypeError for what is no HTTP proxy. */
export function proxyFor(server: URL, { proxy }: Pick<Wire, 'proxy'>): string | undefined {
  const by = proxy === undefined ? proxyOf(server, process.env) : withScheme(proxy);
  if (by !== undefined && problemOfProxy(by))
    throw new TypeError(`The proxy ${problemOfProxy(by)}.`);
  return by;
}

export class Connections {
  readonly #server: URL;
  readonly #proxy: URL | undefined;
  readonly #tls: https.RequestOptions;
  /** How names are resolved. */
  readonly #lookup: Pick<https.RequestOptions, 'lookup'>;
  #agents: Agents | undefined;

  constructor(server: URL, { ca, cert, key, ...wire }: Wire, { isHere }: Pick<Access, 'isHere'>) {
    this.#server = server;
    const proxy = proxyFor(server, wire);
    this.#proxy = proxy === undefined ? undefined : new URL(proxy);
    this.#lookup = isHere ? { lookup: lookupHere() } : {};
    this.#tls = {
      // Whatever NODE_TLS_REJECT_UNAUTHORIZED says: credentials are sent.
      rejectUnauthorized: true,
      ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    };
  }

  /** Whether the connection may be a reused one, which the server may have closed by now. */
  async to(target: string, { isKept }: { isKept: boolean }): Promise<Way> {
    this.#agents ??= await this.#makeAgents();
    const agent = isKept ? this.#agents.kept : this.#agents.fresh;
    const { protocol, hostname, port, pathname, host } = this.#server;
    const isEncrypted = protocol === 'https:';
    // Not through `new URL`, which would resolve `..` in the path.
    const path = `${pathname.replace(/\/+$/, '')}${target}`;
    if (this.#proxy === undefined || isEncrypted) {
      const server = {
        protocol,
        hostname: unbracketed(hostname),
        ...(port === '' ? {} : { port }),
      };
      return {
        options: { ...server, path, agent, ...this.#lookup, ...this.#tls },
        isEncrypted,
        headers: {},
      };
    }
    const { protocol: by, hostname: via, port: viaPort, auth } = urlToHttpOptions(this.#proxy);
    const proxy = {
      protocol: by,
      hostname: unbracketed(String(via)),
      ...(viaPort ? { port: viaPort } : {}),
    };
    const credential = auth
      ? { 'proxy-authorization': `Basic ${Buffer.from(auth).toString('base64')}` }
      : {};
    const options = {
      ...proxy,
      path: `${protocol}//${host}${path}`,
      agent,
      ...this.#lookup,
      ...this.#tls,
    };
    return { options, isEncrypted: by === 'https:', headers: { host, ...credential } };
  }

  async #makeAgents(): Promise<Agents> {
    if (this.#proxy !== undefined && this.#server.protocol === 'https:') {
      // Loaded only here: most runs go by no proxy.
      const { HttpsProxyAgent } = await import('https-proxy-agent');
      const tunnel = (keepAlive: boolean): http.Agent =>
        new HttpsProxyAgent(this.#proxy as URL, { keepAlive, ...this.#lookup, ...this.#ca() });
      return { kept: tunnel(true), fresh: tunnel(false) };
    }
    const { Agent } = (this.#proxy ?? this.#server).protocol === 'https:' ? https : http;
    return { kept: new Agent({ keepAlive: true }), fresh: new Agent({ keepAlive: false }) };
  }

  /** What is trusted of the server is trusted of a proxy too. */
  #ca(): Pick<https.RequestOptions, 'ca' | 'rejectUnauthorized'> {
    const { ca, rejectUnauthorized } = this.#tls;
    return { rejectUnauthorized, ...(ca === undefined ? {} : { ca }) };
  }
}

const unbracketed = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');
