// The validators of a document, by name.
import type { ValidateFunction } from 'ajv';
import { DocumentError } from '../files/problem.js';
import type { Spec } from '../spec/document.js';

/** Says whether a value keeps a schema, and has the errors of the last one that did not. */
export type Validator = ValidateFunction;

/**
 * `query_<operation>`, `open_<Schema>` for requests, `closed_<Schema>` for our own answers.
 * Throws on a name that it does not have: a missing check must never look like a pass.
 */
export type Validators = (name: string) => Validator;

/** A document, with what checks the messages of its operations. */
export interface CheckedSpec extends Spec {
  readonly validators: Validators;
}

/** What `npm run gen` compiles. */
export type Compiled = Readonly<Record<string, ValidateFunction>>;

export function validatorIn(compiled: Compiled, name: string): ValidateFunction {
  const validator = compiled[name];
  if (!validator) throw faultyValidators(`holds no validator called ${name}`);
  return validator;
}

export const faultyValidators = (what: string): DocumentError =>
  new DocumentError([
    {
      file: 'generated/validators.cjs',
      line: 1,
      column: 1,
      what,
      fix: 'make it anew with `npm run gen`',
    },
  ]);
