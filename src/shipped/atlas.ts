// The requests that lead to each case, as they were recorded from the contracts.
import { readPackageFile } from '../files/package.js';
import type { RecordedCase } from '../spec/atlas.js';

let recorded: readonly RecordedCase[] | undefined;

export function shippedCases(): readonly RecordedCase[] {
  recorded ??= JSON.parse(readPackageFile('contracts/atlas.json')) as readonly RecordedCase[];
  return recorded;
}
