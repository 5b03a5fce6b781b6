// What the rows of a table say of values and constraints. The fact sheets leave some answers open that the document must decide;
// the rows know which, and an edge that meets the same value or breaks the same constraint is as open as they are.
import { type Case, caseOfViolation } from '../../spec/case.js';
import type { Operation } from '../../spec/document.js';
import { isJsonObject, type Json, type JsonObject } from '../../spec/message.js';
import type { Row, Table } from '../tables/table.js';
import type { Broken } from './broken.js';
import { holdsExpression, type RequestSchema, violationsOf } from './request-schema.js';

export interface Said {
  /** The cases of a request that keeps its schema. */
  kept(value: JsonObject): readonly string[];
  /** The cases of a request that breaks it; empty where the document has none. */
  broken(broken: Broken): readonly string[];
  /** The source of a row for that the same constraint must be kept. */
  documented(broken: Broken): string | undefined;
}

export const isAccepted = (operation: Operation, name: string | undefined): boolean =>
  ((operation.cases.get(name ?? '') as Case | undefined)?.status ?? 500) < 400;

/** Reads the rows of a table that vary the request of its row `base`. */
export function readSaid(operation: Operation, table: Table, base: Row, request: RequestSchema, held: JsonObject): Said {
  const { part } = request;
  const accepted = [base.expect].flat();
  const constraints = new Map<string, readonly string[]>();
  const sources = new Map<string, string>();
  const wholes = new Map<string, readonly string[]>();
  const values = new Map<string, readonly string[]>();
  const omissions = new Map<string, readonly string[]>();
  for (const row of table.rows) {
    const value = row[part];
    if (row.caller !== base.caller || row.path !== undefined || !isJsonObject(value)) continue;
    if (part === 'query' && Object.values(value).some(Array.isArray)) continue; // repeated, which no schema speaks of
    const expect = [row.expect].flat();
    const [violation] = violationsOf(request, value);
    keep(wholes, JSON.stringify(value), expect);
    if (violation) keep(constraints, `${violation.pointer} ${violation.keyword}`, expect);
    if (violation && row.documented) sources.set(`${violation.pointer} ${violation.keyword}`, row.documented);
    if (violation || !isAccepted(operation, expect[0])) continue;
    for (const [field, said] of changed(held, value)) if (!holdsExpression(said)) keep(values, at(field, said), expect);
    const [omitted, ...more] = leftOut(held, value);
    if (omitted !== undefined && more.length === 0 && changed(held, value).length === 0) keep(omissions, omitted, expect);
  }
  const caseOf = (field: string, keyword: string): readonly string[] =>
    [caseOfViolation(operation.cases.values(), { in: part, field, keyword })?.name ?? []].flat();
  return {
    kept: (value) => {
      // Whether null is admitted is often our guess: it is certain only where a row says so.
      const ofValue = ([field, said]: [string, Json]) =>
        values.get(at(field, said)) ?? (said === null ? caseOf(field, 'type') : []);
      // An update may leave out what it likes.
      const omitted = operation.method === 'PATCH' ? [] : leftOut(held, value).flatMap((field) => omissions.get(field) ?? []);
      return wholes.get(JSON.stringify(value)) ?? unique([...accepted, ...changed(held, value).flatMap(ofValue), ...omitted]);
    },
    documented: ({ pointer, keywords }) => keywords.map((keyword) => sources.get(`${pointer} ${keyword}`)).find(Boolean),
    broken: ({ pointer, field, keywords, april, value }) => {
      const ofKeyword = (keyword: string) => constraints.get(`${pointer} ${keyword}`) ?? caseOf(field, keyword);
      const cases = wholes.get(JSON.stringify(value)) ?? keywords.flatMap(ofKeyword);
      // A February server may not look at a field of April's at all.
      return unique(april && cases.length > 0 ? [...cases, ...accepted] : cases);
    },
  };
}

/** The first row to say something has the plainest request; later ones come to what is special. */
function keep(said: Map<string, readonly string[]>, key: string, expect: readonly string[]): void {
  if (!said.has(key)) said.set(key, expect);
}

const at = (field: string, value: Json): string => `${field} ${JSON.stringify(value)}`;

const changed = (held: JsonObject, value: JsonObject): [string, Json][] =>
  Object.entries(value).filter(([field, item]) => JSON.stringify(item) !== JSON.stringify(held[field]));

const leftOut = (held: JsonObject, value: JsonObject): string[] => Object.keys(held).filter((field) => !(field in value));

const unique = <T>(all: readonly T[]): readonly T[] => [...new Set(all)];
