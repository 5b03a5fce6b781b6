// Drifts made by hand: what goes wrong on real servers and follows from no single sentence of the
// document.
import type { Spec } from '../spec/document.js';
import type { Drift } from './form.js';
import { commonDrifts } from './hand/all-operations.js';
import { cutShort, flaky, htmlPage, writeDrifts } from './hand/each-operation.js';
import { successFields } from './hand/form.js';
import { operationDrifts } from './hand/particular.js';
import { readDrifts } from './hand/reads.js';

export function handDrifts(spec: Spec): readonly Drift[] {
  const operations = [...spec.operations.values()];
  return [
    ...operations.flatMap((operation) => [
      ...(operation.method === 'GET' ? readDrifts(spec, operation) : writeDrifts(operation)),
      flaky(operation),
      htmlPage(operation),
      ...(successFields(spec, operation).length > 0 ? [cutShort(operation)] : []),
    ]),
    ...operationDrifts(),
    ...commonDrifts(operations.map(({ id }) => id)),
  ];
}
