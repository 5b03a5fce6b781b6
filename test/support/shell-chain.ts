// Plays the shell chains that we print without a shell, for when there are hundreds of them: only
// the forms that a chain has are understood, and any other fails. That bash does the same is shown
// on a sample.

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** The last answer of a chain. */
export async function playChain(
  chain: string,
  send: (sent: Sent) => Promise<Response>,
): Promise<Response> {
  const variables: Record<string, string> = {};
  let last: Response | undefined;
  for (const line of chain.trimEnd().split('\n')) {
    const [, given, value] = /^: "\$\{(\w+):=(.*)\}"$/.exec(line) ?? [];
    const [, id, key, nth, item] =
      /^(ID\d+)=\$\(field (\w+) (\d+)(?: (\d+))?\); : ".*"$/.exec(line) ?? [];
    const [, asked] = /^answer=\$\((.*)\)$/.exec(line) ?? [];
    if (/^(#|set -eu$|field\(\)|url\(\)|echo .* >&2$)/.test(line)) continue;
    if (given !== undefined) variables[given] = value as string;
    else if (line === 'RUN=$(date +%s)-$$') variables.RUN = '1-2';
    else if (id !== undefined)
      variables[id] = fieldIn(
        variables.answer ?? '',
        key as string,
        Number(nth),
        Number(item ?? 1),
      );
    else {
      last = await send(commandIn(asked ?? line, variables));
      if (asked !== undefined) variables.answer = await last.text();
    }
  }
  return last as Response;
}

function fieldIn(answer: string, key: string, nth: number, item: number): string {
  const pattern = new RegExp(`"${key}"\\s*:\\s*(\\[[^\\]]*|"[^"]*")`, 'g');
  const found = [...answer.replace(/[\r\n]/g, '').matchAll(pattern)][nth - 1]?.[0].split('"')[
    1 + 2 * item
  ];
  if (!found) throw new Error(`no ${key} in ${answer}`);
  return found;
}

function commandIn(line: string, variables: Readonly<Record<string, string>>): Sent {
  const words = wordsOf(line, variables);
  const at = words.indexOf('curl');
  const options = words.slice(at + 1, -1);
  const after = (name: string): string[] =>
    options.flatMap((word, i) => (word === name ? [options[i + 1] as string] : []));
  const headers = after('-H').flatMap((header): [string, string][] => {
    const [name = '', value = ''] = header.split(/: ?(.*)/s);
    return value === '' ? [] : [[name, value]];
  });
  const [raw] = after('--data-raw');
  const body = raw === undefined ? piped(words.slice(0, at)) : new TextEncoder().encode(raw);
  return {
    method: after('-X')[0] as string,
    url: words.at(-1) as string,
    headers: Object.fromEntries(headers),
    ...(body ? { body } : {}),
  };
}

/** What `printf` prints before the pipe. */
function piped([program, format, ...values]: readonly string[]): Uint8Array | undefined {
  if (program === undefined) return undefined;
  if (program !== 'printf' || values.pop() !== '|')
    throw new Error(`not a form of our chains: ${program} ${format}`);
  if (format === '%s') return new TextEncoder().encode(values[0]);
  const filled = (format as string).replace(/%s|%%|\\(\d{3})/g, (found, code: string) => {
    if (found === '%s') return values.shift() as string;
    return found === '%%' ? '%' : String.fromCharCode(Number.parseInt(code, 8));
  });
  return new Uint8Array(Buffer.from(filled, 'latin1'));
}

/** The words of a line; what stands in double quotes is expanded. */
function wordsOf(line: string, variables: Readonly<Record<string, string>>): string[] {
  const words: string[] = [];
  let rest = line;
  while (rest !== '') {
    if (rest.startsWith("'")) {
      const end = rest.indexOf("'", 1);
      words.push(rest.slice(1, end));
      rest = rest.slice(end + 1).trimStart();
    } else if (rest.startsWith('"')) {
      const [value, length] = expanded(rest, variables);
      words.push(value);
      rest = rest.slice(length).trimStart();
    } else {
      const [word = ''] = /^[^\s"']+/.exec(rest) ?? [];
      words.push(word);
      rest = rest.slice(word.length).trimStart();
    }
  }
  return words;
}

const inQuotes = [
  { is: /^\\(["\\$`])/, gives: ([, text]: RegExpExecArray) => text as string },
  {
    is: /^\$\{(\w+)%\/\}/,
    gives: ([, name]: RegExpExecArray, v: Variables) =>
      (v[name as string] as string).replace(/\/$/, ''),
  },
  {
    is: /^\$\{(\w+)\}|^\$(\w+)/,
    gives: ([, a, b]: RegExpExecArray, v: Variables) => v[(a ?? b) as string],
  },
  {
    is: /^\$\(url "\$(\w+)"\)/,
    gives: ([, name]: RegExpExecArray, v: Variables) =>
      encodeURIComponent(v[name as string] as string),
  },
  {
    is: /^\$\(printf '(.)%\.0s' \{1\.\.(\d+)\}\)/u,
    gives: ([, one, times]: RegExpExecArray) => (one as string).repeat(Number(times)),
  },
  { is: /^[^"\\$`]+/, gives: ([text]: RegExpExecArray) => text },
];
type Variables = Readonly<Record<string, string>>;

function expanded(text: string, variables: Variables): [value: string, length: number] {
  let value = '';
  let at = 1;
  while (text[at] !== '"') {
    const rest = text.slice(at);
    const form = inQuotes.find(({ is }) => is.test(rest));
    const found = form?.is.exec(rest);
    const given = form && found ? form.gives(found, variables) : undefined;
    if (found === undefined || found === null || given === undefined)
      throw new Error(`not a form of our chains: ${rest.slice(0, 80)}`);
    value += given;
    at += found[0].length;
  }
  return [value, at + 1];
}
