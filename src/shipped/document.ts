// The shipped document, from its files.
import { readFileSync } from 'node:fs';
import { DocumentError } from '../files/problem.js';
import { placeIn, readSpec, type Spec } from '../spec/document.js';

let shipped: Spec | undefined;

/** Read once, since nobody may change it. Throws a DocumentError where `npm run gen` has not made a whole one. */
export function loadSpec(): Spec {
  shipped ??= read();
  return shipped;
}

function read(): Spec {
  try {
    return readSpec(readGenerated('document.json'), placeIn(JSON.parse(readGenerated('places.json'))));
  } catch (error) {
    const what = `the document that was made from openapi/ cannot be read: ${(error as Error).message}`;
    throw new DocumentError([
      { file: 'generated/document.json', line: 1, column: 1, what, fix: 'make it anew with `npm run gen`' },
    ]);
  }
}

const readGenerated = (name: string): string => readFileSync(new URL(`../../generated/${name}`, import.meta.url), 'utf8');
