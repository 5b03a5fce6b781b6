// Validators for the schemas of a document, by JSON pointer.
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** From a JSON pointer to the validator of the schema there. */
export type SchemaAt = (pointer: string) => ValidateFunction;

/**
 * The schema at a JSON pointer of the document, as a validator. Throws when a schema cannot be
 * compiled: it must never pass for valid.
 */
export function compileSchemas(document: object): SchemaAt {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateSchema: false });
  addFormats.default(ajv);
  ajv.addSchema({ ...document, $id: 'document' });
  const compiled = new Map<string, ValidateFunction>();
  return (pointer) => {
    const known =
      compiled.get(pointer) ??
      ajv.compile({
        $ref: `document${pointer.replaceAll('%', '%25').replaceAll('{', '%7B').replaceAll('}', '%7D')}`,
      });
    compiled.set(pointer, known);
    return known;
  };
}
