// An answer made wrong in one way, to see whether the judge looks: only in what the document is
// certain about, so that whoever judges it must object.
import { type Case, vouchesFor } from '../../spec/case.js';
import type { DocumentedResponse } from '../../spec/document.js';
import { type Field, fieldsOf } from '../../spec/fields.js';
import { isJsonObject, type Json, type PlainResponse } from '../../spec/message.js';
import { evaluate, type RelationKind, statementsOf } from '../../spec/relation.js';
import { changeAt, valuesAt } from '../../spec/values.js';
import { errorAt, errorIn } from '../dialect.js';
import { readBody } from './json.js';
import type { Expectation, ToJudge } from './judge.js';

/** Answers that no document of ours has. */
const NO_SUCCESS = 299;
const NO_REFUSAL = 418;
const CRASH = 500;

/** What an alteration is made of. */
interface Altering {
  readonly exchange: ToJudge;
  readonly response: PlainResponse;
  readonly body: Json | undefined;
  /** What the document says of answers with this status. */
  readonly described: DocumentedResponse;
  readonly fields: readonly Field[];
  /** The case that the answer is. */
  readonly documented: Case | undefined;
  /** The cases that are expected. */
  readonly wanted: readonly Case[];
  /** Whether the case is certain about a place in its body. */
  readonly isSure: (pointer: string) => boolean;
}

export interface Altered {
  /** In words that go on after "an answer". */
  readonly how: string;
  readonly response: PlainResponse;
}

/** Nothing where that cannot be done to the answer, or where nobody need object to it. */
type Way = (altering: Altering) => Altered | undefined;

/** By name, in the order in which they are tried. */
export const ways = {
  status: (altering) => {
    const { response, wanted, exchange } = altering;
    const isSuccess = response.status < 400;
    const status = isSuccess ? NO_SUCCESS : NO_REFUSAL;
    // A case whose status is open takes any of its class.
    const rivals = [...wanted, ...exchange.operation.cases.values()];
    const isOpen = rivals.some(
      (one) => one.status < 400 === isSuccess && !vouchesFor(one, 'status'),
    );
    return isOpen ? undefined : { how: `with status ${status}`, response: { ...response, status } };
  },
  crash: ({ response, exchange: { operation } }) => {
    const isKnown = [...operation.cases.values()].some(({ status }) => status >= 500);
    if (isKnown || operation.responses.has(CRASH)) return undefined;
    return { how: `with status ${CRASH}`, response: { ...response, status: CRASH } };
  },
  missing_field: (altering) =>
    onField(
      altering,
      'without',
      ({ required }) => required,
      () => undefined,
    ),
  null_value: (altering) =>
    onField(
      altering,
      'with null at',
      ({ types }) => types.length > 0 && !types.includes('null'),
      () => null,
    ),
  wrong_type: (altering) =>
    onField(
      altering,
      'with another type at',
      ({ types }) => types.length > 0 && !types.includes('object'),
      () => ({ canary: true }),
    ),
  wrong_value: (altering) =>
    onField(
      altering,
      'with a value that is not listed at',
      ({ values = [] }) => values.some((value) => typeof value === 'string'),
      () => 'canary',
    ),
  envelope: ({ response, body, fields, isSure }) => {
    const isNeeded = ({ required, pointer }: Field): boolean =>
      required && /^\/\w+$/.test(pointer) && pointer !== '/data' && isSure(pointer);
    if (!isJsonObject(body) || response.status >= 400 || !fields.some(isNeeded)) return undefined;
    return { how: 'inside a further object', response: withBody(response, { data: body }) };
  },
  wrong_code: ({ response, body, wanted }) => {
    const isTold = ({ status, value }: Case): boolean => status >= 400 && !!errorIn(value);
    const isSure = wanted.every((one) => isTold(one) && vouchesFor(one, errorAt('code')));
    if (body === undefined || !errorIn(body) || wanted.length === 0 || !isSure) return undefined;
    const changed = changeAt(body, errorAt('code'), () => 'CANARY');
    return { how: 'with another error code', response: withBody(response, changed) };
  },
  missing_header: ({ response, described }) => {
    const name = described.requiredHeaders.find((one) => response.headers[one] !== undefined);
    if (name === undefined) return undefined;
    const { [name]: _, ...headers } = response.headers;
    return { how: `without the header ${name}`, response: { ...response, headers } };
  },
  wrong_id: (altering) =>
    onRelation(altering, 'equal', 'with another value than was asked for at', (value, [, right]) =>
      typeof value === 'string' && typeof right === 'string' ? `${value}0` : value,
    ),
  row_twice: (altering) =>
    onRelation(altering, 'unique', 'with a row twice at', (rows) =>
      Array.isArray(rows) && rows.length > 0 ? [rows[0] as Json, ...rows] : rows,
    ),
  wrong_count: (altering) =>
    onRelation(altering, 'first_last', 'with another end than its rows have at', (rows) =>
      Array.isArray(rows) && rows.length > 1 ? rows.slice(1) : rows,
    ),
  wrong_page: (altering) =>
    onRelation(altering, 'together', 'that goes on and does not, by', (value) =>
      typeof value === 'boolean' ? !value : value,
    ),
  media_type: ({ response, described }) =>
    described.schema === undefined
      ? undefined
      : {
          how: 'that calls itself text/plain',
          response: { ...response, headers: { ...response.headers, 'content-type': 'text/plain' } },
        },
  broken_json: ({ response, described }) =>
    described.schema === undefined || !/[}\]]\s*$/.test(response.body ?? '')
      ? undefined
      : {
          how: 'whose JSON breaks off',
          response: { ...response, body: response.body?.trimEnd().slice(0, -1) ?? '' },
        },
  missing_body: ({ response, described }) => {
    const { body, ...rest } = response;
    return described.schema === undefined || body === undefined
      ? undefined
      : { how: 'without its body', response: rest };
  },
  surplus_body: ({ response, described }) =>
    described.schema !== undefined || response.body !== undefined
      ? undefined
      : { how: 'with a body', response: { ...response, body: '{}' } },
} satisfies Record<string, Way>;

export type WayName = keyof typeof ways;

/** All that can be done to an answer which the judge has nothing against; by way. */
export function alterationsOf(
  exchange: ToJudge,
  { cases = [] }: Expectation,
  documented: Case | undefined,
): ReadonlyMap<WayName, Altered> {
  const { spec, operation, response, read = readBody(response) } = exchange;
  const described =
    operation.responses.get(response.status) ??
    (documented && operation.responses.get(documented.status));
  if (!described) return new Map();
  const altering: Altering = {
    exchange,
    response,
    body: read.body,
    described,
    fields: described.schema === undefined ? [] : fieldsOf(spec, described.schema),
    documented,
    wanted: cases.flatMap((name) => operation.cases.get(name) ?? []),
    isSure: (pointer) => documented === undefined || vouchesFor(documented, pointer),
  };
  return new Map(
    (Object.keys(ways) as WayName[]).flatMap((name) => {
      const altered = (ways[name] as Way)(altering);
      return altered ? [[name, altered] as const] : [];
    }),
  );
}

/** The first field of that kind which the answer has. */
function onField(
  { response, body, fields, isSure }: Altering,
  words: string,
  fits: (field: Field) => boolean,
  change: (value: Json) => Json | undefined,
): Altered | undefined {
  if (body === undefined) return undefined;
  const field = fields.find(
    (one) => fits(one) && isSure(one.pointer) && valuesAt(body, one.pointer).length > 0,
  );
  if (!field) return undefined;
  const changed = changeAt(body, field.pointer, change);
  return { how: `${words} ${field.pointer}`, response: withBody(response, changed) };
}

/** The first relation of that kind which is documented and which the change breaks. */
function onRelation(
  { exchange, response, body, described, isSure }: Altering,
  wanted: RelationKind,
  words: string,
  change: (value: Json, operands: readonly (Json | undefined)[]) => Json,
): Altered | undefined {
  if (body === undefined) return undefined;
  const asked = { ...exchange.asked, status: response.status, responseBody: body };
  for (const { kind, operands, assumed } of described.relations.flatMap(statementsOf)) {
    const pointer = /^\$response\.body#(\/.+)$/.exec(String(operands[0]))?.[1];
    if (kind !== wanted || assumed !== undefined || pointer === undefined || !isSure(pointer))
      continue;
    const values = operands.map((operand) => evaluate(operand, asked));
    const [value] = values;
    if (value === undefined || value === null) continue;
    const other = change(value, values);
    if (other === value) continue;
    const changed = changeAt(body, pointer, () => other);
    return { how: `${words} ${pointer}`, response: withBody(response, changed) };
  }
  return undefined;
}

const withBody = (response: PlainResponse, body: Json): PlainResponse => ({
  ...response,
  body: JSON.stringify(body),
});
