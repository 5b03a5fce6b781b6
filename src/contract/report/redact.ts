// Takes secrets out of what is printed, by value, in every form that a server, a format or a shell may have given them.

interface Hidden {
  readonly start: number;
  readonly end: number;
  readonly variable: string;
}

/** A cut text may end in the beginning of a secret; so many characters of it say nothing. */
const HARMLESS_PREFIX = 3;

/**
 * Takes every secret out of a text; each becomes a reference to the variable it came from, such as `${OWNER_KEY}`.
 * In a JSON text only its strings are looked at, so that it stays JSON whatever a secret looks like.
 */
export function redact(text: string, secrets: ReadonlyMap<string, string>): string {
  const all = [...secrets].flatMap(([secret, variable]) => formsOf(secret).map((form) => [form, variable] as const));
  const forms = new Map(all.filter(([form]) => text.includes(form.slice(0, HARMLESS_PREFIX + 1))));
  if (forms.size === 0) return text;
  if (!/^\s*\{/.test(text)) return hide(text, forms);
  return text.replace(/"(?:[^"\\]|\\.)*"(\s*:)?/g, (literal, colon: string | undefined) =>
    colon === undefined ? hide(literal, forms) : literal,
  );
}

function hide(text: string, forms: ReadonlyMap<string, string>): string {
  const found = [...forms].flatMap(([form, variable]) => [...whole(text, form, variable), ...cut(text, form, variable)]);
  // Of secrets that overlap, the one that begins first and reaches furthest names the whole.
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  let clean = '';
  let end = 0;
  for (const hidden of found) {
    if (hidden.start >= end) clean += `${text.slice(end, hidden.start)}\${${hidden.variable}}`;
    end = Math.max(end, hidden.end);
  }
  return clean + text.slice(end);
}

function* whole(text: string, form: string, variable: string): Generator<Hidden> {
  for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + form.length))
    yield { start, end: start + form.length, variable };
}

/** Where a report has shortened a text, and a secret with it. */
function* cut(text: string, form: string, variable: string): Generator<Hidden> {
  for (let end = text.indexOf('…'); end >= 0; end = text.indexOf('…', end + 1)) {
    const tail = text.slice(Math.max(0, end - form.length + 1), end);
    for (let length = tail.length; length > HARMLESS_PREFIX; length--) {
      if (!form.startsWith(tail.slice(-length))) continue;
      yield { start: end - length, end, variable };
      break;
    }
  }
}

// Forms

type Escape = (text: string) => string;

const asIs: Escape = (text) => text;
const json: Escape = (text) => JSON.stringify(text).slice(1, -1);
const jsonWithSlashes: Escape = (text) => json(text).replaceAll('/', '\\/');
const jsonInAscii: Escape = (text) =>
  json(text).replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
const xml: Escape = (text) => text.replace(/[&<>"']/g, (character) => named[character] as string);
const html: Escape = (text) => xml(text).replaceAll('&apos;', '&#39;');
const shell: Escape = (text) => text.replace(/["\\$`]/g, '\\$&');

/** In the order in which they may come one over the other: the server's own, the judge's, the chain's, the report's. */
const escapes: readonly (readonly Escape[])[] = [
  [asIs, json, jsonWithSlashes, jsonInAscii, html],
  [asIs, json],
  [asIs, shell],
  [asIs, json, xml],
];

function formsOf(secret: string): readonly string[] {
  // HTTP drops blanks around a header's value, so that is what a server has seen.
  const bases = [secret, secret.trim()]
    .filter((text) => text !== '')
    .flatMap((text) => [text, ...urlForms(text), ...base64Forms(text)]);
  let forms = new Set(bases);
  for (const layer of escapes) forms = new Set([...forms].flatMap((form) => layer.map((escaped) => escaped(form))));
  return [...forms];
}

function urlForms(text: string): readonly string[] {
  const inForm = new URLSearchParams([['', text]]).toString().slice(1);
  const encoded = [encodeURIComponent(text), encodeURI(text), inForm];
  return [...encoded, ...encoded.map((form) => form.replace(/%../g, (octet) => octet.toLowerCase()))];
}

/** At each of the three places where a secret can begin in what was encoded, without the characters that it shares with others. */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const alone = bytes.toString('base64').replace(/=+$/, '');
  const within = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const shared = (before + bytes.length) % 3 === 0 ? 0 : 1;
    return encoded.slice(before === 0 ? 0 : before + 1, encoded.length - shared);
  });
  // What becomes of a short one would be found in any text.
  const long = [alone, ...within].filter((form) => form.length >= 6);
  return long.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}
