// An exchange as HAR 1.2, which browsers and proxies read. Whatever has the name of a credential is
// hidden, and whatever the mask knows for one.

export interface HarMessage {
  readonly headers: Readonly<Record<string, string>>;
  /** What is known of it, as text. */
  readonly body: string;
  /** Of the whole body. */
  readonly bytes: number;
}

export interface Recorded {
  readonly started: Date;
  readonly milliseconds: number;
  /** The address of the server, without a path. */
  readonly base: string;
  readonly method: string;
  readonly target: string;
  readonly request: HarMessage;
  readonly response?: HarMessage & { readonly status: number };
  /** Why there is no response, or what else is to be known of it. */
  readonly comment?: string | undefined;
  /** What no other program knows. Its name begins with `_`, as HAR asks for. */
  readonly _understudy?: object;
}

/** What must not be shown. */
export interface Hiding {
  /** Takes credentials out of a text. */
  readonly mask: (text: string) => string;
  /** Whether a header of that name carries a credential, which is then hidden whole. */
  readonly isSecret: (name: string) => boolean;
}

/** The file is its head, entries with a comma between two, and its tail. */
export const harAround = (version: string): readonly [head: string, tail: string] => [
  `{"log":{"version":"1.2","creator":{"name":"Understudy","version":${JSON.stringify(version)}},"entries":[\n`,
  '\n]}}\n',
];

/** The same as one value. */
export const harOf = (version: string, entries: readonly object[]): object => ({
  log: { version: '1.2', creator: { name: 'Understudy', version }, entries },
});

/** Characters of a body; beyond them, a piece of a secret must still be long enough to be seen. */
const MOST_OF_A_BODY = 32_768;
const BEYOND = 1024;

const HIDDEN = '***';
const isCookie = (name: string): boolean => /^(set-)?cookie$/i.test(name);

interface Pair {
  readonly name: string;
  readonly value: string;
}

export function harEntry(recorded: Recorded, hiding: Hiding): object {
  const { started, milliseconds, method, target, request, response, base } = recorded;
  const { comment, _understudy } = recorded;
  const { mask } = hiding;
  const time = Math.round(milliseconds * 1000) / 1000;
  const [, query = ''] = target.split(/\?(.*)/s);
  const type = request.headers['content-type'] ?? '';
  return {
    startedDateTime: started.toISOString(),
    time,
    request: {
      method,
      // Names of variables stand in braces, which no URL has.
      url: mask(`${base}${target}`).replace(/[{}]/g, encodeURIComponent),
      httpVersion: 'HTTP/1.1',
      cookies: cookiesOf(request.headers.cookie),
      headers: headersOf(request.headers, hiding),
      queryString: [...new URLSearchParams(query)].map(([name, value]) => ({
        name: mask(name),
        value: mask(value),
      })),
      ...(request.body === ''
        ? {}
        : { postData: { mimeType: mask(type), text: bodyOf(request.body, mask) } }),
      headersSize: -1,
      bodySize: request.bytes,
    },
    response: responseOf(response, hiding),
    cache: {},
    timings: { send: 0, wait: time, receive: 0 },
    ...(comment === undefined ? {} : { comment: mask(comment) }),
    ...(_understudy === undefined ? {} : { _understudy }),
  };
}

/** Of none, the status is 0, as browsers have it. */
function responseOf(response: Recorded['response'], hiding: Hiding): object {
  const { status, headers, body, bytes } = response ?? {
    status: 0,
    headers: {},
    body: '',
    bytes: 0,
  };
  const { mask } = hiding;
  return {
    status,
    statusText: '',
    httpVersion: 'HTTP/1.1',
    cookies: cookiesOf(headers['set-cookie'], /^[^=;]*/),
    headers: headersOf(headers, hiding),
    content: {
      size: bytes,
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

const headersOf = (headers: HarMessage['headers'], { mask, isSecret }: Hiding): readonly Pair[] =>
  Object.entries(headers).map(([name, value]) => {
    const masked = mask(value);
    const isBare = isCookie(name) || (isSecret(name) && masked === value);
    return { name, value: isBare ? HIDDEN : masked };
  });

/** Their names; each value may be a session. */
const cookiesOf = (header = '', names: RegExp = /[^=;\s][^=;]*(?==)/g): readonly Pair[] =>
  [...(header.match(names) ?? [])]
    .filter((name) => name !== '')
    .map((name) => ({ name, value: HIDDEN }));

const bodyOf = (text: string, mask: Hiding['mask']): string =>
  mask(text.slice(0, MOST_OF_A_BODY + BEYOND)).slice(0, MOST_OF_A_BODY);
