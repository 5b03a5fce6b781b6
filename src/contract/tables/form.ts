// The form of a contract file: which keys stand where, and what their values are. What is not of
// its form is reported and left out, so that whoever asks what the file says meets nothing that
// would not fit its types.

import { fixOf } from '../../files/nearest.js';
import type { Report } from '../../files/problem.js';
import type { Json, JsonObject } from '../../spec/message.js';
import { pointerToken } from '../../spec/pointer.js';
import type { Call, Look, Observation, Recipe, Row, Table } from './table.js';

/** As it was read: anything may be missing, which has been reported where it must be there. */
export type Draft<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

/** What stands in a file, without what is added to it. */
type Written<T> = Omit<T, 'place' | 'edge' | 'isHardText'>;

export interface ContractFile {
  readonly tables: readonly Written<Table>[];
  readonly recipes: Readonly<Record<string, Recipe>>;
  readonly slots: Readonly<Record<string, string>>;
  readonly everywhere: readonly Written<Row>[];
}

/**
 * Reads a value; nothing where it is not of the form. A map that is none is read as an empty one,
 * which lacks what it lacks.
 */
type Form<T> = (value: unknown, pointer: string, report: Report) => T | undefined;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

/** A plain value that is what `is` says; `no` and `fix` for one that is not. */
function plain<T>(is: (value: unknown) => boolean, no: string, fix: string): Form<T> {
  return (value, pointer, report) => {
    if (is(value)) return value as T;
    report(pointer, no, fix);
    return undefined;
  };
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isWhole = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;

const text = plain<string>(
  isText,
  'is not a text',
  'write one, in quotes where it looks like something else',
);
const anyText = plain<string>(
  (value) => typeof value === 'string',
  'is not a text',
  'write one, in quotes',
);
const times = plain<number>(
  isWhole,
  'is not a whole number above 0',
  'write how many times, such as 20',
);
const depth = plain<number>(
  isWhole,
  'is not a whole number above 0',
  'write how many arrays, such as 10000',
);
const seconds = plain<number>(
  (value) => Number.isFinite(value) && (value as number) > 0,
  'is not a number above 0',
  'write how many seconds, such as 1.1',
);
const hex = plain<string>(
  (value) => typeof value === 'string' && /^([\da-f]{2})+$/i.test(value),
  'is not hex',
  "write two digits for each byte, in quotes, such as '7bff7d'",
);
const pointer = plain<string>(
  (value) => typeof value === 'string' && value.startsWith('/'),
  'is not a pointer',
  'begin with /, such as /data/*/id',
);

/** A value that JSON can carry: YAML knows more. */
const json: Form<Json> = (value, at, report) => {
  if (Array.isArray(value))
    for (const [i, item] of value.entries()) json(item, `${at}/${i}`, report);
  else if (isMap(value))
    for (const [key, item] of Object.entries(value))
      json(item, `${at}/${pointerToken(key)}`, report);
  else if (value !== null && !isScalar(value))
    report(
      at,
      'is nothing that JSON can carry',
      'write a text, a number, true, false, null, a list or a map',
    );
  return value as Json;
};

const isQueryValue = (value: unknown): boolean =>
  isScalar(value) || (Array.isArray(value) && value.length > 0 && value.every(isScalar));

/** What is sent as it stands; in a list, once for each item. */
const sent = plain<Json>(
  isQueryValue,
  'cannot be sent in a query',
  'write a text, a number, true, false, or a list of them',
);

/** A list of nothing would say nothing. */
function list<T>(item: Form<T>): Form<readonly T[]> {
  return (value, at, report) => {
    if (!Array.isArray(value)) {
      report(at, 'is not a list', 'write one, with - before each item');
      return undefined;
    }
    if (value.length === 0) report(at, 'the list is empty', 'add to it, or leave the key out');
    const items = value.map((one, i) => item(one, `${at}/${i}`, report));
    return items.includes(undefined) ? undefined : (items as readonly T[]);
  };
}

/** One, or several of which each will do. */
const oneOrMore: Form<string | readonly string[]> = (value, at, report) =>
  Array.isArray(value) ? list(text)(value, at, report) : text(value, at, report);

const pair: Form<readonly [string, Json]> = (value, at, report) => {
  if (!Array.isArray(value) || value.length !== 2) {
    report(at, 'is not a pair', 'write a pointer and a value, such as [/name, $slot.name]');
    return undefined;
  }
  const [where, what] = [pointer(value[0], `${at}/0`, report), json(value[1], `${at}/1`, report)];
  return where === undefined ? undefined : [where, what as Json];
};

const counted: Form<readonly [string, number]> = (value, at, report) => {
  const read = pair(value, at, report);
  if (read === undefined || (Number.isInteger(read[1]) && (read[1] as number) >= 0))
    return read as [string, number] | undefined;
  report(`${at}/1`, 'is not a whole number', 'write how many rows there are, such as 2');
  return undefined;
};

/** A map with keys of the writer's own. */
function each<T>(item: Form<T>, key: Form<string> = anyText): Form<Readonly<Record<string, T>>> {
  return (value, at, report) => {
    if (!isMap(value)) {
      report(at, 'is not a map', 'write one with a value for each key');
      return undefined;
    }
    const entries = Object.entries(value).flatMap(([name, one]) => {
      const place = `${at}/${pointerToken(name)}`;
      const read = item(one, place, report);
      return key(name, place, report) === undefined || read === undefined
        ? []
        : [[name, read] as const];
    });
    return Object.fromEntries(entries);
  };
}

const body: Form<JsonObject> = each(json);

/** A map with these keys and no other; those that are needed with what to write. */
function map<T>(
  forms: { readonly [Key in keyof T]-?: Form<unknown> },
  needed: { readonly [Key in keyof T]?: string } = {},
): Form<T> {
  const keys = Object.keys(forms);
  return (value, at, report) => {
    if (!isMap(value)) {
      report(at, 'is not a map', `write one with ${keys.join(', ')}`);
      return {} as T;
    }
    for (const [key, fix] of Object.entries(needed))
      if (!Object.hasOwn(value, key)) report(at, `${key} is missing`, fix as string);
    const entries = Object.entries(value).flatMap(([key, one]) => {
      const place = `${at}/${pointerToken(key)}`;
      if (keys.includes(key)) return [[key, forms[key as keyof T](one, place, report)] as const];
      report(place, `there is no key ${key}`, fixOf(key, keys));
      return [];
    });
    return Object.fromEntries(entries.filter(([, read]) => read !== undefined)) as T;
  };
}

const call = { call: text, caller: text, path: each(text), query: each(sent), body };
const aCall = { call: 'name an operation, such as call: getSpace' };

const look = map<Look>(
  {
    ...call,
    when: text,
    expect: oneOrMore,
    includes: pair,
    excludes: pair,
    present: pointer,
    absent: pointer,
    count: counted,
    unique: pointer,
    fits: pointer,
    equals: pair,
    answer: each(json, pointer),
    later: pair,
    order: pair,
    assumed: text,
    documented: text,
  },
  aCall,
);

const request = {
  caller: text,
  expect: oneOrMore,
  assumed: text,
  documented: text,
  raw_body: anyText,
  nested: depth,
  hex_body: hex,
  content_type: text,
};
const aRow = {
  caller: 'say who calls, such as caller: owner',
  expect: 'name the case that must answer',
};

const row = map<Written<Row>>(
  {
    ...request,
    path: each(text),
    query: each(sent),
    body,
    before: list(map<Call>(call, aCall)),
    pause: seconds,
    answer: each(json, pointer),
    // biome-ignore lint/suspicious/noThenProperty: a key of the contracts; nobody awaits a form.
    then: list(look),
    given: each(text),
    observe: text,
  },
  aRow,
);

const table = map<Written<Table>>(
  {
    operation: text,
    given: each(text),
    body,
    query: each(sent),
    observe: map<Observation>({ ...call, rows: pair }, aCall),
    makes: each(text),
    changes: list(text),
    unseen: each(text),
    coupled: list(text),
    rows: list(row),
  },
  {
    operation: 'name one, such as operation: getSpace',
    rows: 'add one, such as { caller: owner, expect: retrieved }',
  },
);

const recipe = map<Recipe>({
  ...call,
  from: text,
  repeat: times,
  value: text,
  // biome-ignore lint/suspicious/noThenProperty: a key of the contracts; nobody awaits a form.
  then: list(map<Call>(call, aCall)),
  held_by: list(text),
  undo: text,
});

/** What every operation has: nothing that only one of them knows. */
const anywhere = map<Pick<Row, keyof typeof request>>(request, aRow);

const file = map<ContractFile>({
  tables: list(table),
  recipes: each(recipe),
  slots: each(text),
  everywhere: list(anywhere),
});

/** Adds what is wrong to the report; what is returned is of the form, as far as it goes. */
export function readForm(value: unknown, report: Report): Draft<ContractFile> {
  return file(value, '', report) ?? {};
}
