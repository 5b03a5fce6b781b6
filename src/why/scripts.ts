// Calls as scripts that can be copied: for a shell with curl, for `fetch`, and for Python. An id that a
// call makes is taken from its answer, since another server gives another one.
import type { RecordedCall } from '../spec/atlas.js';

export interface ScriptCall extends RecordedCall {
  /** What it is. */
  readonly comment: string;
}

export interface Scripts {
  readonly curl: string;
  readonly fetch: string;
  readonly python: string;
}

/** A piece as it stands, or the name of the variable that holds an id. */
type Piece = { readonly text: string } | { readonly variable: string };

const ADDRESS = 'http://127.0.0.1:4010';

/** The last call is the request, whose answer is printed. */
export function scriptsOf(calls: readonly ScriptCall[]): Scripts {
  return {
    curl: written(calls, curl, [`TARGET="\${TARGET:-${ADDRESS}}"`]),
    fetch: written(calls, fetchCall, [
      `const target = globalThis.process?.env.TARGET ?? '${ADDRESS}';`,
      'const send = async (method, path, headers, body) => {',
      '  const answer = await fetch(target + path, { method, headers, body });',
      '  return { status: answer.status, text: await answer.text() };',
      '};',
    ]),
    python: written(calls, pythonCall, [
      'import os, re, urllib.error, urllib.request',
      `target = os.environ.get("TARGET", "${ADDRESS}")`,
      'def send(method, path, headers, body=None):',
      '    request = urllib.request.Request(target + path, body, headers, method=method)',
      '    try:',
      '        with urllib.request.urlopen(request) as answer:',
      '            return answer.status, answer.read().decode()',
      '    except urllib.error.HTTPError as error:',
      '        return error.code, error.read().decode()',
    ]),
  };
}

interface Line {
  readonly call: ScriptCall;
  /** In pieces, with the variables of the calls before. */
  readonly target: readonly Piece[];
  readonly body: readonly Piece[];
  /** Of its answer, what later calls name. */
  readonly taken: readonly Taken[];
  readonly isLast: boolean;
}

/** A field of an answer, and the variable that takes its value. */
interface Taken {
  readonly field: string;
  readonly variable: string;
}

function written(
  calls: readonly ScriptCall[],
  lineOf: (line: Line) => readonly string[],
  head: readonly string[],
): string {
  const variables = new Map<string, string>();
  const lines = calls.flatMap((call, i) => {
    const target = pieces(call.target, variables);
    const body = pieces(call.body ?? '', variables);
    const later = calls.slice(i + 1);
    const taken = madeBy(call)
      .filter(([, id]) => later.some((one) => `${one.target} ${one.body ?? ''}`.includes(id)))
      .map(([field, id]): Taken => {
        const variable = `id${variables.size + 1}`;
        variables.set(id, variable);
        return { field, variable };
      });
    return lineOf({ call, target, body, taken, isLast: later.length === 0 });
  });
  return `${[...head, ...lines].join('\n')}\n`;
}

const madeBy = ({ made, alongside = {} }: RecordedCall): readonly [field: string, id: string][] => [
  ...(made == null ? [] : [['id', made] as [string, string]]),
  ...Object.entries(alongside),
];

function pieces(text: string, variables: ReadonlyMap<string, string>): readonly Piece[] {
  const [id, ...ids] = [...variables.keys()].filter((one) => text.includes(one));
  if (id === undefined) return text === '' ? [] : [{ text }];
  const others = new Map([id, ...ids].map((one) => [one, variables.get(one) as string]));
  others.delete(id);
  const variable = variables.get(id) as string;
  return text
    .split(id)
    .flatMap((part, i) => [...(i === 0 ? [] : [{ variable }]), ...pieces(part, others)]);
}

// A shell

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const inShell = (all: readonly Piece[]): string =>
  all.map((piece) => ('text' in piece ? quoted(piece.text) : `"$${piece.variable}"`)).join('');

function curl({ call, target, body, taken, isLast }: Line): readonly string[] {
  const { method, headers, hex, comment } = call;
  const bytes = hex?.replace(/../g, (byte) => `\\${Number.parseInt(byte, 16).toString(8)}`);
  const sent = [
    'curl',
    isLast ? '-sSi' : '-sS',
    '-g',
    ...(method === 'GET' ? [] : ['-X', method]),
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', quoted(`${name}: ${value}`)]),
    ...(bytes === undefined ? [] : ['--data-binary', '@-']),
    ...(body.length === 0 ? [] : ['--data-raw', inShell(body)]),
    `"$TARGET"${inShell(target)}`,
  ].join(' ');
  const whole = bytes === undefined ? sent : `printf '${bytes}' | ${sent}`;
  const [first, ...others] = taken;
  if (!first) return [`# ${comment}`, isLast ? whole : `${whole} > /dev/null`];
  const from = (answer: string, { field, variable }: Taken): string =>
    `${variable}=$(${answer} | grep -oE '"${field}": ?"[^"]*"' | head -n 1 | cut -d '"' -f 4)`;
  if (others.length === 0) return [`# ${comment}`, from(whole, first)];
  const kept = `printf %s "$answer"`;
  return [`# ${comment}`, `answer=$(${whole})`, ...taken.map((one) => from(kept, one))];
}

// Programs: a text in quotes is the same in both languages.

const joined = (all: readonly Piece[]): string =>
  all.length === 0
    ? '""'
    : all
        .map((piece) => ('text' in piece ? JSON.stringify(piece.text) : piece.variable))
        .join(' + ');

function fetchCall({ call, target, body, taken, isLast }: Line): readonly string[] {
  const { method, headers, hex, comment } = call;
  const bytes = hex && `, new Uint8Array([${(hex.match(/../g) ?? []).map((byte) => `0x${byte}`)}])`;
  const text = body.length === 0 ? '' : `, ${joined(body)}`;
  const sent = `await send('${method}', ${joined(target)}, ${JSON.stringify(headers)}${bytes ?? text})`;
  const [first, ...others] = taken;
  if (!first) return [`// ${comment}`, isLast ? `console.log(${sent});` : `${sent};`];
  const from = (answer: string, { field, variable }: Taken): string =>
    `const ${variable} = /"${field}": ?"([^"]*)"/.exec(${answer}.text)[1];`;
  if (others.length === 0) return [`// ${comment}`, from(`(${sent})`, first)];
  const kept = `made${first.variable.slice('id'.length)}`;
  return [`// ${comment}`, `const ${kept} = ${sent};`, ...taken.map((one) => from(kept, one))];
}

function pythonCall({ call, target, body, taken, isLast }: Line): readonly string[] {
  const { method, headers, hex, comment } = call;
  const bytes = hex && `, bytes.fromhex("${hex}")`;
  const text = body.length === 0 ? '' : `, (${joined(body)}).encode()`;
  const sent = `send("${method}", ${joined(target)}, ${JSON.stringify(headers)}${bytes ?? text})`;
  const [first, ...others] = taken;
  if (!first) return [`# ${comment}`, isLast ? `print(*${sent})` : sent];
  const from = (answer: string, { field, variable }: Taken): string =>
    `${variable} = re.search(r'"${field}": ?"([^"]*)"', ${answer}[1]).group(1)`;
  if (others.length === 0) return [`# ${comment}`, from(sent, first)];
  return [`# ${comment}`, `made = ${sent}`, ...taken.map((one) => from('made', one))];
}
