// What a documented case is, and the requests that provoke it: a script for bash whose prose is in
// comments, so that it may be read, pasted or piped into a shell.
import { headersOf, tokenOf } from '../contract/dialect.js';
import { repeatChain, variableOf } from '../contract/report/repeat.js';
import type { Profile } from '../contract/run/profile.js';
import { callerNames } from '../contract/tables/caller.js';
import { nearest } from '../files/nearest.js';
import { DEFAULT_HOST, DEFAULT_PORT } from '../http/listen.js';
import { basisInWords, type Case, type ReachedBy } from '../spec/case.js';
import type { UnroutedCase } from '../spec/cases.gen.js';
import type { Operation, Spec } from '../spec/document.js';
import type { CheckedSpec } from '../validation/validators.js';
import { callsTo, shipped, waysToUnrouted } from './case-requests.js';

const ways: Readonly<Record<ReachedBy, string>> = {
  state: 'by what is stored on the server and by the request, as below',
  rate_limit:
    'by too many requests; the mock server has a limit with --rate-limit, and Prefer forces it',
  april: 'only by what is new in the April edition; until then it is forced with Prefer',
};

interface NamedCase {
  /** Absent for the answer to a request that reaches no operation. */
  readonly operation?: Operation;
  readonly documented: Case;
}

/**
 * The cases of this name: one where it is `operation.case`, all of an operation where it is its id.
 */
export function casesNamed(spec: Spec, name: string): readonly NamedCase[] {
  return allCases(spec).filter((named) =>
    [named.operation?.id, named.documented.name, fullName(named)].includes(name),
  );
}

const allCases = (spec: Spec): readonly NamedCase[] => [
  ...[...spec.operations.values()].flatMap((operation) =>
    [...operation.cases.values()].map((documented) => ({ operation, documented })),
  ),
  ...[...spec.unrouted.values()].map((documented) => ({ documented })),
];

const fullName = ({ operation, documented }: NamedCase): string =>
  operation ? `${operation.id}.${documented.name}` : documented.name;

/** The name of a case or an operation that is nearest to one that is not there. */
export function nearestCase(spec: Spec, name: string): string | undefined {
  const all = allCases(spec);
  if (name.includes('.')) return nearest(name, all.map(fullName));
  return nearest(name, [
    ...spec.operations.keys(),
    ...new Set(all.map(({ documented }) => documented.name)),
  ]);
}

/** One case with its request; a list of several. */
export async function describeCases(
  spec: CheckedSpec,
  found: readonly NamedCase[],
): Promise<string> {
  const [only, ...others] = found;
  if (only && others.length === 0) return describeCase(spec, only);
  const lines = found.map((named) => `${named.documented.status} ${fullName(named)}\n`);
  return `${lines.join('')}\`understudy explain ${only ? fullName(only) : 'OPERATION.CASE'}\` says more about one of them.\n`;
}

async function describeCase(spec: CheckedSpec, named: NamedCase): Promise<string> {
  const { operation, documented } = named;
  const { lines, script = '' } = operation
    ? await requestsOf(spec, operation, documented)
    : requestsOfUnrouted(documented.name as UnroutedCase);
  const request = operation
    ? `${operation.method} ${operation.template}`
    : 'a request that reaches no operation';
  const body =
    documented.value === undefined
      ? ['The answer has no body.']
      : [
          'The body, for example:',
          ...JSON.stringify(documented.value, null, 2)
            .split('\n')
            .map((line) => `  ${line}`),
        ];
  const prose = [
    `${fullName(named)}: ${request} is answered with ${documented.status}`,
    `Evidence: ${basisInWords[documented.basis]}${pagesOf(documented)}.`,
    ...(operation ? [`Reached: ${ways[documented.reached_by]}.`] : []),
    ...body,
    '',
    ...lines,
  ];
  return `${prose.map((line) => `# ${line}`.trimEnd()).join('\n')}\n${script}`;
}

/** What is said of the requests, and the script that sends them. */
interface Requests {
  readonly lines: readonly string[];
  readonly script?: string;
}

const ADDRESS = `http://${DEFAULT_HOST}:${DEFAULT_PORT}`;

async function requestsOf(
  spec: CheckedSpec,
  operation: Operation,
  documented: Case,
): Promise<Requests> {
  const calls = await callsTo(spec, operation, documented);
  const expected = `${documented.status}, ${operation.id}.${documented.name}`;
  return {
    lines: [
      'The requests, for bash, against `understudy serve`; TARGET and the credentials may be set to those of another server:',
    ],
    script: repeatChain(
      { calls, pointer: '', expected },
      { ...credentialsOf(shipped(spec).profile), TARGET: ADDRESS },
    ),
  };
}

function requestsOfUnrouted(name: UnroutedCase): Requests {
  const way = waysToUnrouted[name];
  if ('impossible' in way) return { lines: [`No request gets it: ${way.impossible}.`] };
  const { path, flags, pipedFrom, note } = way;
  const curl = ['curl -sSi', ...(flags ? [flags] : []), `"\${TARGET%/}${path}"`].join(' ');
  const request =
    'The request, for bash, against `understudy serve`; TARGET may be set to another address:';
  return {
    lines: [...(note ? [note] : []), request],
    script: `set -eu\n: "\${TARGET:=${ADDRESS}}"\n${pipedFrom ? `${pipedFrom} | ` : ''}${curl}\n`,
  };
}

/** The vendor's pages that a case rests on. */
function pagesOf({ source }: Case): string {
  const pages = source.match(/[a-z-]+\/[a-z-]+|error-codes|rate-limiting/g) ?? [];
  return pages.length > 0 ? ` (${[...new Set(pages)].join(', ')})` : '';
}

/** Those of the default world are no secrets. */
function credentialsOf({ callers }: Profile): Readonly<Record<string, string>> {
  const entries = callerNames.flatMap((name) => {
    const { api_key, bearer } = callers[name] ?? {};
    const headers = headersOf(tokenOf({ ...callers[name] }));
    return [
      [variableOf(name), api_key ?? bearer],
      [variableOf(name, { headers }), bearer],
    ];
  });
  return Object.fromEntries(entries.filter(([, credential]) => credential !== undefined));
}
