// What came of a row.
import type { Finding } from './finding.js';
import type { PlannedRow } from './plan.js';

export type RowResult = 'right' | 'wrong' | 'not_exercised';

export interface PlayedRow extends PlannedRow {
  readonly result: RowResult;
  /** The documented case that the row's own answer was. */
  readonly answered?: string;
  /** Why the row was not exercised. */
  readonly reason?: string;
  readonly findings: readonly Finding[];
  readonly requests: number;
  readonly leftovers: readonly string[];
}
