// From a method and a raw path to an operation. Built once from the document; a literal segment
// goes before a parameter.
import { oncePer } from './once-per.js';

/** What the matcher needs to know of an operation. */
export interface Routable {
  readonly method: string;
  readonly template: string;
}

export type Match<Operation extends Routable> =
  | {
      readonly kind: 'operation';
      readonly operation: Operation;
      readonly path: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'unknown_path' }
  | { readonly kind: 'method_not_allowed'; readonly allowed: readonly string[] };

interface Node<Operation extends Routable> {
  readonly literals: Map<string, Node<Operation>>;
  parameter?: Node<Operation>;
  readonly operations: Map<string, Named<Operation>>;
}

interface Named<Operation extends Routable> {
  readonly operation: Operation;
  /** Of its path parameters, in order. */
  readonly names: readonly string[];
}

export type Matcher<Operation extends Routable> = (
  method: string,
  path: string,
) => Match<Operation>;

const unknownPath = { kind: 'unknown_path' } as const;
const createNode = <Operation extends Routable>(): Node<Operation> => ({
  literals: new Map(),
  operations: new Map(),
});

export function createMatcher<Operation extends Routable>(
  operations: Iterable<Operation>,
): Matcher<Operation> {
  const root = createNode<Operation>();
  for (const operation of operations) {
    addPath(root, operation.template, operation);
    // The collection is documented with the final slash; without it no redirect is sent (spaces
    // sheet 0.3).
    if (operation.template.endsWith('/')) addPath(root, operation.template.slice(0, -1), operation);
  }
  return (method, path) => {
    const values: string[] = [];
    const node = find(root, path.split('/'), 1, values);
    if (!node) return unknownPath;
    const named = node.operations.get(method === 'HEAD' ? 'GET' : method);
    if (!named) return { kind: 'method_not_allowed', allowed: allowedMethods(node) };
    const { operation, names } = named;
    const parameters: Record<string, string> = {};
    for (let i = 0; i < names.length; i++)
      parameters[names[i] as string] = decodeSegment(values[i] as string);
    return { kind: 'operation', operation, path: parameters };
  };
}

const matcherOfAll = oncePer((operations: ReadonlyMap<string, Routable>) =>
  createMatcher(operations.values()),
);

/** Of all operations of a document. */
export const matcherOf = <Operation extends Routable>(document: {
  readonly operations: ReadonlyMap<string, Operation>;
}): Matcher<Operation> => matcherOfAll(document.operations) as Matcher<Operation>;

function addPath<Operation extends Routable>(
  root: Node<Operation>,
  template: string,
  operation: Operation,
): void {
  let node = root;
  for (const segment of template.split('/').slice(1)) {
    if (segment.startsWith('{')) {
      node.parameter ??= createNode<Operation>();
      node = node.parameter;
    } else {
      const next = node.literals.get(segment) ?? createNode<Operation>();
      node.literals.set(segment, next);
      node = next;
    }
  }
  node.operations.set(operation.method, { operation, names: pathNamesIn(operation.template) });
}

/** The names of the parameters in a path, in order. */
export const pathNamesIn = (template: string): readonly string[] =>
  [...template.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name as string);

/** The node of a path, and the segments that stand for parameters. */
function find<Operation extends Routable>(
  node: Node<Operation>,
  segments: readonly string[],
  at: number,
  values: string[],
): Node<Operation> | undefined {
  const segment = segments[at];
  if (segment === undefined) return node.operations.size > 0 ? node : undefined;
  const literal = node.literals.get(decodeSegment(segment));
  const found = literal && find(literal, segments, at + 1, values);
  if (found) return found;
  // An empty segment is no id: `/v1/spaces//threads` names nothing.
  if (!node.parameter || segment === '') return undefined;
  values.push(segment);
  const below = find(node.parameter, segments, at + 1, values);
  if (!below) values.pop();
  return below;
}

function allowedMethods(node: Node<Routable>): readonly string[] {
  const methods = [...node.operations.keys()];
  return [
    ...(methods.includes('GET') ? ['GET', 'HEAD'] : []),
    ...methods.filter((method) => method !== 'GET'),
    'OPTIONS',
  ];
}

/** `%2F` inside a segment is part of a value; a broken escape stands for itself. */
export function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
