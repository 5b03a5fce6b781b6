// A request of the contracts as HTTP: its path, its query, its body, and the credential of whoever
// sends it.
import type { Operation } from '../../spec/document.js';
import type { Json, PlainRequest } from '../../spec/message.js';
import { headersOf, tokenOf } from '../dialect.js';
import type { AskedFor } from '../judge/judge.js';
import { type CallerName, inventedCredentials, schemeOf } from '../tables/caller.js';
import type { Filled } from './filled.js';
import { isId, short } from './id.js';
import type { Profile } from './profile.js';
import { NotExercised, Withheld } from './reason.js';

/** How the body is sent, where not as JSON. */
export interface Sending {
  /** Sent in place of the body. */
  readonly raw?: Uint8Array;
  /** In place of JSON's; `none` says nothing. */
  readonly contentType?: string;
  /** With the caller's token, where there is a key as well. */
  readonly byToken?: boolean;
}

export interface HttpRequest {
  readonly request: PlainRequest;
  /** The same, as the relations of the document see it. */
  readonly asked: AskedFor;
}

export function httpRequest(
  operation: Operation,
  { caller, path: values, query, body }: Filled,
  profile: Profile,
  { raw, contentType = 'application/json', byToken = false }: Sending = {},
): HttpRequest {
  const path: Record<string, string> = {};
  for (const { name } of operation.parameters.filter((parameter) => parameter.in === 'path')) {
    const value = values[name];
    if (!isId(value))
      throw new Withheld(
        `${operation.id} is not sent: its ${name} would be ${short(value)}, which is no id`,
      );
    path[name] = value;
  }
  const bytes = raw ?? new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body));
  const isTyped = (raw !== undefined || body !== undefined) && contentType !== 'none';
  const headers = {
    accept: 'application/json',
    ...credentialOf(profile, caller, byToken),
    ...(isTyped ? { 'content-type': contentType } : {}),
  };
  return {
    request: {
      method: operation.method,
      target: targetOf(operation, path, query),
      headers,
      body: bytes,
    },
    asked: { path, query: bindingIn(operation, query), requestBody: body },
  };
}

function targetOf(
  { template }: Operation,
  path: Readonly<Record<string, string>>,
  query: Readonly<Record<string, Json>>,
): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((item): [string, string] => [name, String(item)]),
  );
  const search = pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : '';
  return (
    template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] as string)) +
    search
  );
}

/** The values that count, defaults among them. A parameter that is sent twice binds nothing. */
function bindingIn(
  { parameters }: Operation,
  query: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  const defaults = parameters.flatMap((p) =>
    p.default === undefined ? [] : [[p.name, p.default] as const],
  );
  const all = { ...Object.fromEntries(defaults), ...query };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => !Array.isArray(value)));
}

function credentialOf(
  { callers }: Profile,
  caller: CallerName,
  byToken: boolean,
): Readonly<Record<string, string>> {
  if (caller === 'none') return {};
  const shown = inventedCredentials[caller] ?? callers[caller] ?? {};
  const headers = headersOf(byToken ? tokenOf(shown) : shown, schemeOf(caller));
  if (Object.keys(headers).length === 0)
    throw new NotExercised(`the profile has no callers.${caller}`);
  return headers;
}
