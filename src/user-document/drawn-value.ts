// A value of a schema from a seed, for schemas of which Prism makes none: fixed positions, unique
// items, what a value must not be.
import { createHash } from 'node:crypto';
import { generateSync, type JsonSchema } from 'json-schema-faker';
import { isNode, mapChildren } from '../openapi/shape.js';

const options = { useExamplesValue: true, useDefaultValue: true, alwaysFakeOptionals: true };

/** Undefined where none can be made. `bundle` is what the schema refers to. */
export function drawValue(schema: unknown, bundle: unknown, seed: string): unknown {
  const definitions = Object.entries(isNode(bundle) ? bundle : {}).map(([name, part]) => [
    name,
    withProperties(part),
  ]);
  const whole = {
    ...(withProperties(schema) as object),
    __bundled__: Object.fromEntries(definitions),
  } as JsonSchema;
  try {
    return generateSync(whole, {
      ...options,
      seed: createHash('sha256').update(seed).digest().readUInt32BE(),
    });
  } catch {
    return undefined;
  }
}

/** Where a schema has no `properties`, json-schema-faker takes its unknown keywords for some. */
function withProperties(schema: unknown): unknown {
  if (!isNode(schema)) return schema;
  return mapChildren(
    { ...schema, properties: schema.properties ?? {} },
    'schema',
    ({ value }) => withProperties(value),
    (value) => value,
  );
}
