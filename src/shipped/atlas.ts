// The requests that lead to each case, as they were recorded from the contracts.
import { readFileSync } from 'node:fs';
import type { RecordedCase } from '../spec/atlas.js';

let recorded: readonly RecordedCase[] | undefined;

export function shippedCases(): readonly RecordedCase[] {
  recorded ??= JSON.parse(
    readFileSync(new URL('../../contracts/atlas.json', import.meta.url), 'utf8'),
  ) as readonly RecordedCase[];
  return recorded;
}
