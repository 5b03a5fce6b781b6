// What the tests of a client have met of the API, and what not: operations and documented cases.
import { type Case, decidedBy } from '../spec/case.js';
import type { Operation } from '../spec/document.js';
import type { Run } from './rule.js';

export interface Met {
  readonly met: number;
  readonly all: number;
}

export interface OperationCoverage {
  readonly operation: string;
  readonly requests: number;
  /** Names of documented cases. */
  readonly met: readonly string[];
  readonly missed: readonly string[];
}

export interface ClientCoverage {
  readonly operations: Met;
  /** Of the operations that were called: the cases that a state and a request lead to. */
  readonly cases: Met & { readonly percent: number };
  readonly by_operation: readonly OperationCoverage[];
  readonly not_called: readonly string[];
}

export function coverageOf({ sections, spec }: Run): ClientCoverage {
  const calls = new Map<string, Map<string, number>>();
  for (const { operation, case: name = '' } of sections.flatMap(({ entries }) => entries)) {
    if (operation === undefined) continue;
    const cases = calls.get(operation) ?? new Map<string, number>();
    calls.set(operation, cases.set(name, (cases.get(name) ?? 0) + 1));
  }
  const operations = [...spec.operations.values()];
  const everywhere = new Set([...calls.values()].flatMap((cases) => [...cases.keys()]));
  const by_operation = operations.flatMap((operation) => {
    const cases = calls.get(operation.id);
    return cases ? [coverageOfOne(operation, cases, everywhere)] : [];
  });
  const met = by_operation.reduce((sum, one) => sum + one.met.length, 0);
  const all = by_operation.reduce((sum, one) => sum + one.missed.length, met);
  return {
    operations: { met: by_operation.length, all: operations.length },
    cases: { met, all, percent: all === 0 ? 0 : Math.floor((met * 1000) / all) / 10 },
    by_operation,
    not_called: operations.filter(({ id }) => !calls.has(id)).map(({ id }) => id),
  };
}

/** A credential is refused alike everywhere, so what one operation has shown of that counts for all. */
function coverageOfOne(
  { id, cases }: Operation<string>,
  counts: ReadonlyMap<string, number>,
  everywhere: ReadonlySet<string>,
): OperationCoverage {
  const known = [...cases.values()].filter(({ reached_by }) => reached_by === 'state');
  const isMet = (one: Case): boolean =>
    decidedBy(one) === 'credentials' ? everywhere.has(one.name) : counts.has(one.name);
  const namesOf = (some: readonly Case[]): readonly string[] => some.map(({ name }) => name);
  return {
    operation: id,
    requests: [...counts.values()].reduce((sum, count) => sum + count, 0),
    met: namesOf(known.filter(isMet)),
    missed: namesOf(known.filter((one) => !isMet(one))),
  };
}
