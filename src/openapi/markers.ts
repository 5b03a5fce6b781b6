// What stands for `$ref` in a copy: Prism would follow it, in data too, and put in its place what
// it names.
import { isNode } from './shape.js';

/** Stands for `$ref` where it is data, which no reader may follow. */
export const DATA_REF = '\u0000$ref';

/**
 * Stands for the `$ref` of a schema, with the name of its definition. Prism would put what is
 * referred to in its place, again and again: schemas that hold two of a kind, which hold two of a
 * kind, take it minutes.
 */
export const SCHEMA_REF = 'x-understudy-ref';

/** Where Prism looks for definitions. */
const DEFINITIONS = '__bundled__';

/** Gives an operation of Prism's its definitions, and its schemas the references to them. */
export function withDefinitions<Operation extends object>(
  operation: Operation,
  definitions: Readonly<Record<string, unknown>>,
): Operation {
  const refer = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(refer);
    if (!isNode(value)) return value;
    const name = value[SCHEMA_REF];
    if (name !== undefined) return { $ref: `#/${DEFINITIONS}/${name}` };
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, refer(inner)]));
  };
  return refer({ ...operation, [DEFINITIONS]: definitions }) as Operation;
}

/** Turns data back that `copyData` has changed. */
export function restoreData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(restoreData);
  if (!isNode(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key === DATA_REF ? '$ref' : key,
      restoreData(inner),
    ]),
  );
}
