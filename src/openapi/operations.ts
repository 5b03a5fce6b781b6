// The operations of a user's document, and which of them a request is for.
import { decodeSegment } from '../spec/match.js';
import { pointerToken } from '../spec/pointer.js';
import {
  isMethod,
  isNode,
  lookUp,
  type Method,
  type Node,
  referenceOf,
  type UserDocument,
} from './shape.js';

export interface UserOperation {
  /** The operationId, or method and path where the document gives none. */
  readonly id: string;
  readonly method: Method;
  readonly template: string;
  /** Where it is written. */
  readonly pointer: string;
  readonly path: Node;
  readonly node: Node;
}

export type Found =
  | {
      readonly kind: 'operation';
      readonly operation: UserOperation;
      readonly values: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'unknown_path' }
  | { readonly kind: 'method_not_allowed'; readonly allowed: readonly string[] };

export interface Router {
  readonly operations: readonly UserOperation[];
  find(method: string, path: string): Found;
}

export function createRouter(user: UserDocument): Router {
  const operations = operationsOf(user.document);
  const routes = routesOf(operations);
  const bases = basesOf(user.document);
  return {
    operations,
    find: (method, path) => {
      const found = findRoute(routes, method, path);
      if (found.kind !== 'unknown_path') return found;
      // A client that is given the whole URL of a server of the document calls it with its base
      // path.
      for (const base of bases) {
        const [start] = base.exec(path) ?? [];
        if (start === undefined) continue;
        const below = findRoute(routes, method, path.slice(start.length) || '/');
        if (below.kind !== 'unknown_path') return below;
      }
      return found;
    },
  };
}

export function operationsOf(document: Node): UserOperation[] {
  const paths = isNode(document.paths) ? document.paths : {};
  return Object.entries(paths).flatMap(([template, written]) => {
    if (!template.startsWith('/') || !isNode(written)) return [];
    const { path, pointer } = behind(document, written, `/paths/${pointerToken(template)}`);
    return Object.entries(path).flatMap(([method, node]) =>
      isMethod(method) && isNode(node)
        ? [
            {
              id: nameOf(node, method, template),
              method,
              template,
              pointer: `${pointer}/${method}`,
              path,
              node,
            },
          ]
        : [],
    );
  });
}

const nameOf = ({ operationId }: Node, method: string, template: string): string =>
  typeof operationId === 'string' ? operationId : `${method.toUpperCase()} ${template}`;

/**
 * The path behind a reference; what stands beside the reference goes before what stands behind it.
 */
function behind(document: Node, written: Node, pointer: string): { path: Node; pointer: string } {
  const reference = referenceOf(written);
  if (reference === undefined) return { path: written, pointer };
  const target = behind(document, lookUp(document, reference) as Node, reference.slice(1));
  const { $ref: _, ...beside } = written;
  return { path: { ...target.path, ...beside }, pointer: target.pointer };
}

/** A template and its operations by method. */
interface Route {
  readonly segments: readonly string[];
  readonly template: string;
  readonly operations: Map<string, UserOperation>;
}

/** By number of segments, the most literal first. */
function routesOf(operations: readonly UserOperation[]): ReadonlyMap<number, readonly Route[]> {
  const byTemplate = new Map<string, Route>();
  for (const operation of operations) {
    const template = operation.template.split('?', 1)[0] as string;
    const route = byTemplate.get(template) ?? {
      segments: template.split('/').slice(1),
      template,
      operations: new Map(),
    };
    byTemplate.set(template, route);
    if (!route.operations.has(operation.method)) route.operations.set(operation.method, operation);
  }
  const bySize = new Map<number, Route[]>();
  for (const route of byTemplate.values()) {
    const { length } = route.segments;
    bySize.set(length, [...(bySize.get(length) ?? []), route]);
  }
  for (const routes of bySize.values()) routes.sort(moreLiteral);
  return bySize;
}

function moreLiteral(a: Route, b: Route): number {
  for (const [i, segment] of a.segments.entries()) {
    const difference = literalness(b.segments[i] as string) - literalness(segment);
    if (difference !== 0) return difference;
  }
  return 0;
}

const literalness = (segment: string): number =>
  segment.includes('{') ? segment.replace(/\{[^{}]*\}/g, '').length : Number.MAX_SAFE_INTEGER;

function findRoute(
  routes: ReadonlyMap<number, readonly Route[]>,
  method: string,
  path: string,
): Found {
  const segments = path.split('/').slice(1).map(decodeSegment);
  const allowed = new Set<string>();
  for (const route of routes.get(segments.length) ?? []) {
    const values = matchSegments(route.segments, segments);
    if (!values) continue;
    const wanted = method.toLowerCase();
    // A HEAD is answered as a GET is, but for the body.
    const operation =
      route.operations.get(wanted) ?? (wanted === 'head' ? route.operations.get('get') : undefined);
    if (operation) return { kind: 'operation', operation, values };
    for (const other of route.operations.keys()) allowed.add(other.toUpperCase());
  }
  return allowed.size > 0
    ? { kind: 'method_not_allowed', allowed: [...allowed] }
    : { kind: 'unknown_path' };
}

function matchSegments(
  templates: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  for (const [i, template] of templates.entries()) {
    const segment = segments[i] as string;
    if (!template.includes('{')) {
      if (template !== segment && decodeSegment(template) !== segment) return undefined;
      continue;
    }
    const { pattern, names } = patternOf(template);
    const match = pattern.exec(segment);
    if (!match) return undefined;
    for (const [at, name] of names.entries()) values[name] = match[at + 1] as string;
  }
  return values;
}

const patterns = new Map<string, { readonly pattern: RegExp; readonly names: readonly string[] }>();

/**
 * `{id}.pdf`, `{from}-{to}`, `v{major}`, `{id}:moor`: a segment may hold more than one parameter,
 * and text between.
 */
function patternOf(template: string) {
  const earlier = patterns.get(template);
  if (earlier) return earlier;
  const names = namesIn(template);
  const text = template
    .split(/\{[^{}]*\}/)
    .map((literal) => literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('(.+?)');
  const made = { pattern: new RegExp(`^${text}$`, 's'), names };
  patterns.set(template, made);
  return made;
}

/** The names of a template's parameters, in their order. */
export const namesIn = (template: string): string[] =>
  [...template.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name as string);

/**
 * The paths of the document's servers, the longest first; a variable stands for anything within a
 * segment.
 */
function basesOf(document: Node): RegExp[] {
  const urls = new Set<string>(typeof document.basePath === 'string' ? [document.basePath] : []);
  const addFrom = ({ servers }: Node): void => {
    for (const server of Array.isArray(servers) ? servers : [])
      if (isNode(server) && typeof server.url === 'string') urls.add(server.url);
  };
  addFrom(document);
  for (const written of Object.values(isNode(document.paths) ? document.paths : {})) {
    if (!isNode(written)) continue;
    addFrom(written);
    for (const operation of Object.values(written)) if (isNode(operation)) addFrom(operation);
  }
  const paths = [...urls].map((url) =>
    url
      .replace(/^([^/]*:)?\/\/[^/]*/, '')
      .replace(/^\.?(?=[^/])/, '/')
      .replace(/\/+$/, ''),
  );
  return [...new Set(paths)]
    .filter((path) => path !== '')
    .sort((a, b) => b.length - a.length)
    .map(
      (path) =>
        new RegExp(
          `^${path.replace(/[\\^$.*+?()[\]|]/g, '\\$&').replace(/\{[^{}]*\}/g, '[^/]+')}(?=/|$)`,
        ),
    );
}
