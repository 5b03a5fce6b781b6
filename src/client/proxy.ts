// Which proxy to use for a server, by the same environment variables as curl: https://curl.se/docs/manpage.html#ENVIRONMENT
import { BlockList, isIP } from 'node:net';
import { isLoopback } from './loopback.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a URL: HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, save for
 * what NO_PROXY lists, in small letters or capitals. This machine itself is reached directly,
 * unless Node itself is set to use these variables.
 */
export function proxyOf(url: URL, environment: Environment): string | undefined {
  const named = (name: string): string =>
    environment[name] || environment[name.toUpperCase()] || '';
  const proxy = named(`${url.protocol.slice(0, -1)}_proxy`) || named('all_proxy');
  if (proxy === '' || (isLoopback(url.hostname) && !isAskedFor(environment))) return undefined;
  const excluded = named('no_proxy').split(/[,\s]+/);
  return excluded.some((entry) => isExcluded(url, entry)) ? undefined : withScheme(proxy);
}

/** A host and a port alone are an HTTP proxy. */
export const withScheme = (proxy: string): string =>
  proxy.includes('://') ? proxy : `http://${proxy}`;

/** What is wrong with the address of a proxy; nothing when it is one. */
export function problemOfProxy(proxy: string): string | undefined {
  const address = withScheme(proxy);
  if (!URL.canParse(address)) return 'is not the URL of a proxy';
  return /^https?:$/.test(new URL(address).protocol) ? undefined : 'is not an HTTP proxy';
}

/** https://nodejs.org/api/cli.html#node_use_env_proxy1 */
const isAskedFor = ({
  NODE_USE_ENV_PROXY: flag,
  NODE_OPTIONS: options = '',
}: Environment): boolean =>
  flag === '1' ||
  /(^|\s)--use-env-proxy(\s|$)/.test(options) ||
  process.execArgv.includes('--use-env-proxy');

function isExcluded({ hostname, port, protocol }: URL, entry: string): boolean {
  if (entry === '*') return true;
  const [, named = entry, onlyPort] = /^(.+[^:]|\[.*\]):(\d+)$/.exec(entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== (port || (protocol === 'https:' ? '443' : '80')))
    return false;
  const excluded = named
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/^\[(.*)\]$/, '$1');
  const host = hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  if (excluded === '') return false;
  return host === excluded || host.endsWith(`.${excluded}`) || isInRange(host, excluded);
}

/** Whether an address lies in a range such as 10.0.0.0/8. */
function isInRange(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const version = isIP(network);
  if (version === 0 || isIP(host) !== version || !/^\d+$/.test(bits)) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (Number(bits) > (version === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(host, family);
}
