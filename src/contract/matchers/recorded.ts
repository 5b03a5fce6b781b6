// What the expectations of tests have shown of the document. Test runners use several processes, so
// each adds lines to one file, whose name the reporter has left in the environment.
import { appendFileSync, readFileSync } from 'node:fs';
import { loadSpec } from '../../shipped/document.js';
import { coverageAsData } from '../report/coverage-json.js';
import { coverageOf, type Showing } from '../run/coverage.js';
import type { Verdict } from './verdict.js';

/** Set by the reporter for all processes of the run. */
export const RECORD = 'UNDERSTUDY_RECORD';

/** Of this process. */
const own: Showing[] = [];

export function record({ operation, expected, result, answered, shown, reason }: Showing): void {
  const showing: Showing = {
    operation,
    expected,
    result,
    ...(answered === undefined ? {} : { answered }),
    ...(shown === undefined ? {} : { shown }),
    ...(reason === undefined ? {} : { reason }),
  };
  own.push(showing);
  const file = process.env[RECORD];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(showing)}\n`);
}

/** An answer that is no case of the document shows none. */
export function recordVerdict({ operation, due, documented, failing }: Verdict): void {
  const name = due ?? documented?.name;
  if (!operation || name === undefined) return;
  const isRight = failing.length === 0;
  record({
    operation: operation.id,
    expected: [name],
    result: isRight ? 'right' : 'wrong',
    ...(isRight ? { answered: name } : {}),
  });
}

/** As in the coverage.json of `check`: of what this process has expected so far. */
export const contractCoverage = (): object => coverageOfShowings(own);

export const coverageOfShowings = (showings: readonly Showing[]): object =>
  coverageAsData(
    coverageOf(loadSpec(), showings, { include: () => true, whyNone: 'no response has shown it' }),
  );

export const readRecord = (file: string): readonly Showing[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Showing);
