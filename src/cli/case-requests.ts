// The requests that provoke a documented case: found by playing the contracts against a mock server
// of our own, or written down here for requests that reach no operation.
import { handlerTarget, type Target } from '../client/target.js';
import { credentialIn, headersOf, tokenOf } from '../contract/dialect.js';
import type { Exchanged } from '../contract/run/exchanged.js';
import { planRows } from '../contract/run/plan.js';
import { type Profile, readProfile } from '../contract/run/profile.js';
import { playRow } from '../contract/run/row.js';
import { type CallerName, callerNames, schemeOf } from '../contract/tables/caller.js';
import { loadContracts, standInProfile } from '../contract/tables/load.js';
import type { Contracts } from '../contract/tables/table.js';
import { createServer } from '../http/server.js';
import { type Case, decidedBy } from '../spec/case.js';
import type { UnroutedCase } from '../spec/cases.gen.js';
import type { Operation, OperationId } from '../spec/document.js';
import type { CheckedSpec } from '../validation/validators.js';

interface Shipped {
  readonly spec: CheckedSpec;
  readonly contracts: Contracts;
  readonly profile: Profile;
}

let read: Shipped | undefined;

/** Read once: the contracts are a lot to check. */
export function shipped(spec: CheckedSpec): Shipped {
  read ??= { spec, contracts: loadContracts(spec), profile: readProfile(standInProfile, {}) };
  return read;
}

/** The calls that lead to a case in the default world, the last of which is answered with it. */
export async function callsTo(
  spec: CheckedSpec,
  operation: Operation,
  documented: Case,
): Promise<readonly Exchanged[]> {
  if (decidedBy(documented) !== 'nothing')
    return provoke(shipped(spec), operation, documented.name);
  const [success] = [...operation.cases.values()];
  const calls = await provoke(shipped(spec), operation, (success as Case).name);
  const last = calls.at(-1) as Exchanged;
  const headers = { ...last.request.headers, prefer: `example=${documented.name}` };
  return [{ ...last, request: { ...last.request, headers } }];
}

/** Plays the rows that may be answered with a case until one is. */
async function provoke(
  parts: Shipped,
  operation: Operation,
  name: string,
): Promise<readonly Exchanged[]> {
  const { spec, contracts, profile } = parts;
  const rows = planRows(spec, contracts, (id) => id === operation.id).filter(({ expected }) =>
    expected.includes(name),
  );
  // Where a row expects one of several cases, the mock server answers with the first.
  const likeliestFirst = [...rows].sort(
    (a, b) => a.expected.indexOf(name) - b.expected.indexOf(name),
  );
  for (const row of likeliestFirst) {
    const calls: Exchanged[] = [];
    const target = recorder(profile, calls);
    const wait = async (): Promise<void> => {};
    await playRow(row, { spec, contracts, profile, target, wait, seed: 1, number: 1 });
    const at = calls.findIndex(
      ({ response }) => response?.headers['x-understudy-case'] === `${operation.id}.${name}`,
    );
    if (at >= 0) return calls.slice(0, at + 1);
  }
  throw new Error(`no row of the contracts gets ${operation.id}.${name} from the default world`);
}

/** A new mock server that adds each exchange to `calls`. */
function recorder(profile: Profile, calls: Exchanged[]): Target {
  const inner = handlerTarget('the mock server', createServer().fetch);
  return {
    ...inner,
    send: async (request, signal) => {
      const response = await inner.send(request, signal);
      const [operation = ''] = (response.headers['x-understudy-case'] ?? '').split('.');
      const caller = callerOf(profile, request.headers);
      calls.push({ operation: operation as OperationId, caller, request, response });
      return response;
    },
  };
}

function callerOf({ callers }: Profile, headers: Readonly<Record<string, string>>): CallerName {
  const shown = credentialIn(headers);
  if (shown === undefined) return 'none';
  // One writes the name of the scheme otherwise, and has the token of another.
  const name = callerNames.find((caller) => {
    const all = callers[caller] ?? {};
    const ways = [all, tokenOf(all)].map((one) => headersOf(one, schemeOf(caller)));
    return ways.some((way) => credentialIn(way) === shown);
  });
  return name ?? (headers.authorization === undefined ? 'unknown_key' : 'unknown_token');
}

/** How to get a case that no operation has: the arguments of curl, or why no request gets it. */
type WayToUnrouted = CurlCall | { readonly impossible: string };

interface CurlCall {
  readonly path: string;
  readonly flags?: string;
  /** A command whose output curl sends as the body. */
  readonly pipedFrom?: string;
  readonly note?: string;
}

const path = '/v1/spaces';

export const waysToUnrouted: Readonly<Record<UnroutedCase, WayToUnrouted>> = {
  unknown_path: { path: '/v1/no-such-path' },
  method_not_allowed: { path, flags: '-X PUT' },
  unknown_preference: { path, flags: '-H "x-api-key: ak_owner" -H "prefer: example=no_such_case"' },
  worlds_disagree: { path: `/w/one${path}`, flags: '-H "x-understudy-world: two"' },
  no_world_name: { path: `/w/~${path}` },
  unknown_world: {
    impossible: 'only a server that was started with --strict-worlds sends it',
  },
  unsupported_encoding: { path, flags: '-H "content-encoding: compress" -d "{}"' },
  broken_encoding: { path, flags: '-H "content-encoding: gzip" -d "this is not gzip"' },
  body_too_large: {
    path,
    pipedFrom: 'head -c 1048577 /dev/zero',
    flags: '-H "expect:" --data-binary @-',
    note: 'The body is one byte larger than --body-limit allows by default.',
  },
  headers_too_large: { path, flags: `-H "x-long: $(head -c 16384 /dev/zero | tr '\\0' x)"` },
  bad_http: { path, flags: '-X NO_SUCH_METHOD' },
  request_timeout: {
    path,
    flags: '-H "content-length: 100" -d "{}"',
    note: 'It announces more than it sends. The answer comes after 30 seconds, the longest that a request may take.',
  },
  self_check_failed: {
    impossible:
      'it is sent when an answer of the mock server would break the document, which is a bug: please report it',
  },
  rule_failed: {
    impossible:
      'it is sent when the code of the mock server throws an error, which is a bug: please report it',
  },
};
