// Reads a HAR that any program has written. All that is wrong with it is found before a request of
// it is used.
import { FileError, type Problem } from '../files/problem.js';
import { show } from '../spec/json.js';
import { isJsonObject, type JsonObject } from '../spec/message.js';

/** Bytes of a file. */
export const MOST_OF_A_FILE = 64 * 1024 * 1024;
type Headers = Readonly<Record<string, string>>;

/** `text` is absent where the file has no body, or not all of it. */
export interface RecordedBody {
  readonly text?: string;
  /** There was one, and the file does not have all of it. */
  readonly isMissing: boolean;
}

export interface RecordedExchange {
  /** Its place in the file. */
  readonly index: number;
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: RecordedBody;
  readonly response: {
    /** 0 where none came. */
    readonly status: number;
    readonly headers: Headers;
    readonly body: RecordedBody;
    readonly mimeType: string;
  };
  /** What the browser wanted it for, such as `fetch` or `image`. */
  readonly resourceType?: string;
  /** What only a HAR of ours has. */
  readonly ours: { readonly user_id?: string; readonly case?: string; readonly operation?: string };
}

/** The text of a file that a body stands in, beside the HAR; undefined where there is none. */
export type Attached = (name: string) => string | undefined;

/** A body without its content coding; undefined where it cannot be taken off. */
type Inflate = (bytes: Uint8Array, coding: string) => Uint8Array | undefined;

export interface Reading {
  readonly attached?: Attached;
  /** Where there is none, a compressed body counts as missing. */
  readonly inflate?: Inflate;
}

/** In the order in which they were sent. Throws a FileError that lists every problem. */
export function readHar(
  text: string,
  file: string,
  reading?: Reading,
): readonly RecordedExchange[] {
  const { value, problem } = parsed(text, file);
  if (problem) throw new FileError([problem]);
  return exchangesIn(value, file, reading);
}

/** The same of what is no text any more. */
export function exchangesIn(
  value: unknown,
  file: string,
  reading: Reading = {},
): readonly RecordedExchange[] {
  const reader = new Reader(file, reading);
  const read = reader.exchanges(value);
  if (reader.problems.length > 0) throw new FileError(reader.problems);
  const isTimed = read.every(({ started }) => !Number.isNaN(started));
  return (isTimed ? read.sort((a, b) => a.started - b.started) : read).map(
    ({ exchange }) => exchange,
  );
}

// The text

const NO_JSON = 'save the recording again, as a HAR file; a part of one cannot be read';

function parsed(
  text: string,
  file: string,
): { readonly value?: unknown; readonly problem?: Problem } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const { message } = error as Error;
    const before = text.slice(0, placeIn(text, message)).split('\n');
    const place = { line: before.length, column: (before.at(-1) as string).length + 1 };
    return { problem: { file, ...place, what: `this is no JSON: ${message}`, fix: NO_JSON } };
  }
}

/** Where the parser stopped: it says a number, or shows the ten characters before and after. */
function placeIn(text: string, message: string): number {
  const at = /at position (\d+)/.exec(message)?.[1];
  if (at !== undefined) return Number(at);
  const shown = /^Unexpected token '(.+?)', (\.\.\.)?"(.*?)"(?:\.\.\.)? is not valid JSON/s;
  const [, token = '', cut, around] = shown.exec(message) ?? [];
  if (around === undefined) return text.length;
  return text.indexOf(around) + (cut === undefined ? around.indexOf(token) : 10);
}

// The form

interface Read {
  /** NaN where the file does not say it. */
  readonly started: number;
  readonly exchange: RecordedExchange;
}

class Reader {
  readonly problems: Problem[] = [];
  readonly #file: string;
  readonly #reading: Reading;

  constructor(file: string, reading: Reading) {
    this.#file = file;
    this.#reading = reading;
  }

  exchanges(value: unknown): Read[] {
    const file = this.#object(value, '');
    const log = file && this.#object(file.log, '/log');
    const entries = log?.entries;
    if (log && !Array.isArray(entries)) {
      this.#report(
        '/log/entries',
        `must be a list, not ${show(entries, { longest: 80 })}`,
        'list the exchanges there, or save the recording again',
      );
      return [];
    }
    const read: Read[] = [];
    for (const [index, entry] of ((entries ?? []) as readonly unknown[]).entries()) {
      const one = this.#entry(entry, index);
      if (one) read.push(one);
    }
    return read;
  }

  #entry(value: unknown, index: number): Read | undefined {
    const pointer = `/log/entries/${index}`;
    const entry = this.#object(value, pointer);
    if (!entry) return undefined;
    const request = this.#object(entry.request, `${pointer}/request`);
    const response = this.#object(entry.response, `${pointer}/response`);
    const method = request && this.#method(request.method, `${pointer}/request/method`);
    const url = request && this.#url(request.url, `${pointer}/request/url`);
    const headers = request && this.#headers(request.headers, `${pointer}/request/headers`);
    const status = response && this.#status(response.status, `${pointer}/response/status`);
    const came = response && this.#headers(response.headers, `${pointer}/response/headers`);
    if (!request || !response || !method || !url || !headers || !came || status === undefined)
      return undefined;
    const content = isJsonObject(response.content) ? response.content : {};
    const { _resourceType: resourceType, _understudy: ours } = entry;
    const exchange: RecordedExchange = {
      index,
      method,
      url,
      headers,
      body: this.#sent(request, headers, `${pointer}/request/postData`),
      response: {
        status,
        headers: came,
        body: this.#body(content, came, `${pointer}/response/content`),
        mimeType: String(content.mimeType ?? came['content-type'] ?? '').toLowerCase(),
      },
      ...(typeof resourceType === 'string' ? { resourceType: resourceType.toLowerCase() } : {}),
      ours: isJsonObject(ours) ? ours : {},
    };
    return { started: Date.parse(String(entry.startedDateTime)), exchange };
  }

  /** A form stands there by its fields, where it does not stand there as text. */
  #sent(request: JsonObject, headers: Headers, pointer: string): RecordedBody {
    const { postData, bodySize } = request;
    const size = typeof bodySize === 'number' ? bodySize : 0;
    if (postData === undefined || postData === null) return { isMissing: size > 0 };
    const data = this.#object(postData, pointer);
    if (!data) return { isMissing: true };
    const { text, params, mimeType } = data;
    const isForm = /^application\/x-www-form-urlencoded/i.test(String(mimeType ?? ''));
    if (text === undefined && isForm && Array.isArray(params) && params.every(isPair))
      return {
        text: String(
          new URLSearchParams(params.map(({ name, value }): [string, string] => [name, value])),
        ),
        isMissing: false,
      };
    const { isMissing, ...body } = this.#body({ size, ...data }, headers, pointer);
    return { ...body, isMissing: isMissing || (body.text === undefined && size > 0) };
  }

  #body(content: JsonObject, headers: Headers, pointer: string): RecordedBody {
    const { text: given, encoding, size, _file: name } = content;
    const text = given ?? (typeof name === 'string' ? this.#reading.attached?.(name) : undefined);
    if (text === undefined || text === null || text === '')
      return { isMissing: typeof size === 'number' && size > 0 };
    if (typeof text !== 'string') {
      this.#report(
        `${pointer}/text`,
        `must be a text, not ${show(text, { longest: 80 })}`,
        'write the body as a text',
      );
      return { isMissing: true };
    }
    const isBase64 = typeof encoding === 'string' && encoding.toLowerCase() === 'base64';
    if (isBase64 && !/^[\w+/\s-]*=*\s*$/.test(text)) {
      this.#report(
        `${pointer}/text`,
        'is no base64, though `encoding` says so',
        'save the recording again, or take `encoding` away',
      );
      return { isMissing: true };
    }
    const whole = isBase64
      ? inflated(bytesOf(text), headers['content-encoding'], this.#reading.inflate)
      : text;
    if (whole === undefined) return { isMissing: true };
    const isCut = typeof size === 'number' && size > encoder.encode(whole).length && !isJson(whole);
    return isCut ? { isMissing: true } : { text: whole, isMissing: false };
  }

  #method(value: unknown, pointer: string): string | undefined {
    if (typeof value === 'string' && /^[!#$%&'*+.^_`|~\w-]+$/.test(value))
      return value.toUpperCase();
    return this.#report(
      pointer,
      `must be a method, not ${show(value, { longest: 80 })}`,
      'write one such as GET',
    );
  }

  #url(value: unknown, pointer: string): URL | undefined {
    if (typeof value === 'string' && URL.canParse(value)) return new URL(value);
    return this.#report(
      pointer,
      `must be a URL, not ${show(value, { longest: 80 })}`,
      'write all of it, such as https://api.example.com/v1/spaces/',
    );
  }

  #status(value: unknown, pointer: string): number | undefined {
    if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 999) return Number(value);
    // Chromium writes -1 for a request that it has not answered.
    if (value === -1) return 0;
    return this.#report(
      pointer,
      `must be a status, not ${show(value, { longest: 80 })}`,
      'write a number such as 200, or 0 where no answer came',
    );
  }

  /** By their names in lower case. HTTP/2 has names with a colon, which are no headers. */
  #headers(value: unknown, pointer: string): Headers | undefined {
    const list = value ?? [];
    if (!Array.isArray(list) || !list.every(isPair))
      return this.#report(
        pointer,
        'must be a list of headers, each with a name and a value',
        'write `[{ "name": "Accept", "value": "application/json" }]`',
      );
    const headers: Record<string, string> = {};
    for (const { name, value: text } of list) {
      const key = name.toLowerCase();
      if (key.startsWith(':')) continue;
      headers[key] = headers[key] === undefined ? text : `${headers[key]}, ${text}`;
    }
    return headers;
  }

  #object(value: unknown, pointer: string): JsonObject | undefined {
    if (isJsonObject(value)) return value;
    const what =
      value === undefined ? 'is missing' : `must be an object, not ${show(value, { longest: 80 })}`;
    return this.#report(
      pointer,
      what,
      'save the recording as a HAR file: `{ "log": { "entries": […] } }`',
    );
  }

  #report(pointer: string, what: string, fix: string): undefined {
    const name = pointer === '' ? 'the file' : (pointer.split('/').at(-1) as string);
    this.problems.push({
      file: this.#file,
      pointer,
      line: 1,
      column: 1,
      what: `${name} ${what}`,
      fix,
    });
  }
}

const isPair = (value: unknown): value is { readonly name: string; readonly value: string } =>
  isJsonObject(value) && typeof value.name === 'string' && typeof value.value === 'string';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Browsers take the content coding off before they write a body, proxies often do not. Undefined
 * for what cannot be read.
 */
function inflated(
  bytes: Uint8Array,
  coding: string | undefined,
  inflate: Inflate = () => undefined,
): string | undefined {
  const plain = decoder.decode(bytes);
  if (coding === undefined || isJson(plain)) return plain;
  const whole = inflate(bytes, coding);
  if (whole) return decoder.decode(whole);
  const again = encoder.encode(plain);
  const isText = again.length === bytes.length && again.every((byte, i) => byte === bytes[i]);
  return isText ? plain : undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Base64 of either alphabet. */
const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(
    atob(text.replace(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')),
    (letter) => letter.charCodeAt(0),
  );
