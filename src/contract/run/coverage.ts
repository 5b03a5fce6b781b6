// What a run showed of the document: each case right, wrong, or not exercised and why.
import type { ReachedBy } from '../../spec/case.js';
import type { OperationId, Spec } from '../../spec/document.js';
import type { Played, Result } from './play.js';

export interface CaseCoverage {
  readonly case: string;
  readonly result: Result;
  readonly reason?: string;
  /** Counted apart: only too many requests lead to it. */
  readonly isRateLimit?: true;
}

/** Why no request of a run can lead to a case. */
const unreachable: Readonly<Record<Exclude<ReachedBy, 'state'>, string>> = {
  rate_limit:
    'only too many requests lead to it, and a run sends so many with --include-rate-limits only',
  april: 'the February edition cannot give it',
};

/** What one request, or one row, has shown. */
export type Showing = Pick<
  Played,
  'operation' | 'expected' | 'result' | 'answered' | 'shown' | 'reason'
>;

/**
 * A case is right when a row that expects it was answered with it, or one that expects nothing of
 * the kind came upon it; wrong when one was not, else it was not exercised. `whyNone` is said of a
 * case that no row led to.
 */
export function coverageOf(
  spec: Spec,
  plays: readonly Showing[],
  { include, whyNone }: { include: (operation: OperationId) => boolean; whyNone: string },
): readonly CaseCoverage[] {
  return [...spec.operations.values()]
    .filter((operation) => include(operation.id))
    .flatMap((operation) => {
      const about = plays.filter((row) => row.operation === operation.id);
      return [...operation.cases.values()].map((documented): CaseCoverage => {
        const kind = documented.reached_by === 'rate_limit' ? ({ isRateLimit: true } as const) : {};
        const name = `${operation.id}.${documented.name}`;
        const own = about.filter((row) => row.expected.includes(documented.name));
        // Where a list is expected, a right answer shows the case that it is, and none of the
        // others.
        const exercised =
          own.find((row) => row.result === 'wrong' && row.expected[0] === documented.name) ??
          own.find((row) => row.result === 'right' && row.answered === documented.name);
        const isShown = about.some(({ shown }) => shown?.includes(documented.name));
        if (!exercised && isShown) return { case: name, result: 'right', ...kind };
        if (exercised) return { case: name, result: exercised.result, ...kind };
        const other = own.find((row) => row.result === 'right')?.answered;
        const reason =
          own.find((row) => row.reason)?.reason ??
          (documented.reached_by !== 'state'
            ? unreachable[documented.reached_by]
            : other
              ? `answered otherwise, which the contracts allow too: ${other}`
              : whyNone);
        return { case: name, result: 'not_exercised', reason, ...kind };
      });
    });
}
