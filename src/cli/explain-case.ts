// What a documented case is, and the request that provokes it: a script for bash whose prose is in comments, so that it
// may be read, pasted or piped into a shell.
import { handlerTarget, type Target } from '../client/target.js';
import { type GivenVariables, repeatChain, variableOf } from '../contract/report/repeat.js';
import { planRows } from '../contract/run/plan.js';
import { type Profile, readProfile } from '../contract/run/profile.js';
import { playRow } from '../contract/run/row.js';
import type { Exchanged } from '../contract/run/session.js';
import { type CallerName, callerNames } from '../contract/tables/caller.js';
import { loadContracts, standInProfile } from '../contract/tables/load.js';
import type { Contracts } from '../contract/tables/table.js';
import { DEFAULT_HOST, DEFAULT_PORT } from '../http/listen.js';
import { createUnderstudy } from '../http/understudy.js';
import { type Basis, type Case, decidedBy, type ReachedBy } from '../spec/case.js';
import type { Operation, OperationId, Spec } from '../spec/document.js';
import { nearest } from '../spec/nearest.js';

const bases: Readonly<Record<Basis, string>> = {
  seed: "documented by a sample of the vendor's",
  docs: "documented on the vendor's pages",
  client: "seen in the vendor's own client",
  assumed: 'not documented: our choice, and a question to the vendor',
};

const ways: Readonly<Record<ReachedBy, string>> = {
  state: 'by the state of the world and the request, as below',
  rate_limit: 'by too many requests; the stand-in has no limit, so it is forced with Prefer',
  april: 'by what only the April edition has; until then it is forced with Prefer',
};

interface Named {
  readonly operation: Operation;
  readonly documented: Case;
}

/** The cases of this name: one where it is `operation.case`, all of an operation where it is one's id. */
export function casesNamed(spec: Spec, name: string): readonly Named[] {
  const [first = '', second] = name.split('.');
  return allCases(spec).filter(({ operation, documented }) =>
    second === undefined ? [operation.id, documented.name].includes(first) : operation.id === first && documented.name === second,
  );
}

const allCases = (spec: Spec): readonly Named[] =>
  [...spec.operations.values()].flatMap((operation) =>
    [...operation.cases.values()].map((documented) => ({ operation, documented })),
  );

const fullName = ({ operation, documented }: Named): string => `${operation.id}.${documented.name}`;

/** The known name that is nearest to one that is not known. */
export function nearestCase(spec: Spec, name: string): string | undefined {
  const all = allCases(spec);
  if (name.includes('.')) return nearest(name, all.map(fullName));
  return nearest(name, [...new Set(all.flatMap(({ operation, documented }) => [operation.id, documented.name]))]);
}

/** One case with its request; a list of several. */
export async function describeCases(spec: Spec, found: readonly Named[]): Promise<string> {
  const [only, ...others] = found;
  if (only && others.length === 0) return describeCase(spec, only);
  const lines = found.map((named) => `${named.documented.status} ${fullName(named)}\n`);
  return `${lines.join('')}\`understudy explain ${only ? fullName(only) : 'OPERATION.CASE'}\` says more about one of them.\n`;
}

async function describeCase(spec: Spec, named: Named): Promise<string> {
  const { operation, documented } = named;
  const { profile } = shipped(spec);
  const calls = await callsTo(named, shipped(spec));
  const prose = [
    `${fullName(named)}: ${operation.method} ${operation.template} is answered with ${documented.status}`,
    `Basis: ${bases[documented.basis]}${sourceOf(documented)}.`,
    `Reached: ${ways[documented.reached_by]}.`,
    documented.value === undefined ? 'The answer has no body.' : `The body, for example:`,
    ...(documented.value === undefined
      ? []
      : JSON.stringify(documented.value, null, 2)
          .split('\n')
          .map((line) => `  ${line}`)),
    '',
    'The requests, for bash, against `understudy serve`; TARGET and the credentials may be set to those of another server:',
  ];
  const expected = `${documented.status}, ${fullName(named)}`;
  const chain = repeatChain(
    { calls, pointer: '', expected },
    { ...keysOf(profile), TARGET: `http://${DEFAULT_HOST}:${DEFAULT_PORT}` },
  );
  return `${prose.map((line) => `# ${line}`.trimEnd()).join('\n')}\n${chain}`;
}

/** The pages that it rests on. */
function sourceOf({ source }: Case): string {
  const pages = source.match(/(?<![\w/-])(?:[a-z-]+\/[a-z/-]+|error-codes|rate-limiting)(?![\w/-])/g) ?? [];
  return pages.length > 0 ? ` (${[...new Set(pages)].join(', ')})` : '';
}

/** The credentials of the default world are no secrets. */
function keysOf({ callers }: Profile): GivenVariables {
  const keys = callerNames.flatMap((name) => {
    const variable = variableOf(name);
    const { api_key, bearer } = callers[name] ?? {};
    const key = bearer ?? api_key;
    return variable !== undefined && key !== undefined ? [[variable, key] as const] : [];
  });
  return Object.fromEntries(keys);
}

interface Parts {
  readonly spec: Spec;
  readonly contracts: Contracts;
  readonly profile: Profile;
}

let read: Parts | undefined;

/** Read once: the contracts are a lot to check. */
function shipped(spec: Spec): Parts {
  read ??= { spec, contracts: loadContracts(spec), profile: readProfile(standInProfile, {}) };
  return read;
}

/** The calls that lead to a case in the default world, the last of which is answered with it. */
async function callsTo({ operation, documented }: Named, parts: Parts): Promise<readonly Exchanged[]> {
  if (decidedBy(documented) !== 'nothing') return provoked(operation, documented.name, parts);
  const [success] = [...operation.cases.values()];
  const calls = await provoked(operation, (success as Case).name, parts);
  const last = calls.at(-1) as Exchanged;
  const headers = { ...last.request.headers, prefer: `example=${documented.name}` };
  return [{ ...last, request: { ...last.request, headers } }];
}

/** Plays the rows that may be answered with a case until one is. */
async function provoked(operation: Operation, name: string, { spec, contracts, profile }: Parts): Promise<readonly Exchanged[]> {
  const rows = planRows(spec, contracts, (id) => id === operation.id).filter(({ expected }) => expected.includes(name));
  // The stand-in gives the first of several.
  const inOrder = [...rows].sort((a, b) => a.expected.indexOf(name) - b.expected.indexOf(name));
  for (const row of inOrder) {
    const calls: Exchanged[] = [];
    const target = recorder(profile, calls);
    const wait = async (): Promise<void> => {};
    await playRow(row, { spec, contracts, profile, target, wait, seed: 1, number: 1 });
    const at = calls.findIndex(({ response }) => response?.headers['x-understudy-case'] === `${operation.id}.${name}`);
    if (at >= 0) return calls.slice(0, at + 1);
  }
  throw new Error(`no row of the contracts gets ${operation.id}.${name} from the default world`);
}

/** A stand-in of its own that keeps what it is sent. */
function recorder(profile: Profile, calls: Exchanged[]): Target {
  const inner = handlerTarget('the stand-in', createUnderstudy().fetch);
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
  const key = headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /i, '');
  if (key === undefined) return 'none';
  const known = callerNames.find((name) => [callers[name]?.api_key, callers[name]?.bearer].includes(key));
  return known ?? (headers.authorization === undefined ? 'unknown_key' : 'unknown_token');
}
