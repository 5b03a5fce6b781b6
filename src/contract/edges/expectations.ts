// Which cases an edge request may be answered with. Some answers are not certain: the rows of a
// table then expect one of several cases. An edge request with the same value, or with the same
// broken constraint, may be answered with any of them too.
import { type Case, caseOfViolation, decidedBy } from '../../spec/case.js';
import type { Operation } from '../../spec/document.js';
import { isJsonObject, type Json, type JsonObject } from '../../spec/message.js';
import type { Row, Table } from '../tables/table.js';
import type { InvalidRequest } from './invalid.js';
import { holdsExpression, type RequestSchema, violationsOf } from './request-schema.js';

export interface Expectations {
  /** The cases of a request that keeps its schema. */
  ofValid(value: JsonObject): readonly string[];
  /** The cases of a request that breaks it; empty where the document has none. */
  ofInvalid(request: InvalidRequest): readonly string[];
  /** The cases of a request of which nobody says whether it is taken. */
  ofExtreme(field: string): readonly string[];
  /** Where it is documented that the same constraint must be kept; from a row that breaks it. */
  documented(request: InvalidRequest): string | undefined;
}

export const isAccepted = (operation: Operation, name: string | undefined): boolean =>
  ((operation.cases.get(name ?? '') as Case | undefined)?.status ?? 500) < 400;

/** What is varied: the request of one row of a table. */
export interface Varied {
  readonly operation: Operation;
  readonly table: Table;
  readonly base: Row;
  readonly request: RequestSchema;
}

/**
 * Reads the rows of a table that vary the request of its row `base`; `sample` is what that row
 * sends.
 */
export function readExpectations(
  { operation, table, base, request }: Varied,
  sample: JsonObject,
): Expectations {
  const { part } = request;
  const accepted = [base.expect].flat();
  const constraints = new Map<string, readonly string[]>();
  const sources = new Map<string, string>();
  const wholes = new Map<string, readonly string[]>();
  const values = new Map<string, readonly string[]>();
  const omissions = new Map<string, readonly string[]>();
  /** By list of ids: how a request is answered whose ids nothing has, or nothing that may be named. */
  const unknown = new Map<string, readonly string[]>();
  for (const row of table.rows) {
    const value = row[part];
    if (row.caller !== base.caller || row.path !== undefined || !isJsonObject(value)) continue;
    if (part === 'query' && Object.values(value).some(Array.isArray)) continue; // repeated, which no schema speaks of
    const expect = [row.expect].flat();
    const [violation] = violationsOf(request, value);
    addFirst(wholes, JSON.stringify(value), expect);
    if (violation) addFirst(constraints, `${violation.pointer} ${violation.keyword}`, expect);
    if (violation && row.documented)
      sources.set(`${violation.pointer} ${violation.keyword}`, row.documented);
    if (!violation && !isAccepted(operation, expect[0]))
      for (const [field, item] of changed(sample, value))
        if (Array.isArray(item) && item.some((one: Json) => holdsExpression(one)))
          unknown.set(field, [...(unknown.get(field) ?? []), ...expect]);
    if (violation || !isAccepted(operation, expect[0])) continue;
    for (const [field, item] of changed(sample, value))
      if (!holdsExpression(item)) addFirst(values, at(field, item), expect);
    const [omitted, ...more] = leftOut(sample, value);
    if (omitted !== undefined && more.length === 0 && changed(sample, value).length === 0)
      addFirst(omissions, omitted, expect);
  }
  const caseOf = (field: string, keyword: string): readonly string[] =>
    [caseOfViolation(operation.cases.values(), { in: part, field, keyword })?.name ?? []].flat();
  return {
    ofValid: (value) => {
      // Whether null is admitted is often our guess: it is certain only where a row says so.
      const ofValue = ([field, item]: [string, Json]) =>
        values.get(at(field, item)) ?? (item === null ? caseOf(field, 'type') : []);
      // An update may leave out what it likes.
      const omitted =
        operation.method === 'PATCH'
          ? []
          : leftOut(sample, value).flatMap((field) => omissions.get(field) ?? []);
      return (
        wholes.get(JSON.stringify(value)) ??
        unique([...accepted, ...changed(sample, value).flatMap(ofValue), ...omitted])
      );
    },
    // The refusals first: of what is taken all the same, less is promised.
    ofExtreme: (field) =>
      unique([
        ...[...operation.cases.values()]
          .filter((one) => decidedBy(one) === 'request')
          .map(({ name }) => name),
        ...(unknown.get(field) ?? []),
        ...accepted,
      ]),
    documented: ({ pointer, keywords }) =>
      keywords.map((keyword) => sources.get(`${pointer} ${keyword}`)).find(Boolean),
    ofInvalid: ({ pointer, field, keywords, april, value }) => {
      const ofKeyword = (keyword: string) =>
        constraints.get(`${pointer} ${keyword}`) ?? caseOf(field, keyword);
      const ofLength = keywords.some((keyword) => COUNTING.includes(keyword));
      const cases = wholes.get(JSON.stringify(value)) ?? [
        ...keywords.flatMap(ofKeyword),
        // The items are made up: a server may first look for what they name.
        ...(ofLength ? (unknown.get(field) ?? []) : []),
      ];
      // A February server may not look at a field of April's at all.
      return unique(april && cases.length > 0 ? [...cases, ...accepted] : cases);
    },
  };
}

/** What is asked of a list as a whole. */
const COUNTING: readonly string[] = ['uniqueItems', 'maxItems'];

/**
 * The first row about a value counts: its request is the plainest, and later rows are about special
 * situations.
 */
function addFirst(
  expected: Map<string, readonly string[]>,
  key: string,
  expect: readonly string[],
): void {
  if (!expected.has(key)) expected.set(key, expect);
}

const at = (field: string, value: Json): string => `${field} ${JSON.stringify(value)}`;

const changed = (sample: JsonObject, value: JsonObject): [string, Json][] =>
  Object.entries(value).filter(
    ([field, item]) => JSON.stringify(item) !== JSON.stringify(sample[field]),
  );

const leftOut = (sample: JsonObject, value: JsonObject): string[] =>
  Object.keys(sample).filter((field) => !(field in value));

const unique = <T>(all: readonly T[]): readonly T[] => [...new Set(all)];
