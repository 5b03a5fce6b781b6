// Prism's library, in this process: it answers the operations of a user's document that have no
// rule here.

import { AsyncLocalStorage } from 'node:async_hooks';
import { isDeepStrictEqual } from 'node:util';
import { withDefinitions } from '../openapi/markers.js';
import { type OneOperation, oneOperation } from '../openapi/one-operation.js';
import type { UserOperation } from '../openapi/operations.js';
import type { Cut } from '../openapi/schemas.js';
import { isNode, type UserDocument } from '../openapi/shape.js';
import type { PlainRequest } from '../spec/message.js';
import { uncompilable } from '../validation/compile.js';
import { drawValue } from './drawn-value.js';
import {
  breachesOf,
  errors,
  type PrismAnswer,
  problem,
  problemOf,
  render,
} from './prism/answer.js';
import type { Failure, HttpOperation, Library, Outcome, Prepared } from './prism/library.js';
import { bodyOf, isMediaType, type Read, translate } from './prism/request.js';
import { readWishes } from './prism/wishes.js';

export interface PrismOptions {
  readonly seed: string;
  readonly checkAnswer: boolean;
}

export interface Prism {
  answer(
    operation: UserOperation,
    values: Readonly<Record<string, string>>,
    request: PlainRequest,
    options: PrismOptions,
  ): Promise<PrismAnswer>;
}

/**
 * Characters of an operation's document up to which values are drawn: what a schema draws has no
 * bound of its own.
 */
const SMALL = 50_000;

const TRIES = 3;

/** The library is loaded when the first answer is asked of it: that takes seconds. */
export function createPrism(user: UserDocument, load: () => unknown): Prism {
  let library: Library | undefined;
  const prepared = new Map<UserOperation, Promise<Prepared>>();
  return {
    answer: async (operation, values, request, options) => {
      try {
        library ??= loadQuiet(load);
        const ready = prepared.get(operation) ?? prepare(library, user, operation);
        prepared.set(operation, ready);
        return await answer(library, await ready, { values, request }, options);
      } catch (error) {
        const what = (error as Error).message.split('\n', 1)[0] as string;
        return problem(
          500,
          'UNKNOWN',
          'Prism cannot answer this operation',
          `${what} (${user.place(operation.pointer)})`,
        );
      }
    },
  };
}

/** Prism's sampler tells the console what it thinks of a schema: in a log of ours that is noise. */
const quiet = new AsyncLocalStorage<true>();

function loadQuiet(load: () => unknown): Library {
  const { warn } = console;
  console.warn = (...texts) => {
    if (!quiet.getStore()) warn(...texts);
  };
  return load() as Library;
}

async function prepare(
  library: Library,
  user: UserDocument,
  operation: UserOperation,
): Promise<Prepared> {
  const one = oneOperation(user, operation);
  const isSmall = JSON.stringify([one.document, one.definitions]).length < SMALL;
  const read = async ({ document, definitions }: OneOperation): Promise<HttpOperation> => {
    const [operation] = await library.getHttpOperationsFromSpec(document);
    if (!operation) throw new Error('it finds no operation there');
    return withDefinitions(operation, definitions);
  };
  const http = await read(one);
  // Prism takes a schema that cannot be compiled for one that everything keeps.
  const faults = schemasOf(http).flatMap((schema) => uncompilable(schema));
  if (faults.length > 0)
    throw new Error(`a schema cannot be used: ${[...new Set(faults)].join('; ')}`);
  const cuts = new Map<Cut, Promise<HttpOperation>>();
  return {
    one,
    http,
    isSmall,
    cut: (cut) => {
      const made = cuts.get(cut) ?? read(oneOperation(user, operation, cut));
      cuts.set(cut, made);
      return made;
    },
  };
}

/** Every schema of an operation that Prism validates with, each with what it refers to. */
function schemasOf(http: HttpOperation): object[] {
  const found = new Set<object>();
  const bundle = http.__bundled__;
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (isNode(node))
      for (const [key, value] of Object.entries(node)) {
        if (key === 'schema' && isNode(value)) found.add({ ...value, __bundled__: bundle });
        else if (key !== '__bundled__' && key !== 'examples') walk(value);
      }
  };
  walk({ ...http });
  return [...found];
}

interface Answered {
  readonly output: Outcome['output'];
  readonly breaches: readonly string[];
}

type Result = { readonly failure: Failure } | Answered;

/** `output`: judged as it is, where Prism is not to make one. */
type Ask = (mock: object, operation?: HttpOperation, output?: Outcome['output']) => Promise<Result>;

const silent: Record<string, unknown> = { child: () => silent };

for (const level of ['trace', 'debug', 'info', 'success', 'warn', 'error', 'fatal'])
  silent[level] = () => {};

async function answer(
  library: Library,
  prepared: Prepared,
  { values, request }: Pick<Read, 'values' | 'request'>,
  { seed, checkAnswer }: PrismOptions,
): Promise<PrismAnswer> {
  const query = new URLSearchParams(request.target.split('?').slice(1).join('?'));
  const wishes = readWishes(request.headers.prefer, query);
  if ('refused' in wishes)
    return problem(422, 'UNPROCESSABLE_ENTITY', 'Invalid request', wishes.refused);
  const type = request.headers['content-type'];
  if (type !== undefined && request.body.length > 0 && !isMediaType(type))
    return problem(415, 'INVALID_CONTENT_TYPE', 'Invalid content type', `${type} is no media type`);
  const body = bodyOf(request);
  if (body instanceof Error) return problem(400, 'UNKNOWN', 'Invalid JSON', body.message);
  const { input, adapt } = translate(prepared, { values, request, query, body });
  const ask: Ask = async (mock, operation = prepared.http, output = undefined) => {
    const config = {
      isProxy: false,
      checkSecurity: true,
      validateRequest: true,
      validateResponse: checkAnswer,
      errors: false,
      mock: { dynamic: false, seed, ...mock },
    };
    const given = output && { mock: () => () => ({ _tag: 'Right', right: output }) as const };
    const instance = library.createInstance(config, { logger: silent, ...given });
    const result = await quiet.run(true, instance.request(input, [adapt(operation)], config));
    if (result._tag === 'Left') return { failure: result.left };
    return { output: result.right.output, breaches: breachesOf(result.right) };
  };
  const isFree = !('dynamic' in wishes.mock) && !('exampleKey' in wishes.mock);
  const whole = await ask(wishes.mock);
  // Prism makes no value with more than 2,500 properties.
  const isTooMuch =
    'failure' in whole && isFree && whole.failure.name === `${errors}SCHEMA_TOO_COMPLEX`;
  const first = isTooMuch ? await ask(wishes.mock, await prepared.cut('optional')) : whole;
  if ('failure' in first) return problemOf(first.failure);
  const best =
    first.breaches.length > 0 && isFree
      ? await withoutBreaches(first, { prepared, mock: wishes.mock, ask, seed })
      : first;
  return render(best.output, best.breaches, prepared.one, wishes.applied);
}

/**
 * What Prism makes of a schema may break it; what stands in an example is the document's own fault,
 * and is left.
 */
async function withoutBreaches(
  first: Answered,
  {
    prepared,
    mock,
    ask,
    seed,
  }: {
    readonly prepared: Prepared;
    readonly mock: object;
    readonly ask: Ask;
    readonly seed: string;
  },
): Promise<Answered> {
  const made = await ask({ ...mock, ignoreExamples: true });
  if (!('output' in made) || !isDeepStrictEqual(made.output.body, first.output.body)) return first;
  for (const cut of ['endless', 'optional'] as const) {
    const short = await ask(mock, await prepared.cut(cut));
    const judged = 'output' in short ? await ask(mock, prepared.http, short.output) : short;
    if ('output' in judged && judged.breaches.length === 0) return judged;
  }
  for (let i = 0; prepared.isSmall && i < TRIES; i++) {
    const dynamic = await ask({ ...mock, dynamic: true, seed: `${seed}/${i}` });
    if ('output' in dynamic && dynamic.breaches.length === 0) return dynamic;
    const body = drawValue(
      schemaOf(prepared.http, first.output),
      prepared.http.__bundled__,
      `${seed}/${i}`,
    );
    const drawn =
      body === undefined ? dynamic : await ask(mock, prepared.http, { ...first.output, body });
    if ('output' in drawn && drawn.breaches.length === 0) return drawn;
  }
  return first;
}

/** The schema that an answer's body is to keep. */
function schemaOf(
  { responses }: HttpOperation,
  { statusCode, headers }: Outcome['output'],
): unknown {
  const status = String(statusCode);
  const codes = [status, `${status[0]}XX`, 'default'];
  const response = codes.map((code) => responses.find((one) => one.code === code)).find(Boolean);
  return response?.contents?.find(({ mediaType }) => mediaType === headers?.['Content-type'])
    ?.schema;
}
