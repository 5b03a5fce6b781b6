// What a documented case is, and the requests that provoke it: a script for a shell whose prose is in
// comments, so that it may be read, pasted or piped into one.
import { nearest } from '../files/nearest.js';
import { DEFAULT_HOST, DEFAULT_PORT } from '../http/listen.js';
import { shippedCases } from '../shipped/atlas.js';
import { basisInWords, type Case, type ReachedBy } from '../spec/case.js';
import type { UnroutedCase } from '../spec/cases.gen.js';
import type { Operation, Spec } from '../spec/document.js';
import { describeCase } from '../why/cases.js';
import { waysToUnrouted } from './unrouted-cases.js';

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
 * The cases of this name: one where it is `operation.case`, all of an operation where it is its id, all
 * of a status where it is one.
 */
export function casesNamed(spec: Spec, name: string): readonly NamedCase[] {
  return allCases(spec).filter((named) =>
    [
      named.operation?.id,
      named.documented.name,
      fullName(named),
      String(named.documented.status),
    ].includes(name),
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
export function describeCases(spec: Spec, found: readonly NamedCase[]): string {
  const [only, ...others] = found;
  if (only && others.length === 0) return inWords(spec, only);
  const lines = found.map((named) => `${named.documented.status} ${fullName(named)}\n`);
  return `${lines.join('')}\`understudy cases ${only ? fullName(only) : 'OPERATION.CASE'}\` says more about one of them.\n`;
}

function inWords(spec: Spec, named: NamedCase): string {
  const { operation, documented } = named;
  const { lines, script = '' } = operation
    ? requestsOf(spec, operation, documented)
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

function requestsOf(spec: Spec, { id }: Operation, { name }: Case): Requests {
  const { scripts } = describeCase(spec, shippedCases(), { operation: id, case: name }) ?? {};
  return {
    lines: [
      'The requests, for a shell with curl, against `understudy serve`; TARGET may be set to another address:',
    ],
    script: scripts?.curl ?? '',
  };
}

function requestsOfUnrouted(name: UnroutedCase): Requests {
  const way = waysToUnrouted[name];
  if ('impossible' in way) return { lines: [`No request gets it: ${way.impossible}.`] };
  const { path, flags, pipedFrom, note } = way;
  const curl = ['curl -sSi', ...(flags ? [flags] : []), `"$TARGET${path}"`].join(' ');
  const request =
    'The request, for a shell with curl, against `understudy serve`; TARGET may be set to another address:';
  return {
    lines: [...(note ? [note] : []), request],
    script: `TARGET="\${TARGET:-${ADDRESS}}"\n${pipedFrom ? `${pipedFrom} | ` : ''}${curl}\n`,
  };
}

/** The vendor's pages that a case rests on. */
function pagesOf({ source }: Case): string {
  const pages = source.match(/[a-z-]+\/[a-z-]+|error-codes|rate-limiting/g) ?? [];
  return pages.length > 0 ? ` (${[...new Set(pages)].join(', ')})` : '';
}
