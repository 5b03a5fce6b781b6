// Turns what Prism answers, or refuses, into a plain answer.

import { restoreData } from '../../openapi/markers.js';
import { isJson } from '../../openapi/media-types.js';
import type { OneOperation } from '../../openapi/one-operation.js';
import { isNode } from '../../openapi/shape.js';
import { toXml } from '../xml.js';
import type { Failure, Outcome } from './library.js';

/** What Prism said. A problem is its own: the request or the document does not allow an answer. */
export interface PrismAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How the answer breaks its own schema. */
  readonly breaches: readonly string[];
}

export const errors = 'https://stoplight.io/prism/errors#';

export function breachesOf({ output, validations }: Outcome): string[] {
  const type = String(output.headers?.['Content-type'] ?? '');
  // A text is compared with a schema of what it means: nothing can be said about it.
  const unread = typeof output.body === 'string' && !isJson(type);
  return validations.output
    .filter(({ severity, path }) => severity === 0 && !(unread && path?.[0] === 'body'))
    .map(({ message }) => message);
}

export function render(
  { statusCode, headers = {}, body }: Outcome['output'],
  breaches: readonly string[],
  { hasDataRefs }: OneOperation,
  applied: string,
): PrismAnswer {
  const sent: Record<string, string> = {};
  for (const [key, value] of Object.entries(headers)) {
    const text = headerText(value);
    if (text !== undefined) sent[key.toLowerCase()] = text;
  }
  if (applied !== '') sent['preference-applied'] = applied;
  const bodiless = body === undefined || /^(1..|204|205|304)$/.test(String(statusCode));
  if (bodiless) {
    delete sent['content-type'];
    return { status: statusCode, headers: sent, breaches };
  }
  const value = hasDataRefs ? restoreData(body) : body;
  return {
    status: statusCode,
    headers: sent,
    body: serialize(value, sent['content-type'] ?? ''),
    breaches,
  };
}

function serialize(value: unknown, type: string): string {
  if (isJson(type)) return JSON.stringify(value);
  if (typeof value === 'string') return value;
  return /[/+]xml\b/i.test(type) ? toXml(value) : JSON.stringify(value);
}

/** What a header can carry: no line breaks, and nothing beyond ASCII. */
function headerText(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  const text = Array.isArray(value)
    ? value.join(',')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  return text.replace(/[^\t\x20-\x7e]+/g, (part) => encodeURIComponent(part.toWellFormed()));
}

export function problemOf({
  name,
  message,
  status = 500,
  detail = '',
  additional = {},
}: Failure): PrismAnswer {
  const { headers, ...more } = additional;
  const type = name && name !== 'Error' ? name : `${errors}UNKNOWN`;
  const sent = isNode(headers)
    ? Object.entries(headers).map(([key, value]) => [key.toLowerCase(), headerText(value) ?? ''])
    : [];
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...Object.fromEntries(sent) },
    body: JSON.stringify({ type, title: message, status, detail, ...more }),
    breaches: [],
  };
}

/** A problem in the form in which Prism tells its own. */
export function problem(status: number, type: string, title: string, detail: string): PrismAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: `${errors}${type}`, title, status, detail }),
    breaches: [],
  };
}
