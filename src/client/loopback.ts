// Whether a host is this machine and no other. A name may resolve to anything, so only the one that
// is reserved for this machine counts, and where it leads is looked at once more when it is
// resolved.
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const addresses = new BlockList();
// Node finds ::ffff:127.0.0.1 and its like in here too.
addresses.addSubnet('127.0.0.0', 8, 'ipv4');
addresses.addAddress('::1', 'ipv6');

/**
 * Of a host as a URL has it: 127.0.0.0/8, ::1, and `localhost` with the names below it (RFC 6761).
 * 0.0.0.0 and :: stand for every address of a machine, and what a client makes of them differs.
 */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const version = isIP(host);
  if (version !== 0) return addresses.check(host, version === 4 ? 'ipv4' : 'ipv6');
  return /^([^.]+\.)*localhost\.?$/i.test(host);
}

/** Resolves a name to addresses of this machine only, whatever a hosts file or a DNS server says. */
export const lookupHere =
  (resolve: LookupFunction = lookup as LookupFunction): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, options, (error, address, family) => {
      if (error) return callback(error, address, family);
      const found = [address].flat().map((one) => (typeof one === 'string' ? one : one.address));
      const elsewhere = found.find((one) => !isLoopback(one));
      if (elsewhere === undefined) return callback(error, address, family);
      const what = `${hostname} leads to ${elsewhere}, which is not this machine`;
      callback(Object.assign(new Error(what), { code: '' }), address, family);
    });
