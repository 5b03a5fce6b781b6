// Drifts on the wire, one for each thing that the document says about an answer: status, code,
// required fields, relations.
import { type Case, vouchesFor } from '../spec/case.js';
import type { DocumentedResponse, Operation, Spec } from '../spec/document.js';
import { type Field, fieldsOf } from '../spec/fields.js';
import { isJsonObject, type Json, type PlainResponse } from '../spec/message.js';
import { atPointer } from '../spec/pointer.js';
import {
  type Exchange,
  evaluate,
  type Operand,
  type RelationKind,
  statementsOf,
} from '../spec/relation.js';
import { changeAt } from '../spec/values.js';
import { type Drift, type DriftKind, type Honest, reachedCases, withBody } from './form.js';
import { otherValue, retyped, shifted } from './values.js';

export function wireDrifts(spec: Spec): readonly Drift[] {
  return [...spec.operations.values()].flatMap((operation) => [
    ...reachedCases(operation).flatMap((documented) => caseDrifts(operation, documented)),
    ...[...operation.responses.values()].flatMap((response) => [
      ...relationDrifts(spec, operation, response),
      ...fieldDrifts(spec, operation, response),
    ]),
  ]);
}

const otherStatus: Readonly<Record<number, number>> = {
  200: 201,
  201: 200,
  204: 200,
  401: 403,
  403: 404,
  404: 400,
  409: 400,
  422: 400,
};

function caseDrifts(operation: Operation, documented: Case): readonly Drift[] {
  const { name, status } = documented;
  const other = otherStatus[status] ?? 500;
  const onCase = (
    kind: DriftKind,
    does: string,
    rewrite: (honest: Honest) => PlainResponse,
  ): Drift => ({
    name: `${kind}:${operation.id}.${name}`,
    kind,
    operations: [operation.id],
    status,
    case: name,
    does,
    plant: () => ({
      rewrite: (honest) => (honest.documented.name === name ? rewrite(honest) : honest.response),
    }),
  });
  const drifts: Drift[] = [];
  if (vouchesFor(documented, 'status')) {
    drifts.push(
      onCase('status', `${name} is answered with ${other}, not ${status}`, ({ response }) =>
        withStatus(response, other),
      ),
    );
  }
  if (status >= 400 && vouchesFor(documented, '/error/code')) {
    const code = String(atPointer(documented.value, '/error/code'));
    const wrong = code === 'REQUEST_FAILED' ? 'REQUEST_REFUSED' : 'REQUEST_FAILED';
    drifts.push(
      onCase('code', `${name} is answered with the code ${wrong}, not ${code}`, ({ response }) =>
        withBody(response, (body) => changeAt(body, '/error/code', () => wrong)),
      ),
    );
  }
  return drifts;
}

/** A status that is told in the body too is told there alike: the server means it. */
function withStatus(response: PlainResponse, status: number): PlainResponse {
  return { ...withBody(response, (body) => changeAt(body, '/error/status', () => status)), status };
}

/** Whether one of the cases with this status is reached and speaks for the place. */
function isPromised(operation: Operation, status: number, pointer: string): boolean {
  return reachedCases(operation).some(
    (documented) => documented.status === status && vouchesFor(documented, pointer),
  );
}

function fieldDrifts(
  spec: Spec,
  operation: Operation,
  { status, schema }: DocumentedResponse,
): readonly Drift[] {
  const fields = schema === undefined ? [] : fieldsOf(spec, schema);
  const onField = (
    kind: 'drop' | 'null' | 'retype',
    { pointer }: Field,
    does: string,
    change: (value: Json) => Json | undefined,
  ): Drift =>
    onBody(operation, status, {
      name: `${kind}:${operation.id}.${status}${pointer}`,
      kind,
      does: `${pointer} ${does}`,
      change: (body) => changeAt(body, pointer, change),
    });
  return fields
    .filter(({ required, pointer }) => required && isPromised(operation, status, pointer))
    .flatMap((field) => [
      onField('drop', field, 'is missing', () => undefined),
      ...(field.types.includes('null') ? [] : [onField('null', field, 'is null', () => null)]),
      onField('retype', field, `is no ${field.types.join(' or ')}`, (value) =>
        retyped(value, field.types),
      ),
    ]);
}

interface Change extends Pick<Drift, 'name' | 'kind' | 'does'> {
  readonly change: (body: Json, honest: Honest) => Json;
}

function onBody({ id }: Operation, status: number, { name, kind, does, change }: Change): Drift {
  return {
    name,
    kind,
    operations: [id],
    status,
    does: `${status}: ${does}`,
    plant: () => ({
      rewrite: (honest) =>
        honest.documented.status === status
          ? withBody(honest.response, (body) => change(body, honest))
          : honest.response,
    }),
  };
}

/** A relation on its way to being broken. */
interface Breaking {
  readonly body: Json;
  /** Where the first operand points to. */
  readonly pointer: string;
  readonly names: readonly Operand[];
  /** What each operand is in this exchange. */
  readonly operands: readonly (Json | undefined)[];
  readonly fieldAt: (pointer: string) => Field | undefined;
}

const pointerOf = (operand: Operand | undefined): string =>
  String(operand).replace(/^\$response\.body#/, '');
const rowsIn = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

/**
 * Each breaks a relation of its kind, and as little else as it can. Where there is nothing to
 * break, the body stays.
 */
const breakers: { readonly [Kind in RelationKind]: (breaking: Breaking) => Json } = {
  equal: ({ body, pointer, operands, fieldAt }) =>
    operands[1] === undefined
      ? body
      : changeAt(body, pointer, (value) => otherValue(value, fieldAt(pointer))),
  includes: ({ body, pointer, operands }) =>
    changeAt(body, pointer, (rows) =>
      rowsIn(rows).filter((row) => JSON.stringify(row) !== JSON.stringify(operands[1])),
    ),
  excludes: ({ body, pointer, operands }) =>
    operands[1] == null
      ? body
      : changeAt(body, pointer, (rows) => [...rowsIn(rows), operands[1] as Json]),
  not_before: ({ body, pointer, operands }) =>
    changeAt(body, pointer, () => shifted(String(operands[1]), -1)),
  at_most: ({ body, pointer, operands }) =>
    changeAt(body, pointer, (value) => {
      const rows = rowsIn(value);
      const missing = rows.length === 0 ? 0 : Math.max(0, Number(operands[1]) + 1 - rows.length);
      const more = Array.from({ length: missing }, (_, i) => withOtherIds(rows.at(-1) as Json, i));
      return [...rows, ...more];
    }),
  every: ({ body, pointer, names, operands, fieldAt }) =>
    operands[2] === undefined
      ? body
      : changeAt(body, `${pointer}/0/${names[1]}`, (value) =>
          otherValue(value, fieldAt(`${pointer}/*/${names[1]}`)),
        ),
  unique: ({ body, pointer }) =>
    changeAt(body, pointer, (rows) => [...rowsIn(rows), ...rowsIn(rows).slice(-1)]),
  in_order: ({ body, pointer }) => changeAt(body, pointer, (rows) => rowsIn(rows).toReversed()),
  together: ({ body, pointer, operands, fieldAt }) =>
    changeAt(body, pointer, (value) =>
      typeof value !== 'boolean' && operands[1] ? null : otherValue(value, fieldAt(pointer)),
    ),
  page: ({ body, names }) => changeAt(body, pointerOf(names[3]), (more) => !more),
  total_of: ({ body, pointer }) => changeAt(body, pointer, (total) => Number(total) + 1),
  first_last: ({ body, names }) =>
    changeAt(body, pointerOf(names[1]), (first) => otherValue(first, { types: ['string'] })),
};

function withOtherIds(row: Json, number: number): Json {
  return isJsonObject(row) && typeof row.id === 'string'
    ? { ...row, id: `${row.id}${number}` }
    : row;
}

/**
 * The part of the name that tells relations of one answer apart: the kind and the place that is
 * wrong afterwards.
 */
function placeOf(kind: RelationKind, names: readonly Operand[]): string {
  const rowField = kind === 'every' || kind === 'unique' || kind === 'in_order';
  return `${kind}${pointerOf(names[0])}${rowField ? `/*/${names[1]}` : ''}`;
}

function relationDrifts(
  spec: Spec,
  operation: Operation,
  { status, schema, relations }: DocumentedResponse,
): readonly Drift[] {
  const fields = new Map(
    (schema === undefined ? [] : fieldsOf(spec, schema)).map((field) => [field.pointer, field]),
  );
  return relations
    .flatMap(statementsOf)
    .filter(({ operands: names }) => isPromised(operation, status, pointerOf(names[0])))
    .map(({ kind, operands: names }) => {
      const pointer = pointerOf(names[0]);
      return onBody(operation, status, {
        name: `relation:${operation.id}.${status}.${placeOf(kind, names)}`,
        kind: 'relation',
        does: `${kind}(${names.join(', ')}) does not hold`,
        change: (body, honest) => {
          const exchange: Exchange = { ...honest.request, status, responseBody: body };
          const operands = names.map((name) => evaluate(name, exchange));
          return breakers[kind]({
            body,
            pointer,
            names,
            operands,
            fieldAt: (place) => fields.get(place),
          });
        },
      });
    });
}
