// The shipped document, from its files.
import { readPackageFile } from '../files/package.js';
import { DocumentError } from '../files/problem.js';
import { placeIn, readSpec, type Spec } from '../spec/document.js';
import type { CheckedSpec } from '../validation/validators.js';
import { shippedValidators } from './validators.js';

let shipped: CheckedSpec | undefined;

/**
 * Read once, since nobody may change it. Throws a DocumentError where `npm run gen` has not made a
 * whole one.
 */
export function loadSpec(): CheckedSpec {
  shipped ??= read();
  return shipped;
}

function read(): CheckedSpec {
  try {
    const spec: Spec = readSpec(
      readPackageFile('generated/document.json'),
      placeIn(JSON.parse(readPackageFile('generated/places.json'))),
    );
    return { ...spec, validators: shippedValidators };
  } catch (error) {
    const what = `the document that was made from openapi/ cannot be read: ${(error as Error).message}`;
    throw new DocumentError([
      {
        file: 'generated/document.json',
        line: 1,
        column: 1,
        what,
        fix: 'make it anew with `npm run gen`',
      },
    ]);
  }
}
