// Cases, answers and values in words, for the two sides of a deviation.
import type { Case } from '../../spec/case.js';
import type { Json, PlainResponse } from '../../spec/message.js';
import { errorIn } from '../dialect.js';

export const describeCase = ({ name, status, value }: Case): string =>
  `${status} ${name}${errorIn(value) ? ` (${String(errorIn(value)?.code)})` : ''}`;

export function describeAnswer({ status, body }: PlainResponse, parsed: Json | undefined): string {
  const error = errorIn(parsed);
  return error
    ? `${status} ${String(error.code)} ${showValue(error.details)}`
    : `${status} ${body === undefined ? 'without a body' : shorten(body)}`;
}

export const shorten = (text: string): string =>
  text.length > 200 ? `${text.slice(0, 200)}…` : text;

export const showValue = (value: Json | undefined): string =>
  value === undefined ? 'absent' : shorten(JSON.stringify(value));
