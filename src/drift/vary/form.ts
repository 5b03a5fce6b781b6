// The form of a harmless variation, and which fields the body of an answer may have.
import type { OperationId } from '../../spec/document.js';
import { type Field, fieldsOf } from '../../spec/fields.js';
import type { Drift, Honest } from '../form.js';

/** `what` is the end of its name, `does` says in words what the server does otherwise. */
export function vary(
  operations: readonly OperationId[],
  what: string,
  does: string,
  plant: Drift['plant'],
): Drift {
  return { name: `vary:${what}`, kind: 'vary', operations, does, plant };
}

/** The fields that the document has for the body of this answer. */
export const bodyFields = ({ spec, operation, documented }: Honest): readonly Field[] => {
  const schema = operation.responses.get(documented.status)?.schema;
  return schema === undefined ? [] : fieldsOf(spec, schema);
};
