// What a schema cannot say: relations between the parts of one exchange (`x-relations`).
// The mock server checks its own answers with them, and the kit checks those of other servers.
import { same } from './json.js';
import { isJsonObject, type Json } from './message.js';
import { oncePer } from './once-per.js';
import { atPointer, atTokens, pointerTokens } from './pointer.js';

/** OpenAPI runtime expressions, field names, or plain values. */
export type Operand = string | number | boolean;

/**
 * One relation as the document writes it: a kind and its operands; `assumed` names the source of
 * one that nobody documented.
 */
export type Relation = { readonly [Kind in RelationKind]?: readonly Operand[] } & {
  readonly assumed?: string;
};

/** A relation taken apart. */
export interface Statement {
  readonly kind: RelationKind;
  readonly operands: readonly Operand[];
  readonly assumed?: string;
}

export function statementsOf({ assumed, ...relation }: Relation): readonly Statement[] {
  const basis = assumed === undefined ? {} : { assumed };
  return (Object.entries(relation) as [RelationKind, readonly Operand[]][]).map(
    ([kind, operands]) => ({
      kind,
      operands,
      ...basis,
    }),
  );
}

/** The parsed exchange that runtime expressions look into. */
export interface Exchange {
  readonly path: Readonly<Record<string, Json>>;
  /** Parsed and with the document's defaults. */
  readonly query: Readonly<Record<string, Json>>;
  readonly requestBody: Json | undefined;
  readonly status: number;
  readonly responseBody: Json | undefined;
}

/** A relation that does not hold. */
export interface RelationBreach {
  readonly relation: string;
  readonly pointer: string;
  readonly expected: string;
  readonly got: Json | undefined;
  /** The source of a relation that nobody documented. */
  readonly assumed?: string;
  /** The request had null there, which the answer may not be able to have. */
  readonly isNull?: true;
}

type Check = (
  operands: readonly (Json | undefined)[],
  names: readonly Operand[],
) => string | undefined;

const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const fieldOf = (row: Json, field: string): Json | undefined =>
  isJsonObject(row) ? row[field] : undefined;
const instant = (value: Json | undefined): number => Date.parse(String(value));

/** Whole seconds in UTC, as the vendor writes times: their texts are in the order of the times. */
const isPlainTime = (value: Json | undefined): value is string =>
  typeof value === 'string' && value.length === 20 && value.endsWith('Z');

/** A time that Date cannot read, such as a leap second, is before none. */
function isBefore(one: Json | undefined, other: Json | undefined): boolean {
  if (isPlainTime(one) && isPlainTime(other) && one >= other) return false;
  return instant(one) < instant(other);
}

function inOrder(rows: Json | undefined, field: string, sign: 1 | -1): boolean {
  const times = list(rows).map((row) => fieldOf(row, field));
  return times.every((time, i) => {
    if (i === 0) return true;
    const before = times[i - 1];
    return !(sign === 1 ? isBefore(time, before) : isBefore(before, time));
  });
}

/** Each kind says what was expected when it does not hold, and nothing when it does. */
const checks = {
  equal: ([left, right], [, name]) =>
    same(left, right) ? undefined : `equal to ${name}, ${JSON.stringify(right)}`,
  includes: ([items, value]) =>
    list(items).some((item) => same(item, value))
      ? undefined
      : `a list with ${JSON.stringify(value)}`,
  excludes: ([items, value]) =>
    list(items).some((item) => same(item, value))
      ? `a list without ${JSON.stringify(value)}`
      : undefined,
  not_before: ([later, earlier]) =>
    isBefore(later, earlier) ? `not before ${String(earlier)}` : undefined,
  at_most: ([items, limit]) =>
    list(items).length <= Number(limit) ? undefined : `at most ${String(limit)} rows`,
  every: ([items, , value], [, field]) =>
    list(items).every((row) => same(fieldOf(row, field as string), value))
      ? undefined
      : `${field} ${JSON.stringify(value)} in every row`,
  unique: ([items], [, field]) => {
    const values = list(items).map((row) => fieldOf(row, field as string));
    const areTexts = values.every((value) => typeof value === 'string');
    const told = areTexts ? values : values.map((value) => JSON.stringify(value));
    return new Set(told).size === told.length ? undefined : `no ${field} twice`;
  },
  in_order: ([items, , order], [, field]) =>
    inOrder(items, field as string, order === 'desc' ? -1 : 1)
      ? undefined
      : `${field} never ${order === 'desc' ? 'rising' : 'falling'}`,
  together: ([left, right], [, name]) =>
    Boolean(left) === Boolean(right)
      ? undefined
      : `set exactly when ${name} is, which is ${JSON.stringify(right)}`,
  page: ([items, skip, total, more]) => {
    const expected = Number(skip) + list(items).length < Number(total);
    return more === expected
      ? undefined
      : `has_more ${expected}, since skip + rows is compared with the total`;
  },
  total_of: ([total, items], [, , field]) => {
    const rows = list(items);
    const expected =
      field === undefined
        ? rows.length
        : rows.reduce((sum: number, row) => sum + Number(fieldOf(row, field as string)), 0);
    return total === expected ? undefined : `${expected}, as the rows together have`;
  },
  first_last: ([items, first, last]) => {
    const ids = list(items).map((row) => fieldOf(row, 'id') ?? null);
    const expected = [ids.at(0) ?? null, ids.at(-1) ?? null];
    return same(first, expected[0]) && same(last, expected[1])
      ? undefined
      : `${JSON.stringify(expected)} at the ends`;
  },
} satisfies Record<string, Check>;

export type RelationKind = keyof typeof checks;
export const relationKinds = Object.keys(checks) as readonly RelationKind[];

type Reader = (exchange: Exchange) => Json | undefined;

/** Expressions are few and evaluated on every answer, so each is read once. */
const readers = new Map<string, Reader>();

/** Evaluates an OpenAPI runtime expression; any other text stands for itself. */
export function evaluate(expression: Operand, exchange: Exchange): Json | undefined {
  if (typeof expression !== 'string') return expression;
  const reader = readers.get(expression) ?? readerOf(expression);
  readers.set(expression, reader);
  return reader(exchange);
}

function readerOf(expression: string): Reader {
  if (expression === '$statusCode') return ({ status }) => status;
  const parsed = /^\$(request|response)\.(path\.|query\.|body#)(.*)$/.exec(expression);
  if (!parsed) return () => expression;
  const [, side, part, rest] = parsed as unknown as [string, string, string, string];
  if (part === 'path.') return ({ path }) => path[rest];
  if (part === 'query.') return ({ query }) => query[rest];
  const tokens = pointerTokens(rest);
  return side === 'request'
    ? ({ requestBody }) => atTokens(requestBody, tokens)
    : ({ responseBody }) => atTokens(responseBody, tokens);
}

const isOfRequest = (operand: Operand | undefined): operand is string =>
  typeof operand === 'string' && operand.startsWith('$request.');

/** Where an operand points into the response's body. */
const pointerInBody = (operand: Operand | undefined): string | undefined =>
  typeof operand === 'string' && operand.startsWith('$response.body#')
    ? operand.slice('$response.body#'.length)
    : undefined;

/** A statement made ready to be asked. */
interface Prepared extends Statement {
  readonly readers: readonly Reader[];
  /** The places of the operands that the request gives. */
  readonly ofRequest: readonly number[];
}

/** The document's relations are asked of every answer, and never change. */
const prepare = oncePer((relations: readonly Relation[]): readonly Prepared[] =>
  relations.flatMap(statementsOf).map((statement) => ({
    ...statement,
    readers: statement.operands.map((name) =>
      typeof name === 'string' ? readerOf(name) : () => name,
    ),
    ofRequest: statement.operands.flatMap((name, i) => (isOfRequest(name) ? [i] : [])),
  })),
);

/** The relations that an exchange breaks; empty when all hold. */
export function brokenRelations(
  relations: readonly Relation[],
  exchange: Exchange,
): readonly RelationBreach[] {
  const broken: RelationBreach[] = [];
  for (const { kind, operands: names, assumed, readers, ofRequest } of prepare(relations)) {
    const operands = readers.map((read) => read(exchange));
    // A field that the request leaves out may have any value.
    if (ofRequest.some((i) => operands[i] === undefined)) continue;
    const check: Check = checks[kind];
    const expected = check(operands, names);
    if (expected === undefined) continue;
    const pointer = String(names[0]).replace(/^\$response\.body#/, '');
    // Nothing documents whether a null in a request is stored or ignored, so it is not compared.
    const isNull = ofRequest.some((i) => operands[i] === null);
    const source = assumed ?? (isNull ? 'null is kept as it was sent, ours' : undefined);
    broken.push({
      relation: `${kind}(${names.join(', ')})`,
      pointer,
      expected,
      got: operands[0],
      ...(source === undefined ? {} : { assumed: source }),
      ...(isNull ? { isNull } : {}),
    });
  }
  return broken;
}

/**
 * Makes a documented example tell the truth about this request: where an `equal` relation ties a
 * field of the response to the request, the request's value goes in; a list is cut to `at_most`.
 */
export function fillFromRequest(
  value: Json,
  relations: readonly Relation[],
  exchange: Exchange,
): Json {
  let filled = value;
  const put = (pointer: string, value: Json): void => {
    filled = withPointer(filled, pointerTokens(pointer), value);
  };
  for (const { equal = [], at_most = [], every = [] } of relations) {
    const [target, items, rows] = [
      pointerInBody(equal[0]),
      pointerInBody(at_most[0]),
      pointerInBody(every[0]),
    ];
    if (target !== undefined && isOfRequest(equal[1])) {
      const sent = evaluate(equal[1], exchange);
      if (sent !== undefined) put(target, sent);
    }
    if (items !== undefined) {
      const limit = Number(evaluate(at_most[1] as Operand, exchange) ?? Number.POSITIVE_INFINITY);
      put(items, list(atPointer(filled, items)).slice(0, limit));
    }
    if (rows !== undefined && isOfRequest(every[2])) {
      const sent = evaluate(every[2], exchange);
      const withValue = (row: Json): Json =>
        isJsonObject(row) && sent !== undefined ? { ...row, [String(every[1])]: sent } : row;
      put(rows, list(atPointer(filled, rows)).map(withValue));
    }
  }
  return filled;
}

function withPointer(value: Json, tokens: readonly string[], replacement: Json): Json {
  const [token, ...rest] = tokens;
  if (token === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((item, i) =>
      String(i) === token ? withPointer(item, rest, replacement) : item,
    );
  const object = isJsonObject(value) ? value : {};
  return { ...object, [token]: withPointer(object[token] ?? {}, rest, replacement) };
}
