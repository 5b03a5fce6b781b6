// The validators that `npm run gen` compiled from the document, by name.
import { createRequire } from 'node:module';
import type { ValidateFunction } from 'ajv';

let compiled: Record<string, ValidateFunction> | undefined;

/**
 * `query_<operation>`, `open_<Schema>` for requests, `closed_<Schema>` for our own answers, `scenario`.
 * A name that was not compiled is an error: a missing check must never look like a pass.
 */
export function validatorNamed(name: string): ValidateFunction {
  compiled ??= createRequire(import.meta.url)('../../generated/validators.cjs') as Record<string, ValidateFunction>;
  const validator = compiled[name];
  if (!validator) throw new Error(`No validator is called ${name}; run \`npm run gen\`.`);
  return validator;
}
