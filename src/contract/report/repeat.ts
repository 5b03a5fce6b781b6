// A finding as a shell chain that runs as it is: ids captured between the steps, names new in every
// run, secrets as environment references. Indentation means nothing in it, so that it can be pasted
// from an indented report.
import type { PlainRequest } from '../../spec/message.js';
import { API_KEY, credentialIn, TOKEN } from '../dialect.js';
import type { Exchanged } from '../run/exchanged.js';
import type { Finding } from '../run/finding.js';
import { NAME_IN_TEXT } from '../run/names.js';
import { type CallerName, callerNames, letIn, schemeOf } from '../tables/caller.js';

/** Bytes; the longest argument that Linux hands to a program is 128 KiB. */
const LONGEST_ARGUMENT = 100_000;

/** A piece of what is sent: as it stands, or the value of a variable. */
type Part = { readonly text: string } | { readonly variable: string };

/**
 * A script for bash with curl, grep and sed. `TARGET` is the base URL, each caller's credential
 * stands in a variable of its own. What was expected goes to stderr, with the ids of that run, and
 * the last answer to stdout, with its headers.
 */
export function repeatChain({
  calls,
  pointer,
  expected,
}: Pick<Finding, 'calls' | 'pointer' | 'expected'>): string {
  const captured = new Map<string, string>();
  const expectation = readable(`${pointer === '' ? '' : `${pointer} `}${expected}`);
  const steps = calls.flatMap((call, i) => {
    const last = i === calls.length - 1;
    const found = last ? [] : capturesOf(calls, i, captured, expectation);
    const comment = `# ${call.operation} by ${call.caller}: ${call.response?.status ?? 'no answer'}`;
    const curl = curlOf(
      call,
      captured,
      last ? '-sSi' : found.length > 0 ? '-sS' : '-sS -o /dev/null',
    );
    if (last) return [`echo "expected: ${filled(expectation, captured)}" >&2`, comment, curl];
    if (found.length === 0) return [comment, curl];
    const assignments = found.map(({ value, key, nth, item }) => {
      const name = `ID${captured.size + 1}`;
      captured.set(value, name);
      const place = [key, nth, ...(item > 1 ? [item] : [])].join(' ');
      return `${name}=$(field ${place}); : "\${${name}:?${call.operation} gave no ${key}: $answer}"`;
    });
    return [comment, `answer=$(${curl})`, ...assignments];
  });
  const needs = (text: string): boolean => steps.some((step) => step.includes(text));
  return `${[
    'set -eu',
    variable('TARGET', 'the base URL of the server'),
    ...credentialsOf(calls).map(([name, what]) => variable(name, what)),
    ...(needs('-$RUN-') ? ['RUN=$(date +%s)-$$'] : []),
    ...(needs('$(field ') ? [FIELD] : []),
    ...(needs('$(url ') ? [URL_ENCODE] : []),
    ...steps,
  ].join('\n')}\n`;
}

/** A variable that must be set. */
const variable = (name: string, what: string): string => `: "\${${name}:?${what}}"`;

/**
 * The value of a field of `$answer`: its name, which one of that name, and which item where it
 * holds a list.
 */
const FIELD = String.raw`field() { printf %s "$answer" | tr -d '\r\n' | grep -oE "\"$1\"[[:space:]]*:[[:space:]]*(\[[^]]*|\"[^\"]*\")" | sed -n "$2p" | cut -d '"' -f $((2 + 2 * ${'$'}{3:-1})); }`;
const URL_ENCODE = `url() { printf %s "$1" | sed 's/+/%2B/g; s#/#%2F#g; s/=/%3D/g; s/:/%3A/g'; }`;

// Credentials

/**
 * The variable that holds a caller's credential; none for callers with an invented one. Of a caller
 * who is let in, a token has a variable of its own: there may be a key as well.
 */
function variableOf(
  caller: CallerName,
  { headers }: Pick<PlainRequest, 'headers'> = { headers: {} },
): string | undefined {
  if (!(callerNames as readonly string[]).includes(caller)) return undefined;
  const isToken = headers[TOKEN.toLowerCase()] !== undefined && letIn.includes(caller);
  return `${caller.toUpperCase()}_${isToken ? 'TOKEN' : 'CREDENTIAL'}`;
}

/** Each variable that must be set, and what it holds. */
function credentialsOf(calls: readonly Exchanged[]): readonly [string, string][] {
  const needed = new Map<string, string>();
  for (const { caller, request } of calls) {
    const name = variableOf(caller, request);
    if (name === undefined) continue;
    if (request.headers[TOKEN.toLowerCase()] !== undefined)
      needed.set(name, `the token of ${caller}`);
    else if (credentialIn(request.headers) !== undefined)
      needed.set(name, `the API key of ${caller}`);
  }
  return [...needed];
}

// One call

function curlOf(
  { caller, request }: Exchanged,
  captured: ReadonlyMap<string, string>,
  flags: string,
): string {
  const { method, target, headers, body } = request;
  const credential = variableOf(caller, request);
  const shown = Object.entries(headers).map(([name, value]) => {
    if (credential !== undefined && name === API_KEY.toLowerCase())
      return `-H "${name}: $${credential}"`;
    if (credential !== undefined && name === TOKEN.toLowerCase())
      return `-H "${name}: ${schemeOf(caller)} $${credential}"`;
    return `-H "${name}: ${quoted(value)}"`;
  });
  // curl adds a content type of its own unless it is told not to.
  if (body.length > 0 && headers['content-type'] === undefined) shown.push('-H "content-type:"');
  const { data, pipe = '' } = bodyOf(body, captured);
  return `${pipe}${['curl', flags, '-X', method, ...shown, ...data, `"\${TARGET%/}${filled(target, captured, 'url')}"`].join(' ')}`;
}

function bodyOf(
  bytes: Uint8Array,
  captured: ReadonlyMap<string, string>,
): { data: readonly string[]; pipe?: string } {
  if (bytes.length === 0) return { data: [] };
  const text = textOf(bytes);
  const piped = ['--data-binary @-'];
  if (text === undefined) {
    // A byte is a character here, and ids and names are ASCII.
    const parts = partsOf(Buffer.from(bytes).toString('latin1'), captured, 'body');
    const format = parts.map((part) => ('text' in part ? octal(part.text) : '%s')).join('');
    const values = parts
      .flatMap((part) => ('text' in part ? [] : [` "${part.variable}"`]))
      .join('');
    return { data: piped, pipe: `printf '${format}'${values} | ` };
  }
  const shown = `"${filled(text, captured)}"`;
  return bytes.length > LONGEST_ARGUMENT
    ? { data: piped, pipe: `printf %s ${shown} | ` }
    : { data: [`--data-raw ${shown}`] };
}

/** One line without control characters, which a terminal would act on. */
function readable(text: string): string {
  const line = text.replace(/\p{C}/gu, '\ufffd');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

/** The bytes as text that a person can read and paste; undefined where they are none. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return /\p{C}/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/**
 * Inside double quotes of a shell; a character that comes a hundred times in a row is counted
 * instead.
 */
const quoted = (text: string): string =>
  text
    .split(/(([^-%\\'"$`])\2{99,})/u)
    .filter((_, i) => i % 3 !== 2)
    .map((piece, i) =>
      i % 2 === 0
        ? piece.replace(/["\\$`]/g, '\\$&')
        : `$(printf '${[...piece][0]}%.0s' {1..${[...piece].length}})`,
    )
    .join('');

/** Inside double quotes of a shell, with the variables of that run. */
const filled = (
  text: string,
  captured: ReadonlyMap<string, string>,
  where: 'url' | 'body' = 'body',
): string =>
  partsOf(text, captured, where)
    .map((part) => ('text' in part ? quoted(part.text) : part.variable))
    .join('');

/** The format of a shell's `printf`, in single quotes. */
const octal = (text: string): string =>
  text.replace(/[^ -~]|[%\\']/g, (character) =>
    character === '%' ? '%%' : `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );

// Values that are new in every run

/** Takes the captured values and the names of the run out of a text. */
function partsOf(
  text: string,
  captured: ReadonlyMap<string, string>,
  where: 'url' | 'body',
): readonly Part[] {
  // The longest first, since one may begin like another.
  const values = [...captured.keys()].sort((a, b) => b.length - a.length);
  const known = new Map(
    values.map((value) => [where === 'url' ? encodeURIComponent(value) : value, value]),
  );
  const pattern = new RegExp(
    [NAME_IN_TEXT.source, ...values.map((value) => patternOf(value, where))].join('|'),
    'g',
  );
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    parts.push(
      { text: text.slice(end, match.index) },
      { variable: referenceOf(match, known, captured) },
    );
    end = match.index + match[0].length;
  }
  parts.push({ text: text.slice(end) });
  return parts;
}

function referenceOf(
  [found, name]: RegExpMatchArray,
  known: ReadonlyMap<string, string>,
  captured: ReadonlyMap<string, string>,
): string {
  if (name !== undefined) return `understudy-$RUN-${name}`;
  const variable = captured.get(known.get(found) as string) as string;
  return known.get(found) === found ? `\${${variable}}` : `$(url "$${variable}")`;
}

/**
 * Finds a value as a whole; a row may have put something behind it, after a hyphen, to ask for an id
 * that is almost one. One of digits alone could also be a number, so it must stand where ids
 * do.
 */
function patternOf(value: string, where: 'url' | 'body'): string {
  const sent = (where === 'url' ? encodeURIComponent(value) : value).replace(
    /[.*+?^${}()|[\]\\/]/g,
    '\\$&',
  );
  if (!/^\d+$/.test(value)) return `(?<![\\w.~%-])${sent}(?![\\w.~%])`;
  return where === 'url'
    ? `(?<=\\/|(?:id|after|before|cursor)=)${sent}(?![\\w.~%-])`
    : `(?<=")${sent}(?=")`;
}

interface Capture {
  readonly value: string;
  readonly key: string;
  /** Counts fields of that name, from 1. */
  readonly nth: number;
  /** Counts the items of a list, from 1; 1 too where the field holds the value itself. */
  readonly item: number;
  readonly inList: boolean;
}

/**
 * Values of this answer that a later call sends, or that are expected at last, and that none has
 * sent before.
 */
function capturesOf(
  calls: readonly Exchanged[],
  at: number,
  captured: ReadonlyMap<string, string>,
  expectation: string,
): readonly Capture[] {
  const isExpected = (value: string): boolean =>
    new RegExp(patternOf(value, 'body')).test(expectation);
  const sent = (value: string, by: readonly Exchanged[]): boolean =>
    by.some(({ request }) => sends(request, value));
  const found = new Map<string, Capture>();
  for (const capture of candidatesIn(calls[at]?.response?.body ?? '')) {
    const { value } = capture;
    if (captured.has(value) || found.has(value)) continue;
    if (
      (isExpected(value) || sent(value, calls.slice(at + 1))) &&
      !sent(value, calls.slice(0, at + 1))
    )
      found.set(value, capture);
  }
  return [...found.values()];
}

function sends({ target, body }: PlainRequest, value: string): boolean {
  return (
    new RegExp(patternOf(value, 'url')).test(target) ||
    new RegExp(patternOf(value, 'body')).test(Buffer.from(body).toString('latin1'))
  );
}

/**
 * Ids and cursors in the text of a body, found as `field` finds them; a field that holds one comes
 * before a list of them.
 */
function candidatesIn(body: string): readonly Capture[] {
  const text = body.replace(/[\r\n]/g, '');
  const keys = new Set(
    [...text.matchAll(/"(\w*(?:id|ids|cursor))"\s*:/gi)].map(([, key]) => key as string),
  );
  const all = [...keys].flatMap((key) =>
    [...text.matchAll(new RegExp(`"${key}"\\s*:\\s*(\\[[^\\]]*|"[^"]*")`, 'g'))].flatMap(
      ([, held = ''], nth) => {
        const values = held.split('"').filter((_, i) => i % 2 === 1);
        return values.map((value, item) => ({
          value,
          key,
          nth: nth + 1,
          item: item + 1,
          inList: held.startsWith('['),
        }));
      },
    ),
  );
  // Any other character would have to be escaped in a body or an address.
  return all
    .filter(({ value }) => /^[\w.~=+/:-]+$/.test(value))
    .sort((a, b) => Number(a.inList) - Number(b.inList));
}
