// What a run showed of the document, as data: each operation with its cases.
import type { CaseCoverage } from '../run/coverage.js';
import type { Mask } from './redact.js';
import type { Telling } from './telling.js';
import { countCoverage } from './verdict.js';

interface Operation {
  readonly right: number;
  readonly wrong: number;
  readonly not_exercised: number;
  readonly cases: Readonly<Record<string, Omit<CaseCoverage, 'case'>>>;
}

export const toCoverage = ({ report, mask }: Telling): object =>
  coverageAsData(report.coverage, { runId: report.runId, mask });

interface Told {
  readonly runId?: string;
  readonly mask?: Mask;
}

export function coverageAsData(
  coverage: readonly CaseCoverage[],
  { runId, mask = (text) => text }: Told = {},
): object {
  const operations: Record<string, Operation> = {};
  for (const { case: whole, result, reason } of coverage) {
    const [id = '', name = ''] = whole.split('.');
    const known = operations[id] ?? { right: 0, wrong: 0, not_exercised: 0, cases: {} };
    const shown = { result, ...(reason === undefined ? {} : { reason: mask(reason) }) };
    operations[id] = {
      ...known,
      [result]: known[result] + 1,
      cases: { ...known.cases, [name]: shown },
    };
  }
  return {
    version: 1,
    ...(runId === undefined ? {} : { run_id: runId }),
    cases: countCoverage({ coverage }),
    // Of them, those that only too many requests lead to.
    rate_limits: countCoverage({ coverage: coverage.filter(({ isRateLimit }) => isRateLimit) }),
    operations,
  };
}
