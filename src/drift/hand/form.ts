// The form of a drift that is made by hand, and how it changes answers.
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { type Field, fieldsOf } from '../../spec/fields.js';
import type { Json } from '../../spec/message.js';
import { type Drift, type Honest, successOf, withBody } from '../form.js';
import { always } from '../rewrite.js';

/** The body of the first success. */
export function successFields(spec: Spec, operation: Operation): readonly Field[] {
  const schema = operation.responses.get(successOf(operation).status)?.schema;
  return schema === undefined ? [] : fieldsOf(spec, schema);
}

/** `what` is the end of its name, `does` says in words what the server does wrong. */
export function handDrift(
  operations: readonly OperationId[],
  what: string,
  does: string,
  plant: Drift['plant'],
): Drift {
  const name = operations.length === 1 ? `hand:${operations[0]}.${what}` : `hand:${what}`;
  return { name, kind: 'hand', operations, does, plant };
}

export const isSuccess = ({ documented }: Honest): boolean => documented.status < 400;

/** Changes the body of a success; an error leaves as it is. */
export const onSuccess = (change: (body: Json, honest: Honest) => Json): Drift['plant'] =>
  always((honest) =>
    isSuccess(honest) ? withBody(honest.response, (body) => change(body, honest)) : honest.response,
  );
