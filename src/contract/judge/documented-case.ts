// Which documented case an answer is, and what that case vouches for.
import { type Case, vouchesFor } from '../../spec/case.js';
import { isJsonObject, type Json, type PlainResponse } from '../../spec/message.js';
import { type ErrorField, errorAt, errorIn } from '../dialect.js';

/**
 * A status that is never intended, such as a 5xx: it is a failure even where nothing is documented.
 */
export const isCrash = ({ status }: PlainResponse): boolean => status >= 500;

/**
 * Whether an answer is this case, by all that the case vouches for: status, code, type and the keys
 * of its details.
 */
export function isCase(documented: Case, status: number, body: Json | undefined): boolean {
  const fits = vouchesFor(documented, 'status')
    ? status === documented.status
    : Math.floor(status / 100) === Math.floor(documented.status / 100);
  if (!fits) return false;
  if (documented.status < 400) return true;
  const error = errorIn(body);
  const example = errorIn(documented.value);
  if (!example) return true;
  if (!error) return false;
  const same = (field: ErrorField): boolean =>
    !vouchesFor(documented, errorAt(field)) ||
    JSON.stringify(error[field]) === JSON.stringify(example[field]);
  if (!same('code') || !same('type')) return false;
  if (!vouchesFor(documented, errorAt('details'))) return true;
  const [sent, wanted] = [error.details, example.details];
  return (
    !isJsonObject(wanted) ||
    (isJsonObject(sent)
      ? Object.keys(wanted).every((key) => Object.hasOwn(sent, key))
      : Object.keys(wanted).length === 0)
  );
}

/** Without a case, everything in the schema is judged. */
export const isPromised = (documented: Case | undefined, pointer: string): boolean =>
  documented === undefined || vouchesFor(documented, pointer);
