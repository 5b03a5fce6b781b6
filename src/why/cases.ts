// The documented cases, each with the requests that bring it about: an atlas of all that the API can
// answer.
import type { RecordedCall, RecordedCase } from '../spec/atlas.js';
import type { Basis, Case, ReachedBy } from '../spec/case.js';
import type { Operation, Spec } from '../spec/document.js';
import { matcherOf } from '../spec/match.js';
import { type Json, pathOf } from '../spec/message.js';
import { type ScriptCall, type Scripts, scriptsOf } from './scripts.js';

export interface CaseSummary {
  readonly operation: string;
  readonly case: string;
  readonly status: number;
  readonly basis: Basis;
  readonly source: string;
  readonly place: string;
  readonly reached_by: ReachedBy;
}

export interface CaseDetails extends CaseSummary {
  /** What it answers, for example; null where it has no body. */
  readonly value: Json;
  /** Where its calls start. */
  readonly scenario: string;
  /** None where they are not shipped, as in a browser. */
  readonly calls: RecordedCase['calls'];
  readonly scripts: Scripts | null;
}

type AnySpec = Spec<string>;

const summaryOf = (spec: AnySpec, { id }: Operation<string>, documented: Case): CaseSummary => ({
  operation: id,
  case: documented.name,
  status: documented.status,
  basis: documented.basis,
  source: documented.source,
  place: spec.place(id, documented.name),
  reached_by: documented.reached_by,
});

export const listCases = (spec: AnySpec): readonly CaseSummary[] =>
  [...spec.operations.values()].flatMap((operation) =>
    [...operation.cases.values()].map((documented) => summaryOf(spec, operation, documented)),
  );

/** Undefined where the document has no such case. */
export function describeCase(
  spec: AnySpec,
  recorded: readonly RecordedCase[],
  { operation: id, case: name }: { readonly operation: string; readonly case: string },
): CaseDetails | undefined {
  const operation = spec.operations.get(id);
  const documented = operation?.cases.get(name);
  if (!operation || !documented) return undefined;
  const calls = callsTo(operation, documented, recorded);
  return {
    ...summaryOf(spec, operation, documented),
    value: documented.value ?? null,
    scenario: 'default',
    calls,
    scripts:
      calls.length === 0
        ? null
        : scriptsOf(
            calls.map((call, i) =>
              told(spec, call, i === calls.length - 1 ? documented : undefined),
            ),
          ),
  };
}

/** With the operation that it is for, and what the last one is answered with. */
function told(spec: AnySpec, call: RecordedCall, answer?: Case): ScriptCall {
  const match = matcherOf(spec)(call.method, pathOf(call));
  const id = match.kind === 'operation' ? match.operation.id : 'before it';
  return { ...call, comment: answer ? `${id}: ${answer.status} ${answer.name}` : id };
}

/** What no state reaches is asked for with `Prefer`, on a request that passes. */
function callsTo(
  { id, cases }: Operation<string>,
  { name }: Case,
  recorded: readonly RecordedCase[],
): RecordedCase['calls'] {
  const of = (own: string) => recorded.find((one) => one.case === `${id}.${own}`)?.calls;
  const direct = of(name);
  if (direct) return direct;
  const success = [...cases.values()].find(({ status }) => status < 400);
  const [request, ...before] = [...((success && of(success.name)) ?? [])].reverse();
  if (!request) return [];
  const headers = { ...request.headers, prefer: `example=${name}` };
  return [...before.reverse(), { ...request, headers }];
}
