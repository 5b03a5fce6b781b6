// What makes a node of an OpenAPI document unusable. Only what no reader could make sense of:
// published documents are full of trifles.
import { show } from '../spec/json.js';
import { pointerToken } from '../spec/pointer.js';
import { isNode, type Kind, lookUp, type Node, referenceOf } from './shape.js';

export interface Fault {
  /** Where it is, below the node. */
  readonly below?: string;
  readonly what: string;
  readonly fix: string;
}

export function faultsOf(value: unknown, kind: Kind): readonly Fault[] {
  if (!isNode(value)) {
    if (kind === 'schema' && typeof value === 'boolean') return [];
    return [
      {
        what: `${aKind(kind)} must be a map, not ${nameOf(value)}`,
        fix: `describe the ${kind} here, or remove it`,
      },
    ];
  }
  if (referenceOf(value) !== undefined) return [];
  if ('$ref' in value)
    return [{ below: '/$ref', what: 'a reference must be a text', fix: 'write it as "#/…"' }];
  return checks[kind]?.(value) ?? [];
}

const aKind = (kind: Kind): string => `${/^[aeo]/.test(kind) ? 'an' : 'a'} ${kind}`;

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

const checks: Partial<Record<Kind, (node: Node) => Fault[]>> = {
  document: ({ paths }) =>
    Object.keys(isNode(paths) ? paths : {})
      .filter((path) => !path.startsWith('/') && !path.startsWith('x-'))
      .map((path) => ({
        below: `/paths/${pointerToken(path)}`,
        what: `the path ${path} does not begin with /`,
        fix: `write /${path}`,
      })),
  parameter: (node) => [
    ...(typeof node.name === 'string'
      ? []
      : [{ below: '/name', what: 'a parameter needs a name', fix: 'add `name`' }]),
    ...(places.includes(node.in as string)
      ? []
      : [
          {
            below: '/in',
            what: `a parameter is in ${places.slice(0, 4).join(', ')}, not in ${shown(node.in)}`,
            fix: 'correct `in`',
          },
        ]),
  ],
  operation: ({ responses }) =>
    Object.keys(isNode(responses) ? responses : {})
      .filter((status) => !/^([1-5](\d\d|XX)|default|x-.*)$/i.test(status))
      .map((status) => ({
        below: `/responses/${status}`,
        what: `${status} is no status of a response`,
        fix: 'write a status such as 200, a range such as 4XX, or default',
      })),
  schema: (node) =>
    Object.entries(node).flatMap(([keyword, value]) => keywordFault(keyword, value)),
};

const places: readonly string[] = ['path', 'query', 'header', 'cookie', 'body', 'formData'];
const types: readonly unknown[] = [
  'string',
  'number',
  'integer',
  'boolean',
  'object',
  'array',
  'null',
  'file',
];

const shown = (value: unknown): string => show(value, { absent: 'nothing' });

/** What a keyword takes; keywords that are not here are taken as they are. */
const keywords: Readonly<
  Record<string, readonly [takes: string, holds: (value: unknown) => boolean]>
> = {
  type: [
    `one of ${types.slice(0, 7).join(', ')}`,
    (value) => [value].flat().every((type) => types.includes(type)),
  ],
  enum: ['a list', Array.isArray],
  required: ['a list of names', (value) => Array.isArray(value) || typeof value === 'boolean'],
  pattern: ['a regular expression', isPattern],
  ...entries(
    ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'],
    ['a whole number, 0 or more', (value) => Number.isInteger(value) && (value as number) >= 0],
  ),
  ...entries(['minimum', 'maximum'], ['a number', (value) => typeof value === 'number']),
  multipleOf: ['a number above 0', (value) => typeof value === 'number' && value > 0],
};

function entries<Value>(names: readonly string[], value: Value): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

function keywordFault(keyword: string, value: unknown): Fault[] {
  const [takes, holds] = (Object.hasOwn(keywords, keyword) && keywords[keyword]) || [];
  if (takes === undefined || holds?.(value)) return [];
  // A null for "not given" is a habit of generators, and says as much.
  if (value === null) return [];
  const what = `\`${keyword}\` takes ${takes}, not ${shown(value)}`;
  return [{ below: `/${keyword}`, what, fix: fixOfKeyword(keyword, value) }];
}

const fixOfKeyword = (keyword: string, value: unknown): string =>
  keyword === 'type' && value === 'any'
    ? 'leave `type` out: any value is allowed then'
    : `correct \`${keyword}\``;

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value) !== undefined;
  } catch {
    return false;
  }
}

/** What puts a schema together from others, at the same place of a value. */
export const partKeywords: readonly string[] = ['allOf', 'anyOf', 'oneOf'];
export const hasParts = (schema: Node): boolean =>
  partKeywords.some((keyword) => Array.isArray(schema[keyword]));

/**
 * Where a schema is a part of itself at the same place of a value: nothing could ever be said about
 * that value.
 */
export function selfContained(document: Node, schemas: ReadonlyMap<string, Node>): string[] {
  const state = new Map<Node, 'open' | 'done'>();
  const found: string[] = [];
  const walk = (schema: unknown, pointer: string): void => {
    if (!isNode(schema) || state.get(schema) === 'done') return;
    if (state.get(schema) === 'open') return void found.push(pointer);
    state.set(schema, 'open');
    const reference = referenceOf(schema);
    if (reference !== undefined) walk(lookUp(document, reference), pointer);
    for (const keyword of partKeywords) {
      const parts = schema[keyword];
      if (Array.isArray(parts))
        parts.forEach((part, i) => void walk(part, `${pointer}/${keyword}/${i}`));
    }
    state.set(schema, 'done');
  };
  for (const [pointer, schema] of schemas) walk(schema, pointer);
  return found;
}
