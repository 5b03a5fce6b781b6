// A document of the user's own in place of ours: operations of ours keep their rules, Prism answers
// all others.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { requireInPackage } from '../files/package.js';
import type { Problem } from '../files/problem.js';
import { createRouter, type Found, type UserOperation } from '../openapi/operations.js';
import { readDocument } from '../openapi/read.js';
import type { Operation, Spec } from '../spec/document.js';
import { UsageError } from '../spec/failure.js';
import { type PlainRequest, pathOf } from '../spec/message.js';
import { pointerToken } from '../spec/pointer.js';
import type { PrismAnswer } from './prism/answer.js';
import type { Prism, PrismOptions } from './prism.js';

/** The library that another document needs is not installed. */
export class MissingPrism extends UsageError {}

/** What there is to say of a document before anything is asked. */
export interface DocumentSummary {
  readonly title: string;
  readonly operations: number;
  /** How many of them are ours, answered by our rules; Prism answers the others. */
  readonly own: number;
}

export interface OtherDocument {
  readonly summary: DocumentSummary;
  /** As it is served. */
  readonly text: string;
  /** Our operations that the document has as well. */
  readonly own: readonly Operation[];
  /** All that it has; those that are not ours have no cases. */
  readonly operations: ReadonlyMap<string, Operation<string>>;
  /** Is it ours, so that the vendor's form fits what reaches no operation? */
  readonly isOurs: boolean;
  /** A problem for each of its paths that is one of others. */
  clashes(isTaken: (path: string) => boolean, what: string, fix: string): readonly Problem[];
  /** Whose a request is; undefined where a rule of ours answers. */
  find(request: PlainRequest): Found | undefined;
  answer(found: Found, request: PlainRequest, options: PrismOptions): Promise<OthersAnswer>;
}

export interface OthersAnswer {
  readonly answer: PrismAnswer;
  /** The operation that Prism answered; absent where the document has none for the request. */
  readonly operation?: string;
}

/** Throws a DocumentError that lists every problem, or MissingPrism. */
export function loadOtherDocument(
  file: string,
  spec: Spec,
  locate: Locate = locateLibrary,
): OtherDocument {
  const user = readDocument(file);
  const router = createRouter(user);
  const own = new Map<UserOperation, Operation>();
  for (const operation of router.operations) {
    const ours = spec.operations.get(operation.id as Operation['id']);
    if (ours?.template === operation.template && ours.method === operation.method.toUpperCase())
      own.set(operation, ours);
  }
  // Whether Prism is there is said at the start, though it is loaded later.
  const load = own.size < router.operations.length ? locatePrism(locate) : () => undefined;
  let prism: Prism | undefined;
  let text: string | undefined;
  const { info } = user.document as { info?: { title?: unknown } | null };
  return {
    summary: {
      title: String(info?.title ?? 'An API'),
      operations: router.operations.length,
      own: own.size,
    },
    get text() {
      text ??= JSON.stringify(user.document);
      return text;
    },
    own: [...own.values()],
    operations: new Map(
      router.operations.map((operation) => [operation.id, own.get(operation) ?? bare(operation)]),
    ),
    isOurs: own.size > 0,
    clashes: (isTaken, what, fix) =>
      Object.keys(user.document.paths as object).flatMap((path) =>
        isTaken(path) ? [user.problem(`/paths/${pointerToken(path)}`, `${path} ${what}`, fix)] : [],
      ),
    find: (request) => {
      const found = router.find(request.method, pathOf(request));
      return found.kind === 'operation' && own.has(found.operation) ? undefined : found;
    },
    answer: async (found, request, options) => {
      const [{ createPrism }, { problem }] = await Promise.all([
        import('./prism.js'),
        import('./prism/answer.js'),
      ]);
      const path = pathOf(request);
      if (found.kind === 'operation') {
        prism ??= createPrism(user, load);
        const { operation, values } = found;
        return {
          answer: await prism.answer(operation, values, request, options),
          operation: operation.id,
        };
      }
      if (found.kind === 'unknown_path') {
        const detail = `The document has no path ${path}`;
        return {
          answer: problem(
            404,
            'NO_PATH_MATCHED_ERROR',
            'Route not resolved, no path matched',
            detail,
          ),
        };
      }
      const allow = found.allowed.join(', ');
      const detail = `${path} takes ${allow}, not ${request.method}`;
      const refused = problem(
        405,
        'NO_METHOD_MATCHED_ERROR',
        'Route resolved, but no method matched',
        detail,
      );
      return { answer: { ...refused, headers: { ...refused.headers, allow } } };
    },
  };
}

const bare = ({ id, method, template }: UserOperation): Operation<string> => ({
  id,
  method: method.toUpperCase() as Operation['method'],
  template,
  pathNames: [...template.matchAll(/\{(.+?)\}/g)].map(([, name]) => name as string),
  tag: '',
  parameters: [],
  responses: new Map(),
  cases: new Map(),
});

const library = '@stoplight/prism-http';
/**
 * As in package.json: what was tried, and runs on every Node that Understudy runs on. The next
 * release asks for Node 24.
 */
const range = '~5.12.0';

/** Gives what loads the library; throws where there is none. */
type Locate = () => () => unknown;

function locatePrism(locate: Locate): () => unknown {
  try {
    return locate();
  } catch {
    const fix = `npm install --save-dev ${library}@${range}`;
    throw new MissingPrism(
      `Another document is answered by Prism, which is not installed.\n  fix: ${fix}`,
    );
  }
}

/** Beside Understudy, else in the folder where the command runs. */
function locateLibrary(): () => unknown {
  const places = [requireInPackage, createRequire(join(process.cwd(), 'package.json'))];
  const isThere = (require: NodeJS.Require): boolean => {
    try {
      return require.resolve(library) !== '';
    } catch {
      return false;
    }
  };
  const require = places.find(isThere);
  if (!require) throw new Error(`${library} is not installed`);
  return () => require(library);
}
