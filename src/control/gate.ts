// Who may use the control plane: not the pages of other origins, nobody by a name that is not this
// server's, and from other machines only whoever has the token.

import type { Problem } from '../engine/exchange.js';
import { isHost } from '../files/options.js';
import type { PlainRequest } from '../spec/message.js';

export interface GateOptions {
  /** Asked of everyone; without one, this machine needs none. */
  readonly token?: string | undefined;
  /** Names and addresses of this server beside those of this machine. */
  readonly allowedHosts?: readonly string[] | undefined;
}

export class Gate {
  readonly #hosts: Set<string>;
  #token: string | undefined;

  constructor({ token, allowedHosts = [] }: GateOptions) {
    this.#token = token;
    this.#hosts = new Set(allowedHosts.flatMap((host) => hostOf(host) ?? []));
  }

  /**
   * A port is opened on a host. Where other machines reach it a token is needed: gives the one that
   * is made because there was none.
   */
  opened(host: string): string | undefined {
    const name = hostOf(inUrl(host));
    if (name !== undefined && isThisMachine(name)) return undefined;
    if (name !== undefined) this.#hosts.add(name);
    if (this.#token !== undefined) return undefined;
    this.#token = crypto.randomUUID();
    return this.#token;
  }

  /** Why a request may not pass; nothing where it may. What everyone may see needs no token. */
  problemOf(
    { headers, base, arrivedAt }: PlainRequest,
    { isPage = false }: { readonly isPage?: boolean } = {},
  ): Problem | undefined {
    const { host, origin, authorization = '' } = headers;
    if (host !== undefined && !this.#isOurs(host, arrivedAt))
      return { case: 'foreign_host', details: { header: 'host', host: host.slice(0, 100) } };
    if (origin !== undefined && !isSameOrigin(origin, host ?? base?.replace(/^\w+:\/\//, '')))
      return {
        case: 'foreign_origin',
        details: { header: 'origin', origin: origin.slice(0, 100) },
      };
    if (isPage) return undefined;
    const sent = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
    if (this.#token === undefined ? isNear(arrivedAt) : isSameText(sent, this.#token))
      return undefined;
    return { case: 'token_needed', details: { header: 'authorization' } };
  }

  #isOurs(host: string, arrivedAt: string | undefined): boolean {
    const name = hostOf(host);
    if (name === undefined) return false;
    const address = arrivedAt === undefined ? undefined : hostOf(inUrl(arrivedAt));
    return isThisMachine(name) || name === address || this.#hosts.has(name);
  }
}

/** Through a connection of this machine with itself, or through none. */
const isNear = (arrivedAt: string | undefined): boolean =>
  arrivedAt === undefined || isThisMachine(hostOf(inUrl(arrivedAt)) ?? '');

/** An address as a URL has it; IPv4 within IPv6 is IPv4. */
function inUrl(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return plain.includes(':') && !plain.startsWith('[') ? `[${plain}]` : plain;
}

/** Without the port, in the one way in which URLs write it. */
function hostOf(text: string): string | undefined {
  return isHost(text) ? new URL(`http://${text}`).hostname : undefined;
}

const isThisMachine = (name: string): boolean =>
  /^127\.\d+\.\d+\.\d+$/.test(name) || name === '[::1]' || /^([^.]+\.)*localhost\.?$/.test(name);

function isSameOrigin(origin: string, host: string | undefined): boolean {
  const own = host?.split('/', 1)[0];
  if (own === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: named } = new URL(origin);
  return URL.canParse(`${protocol}//${own}`) && new URL(`${protocol}//${own}`).host === named;
}

/** Takes as long whatever of it is right. */
function isSameText(sent: string, wanted: string): boolean {
  let different = sent.length ^ wanted.length;
  for (let at = 0; at < sent.length; at += 1)
    different |= sent.charCodeAt(at) ^ wanted.charCodeAt(at % wanted.length);
  return different === 0;
}
