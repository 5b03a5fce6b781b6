// The validators of a document, by name, and those that `npm run gen` compiled from the shipped one.
import { createRequire } from 'node:module';
import type { ValidateFunction } from 'ajv';
import { DocumentError } from '../spec/problem.js';

/**
 * `query_<operation>`, `open_<Schema>` for requests, `closed_<Schema>` for our own answers.
 * Throws on a name that it does not have: a missing check must never look like a pass.
 */
export type Validators = (name: string) => ValidateFunction;

let compiled: Record<string, ValidateFunction> | undefined;

/** Those of the shipped document, and `scenario`. */
export const shippedValidators: Validators = (name) => {
  compiled ??= load();
  const validator = compiled[name];
  if (!validator) throw faulty(`holds no validator called ${name}`);
  return validator;
};

function load(): Record<string, ValidateFunction> {
  try {
    return createRequire(import.meta.url)('../../generated/validators.cjs') as Record<string, ValidateFunction>;
  } catch (error) {
    throw faulty(`cannot be loaded: ${(error as Error).message.split('\n', 1)[0]}`);
  }
}

const faulty = (what: string): DocumentError =>
  new DocumentError([{ file: 'generated/validators.cjs', line: 1, column: 1, what, fix: 'make it anew with `npm run gen`' }]);
