// The exchanges of a run as HAR 1.2, which browsers and proxies read. Whatever has the name of a
// credential is hidden, and whatever looks like one of the profile's.
import type { Answer } from '../../client/target.js';
import type { PlainRequest } from '../../spec/message.js';
import { isForCredentials } from '../dialect.js';
import type { Mask } from './redact.js';

export interface Recorded {
  readonly started: Date;
  readonly milliseconds: number;
  /** The address of the server, without a path. */
  readonly base: string;
  readonly request: PlainRequest;
  readonly response?: Answer;
  /** Why there is no response. */
  readonly error?: string;
}

/** The file is its head, entries with a comma between two, and its tail. */
export const harAround = (version: string): readonly [head: string, tail: string] => [
  `{"log":{"version":"1.2","creator":{"name":"Understudy","version":${JSON.stringify(version)}},"entries":[\n`,
  '\n]}}\n',
];

/** Characters of a body; beyond them, a piece of a secret must still be long enough to be seen. */
const MOST_OF_A_BODY = 32_768;
const BEYOND = 1024;

const HIDDEN = '***';
const isCookie = (name: string): boolean => /^(set-)?cookie$/i.test(name);

interface Pair {
  readonly name: string;
  readonly value: string;
}

export function harEntry(recorded: Recorded, mask: Mask): object {
  const { started, milliseconds, request, response, error, base } = recorded;
  const time = Math.round(milliseconds * 1000) / 1000;
  const [, query = ''] = request.target.split(/\?(.*)/s);
  const sent = new TextDecoder().decode(request.body);
  const type = request.headers['content-type'] ?? '';
  return {
    startedDateTime: started.toISOString(),
    time,
    request: {
      method: request.method,
      // Names of variables stand in braces, which no URL has.
      url: mask(`${base}${request.target}`).replace(/[{}]/g, encodeURIComponent),
      httpVersion: 'HTTP/1.1',
      cookies: cookiesOf(request.headers.cookie),
      headers: headersOf(request.headers, mask),
      queryString: [...new URLSearchParams(query)].map(([name, value]) => ({
        name: mask(name),
        value: mask(value),
      })),
      ...(sent === '' ? {} : { postData: { mimeType: mask(type), text: bodyOf(sent, mask) } }),
      headersSize: -1,
      bodySize: request.body.length,
    },
    response: responseOf(response, mask),
    cache: {},
    timings: { send: 0, wait: time, receive: 0 },
    ...(error === undefined ? {} : { comment: mask(error) }),
    ...(response?.repeated === undefined ? {} : { comment: mask(response.repeated) }),
  };
}

/** Of none, the status is 0, as browsers have it. */
function responseOf(response: Answer | undefined, mask: Mask): object {
  const { status, headers, body = '' } = response ?? { status: 0, headers: {} };
  return {
    status,
    statusText: '',
    httpVersion: 'HTTP/1.1',
    cookies: cookiesOf(headers['set-cookie'], /^[^=;]*/),
    headers: headersOf(headers, mask),
    content: {
      size: Buffer.byteLength(body),
      mimeType: mask(headers['content-type'] ?? ''),
      ...(body === '' ? {} : { text: bodyOf(body, mask) }),
      ...(body.length > MOST_OF_A_BODY
        ? { comment: `the first ${MOST_OF_A_BODY} characters` }
        : {}),
    },
    redirectURL: mask(headers.location ?? ''),
    headersSize: -1,
    bodySize: -1,
  };
}

const headersOf = (headers: Readonly<Record<string, string>>, mask: Mask): readonly Pair[] =>
  Object.entries(headers).map(([name, value]) => {
    const masked = mask(value);
    const isBare = isCookie(name) || (isForCredentials(name) && masked === value);
    return { name, value: isBare ? HIDDEN : masked };
  });

/** Their names; each value may be a session. */
const cookiesOf = (header = '', names: RegExp = /[^=;\s][^=;]*(?==)/g): readonly Pair[] =>
  [...(header.match(names) ?? [])]
    .filter((name) => name !== '')
    .map((name) => ({ name, value: HIDDEN }));

const bodyOf = (text: string, mask: Mask): string =>
  mask(text.slice(0, MOST_OF_A_BODY + BEYOND)).slice(0, MOST_OF_A_BODY);
