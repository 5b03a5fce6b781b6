// What stands where in an OpenAPI document, 2.0 to 3.1: enough to tell a schema from the data of an
// example.
import type { ProblemAt } from '../files/yaml.js';
import { keyOfToken } from '../spec/pointer.js';

export type Kind =
  | 'document'
  | 'components'
  | 'path'
  | 'operation'
  | 'callback'
  | 'parameter'
  | 'header'
  | 'request body'
  | 'response'
  | 'media type'
  | 'encoding'
  | 'example'
  | 'schema';

/**
 * What a key holds: one node, a list of nodes, a map of nodes by name, or a schema that may be a
 * list of them.
 */
type Place = readonly [form: 'one' | 'list' | 'map' | 'oneOrList', kind: Kind];
type Shape = Readonly<Record<string, Place>>;

export const methods = [
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
] as const;
export type Method = (typeof methods)[number];
export const isMethod = (key: string): key is Method =>
  (methods as readonly string[]).includes(key);

const parameter: Shape = {
  schema: ['one', 'schema'],
  items: ['one', 'schema'],
  content: ['map', 'media type'],
  examples: ['map', 'example'],
};

const shapes: Readonly<Record<Kind, Shape>> = {
  document: {
    paths: ['map', 'path'],
    webhooks: ['map', 'path'],
    components: ['one', 'components'],
    definitions: ['map', 'schema'],
    parameters: ['map', 'parameter'],
    responses: ['map', 'response'],
  },
  components: {
    schemas: ['map', 'schema'],
    responses: ['map', 'response'],
    parameters: ['map', 'parameter'],
    examples: ['map', 'example'],
    requestBodies: ['map', 'request body'],
    headers: ['map', 'header'],
    pathItems: ['map', 'path'],
    callbacks: ['map', 'callback'],
  },
  path: {
    ...(Object.fromEntries(
      methods.map((method) => [method, ['one', 'operation'] as const]),
    ) as Shape),
    parameters: ['list', 'parameter'],
  },
  operation: {
    parameters: ['list', 'parameter'],
    requestBody: ['one', 'request body'],
    responses: ['map', 'response'],
    callbacks: ['map', 'callback'],
  },
  /** Its keys are expressions; each holds a path. */
  callback: {},
  parameter,
  header: parameter,
  'request body': { content: ['map', 'media type'] },
  response: {
    content: ['map', 'media type'],
    headers: ['map', 'header'],
    schema: ['one', 'schema'],
  },
  'media type': {
    schema: ['one', 'schema'],
    examples: ['map', 'example'],
    encoding: ['map', 'encoding'],
  },
  encoding: { headers: ['map', 'header'] },
  example: {},
  schema: {
    properties: ['map', 'schema'],
    patternProperties: ['map', 'schema'],
    dependentSchemas: ['map', 'schema'],
    definitions: ['map', 'schema'],
    $defs: ['map', 'schema'],
    allOf: ['list', 'schema'],
    anyOf: ['list', 'schema'],
    oneOf: ['list', 'schema'],
    prefixItems: ['list', 'schema'],
    items: ['oneOrList', 'schema'],
    additionalItems: ['one', 'schema'],
    additionalProperties: ['one', 'schema'],
    contains: ['one', 'schema'],
    propertyNames: ['one', 'schema'],
    unevaluatedItems: ['one', 'schema'],
    unevaluatedProperties: ['one', 'schema'],
    not: ['one', 'schema'],
    if: ['one', 'schema'],
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema, never awaited
    then: ['one', 'schema'],
    else: ['one', 'schema'],
  },
};

export type Node = Readonly<Record<string, unknown>>;
export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A document of the user's own, as it was read. */
export interface UserDocument {
  /** The file and what it refers to in others, as one document. */
  readonly document: Node;
  readonly version: Version;
  /** Where a pointer stands, as `file:line:column`. */
  readonly place: (pointer: string) => string;
  /** A problem at a pointer. */
  readonly problem: ProblemAt;
}

/** A request need not give what is read-only, a response must not give what is write-only. */
export type Side = 'request' | 'response';

export type Version = '2.0' | '3.0' | '3.1';

/** A part of a node that is a node itself, and where it stands below its parent. */
export interface Child {
  readonly value: unknown;
  readonly kind: Kind;
  readonly keys: readonly (string | number)[];
}

/** A map or a list that is something else. */
export interface Misfit {
  readonly key: string;
  readonly expected: 'a map' | 'a list';
}

/** The nodes directly below a node. What is data (an example, a default, an enum) is none. */
export function childrenOf(
  node: Node,
  kind: Kind,
): { readonly children: Child[]; readonly misfits: Misfit[] } {
  const children: Child[] = [];
  const misfits: Misfit[] = [];
  if (kind === 'callback') {
    for (const [key, value] of Object.entries(node))
      if (!key.startsWith('x-')) children.push({ value, kind: 'path', keys: [key] });
    return { children, misfits };
  }
  for (const [key, [form, below]] of Object.entries(shapes[kind])) {
    const value = node[key];
    if (value === undefined || isData(node, kind, key)) continue;
    if (form === 'one' || (form === 'oneOrList' && !Array.isArray(value))) {
      children.push({ value, kind: below, keys: [key] });
    } else if (form === 'map') {
      if (!isNode(value)) misfits.push({ key, expected: 'a map' });
      else
        for (const name of Object.keys(value))
          if (!isExtension(name, below))
            children.push({ value: value[name], kind: below, keys: [key, name] });
    } else if (!Array.isArray(value)) misfits.push({ key, expected: 'a list' });
    else
      value.forEach((item, i) => void children.push({ value: item, kind: below, keys: [key, i] }));
  }
  return { children, misfits };
}

/** `x-…` extends a map of paths or of responses; in other maps it is a name like any. */
const isExtension = (name: string, below: Kind): boolean =>
  name.startsWith('x-') && (below === 'path' || below === 'response');

/**
 * In Swagger 2.0 the `examples` of a response are data by media type; in a schema they always are.
 */
const isData = (node: Node, kind: Kind, key: string): boolean =>
  key === 'examples' && (kind === 'schema' || !isNode(node[key]));

/** The reference of a node, where it is one. */
export function referenceOf(node: unknown): string | undefined {
  return isNode(node) && typeof node.$ref === 'string' ? node.$ref : undefined;
}

/** What a node is, or refers to, whatever references are between. */
export function dereferenced(document: unknown, node: unknown): unknown {
  const reference = referenceOf(node);
  return reference === undefined ? node : dereferenced(document, lookUp(document, reference));
}

/** The node at a JSON pointer with or without its `#`. */
export function lookUp(document: unknown, pointer: string): unknown {
  let at: unknown = document;
  for (const token of pointer.split('/').slice(1)) {
    const key = decodeToken(token);
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Node)[key];
  }
  return at;
}

function decodeToken(token: string): string {
  let text = token;
  try {
    text = decodeURIComponent(token);
  } catch {
    // A percent sign that escapes nothing stands for itself.
  }
  return keyOfToken(text);
}

/** A copy of a node whose children are made anew; what is data is copied by `copyData`. */
export function mapChildren(
  node: Node,
  kind: Kind,
  copyChild: (child: Child) => unknown,
  copyData: (value: unknown, key: string) => unknown,
): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) copy[key] = copyData(value, key);
  const { children } = childrenOf(node, kind);
  const cleared = new Set<string>();
  for (const child of children) {
    const [key, inner] = child.keys as [string, string | number | undefined];
    const made = copyChild(child);
    if (inner === undefined) {
      copy[key] = made;
      continue;
    }
    if (!cleared.has(key)) copy[key] = typeof inner === 'number' ? [] : {};
    cleared.add(key);
    (copy[key] as Record<string | number, unknown>)[inner] = made;
  }
  return copy;
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
