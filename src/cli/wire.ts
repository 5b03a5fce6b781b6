// The flags of `check` that say how its requests get to the server: headers, certificates, proxy.

import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { HttpTargetOptions } from '../client/http-target.js';
import { problemOfProxy, proxyOf, withScheme } from '../client/proxy.js';
import { fileReason } from '../files/file-error.js';
import { UsageError } from '../spec/failure.js';
import { type CheckFlags, writtenFlag } from './flags.js';

type WireFlags = Partial<
  Pick<CheckFlags, 'header' | 'caCert' | 'clientCert' | 'clientKey' | 'proxy'>
>;

const wireFlags: readonly (keyof WireFlags)[] = [
  'header',
  'caCert',
  'clientCert',
  'clientKey',
  'proxy',
];

export interface Wire {
  readonly options: Pick<HttpTargetOptions, 'headers' | 'ca' | 'cert' | 'key' | 'proxy'>;
  /** Values that no report may show, each with the name to print instead. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** For a server at a base URL, or for none. Throws a UsageError with everything that is wrong. */
export function wireOf(
  flags: WireFlags,
  base: string | undefined,
  environment: NodeJS.ProcessEnv,
): Wire {
  const problems: string[] = [];
  if (base === undefined) {
    const key = wireFlags.find((name) => flags[name] !== undefined);
    if (key !== undefined) {
      const useless = writtenFlag(key);
      throw new UsageError(
        `${useless} is about requests over the network, but this run tests the mock server in this process.\n  fix: give the URL of a server, or leave ${useless} out`,
      );
    }
    return { options: {}, secrets: new Map() };
  }
  const secrets = new Map<string, string>();
  const headers = readHeaders(flags.header ?? [], problems, secrets);
  const tls = readTls(flags, problems);
  const proxy = flags.proxy ?? proxyOf(new URL(base), environment);
  if (proxy !== undefined)
    checkProxy(proxy, flags.proxy === undefined ? 'environment' : '--proxy', problems, secrets);
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { options: { headers, ...tls, ...(proxy === undefined ? {} : { proxy }) }, secrets };
}

/**
 * Headers that the kit sets itself. A row without a credential must be sent without one, and the
 * length of a body must stay right.
 */
const own = [
  ...['accept', 'authorization', 'x-api-key', 'content-type', 'content-length', 'content-encoding'],
  ...[
    'connection',
    'expect',
    'keep-alive',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'proxy-authorization',
  ],
];
/** A shorter value cannot be hidden: it would also be found inside of ordinary words. */
const SHORTEST_SECRET = 8;

function readHeaders(
  given: readonly string[],
  problems: string[],
  secrets: Map<string, string>,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of given) {
    const [, name = '', value = ''] = /^([^:]*):\s*(.*?)\s*$/s.exec(line) ?? [];
    const key = name.toLowerCase();
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name) || value === '')
      problems.push(
        name === ''
          ? "--header: it has no name.\n  fix: --header 'Name: value'"
          : value === ''
            ? `--header ${name}: it has no value.\n  fix: --header '${name}: value'`
            : `--header: ${name} cannot be the name of a header.\n  fix: --header 'Name: value'`,
      );
    else if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(value))
      problems.push(
        `--header ${name}: its value holds a character that no header can carry.\n  fix: remove it`,
      );
    else if (own.includes(key))
      problems.push(
        `--header ${name}: check sends this header itself.\n  fix: write credentials into the profile, and leave out other ones`,
      );
    else if (Object.hasOwn(headers, key))
      problems.push(
        `--header ${name}: given twice.\n  fix: give it once, values separated by commas`,
      );
    else {
      headers[key] = value;
      // Of `Bearer …` and the like, the part that is secret may be shown alone.
      for (const part of [value, value.split(' ').at(-1) ?? ''])
        if (part.length >= SHORTEST_SECRET) secrets.set(part, `header.${name}`);
    }
  }
  return headers;
}

function readTls(
  { caCert, clientCert, clientKey }: WireFlags,
  problems: string[],
): Wire['options'] {
  const read = (flag: string, file: string | undefined): Buffer | undefined => {
    if (file === undefined) return undefined;
    try {
      return readFileSync(file);
    } catch (error) {
      problems.push(
        `${flag} ${file}: ${fileReason(error)}\n  fix: name a PEM file that can be read`,
      );
      return undefined;
    }
  };
  const ca = read('--ca-cert', caCert);
  const cert = read('--client-cert', clientCert);
  const key = read('--client-key', clientKey);
  if ((clientCert === undefined) !== (clientKey === undefined))
    problems.push(
      '--client-cert and --client-key belong together.\n  fix: give both; a file that holds both may be named twice',
    );
  if (ca && !/-----BEGIN (TRUSTED )?CERTIFICATE-----/.test(ca.toString('latin1')))
    problems.push(
      `--ca-cert ${caCert}: there is no certificate in it.\n  fix: name a PEM file with BEGIN CERTIFICATE`,
    );
  const options = { ...(ca ? { ca } : {}), ...(cert && key ? { cert, key } : {}) };
  try {
    createSecureContext(options);
  } catch (error) {
    const flags = cert ? '--client-cert and --client-key' : '--ca-cert';
    problems.push(
      `${flags}: ${(error as Error).message}.\n  fix: name PEM files that belong together, the key without a passphrase`,
    );
  }
  return options;
}

function checkProxy(
  proxy: string,
  from: string,
  problems: string[],
  secrets: Map<string, string>,
): void {
  const problem = problemOfProxy(proxy);
  if (problem !== undefined) {
    const shown = proxy.replace(/\/\/[^/]*@/, '//…@');
    problems.push(
      `${from}: ${shown} ${problem}.\n  fix: write it whole, such as http://proxy.example.com:3128; NO_PROXY lists what is reached without it`,
    );
    return;
  }
  const { password } = new URL(withScheme(proxy));
  if (password.length >= SHORTEST_SECRET)
    secrets.set(decodeURIComponent(password), 'proxy.password');
}
