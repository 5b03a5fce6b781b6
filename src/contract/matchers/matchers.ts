// `toMatchContract` and the names of jest-openapi, for the `expect` of vitest and of jest:
// `expect.extend(matchers)`. Nothing of either is imported here.
import { fixOf } from '../../files/nearest.js';
import {
  aBoolean,
  anObject,
  aText,
  checkOptions,
  type OptionRule,
  oneOf,
} from '../../files/options.js';
import { componentNames, validatorOfComponent } from '../../shipped/components.js';
import { loadSpec } from '../../shipped/document.js';
import type { Json } from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import { violationsOf } from '../judge/schema-errors.js';
import { oneLine } from '../report/words.js';
import { recordVerdict } from './recorded.js';
import { type ShownExchange, shownIn } from './shown.js';
import { describeMatch, describeVerdict, type MatchOptions, verdictOn } from './verdict.js';

export { observe } from './observe.js';
export { contractCoverage } from './recorded.js';
export type { MatchOptions };

/** What both runners take from a matcher. */
interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** What both runners give to a matcher. */
interface MatcherContext {
  readonly isNot?: boolean;
}

/** Has to be awaited for a Response, whose body is still to be read. */
type Awaited<R, Received> = Received extends { clone(): unknown; text(): unknown }
  ? Promise<void>
  : R;

/** For the types of `expect`. */
export interface ContractMatchers<R = void, Received = unknown> {
  /**
   * The response, of fetch, supertest or axios, is one that the document has for its request; and
   * so is the request, where the response carries it. That of fetch is awaited.
   */
  toMatchContract(options?: MatchOptions): Awaited<R, Received>;
  /** The same, by the name that jest-openapi gives it. */
  toSatisfyApiSpec(options?: MatchOptions): Awaited<R, Received>;
  /** A value, such as a body that was parsed, has the form of a component of the document. */
  toSatisfySchemaInApiSpec(schemaName: string): R;
}

const optionRules: Record<keyof MatchOptions, OptionRule> = {
  method: aText,
  path: aText,
  headers: anObject,
  body: { expected: 'a value', holds: () => true },
  case: aText,
  request: aBoolean,
  failOn: oneOf('failure', 'question', 'notice'),
};

function toMatchContract(
  this: MatcherContext,
  received: unknown,
  options: MatchOptions = {},
): MatcherResult | Promise<MatcherResult> {
  checkOptions('toMatchContract', options, optionRules);
  const { isNot = false } = this;
  const finish = (exchange: ShownExchange): MatcherResult => {
    const verdict = verdictOn(loadSpec(), exchange, options);
    if (!isNot) recordVerdict(verdict);
    const pass = verdict.failing.length === 0;
    return { pass, message: () => (pass ? describeMatch(verdict) : describeVerdict(verdict)) };
  };
  const exchange = shownIn(received, options);
  return exchange instanceof Promise ? exchange.then(finish) : finish(exchange);
}

function toSatisfySchemaInApiSpec(
  this: MatcherContext,
  received: unknown,
  schemaName: string,
): MatcherResult {
  const names = componentNames();
  if (!names.includes(schemaName))
    throw new TypeError(
      `The document has no component ${JSON.stringify(schemaName)}: ${fixOf(schemaName, names)}.`,
    );
  const broken = violationsOf(validatorOfComponent(schemaName), received as Json);
  const pass = broken.length === 0;
  const message = (): string =>
    [
      `The value ${pass ? 'has' : 'does not have'} the form of ${schemaName} in the document.`,
      ...broken.flatMap(({ pointer, keyword, expected }) => [
        '',
        `at ${pointer === '' ? 'the value itself' : oneLine(pointer)}`,
        `  expected  ${keyword} ${oneLine(expected)}`,
        `  got       ${shown(atPointer(received as Json, pointer))}`,
      ]),
    ].join('\n');
  return { pass, message };
}

const shown = (value: unknown): string => oneLine(JSON.stringify(value)?.slice(0, 200) ?? 'absent');

/** For `expect.extend` of vitest or jest. */
export const matchers = {
  toMatchContract,
  toSatisfyApiSpec: toMatchContract,
  toSatisfySchemaInApiSpec,
};
