// Judges an exchange that a test shows, with the judge of the kit, and says in words what is wrong.
import { nearest } from '../../files/nearest.js';
import { nearestPath } from '../../files/nearest-path.js';
import { basisInWords, type Case } from '../../spec/case.js';
import type { Operation } from '../../spec/document.js';
import { type Match, matcherOf } from '../../spec/match.js';
import { pathOf } from '../../spec/message.js';
import type { CheckedSpec } from '../../validation/validators.js';
import type { Deviation } from '../judge/deviation.js';
import { judge } from '../judge/judge.js';
import { judgeRequest } from '../judge/request.js';
import { type FailOn, failsRun } from '../report/verdict.js';
import { oneLine } from '../report/words.js';
import type { RequestOptions, ShownExchange } from './shown.js';

export interface MatchOptions extends RequestOptions {
  /** The case that is due, such as `created` or `createSpace.created`; any documented one when absent. */
  readonly case?: string;
  /** False where the request is not judged. */
  readonly request?: boolean;
  /** The least that fails: a failure when absent. */
  readonly failOn?: FailOn;
}

export interface Verdict {
  /** `POST /v1/spaces/`. */
  readonly call: string;
  readonly status: number;
  readonly operation?: Operation;
  readonly due?: string;
  /** The documented case that the answer is. */
  readonly documented?: Case;
  /** What fails, the request's first. */
  readonly failing: readonly Deviation[];
}

/** Throws a TypeError where the test has to say more, or names what is not there. */
export function verdictOn(
  spec: CheckedSpec,
  shown: ShownExchange,
  options: MatchOptions = {},
): Verdict {
  const { method, target, response } = shown;
  if (method === undefined || target === undefined)
    throw new TypeError(
      `The response does not say ${method === undefined ? 'with which method' : 'at which path'} it was asked for, as one of fetch does not. Fetch with observe(fetch), or say it: toMatchContract({ method: 'GET', path: '/v1/…' }).`,
    );
  const path = pathOf({ target });
  const { status } = response;
  const basics = { call: `${method} ${path}`, status };
  const match = matcherOf(spec)(method, path);
  if (match.kind !== 'operation' || method === 'HEAD')
    return { ...basics, failing: [undocumented(spec, basics.call, match)] };
  const { operation } = match;
  const due = dueCase(operation, options.case);
  const statuses = [status, ...(due ? [due.status] : [])];
  const { headers, body } = shown;
  const sent = judgeRequest(spec, operation, { method, target, headers, body }, statuses);
  const { deviations, documented } = judge(
    { spec, operation, asked: { path: match.path, ...sent.asked }, response },
    due ? { cases: [due.name] } : {},
  );
  const all = [...(options.request === false ? [] : sent.deviations), ...deviations];
  return {
    ...basics,
    operation,
    ...(due ? { due: due.name } : {}),
    ...(documented ? { documented } : {}),
    failing: all.filter(
      // Whoever expects a documented answer does not mean one that the document has not.
      (deviation) =>
        deviation.code === 'STATUS_UNDOCUMENTED' ||
        failsRun(deviation, options.failOn ?? 'failure'),
    ),
  };
}

function undocumented(spec: CheckedSpec, call: string, match: Match<Operation>): Deviation {
  const [, path = ''] = call.split(' ');
  const close = nearestPath(path, new Set([...spec.operations.values()].map((o) => o.template)));
  return {
    code: 'REQUEST_UNDOCUMENTED',
    severity: 'failure',
    pointer: '',
    expected:
      match.kind === 'unknown_path'
        ? `a path of the document${close === undefined ? '' : `; did you mean ${close}?`}`
        : `a method that the document has for this path: ${methodsAt(spec, path).join(', ')}`,
    got: call,
    basis: 'docs',
    source: 'openapi/openapi.yaml',
  };
}

const methodsAt = (spec: CheckedSpec, path: string): readonly string[] =>
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(
    (method) => matcherOf(spec)(method, path).kind === 'operation',
  );

function dueCase({ id, cases }: Operation, name: string | undefined): Case | undefined {
  if (name === undefined) return undefined;
  const [first = '', second] = name.split('.');
  const found = second === undefined || first === id ? cases.get(second ?? first) : undefined;
  if (found) return found;
  const close = nearest(second ?? first, [...cases.keys()]);
  throw new TypeError(
    `${id} has no case ${JSON.stringify(name)}.${close ? ` Did you mean ${close}?` : ''} It has ${[...cases.keys()].join(', ')}.`,
  );
}

/** Why an expectation fails, for a person. */
export function describeVerdict(verdict: Verdict): string {
  const { call, status, operation, due, documented, failing } = verdict;
  const got = documented ? `${status} ${documented.name}` : `${status}, which is no case of it`;
  return [
    `${call} was answered with ${status} and differs from the contract in ${failing.length === 1 ? 'one place' : `${failing.length} places`}.`,
    '',
    `operation  ${operation?.id ?? 'none: the document has no such request'}`,
    ...(operation ? [`case       ${due === undefined ? '' : `${due} was due, `}got ${got}`] : []),
    ...failing.flatMap((deviation) => ['', ...describeDeviation(deviation)]),
  ].join('\n');
}

function describeDeviation({ code, pointer, expected, got, basis, source }: Deviation): string[] {
  const part = code.startsWith('REQUEST_') ? 'request' : 'response';
  return [
    `${code} in the ${part}${pointer === '' ? '' : ` at ${oneLine(pointer)}`}`,
    `  expected  ${oneLine(expected)}`,
    `  got       ${oneLine(got)}`,
    `  source    ${source === '' ? '' : `${source}: `}${basisInWords[basis]}`,
  ];
}

export function describeMatch({ call, status, operation, documented }: Verdict): string {
  return `${call} was answered as ${operation?.id}.${documented?.name ?? status} of the contract, which was not to be.`;
}
