// The `$…` expressions of tables, recipes and lifecycles: one grammar, read in one place.
//
//   $known.NAME                an id that the profile knows
//   $callers.CALLER.FIELD      what the profile says of a caller
//   $slot.NAME                 what a recipe has made
//   $name, $unique             a text that is new each time
//   $response.body#/POINTER    a value in an answer; always the whole text
//   $inputs.NAME, $steps.STEP.outputs.NAME, $statusCode    in lifecycles, as Arazzo has them
//
// An expression may stand inside a longer text. `?` behind one that is the whole text marks an item
// of a list that is left out where the profile does not have it.
import type { Json, JsonObject } from '../../spec/message.js';
import { oncePer } from '../../spec/once-per.js';
import { callerNames, knownNames } from './caller.js';

export type Expression =
  | { readonly kind: 'known'; readonly name: string }
  | { readonly kind: 'caller'; readonly caller: string; readonly field: string }
  | { readonly kind: 'slot'; readonly name: string }
  | { readonly kind: 'new_name' }
  | { readonly kind: 'body'; readonly pointer: string }
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'output'; readonly step: string; readonly name: string }
  | { readonly kind: 'status' }
  /** Begins with `$`, and is none of them. */
  | { readonly kind: 'unknown'; readonly text: string };

/** A value of a contract, read: its expressions are filled in each time it is used. */
export type Template =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly optional: boolean }
  | { readonly kind: 'text'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | {
      readonly kind: 'map';
      readonly entries: readonly (readonly [key: string, value: Template])[];
    };

/**
 * Each form, and what its words mean. A name that is left out is read as an empty one, so that it
 * can be reported.
 */
const forms: readonly (readonly [
  form: RegExp,
  read: (text: string, first: string, second: string) => Expression,
])[] = [
  [/\$known(?:\.(\w+))?(?!\w)/y, (_, name) => ({ kind: 'known', name })],
  [
    /\$callers(?:\.(\w+))?(?:\.(\w+))?(?!\w)/y,
    (_, caller, field) => ({ kind: 'caller', caller, field }),
  ],
  [/\$slot(?:\.(\w+))?(?!\w)/y, (_, name) => ({ kind: 'slot', name })],
  [/\$(?:name|unique)(?!\w)/y, () => ({ kind: 'new_name' })],
  [/\$inputs\.(\w+)/y, (_, name) => ({ kind: 'input', name })],
  [/\$steps\.([\w-]+)\.outputs\.([\w-]+)/y, (_, step, name) => ({ kind: 'output', step, name })],
  [/\$statusCode(?!\w)/y, () => ({ kind: 'status' })],
  [/\$\w*/y, (text) => ({ kind: 'unknown', text })],
];

/** How an expression of a table begins. */
export const tableExpressions = ['$known', '$callers', '$slot', '$name', '$unique', '$response'];

/** Reads a value with all that is in it. What holds no expression stays as it is. */
export function readTemplate(value: Json): Template {
  if (typeof value === 'string') return readText(value);
  return typeof value === 'object' && value !== null
    ? readWhole(value)
    : { kind: 'literal', value };
}

/** Many rows have the same recipe, so what it holds is read once. */
const readWhole = oncePer((value: JsonObject | readonly Json[]): Template => {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map(readTemplate);
    return items.every(isLiteral) ? { kind: 'literal', value } : { kind: 'list', items };
  }
  const whole = value as JsonObject;
  const entries = Object.entries(whole).map(([key, item]) => [key, readTemplate(item)] as const);
  return entries.every(([, item]) => isLiteral(item))
    ? { kind: 'literal', value: whole }
    : { kind: 'map', entries };
});

/** The same for each value of a path or a query. */
export const readTemplates = (
  values: Readonly<Record<string, Json>>,
): Readonly<Record<string, Template>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, readTemplate(value)]));

const isLiteral = ({ kind }: Template): boolean => kind === 'literal';

function readText(text: string): Template {
  if (!text.includes('$')) return { kind: 'literal', value: text };
  const [, pointer] = /^\$response\.body#(|\/.*)$/s.exec(text) ?? [];
  if (pointer !== undefined)
    return { kind: 'expression', expression: { kind: 'body', pointer }, optional: false };
  const parts = partsOf(text);
  const [first, behind, ...others] = parts;
  const isWhole = others.length === 0 && (behind === undefined || behind === '?');
  if (isWhole && first !== undefined && typeof first !== 'string')
    return { kind: 'expression', expression: first, optional: behind === '?' };
  return { kind: 'text', parts };
}

function partsOf(text: string): readonly (string | Expression)[] {
  const parts: (string | Expression)[] = [];
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('$', at);
    const end = next < 0 ? text.length : next;
    if (end > at) parts.push(text.slice(at, end));
    if (next < 0) break;
    const { expression, length } = expressionAt(text, next);
    parts.push(expression);
    at = next + length;
  }
  return parts;
}

function expressionAt(
  text: string,
  at: number,
): { readonly expression: Expression; readonly length: number } {
  for (const [form, read] of forms) {
    form.lastIndex = at;
    const [found, first = '', second = ''] = form.exec(text) ?? [];
    if (found !== undefined)
      return { expression: read(found, first, second), length: found.length };
  }
  throw new Error(`The last form fits every text with a $, but not ${text}.`);
}

/** An expression where it stands, and whether it may be missing there. */
export interface Use {
  readonly expression: Expression;
  readonly optional: boolean;
}

const none: readonly Use[] = [];

/** Every expression in a value, in order. */
export const usesIn = (template: Template | undefined): readonly Use[] =>
  template === undefined || template.kind === 'literal' ? none : usesWithin(template);

const usesWithin = oncePer((template: Template): readonly Use[] => {
  switch (template.kind) {
    case 'expression':
      return [template];
    case 'text':
      return template.parts.flatMap((part) =>
        typeof part === 'string' ? [] : [{ expression: part, optional: false }],
      );
    case 'list':
      return template.items.flatMap(usesIn);
    case 'map':
      return template.entries.flatMap(([, item]) => usesIn(item));
    default:
      return none;
  }
});

/** What the expressions of a value stand for. */
export interface Meaning {
  readonly valueOf: (expression: Expression) => Json;
  /** False for an optional item of a list that is to be left out. */
  readonly has: (expression: Expression) => boolean;
}

/** The value with its expressions filled in. */
export function fill(template: Template, meaning: Meaning): Json {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return meaning.valueOf(template.expression);
    case 'text':
      return template.parts
        .map((part) => (typeof part === 'string' ? part : String(meaning.valueOf(part))))
        .join('');
    case 'list':
      return template.items
        .filter(
          (item) => !(item.kind === 'expression' && item.optional) || meaning.has(item.expression),
        )
        .map((item) => fill(item, meaning));
    case 'map':
      return Object.fromEntries(template.entries.map(([key, item]) => [key, fill(item, meaning)]));
  }
}

/** As it is written. */
export function written(expression: Expression): string {
  switch (expression.kind) {
    case 'known':
    case 'slot':
      return `$${expression.kind}.${expression.name}`;
    case 'caller':
      return `$callers.${expression.caller}.${expression.field}`;
    case 'new_name':
      return '$name';
    case 'body':
      return `$response.body#${expression.pointer}`;
    case 'input':
      return `$inputs.${expression.name}`;
    case 'output':
      return `$steps.${expression.step}.outputs.${expression.name}`;
    case 'status':
      return '$statusCode';
    case 'unknown':
      return expression.text;
  }
}

/** The input of a lifecycle for a field of a caller: `viewer_user_id`. */
export const inputFor = (caller: string, field: string): string => `${caller}_${field}`;

/**
 * What an input of a lifecycle has from the profile; nothing for `name`, and for a credential,
 * which goes into no value.
 */
export function meaningOfInput(name: string): Expression | undefined {
  const caller = callerNames.find((candidate) => name === inputFor(candidate, 'user_id'));
  if (caller !== undefined) return { kind: 'caller', caller, field: 'user_id' };
  return knownNames.includes(name) ? { kind: 'known', name } : undefined;
}
