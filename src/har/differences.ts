// Where an answer is not the recorded one: its status, its case, the fields of its body.

import type { Case } from '../spec/case.js';
import { same } from '../spec/json.js';
import type { PlainResponse } from '../spec/message.js';
import { isJsonObject, type Json } from '../spec/message.js';
import { pointerToken } from '../spec/pointer.js';
import { type Leaf, type Made, pairsOf } from './made.js';
import type { RecordedExchange } from './read.js';

export interface Difference {
  /** `status`, `case`, or a pointer into the body. */
  readonly at: string;
  /** Absent where there is no such thing. */
  readonly recorded?: Json;
  readonly here?: Json;
}

/** What both answers are, as far as it can be told. */
export interface Answered {
  readonly status: number;
  readonly case?: string;
}

export interface Compared {
  readonly recorded: Answered;
  readonly here: Answered;
  readonly differences: readonly Difference[];
  /** Why the bodies were not compared. */
  readonly unread?: string;
}

export interface Sides {
  readonly recorded: RecordedExchange;
  /** Absent where no answer came. */
  readonly here: PlainResponse | undefined;
  /** The documented cases of the operation. */
  readonly cases: readonly Case[];
  readonly made: Made;
}

/** Differences of one exchange that are kept. */
const MOST = 100;

export function compare({
  recorded: { method, response, ours },
  here,
  cases,
  made,
}: Sides): Compared {
  const was: Answered = {
    status: response.status,
    ...named(caseNamed(response.headers) ?? ours.case),
  };
  const is: Answered = { status: here?.status ?? 0, ...named(here && caseNamed(here.headers)) };
  const told = { recorded: was, here: is };
  // A browser that has the body already is told so.
  const wasCached = was.status === 304 && is.status === 200;
  if (was.status !== is.status && !wasCached)
    return { ...told, differences: [{ at: 'status', recorded: was.status, here: is.status }] };
  if (!here) return { ...told, differences: [] };
  const body = jsonOf(response.body.text);
  const possible = was.case === undefined ? casesOf(cases, was.status, body) : [was.case];
  const isOther = is.case !== undefined && possible.length > 0 && !possible.includes(is.case);
  const byCase: readonly Difference[] = isOther
    ? [{ at: 'case', recorded: possible.join(' or '), here: is.case as string }]
    : [];
  if (method === 'HEAD' || wasCached) return { ...told, differences: byCase };
  if (response.body.isMissing)
    return { ...told, differences: byCase, unread: 'the file does not have all of the body' };
  const bodies = [body, jsonOf(here.body)] as const;
  return { ...told, differences: [...byCase, ...inBodies(bodies, made)].slice(0, MOST) };
}

/** The name alone, as the journal has it. */
const caseNamed = (headers: PlainResponse['headers']): string | undefined =>
  headers['x-understudy-case']?.split('.').at(-1);

const named = (name: string | undefined): Pick<Answered, 'case'> =>
  name === undefined ? {} : { case: name };

/** What is no JSON is a text. */
function jsonOf(text: string | undefined): Json | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What names an error. */
const TELLING = ['code', 'system_message', 'type'] as const;

/** A server has no name for its cases; an error is one of those that say the same. */
function casesOf(
  cases: readonly Case[],
  status: number,
  body: Json | undefined,
): readonly string[] {
  const error = errorIn(body);
  if (!error) return [];
  const fitting = cases.filter((one) => {
    const documented = one.status === status ? errorIn(one.value) : undefined;
    return documented && TELLING.every((field) => same(documented[field], error[field]));
  });
  return fitting.map(({ name }) => name);
}

function errorIn(body: Json | undefined): { readonly [key: string]: Json } | undefined {
  const error = isJsonObject(body) ? body.error : undefined;
  return isJsonObject(error) ? error : undefined;
}

function inBodies(
  [recorded, here]: readonly [Json | undefined, Json | undefined],
  made: Made,
): readonly Difference[] {
  if (recorded === undefined || here === undefined)
    return recorded === here ? [] : [differenceOf('', recorded, here)];
  const [before, now] = [
    { key: '', value: recorded },
    { key: '', value: here },
  ];
  made.learn([...pairsOf(before, now)]);
  return [...differencesOf('', before, now, made)];
}

function* differencesOf(at: string, recorded: Leaf, here: Leaf, made: Made): Generator<Difference> {
  const [value, other] = [recorded.value, here.value];
  if (Array.isArray(value) && Array.isArray(other)) {
    if (value.length !== other.length)
      yield { at, recorded: items(value.length), here: items(other.length) };
    else
      for (const [i, item] of value.entries())
        yield* differencesOf(
          `${at}/${i}`,
          { ...recorded, value: item },
          { ...here, value: other[i] },
          made,
        );
  } else if (isJsonObject(value) && isJsonObject(other)) {
    for (const key of new Set([...Object.keys(value), ...Object.keys(other)])) {
      const place = `${at}/${pointerToken(key)}`;
      const [one, two] = [value[key], other[key]];
      if (one === undefined || two === undefined) yield differenceOf(place, one, two);
      else yield* differencesOf(place, { key, value: one }, { key, value: two }, made);
    }
  } else if (!made.isSame(recorded, here)) yield differenceOf(at, value, other);
}

const items = (count: number): string => `${count} item${count === 1 ? '' : 's'}`;

const differenceOf = (
  at: string,
  recorded: Json | undefined,
  here: Json | undefined,
): Difference => ({
  at,
  ...(recorded === undefined ? {} : { recorded }),
  ...(here === undefined ? {} : { here }),
});
