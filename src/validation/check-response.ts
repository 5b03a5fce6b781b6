// Does an answer keep the document? Status, media type, headers, body and relations; an empty list
// of violations means that all of them were checked.
import type { DocumentedResponse, Operation } from '../spec/document.js';
import { isLasting } from '../spec/lasting.js';
import { isJsonObject, type Json, type PlainResponse } from '../spec/message.js';
import { brokenRelations, type Exchange } from '../spec/relation.js';
import type { Validator, Validators } from './validators.js';
import { fromAjv, type Violation } from './violation.js';

/** The request's side of an exchange, for the relations. */
export type RequestSide = Pick<Exchange, 'path' | 'query' | 'requestBody'>;

export function checkResponse(
  operation: Operation<string>,
  validators: Validators,
  request: RequestSide,
  { response, body }: { readonly response: PlainResponse; readonly body: Json | undefined },
): Violation[] {
  const documented = operation.responses.get(response.status);
  if (!documented) {
    const statuses = [...operation.responses.keys()].join(', ');
    return [
      {
        in: 'status',
        pointer: '',
        keyword: 'status',
        expected: `one of ${statuses}`,
        got: response.status,
      },
    ];
  }
  const violations: Violation[] = [];
  for (const name of documented.requiredHeaders) {
    if (response.headers[name] === undefined) {
      violations.push({
        in: 'header',
        pointer: `/${name}`,
        keyword: 'required',
        expected: 'to be present',
      });
    }
  }
  const type = response.headers['content-type'];
  // Most say nothing behind it, and are the documented one letter by letter.
  const sent = type === documented.mediaType ? type : type?.split(';')[0];
  if (sent !== documented.mediaType) {
    violations.push({
      in: 'header',
      pointer: '/content-type',
      keyword: 'media_type',
      expected: documented.mediaType ?? 'no body',
      got: sent ?? null,
    });
  }
  if (documented.schema) {
    const validate = validators(`closed_${documented.schema}`);
    if (!isValid(body, documented, validate))
      violations.push(...fromAjv('body', validate.errors ?? []));
  } else if (body !== undefined) {
    violations.push({ in: 'body', pointer: '', keyword: 'body', expected: 'no body' });
  }
  // A body of the wrong shape would break relations too; only the shape is reported.
  if (violations.length > 0) return violations;
  const { path, query, requestBody } = request;
  const exchange = { path, query, requestBody, status: response.status, responseBody: body };
  return brokenRelations(documented.relations, exchange).map((breach) => ({
    in: 'relation',
    pointer: breach.pointer,
    keyword: breach.relation,
    expected: breach.expected,
    ...(breach.got === undefined ? {} : { got: breach.got }),
  }));
}

/** Lasting values that a validator has found valid, alone or in a list. */
const found = new WeakMap<Validator, WeakSet<object>>();

/** What lasts is looked at once by each validator. */
function isValid(
  body: Json | undefined,
  { list }: DocumentedResponse,
  validate: Validator,
): boolean {
  const valid = found.get(validate) ?? new WeakSet();
  found.set(validate, valid);
  const items = list !== undefined && isJsonObject(body) ? body[list] : undefined;
  const parts = Array.isArray(items) ? items : [body];
  const unseen = parts.filter((part) => !valid.has(part));
  if (unseen.length === 0 && items === undefined) return true;
  // Of those that are known to be valid the schema asks no more; where it finds fault with one of the
  // others, it says where that stands among all.
  const rest =
    unseen.length < parts.length && list !== undefined
      ? Object.assign({}, body, { [list]: unseen })
      : body;
  if (!validate(rest)) return rest === body ? false : validate(body);
  for (const part of unseen) if (isLasting(part)) valid.add(part);
  return true;
}
