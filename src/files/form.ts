// What breaks a schema, in words for whoever wrote the file: what is wrong, and what to write
// instead.
import type { ErrorObject, ValidateFunction } from 'ajv';
import { show } from '../spec/json.js';
import type { Json } from '../spec/message.js';
import { asWritten, atPointer, pointerToken, pointerTokens } from '../spec/pointer.js';
import { fixOf } from './nearest.js';

/** What a file is held to. */
export interface Form {
  readonly schema: object;
  /** Compiled from the schema beforehand. */
  readonly validate: ValidateFunction;
}

/** The fault at a node of the file. */
export interface FaultInWords {
  readonly pointer: string;
  readonly what: string;
  readonly fix: string;
}

interface Node {
  readonly $ref?: string;
  /** One reference, beside which more is asked. */
  readonly allOf?: readonly { readonly $ref?: string }[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

const typeWords: Readonly<Record<string, readonly [name: string, fix: string]>> = {
  string: ['a text', 'write a text, in quotes where it looks like something else'],
  integer: ['a whole number', 'write a whole number, such as 2'],
  number: ['a number', 'write a number'],
  boolean: ['true or false', 'write true or false'],
  array: ['a list', 'write one, with - before each item'],
  object: ['a map', 'write `name: value` lines'],
  null: ['null', 'write null'],
};

/** The error of a validator made from this schema, for a file that holds this value. */
export function inWords(schema: object, value: unknown, error: ErrorObject): FaultInWords {
  const { instancePath: pointer, keyword, params } = error;
  const got = atPointer(value as Json, pointer);
  const field = fieldAt(pointer);
  const node = nodeOf(schema, pointer) ?? nodeAt(schema, error.schemaPath);
  const described = node?.description === undefined ? '' : `: ${node.description}`;
  switch (keyword) {
    case 'required': {
      const key = params.missingProperty as string;
      const meant = node && stepInto(schema, node, key)?.description;
      const fix = meant === undefined ? `add ${key}` : `add ${key}: ${meant}`;
      return {
        pointer: below(pointer, key),
        what: `${fieldAt(below(pointer, key))} is missing`,
        fix,
      };
    }
    case 'additionalProperties': {
      const key = params.additionalProperty as string;
      const what = `${fieldAt(below(pointer, key))} is not a known key`;
      return {
        pointer: below(pointer, key),
        what,
        fix: fixOf(key, Object.keys(node?.properties ?? {})),
      };
    }
    case 'enum':
      return {
        pointer,
        what: `${field} cannot be ${shown(got)}`,
        fix: fixOf(got, (params.allowedValues as Json[]).map(String)),
      };
    case 'type': {
      const types = [params.type].flat() as string[];
      const names = types.map((type) => typeWords[type]?.[0] ?? type);
      return {
        pointer,
        what: `${field} must be ${names.join(' or ')}, not ${kindOf(got)}`,
        fix: typeWords[types[0] as string]?.[1] ?? '',
      };
    }
    case 'format':
      return { pointer, what: `${shown(got)} is not a valid date`, fix: A_TIME };
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return {
        pointer,
        what: `${field} is empty`,
        fix: `write something, or leave it out${described}`,
      };
    case 'maxLength':
      return {
        pointer,
        what: `${field} is longer than ${params.limit} characters`,
        fix: 'shorten it',
      };
    case 'minimum':
      return {
        pointer,
        what: `${field} is less than ${params.limit}`,
        fix: `write ${params.limit} or more`,
      };
    case 'maximum':
      return {
        pointer,
        what: `${field} is more than ${params.limit}`,
        fix: `write ${params.limit} or less`,
      };
    case 'pattern':
      return {
        pointer,
        what: `${shown(got)} has a form that ${field} cannot have`,
        fix: `write one that matches ${params.pattern}${described}`,
      };
    default:
      return { pointer, what: `${field} breaks ${keyword}`, fix: `see the schema${described}` };
  }
}

export const A_TIME = 'write a date and time such as 2026-02-26T15:30:00Z';

const below = (pointer: string, key: string): string => `${pointer}/${pointerToken(key)}`;

/** As a reader would write it. */
const fieldAt = (pointer: string): string => asWritten(pointer) ?? 'the file';

/**
 * What the schema says of a place in the file, as far as no choice stands on the way. The path of an
 * error says less: behind a reference, it begins anew.
 */
const nodeOf = (schema: object, pointer: string): Node | undefined =>
  pointerTokens(pointer).reduce<Node | undefined>(
    (node, token) => node && stepInto(schema, node, token),
    schema,
  );

function stepInto(schema: object, node: Node, token: string): Node | undefined {
  const next = node.properties?.[token] ?? (/^\d+$/.test(token) ? node.items : undefined);
  const reference = next?.$ref ?? next?.allOf?.[0]?.$ref;
  if (next === undefined || reference === undefined) return next;
  const target = atPointer(schema as Json, reference.slice(1)) as Node | undefined;
  return { ...target, ...next, properties: { ...next.properties, ...target?.properties } };
}

/** The schema that holds the keyword at a path such as `#/properties/time/format`. */
function nodeAt(schema: object, schemaPath: string): Node | undefined {
  const parent = schemaPath.replace(/^#/, '').replace(/\/[^/]*$/, '');
  return atPointer(schema as Json, decodeURIComponent(parent)) as Node | undefined;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return `the ${typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'value'} ${shown(value)}`;
}

const shown = (value: unknown): string => show(value, { longest: 80, absent: 'nothing' });
