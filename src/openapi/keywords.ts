// Keywords of a schema that only one version of OpenAPI knows, or that Prism reads otherwise: taken
// away, or written as a validator and Prism take them.
import { hasParts } from './faults.js';
import { listOf, type Node, type Side, type UserDocument } from './shape.js';
import { sampleOfText } from './text-sample.js';
import { unicodePattern } from './unicode-pattern.js';

/** The copy of a schema without what only one version of OpenAPI knows, and as Prism reads it. */
export function tidied(
  copy: Record<string, unknown>,
  schema: Node,
  { side, version }: { readonly side: Side; readonly version: UserDocument['version'] },
): Record<string, unknown> {
  for (const keyword of [
    'readOnly',
    'writeOnly',
    'discriminator',
    '$schema',
    '$id',
    'id',
    '$comment',
    'xml',
    'externalDocs',
  ])
    delete copy[keyword];
  for (const [keyword, value] of Object.entries(copy))
    if (value === null && keyword !== 'default' && keyword !== 'const' && keyword !== 'example')
      delete copy[keyword];
  if (typeof copy.required === 'boolean') delete copy.required;
  if (copy.type === 'file') copy.type = 'string';
  if (copy.type === 'any') delete copy.type;
  if (typeof copy.pattern === 'string') copy.pattern = unicodePattern(copy.pattern);
  if ('example' in copy) {
    if (copy.examples === undefined) copy.examples = [copy.example];
    delete copy.example;
  }
  if (!Array.isArray(copy.examples)) delete copy.examples;
  // No validator takes it; that nothing is allowed is not what its author means.
  if (Array.isArray(copy.enum) && copy.enum.length === 0) delete copy.enum;
  // Beside the parts of a schema Prism looks for this one alone.
  const [sample] = [copy.const, ...listOf(copy.enum), ...listOf(copy.examples)].filter(
    (value) => value !== undefined && value !== null,
  );
  if (sample !== undefined && hasParts(copy)) copy.example = sample;
  if (side === 'response' && copy.type === 'string' && !given.some((keyword) => keyword in copy)) {
    const sample = sampleOfText(copy);
    if (sample !== undefined) copy.examples = [sample];
  }
  for (const [flag, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof copy[flag] !== 'boolean') continue;
    if (copy[flag] && typeof copy[limit] === 'number') {
      copy[flag] = copy[limit];
      delete copy[limit];
    } else delete copy[flag];
  }
  return withNull(copy, schema, version);
}

/** In 3.1 `nullable` says nothing. */
function withNull(
  copy: Record<string, unknown>,
  schema: Node,
  version: UserDocument['version'],
): Record<string, unknown> {
  const isNullable =
    schema[version === '2.0' ? 'x-nullable' : 'nullable'] === true && version !== '3.1';
  delete copy.nullable;
  delete copy['x-nullable'];
  if (!isNullable) return copy;
  if (copy.type === undefined)
    return Object.keys(copy).length === 0
      ? copy
      : { anyOf: [copy, { type: 'null', enum: [null] }] };
  copy.type = [copy.type, 'null'].flat();
  if (Array.isArray(copy.enum) && !copy.enum.includes(null)) copy.enum = [...copy.enum, null];
  return copy;
}

/** What says what a value may be. */
const given = ['default', 'const', 'enum', 'examples'];
