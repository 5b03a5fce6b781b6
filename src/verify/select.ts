// Which requests of a journal are meant, and of those that are not, what is different.
import type { JournalEntry } from '../engine/journal.js';
import { fixOf } from '../files/nearest.js';
import type { Spec } from '../spec/document.js';
import { isJsonObject, type Json, type JsonObject } from '../spec/message.js';
import { fits, pathPattern } from '../spec/pattern.js';

/** All that is said must hold. */
export interface Selector {
  /** The ID of an operation; `*` stands for any letters. */
  readonly operation?: string;
  readonly method?: string;
  /** Without the query; `*` stands for any letters, `{space_id}` for one segment. */
  readonly path?: string;
  /** The case that answered. */
  readonly case?: string;
  readonly status?: number;
  /** The ID of the user who asked. */
  readonly caller?: string;
  /** Values that the query must have, among others. */
  readonly query?: Readonly<Record<string, string>>;
  /** What the body must have, among others. */
  readonly body?: JsonObject;
}

/** What of a request is not as it was expected, one line each; nothing where it is meant. */
export function differences(entry: JournalEntry, selector: Selector): readonly string[] {
  const [path = '', search = ''] = entry.target.split(/\?(.*)/s);
  const found: string[] = [];
  const compare = (name: string, wanted: unknown, got: unknown, holds: boolean): void => {
    if (wanted !== undefined && !holds)
      found.push(`${name} is ${shown(got)}, not ${shown(wanted)}`);
  };
  const { operation, method, path: wanted, status, caller } = selector;
  const patterned = (name: string, pattern: string | undefined, got: string | undefined): void =>
    compare(name, pattern, got, pattern !== undefined && got !== undefined && fits(got, pattern));
  patterned('the operation', operation, entry.operation);
  compare('the method', method, entry.method, method === entry.method);
  compare('the path', wanted, path, wanted !== undefined && pathPattern(wanted).test(path));
  patterned('the case', selector.case, entry.case);
  compare('the status', status, entry.answer.status, status === entry.answer.status);
  compare('the caller', caller, entry.user_id, caller === entry.user_id);
  const query = Object.fromEntries(new URLSearchParams(search));
  for (const [name, value] of Object.entries(selector.query ?? {}))
    compare(`?${name}`, value, query[name], query[name] === value);
  if (selector.body) found.push(...bodyDifferences(entry, selector.body));
  return found;
}

function bodyDifferences({ request }: JournalEntry, wanted: JsonObject): readonly string[] {
  try {
    const body = JSON.parse(request.body ?? 'null') as Json;
    return partDifferences('body', wanted, body);
  } catch {
    return ['the body is no JSON, or longer than the journal keeps'];
  }
}

function partDifferences(place: string, wanted: Json, got: Json | undefined): readonly string[] {
  if (isJsonObject(wanted) && isJsonObject(got))
    return Object.entries(wanted).flatMap(([key, value]) =>
      partDifferences(`${place}.${key}`, value as Json, got[key]),
    );
  if (JSON.stringify(wanted) === JSON.stringify(got)) return [];
  return [`${place} is ${shown(got)}, not ${shown(wanted)}`];
}

const shown = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value));

/** As a person would say it. */
export function describeSelector(selector: Selector): string {
  const { operation, method, path, body, query, status, caller, case: name } = selector;
  const parts = [
    operation,
    method,
    path,
    ...(name === undefined ? [] : [`answered with ${name}`]),
    ...(status === undefined ? [] : [`answered with ${status}`]),
    ...(caller === undefined ? [] : [`by ${caller}`]),
    ...(query === undefined ? [] : [`with the query ${JSON.stringify(query)}`]),
    ...(body === undefined ? [] : [`with the body ${JSON.stringify(body)}`]),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'any request' : parts.join(' ');
}

/** A name that nothing has could never be met: the test would show nothing. */
export function unknownName(
  { operation, case: name }: Selector,
  { operations }: Pick<Spec<string>, 'operations'>,
): { readonly what: string; readonly fix: string } | undefined {
  const ids = [...operations.keys()];
  if (operation !== undefined && !ids.some((id) => fits(id, operation)))
    return { what: `there is no operation ${operation}`, fix: fixOf(operation, ids) };
  const meant = [...operations.values()].filter(({ id }) => fits(id, operation ?? '*'));
  const cases = [...new Set(meant.flatMap((one) => [...one.cases.keys()]))];
  return name === undefined || cases.some((one) => fits(one, name))
    ? undefined
    : { what: `there is no case ${name}`, fix: fixOf(name, cases) };
}

/** Requests that come closest to what was expected, with what is different. */
export function nearestMisses(
  entries: readonly JournalEntry[],
  selector: Selector,
): readonly string[] {
  const misses = entries
    .filter(({ operation }) => operation !== undefined)
    .map((entry) => ({ entry, found: differences(entry, selector) }))
    .filter(({ found }) => found.length > 0)
    .sort((a, b) => a.found.length - b.found.length || b.entry.number - a.entry.number);
  return misses
    .slice(0, MOST_MISSES)
    .map(({ entry, found }) => `${describeEntry(entry)}: ${found.join('; ')}`);
}

const MOST_MISSES = 3;

export const describeEntry = ({ number, method, target, answer }: JournalEntry): string =>
  `request ${number}, ${method} ${target} (${typeof answer.end === 'string' ? answer.end : answer.status})`;
