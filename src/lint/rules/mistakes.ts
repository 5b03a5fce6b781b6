// Requests that are wrong by themselves: each tells of a bug of the client, whatever the state.
import type { JournalEntry } from '../../engine/journal.js';
import { fixOf, nearest } from '../../files/nearest.js';
import type { Operation } from '../../spec/document.js';
import { pathOf } from '../../spec/message.js';
import { fieldName, type Violation } from '../../validation/violation.js';
import { isHonest, perRequest, type Rule } from '../rule.js';

/** What a credential is sent in. */
const credentialOf = ({ request: { headers } }: JournalEntry): string | undefined =>
  [headers.authorization, headers['x-api-key']].find((value) => (value ?? '').trim() !== '');

/** What was wrong with the form of the request, where it was refused for that. */
const violationOf = ({ decision }: JournalEntry): Violation | undefined =>
  decision?.facts.violation as Violation | undefined;

/** What a browser asks every server for. */
const ofBrowsers = /^\/(?:favicon\.ico|robots\.txt|apple-touch-icon[\w-]*\.png|\.well-known\/.*)$/;

const unreadable = [
  'broken_encoding',
  'bad_http',
  'unsupported_encoding',
  'headers_too_large',
  'body_too_large',
];
const setups: Readonly<Record<string, string>> = {
  unknown_preference: 'Prefer asks for a case or status that the operation does not have.',
  worlds_disagree: 'One request names two worlds.',
  unknown_world: 'The request is for a world that nobody has made.',
  no_world_name: 'The request is for a world whose name cannot be one.',
};
const notText = ['malformed_json', 'not_utf8', 'not_an_object', 'too_deep'];
const placeholder = /^(?:undefined|null|NaN|None|\[object Object\])$/;
/** In these, people look for any text. */
const freeText = /^(?:search|query|q)$/;

export const mistakes: readonly Rule[] = [
  {
    name: 'unknown-path',
    severity: 'error',
    fix: 'Correct the path, or the base URL that it is put behind.',
    source: 'the paths of the OpenAPI document',
    find: perRequest((entry) => {
      if (entry.case !== 'unknown_path' || ofBrowsers.test(pathOf(entry))) return [];
      const { method, nearest: near } = entry;
      const what = `${method} ${pathOf(entry)}: the API has no such path.`;
      return [{ what, fix: near === undefined ? undefined : `The nearest path is ${near}.` }];
    }),
  },
  {
    name: 'method-not-allowed',
    severity: 'error',
    fix: 'Use a method that the path has; the Allow header of the answer lists them.',
    source: 'RFC 9110, 15.5.6',
    find: perRequest((entry) => {
      if (entry.case !== 'method_not_allowed') return [];
      const { allow } = entry.answer.headers;
      const fix = allow === undefined ? undefined : `Use one of ${allow}.`;
      return [{ what: `${entry.method} ${pathOf(entry)}: the path has no such method.`, fix }];
    }),
  },
  {
    name: 'no-credential',
    severity: 'error',
    fix: 'Send X-API-Key, or Authorization: Bearer with a token, with every request.',
    source: 'RFC 9110, 11.6.1',
    find: perRequest((entry) =>
      entry.status === 401 && isHonest(entry) && credentialOf(entry) === undefined
        ? [{ what: 'A request has no credential.' }]
        : [],
    ),
  },
  {
    name: 'unreadable-credential',
    severity: 'error',
    fix: 'Send a key as X-API-Key: KEY, and a token as Authorization: Bearer TOKEN, written so.',
    source: 'RFC 6750, 2.1, and the security schemes of the OpenAPI document',
    find: perRequest((entry) => {
      if (entry.status !== 401 || !isHonest(entry) || credentialOf(entry) === undefined) return [];
      if (entry.case === 'authentication_required')
        return [{ what: 'A credential is sent in a form that nobody reads.' }];
      const { kind, header } = entry.decision?.facts ?? {};
      const isSwapped =
        (kind === 'api_key' && header === 'Authorization') ||
        (kind === 'token' && header === 'X-API-Key');
      return isSwapped ? [{ what: `${header} has what belongs into the other header.` }] : [];
    }),
  },
  {
    name: 'wrong-content-type',
    severity: 'error',
    fix: 'Send Content-Type: application/json with a JSON body.',
    source: 'RFC 9110, 8.3',
    find: perRequest((entry) =>
      violationOf(entry)?.keyword === 'content_type'
        ? [{ what: `A body is sent as ${entry.request.headers['content-type']}.` }]
        : [],
    ),
  },
  {
    name: 'missing-content-type',
    severity: 'warning',
    fix: 'Send Content-Type: application/json with a JSON body; other servers need it.',
    source: 'RFC 9110, 8.3',
    find: perRequest((entry, { operations }) => {
      const { headers, bytes = 0 } = entry.request;
      const takesBody = operations.get(entry.operation ?? '')?.body !== undefined;
      return takesBody && bytes > 0 && headers['content-type'] === undefined
        ? [{ what: 'A body is sent without a Content-Type.' }]
        : [];
    }),
  },
  {
    name: 'malformed-body',
    severity: 'error',
    fix: 'Send what JSON.stringify gives of an object, as UTF-8.',
    source: 'RFC 8259',
    find: perRequest((entry) => {
      const { in: part, keyword = '' } = violationOf(entry) ?? {};
      return part === 'body' && notText.includes(keyword)
        ? [{ what: `A body cannot be read (${keyword}).` }]
        : [];
    }),
  },
  {
    name: 'unreadable-request',
    severity: 'error',
    fix: 'Let a library write the request; the answer says what could not be read.',
    source: 'RFC 9110, 15.5',
    find: perRequest(({ case: name = '' }) =>
      unreadable.includes(name) ? [{ what: `A request cannot be taken (${name}).` }] : [],
    ),
  },
  {
    name: 'placeholder-value',
    severity: 'error',
    fix: 'Wait until the value is there, then send the request; leave out a parameter that has none.',
    source: 'the parameters of the OpenAPI document',
    find: perRequest((entry) =>
      placeholdersIn(entry).map((where) => ({ what: `A value was missing: ${where}.` })),
    ),
  },
  {
    name: 'unread-field',
    severity: 'warning',
    fix: 'Leave it out, or correct its name.',
    source: 'the request schemas and parameters of the OpenAPI document',
    find: perRequest(({ operation: id, ignored = [] }, { operations }) => {
      const operation = operations.get(id ?? '');
      return ignored.map((name) => ({
        what:
          name === 'body'
            ? 'A body is sent, and the operation reads none.'
            : `${name} is sent, and nobody reads it.`,
        fix: operation && proposal(name, operation),
      }));
    }),
  },
  {
    name: 'undocumented-field',
    severity: 'error',
    fix: 'Leave it out, or correct its name.',
    source: 'the request schemas of the OpenAPI document, which allow no other fields',
    find: perRequest((entry, { operations }) => {
      const violation = violationOf(entry);
      if (violation?.keyword !== 'additionalProperties') return [];
      const name = `${violation.in}.${fieldName(violation)}`;
      const operation = operations.get(entry.operation ?? '');
      return [
        { what: `${name} is sent, and refused.`, fix: operation && proposal(name, operation) },
      ];
    }),
  },
  {
    name: 'bad-test-setup',
    severity: 'error',
    fix: 'Correct what the test says to the mock server; the answer lists what there is.',
    source: 'docs/worlds.md, and "Force any response" of the README',
    find: perRequest(({ case: name = '' }) => {
      const what = setups[name];
      return what === undefined ? [] : [{ what }];
    }),
  },
];

/** Where a text such as `undefined` stands in place of a value. */
function placeholdersIn(entry: JournalEntry): readonly string[] {
  const segments = pathOf(entry)
    .split('/')
    .filter((segment) => placeholder.test(decoded(segment)))
    .map((segment) => `the path has ${decoded(segment)}`);
  const search = new URLSearchParams(entry.target.split(/\?(.*)/s)[1] ?? '');
  const parameters = [...search]
    .filter(([name, value]) => placeholder.test(value) && !freeText.test(name))
    .map(([name, value]) => `?${name} is ${value}`);
  const ids = [...(entry.request.body ?? '').matchAll(/"(\w*_?ids?)":\s*"([^"]{1,20})"/g)]
    .filter(([, , value = '']) => placeholder.test(value))
    .map(([, name, value]) => `${name} of the body is ${JSON.stringify(value)}`);
  return [...segments, ...parameters, ...ids];
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The known name that an unknown one may have been meant for. */
function proposal(ignored: string, { parameters, body }: Operation<string>): string | undefined {
  const [part, name = ''] = ignored.split(/\.(.*)/s);
  const query = parameters.filter((one) => one.in === 'query').map((one) => one.name);
  const known = part === 'query' ? query : (body?.fields ?? []);
  if (part === 'query' && nearest(name, known) === undefined && body?.fields.includes(name))
    return 'It belongs into the body.';
  return nearest(name, known) === undefined ? undefined : `Correct its name: ${fixOf(name, known)}`;
}
