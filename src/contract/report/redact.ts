// Takes credentials out of a text, by value. Whoever has written the text may have escaped, cut,
// folded or split them, so the text is read as any reader may: layer by layer, each with one kind
// of escape undone. A piece of eight characters is enough.

/**
 * Each credential, and the name that takes its place: the variable that it came from, or its place
 * in the profile.
 */
export type Secrets = ReadonlyMap<string, string>;

export type Mask = (text: string) => string;

/** A shorter text cannot be masked as a secret: ordinary words would contain it. */
const LEAST_SECRET = 4;
/**
 * A piece of a secret of this length is masked everywhere; beside a mark of omission, such as `…`,
 * one of `LEAST_SECRET` is too.
 */
const PIECE = 8;
/** Escapes within escapes: the server's, those of its logs, the report's. */
const MOST_LAYERS = 6;

export const redact = (text: string, secrets: Secrets): string => masking(secrets)(text);

/**
 * Returns a function that replaces each secret with `${NAME}`; it remembers the texts that it has
 * seen.
 */
export function masking(secrets: Secrets): Mask {
  const forms = [...secrets].flatMap(([secret, name]) => formsOf(secret, name));
  if (forms.length === 0) return (text) => text;
  const pieces = piecesOf(forms);
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const isClean = plainLayersOf(text).every(
      (layer) => matchesIn(layer, forms, pieces).next().done,
    );
    const found = isClean
      ? []
      : [...layersOf(text)].flatMap((layer) => findIn(layer, forms, pieces));
    const clean = hide(text, found);
    known.set(text, clean);
    return clean;
  };
}

// What is looked for

/** A secret as it may stand in a text, folded as texts are. */
interface Form {
  readonly name: string;
  readonly text: string;
  /** How long a piece of it must be. */
  readonly piece: number;
  /** As it is, where it is too short to be known by its pieces. */
  readonly exact?: string;
}

function formsOf(secret: string, name: string): readonly Form[] {
  // HTTP drops blanks around a header's value.
  const bytes = Buffer.from(secret.trim());
  if (bytes.length < LEAST_SECRET) return [];
  const plain = fold(bytes.toString('latin1'));
  if (plain.length < PIECE)
    return [{ name, text: plain, piece: PIECE, exact: bytes.toString('latin1') }];
  const base64 = base64Of(bytes).flatMap((text) => [
    text,
    text.replaceAll('+', '-').replaceAll('/', '_'),
  ]);
  return [
    { name, text: plain, piece: PIECE },
    // As forms write blanks.
    { name, text: fold(bytes.toString('latin1').replaceAll(' ', '+')), piece: PIECE },
    { name, text: bytes.toString('hex'), piece: 2 * PIECE },
    ...base64.map((text) => ({ name, text: fold(text), piece: PIECE })),
  ];
}

/**
 * At each of the three places where it can begin in what was encoded, without the characters that
 * it shares with others.
 */
function base64Of(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const shared = (before + bytes.length) % 3 === 0 ? 0 : 1;
    return encoded.slice(before === 0 ? 0 : before + 1, encoded.length - shared);
  });
}

interface Pieces {
  /** By length: every piece of that length, and which forms have it. */
  readonly byLength: ReadonlyMap<number, ReadonlyMap<string, ReadonlySet<Form>>>;
  /** Whether a piece may begin with four characters of this hash; nearly all of a text does not. */
  readonly begins: Uint8Array;
}

function hashAt(text: string, at: number): number {
  let hash = 0;
  for (let i = at; i < at + 4; i++) hash = (hash * 31 + text.charCodeAt(i)) & 0xffff;
  return hash;
}

function piecesOf(forms: readonly Form[]): Pieces {
  const byLength = new Map<number, Map<string, Set<Form>>>();
  const begins = new Uint8Array(0x10000);
  for (const form of forms) {
    const known = byLength.get(form.piece) ?? new Map<string, Set<Form>>();
    byLength.set(form.piece, known);
    for (let i = 0; i + form.piece <= form.text.length; i++) {
      const piece = form.text.slice(i, i + form.piece);
      known.set(piece, (known.get(piece) ?? new Set()).add(form));
      begins[hashAt(piece, 0)] = 1;
    }
  }
  return { byLength, begins };
}

// How a text is read

/**
 * A text read in one way, a byte of UTF-8 a character, each with where it stands in the text
 * itself.
 */
interface Layer {
  readonly text: string;
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/**
 * The text as it is, then with its escapes undone, again and again; without the places, which few
 * texts need.
 */
function plainLayersOf(text: string): readonly string[] {
  const layers = [/^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text).toString('latin1')];
  while (layers.length < MOST_LAYERS) {
    const last = layers.at(-1) as string;
    const next = last.replace(ESCAPE, (...match) => characterOf(match.at(-1)));
    if (next === last) break;
    layers.push(next);
  }
  return layers;
}

/** The same with the places. */
function* layersOf(text: string): Generator<Layer> {
  let layer = bytesOf(text);
  for (let i = 0; i < MOST_LAYERS; i++) {
    yield layer;
    const next = unescaped(layer);
    if (next.text === layer.text) return;
    layer = next;
  }
}

function bytesOf(text: string): Layer {
  const start: number[] = [];
  const end: number[] = [];
  let bytes = '';
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) as number);
    const encoded = /^[\0-\x7f]$/.test(character)
      ? character
      : Buffer.from(character).toString('latin1');
    for (const byte of encoded) {
      bytes += byte;
      start.push(at);
      end.push(at + character.length);
    }
    at += character.length;
  }
  return { text: bytes, start, end };
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/**
 * Of JSON, JavaScript, C and the shell, of addresses, of XML and HTML, of mail, and of JSON
 * pointers.
 */
const ESCAPE =
  /\\u(?<unicode>[0-9a-f]{4})|\\u\{(?<braced>[0-9a-f]{1,6})\}|\\x(?<hex>[0-9a-f]{2})|\\(?<octal>[0-3][0-7]{2})|\\(?<itself>.)|%(?<percent>[0-9a-f]{2})|&#x0*(?<xmlHex>[0-9a-f]{1,6});?|&#0*(?<xml>\d{1,7});?|&(?<entity>amp|lt|gt|quot|apos);|=(?<mail>[0-9a-f]{2})|(?<broken>=\r?\n)|~(?<pointer>[01])/gis;

function unescaped({ text, start, end }: Layer): Layer {
  const next = { text: '', start: [] as number[], end: [] as number[] };
  const add = (piece: string, from: number, to: number): void => {
    for (const [i, character] of [...piece].entries()) {
      next.text += character;
      next.start.push(start[from === to ? from + i : from] as number);
      next.end.push(end[from === to ? from + i : to - 1] as number);
    }
  };
  let done = 0;
  for (const match of text.matchAll(ESCAPE)) {
    add(text.slice(done, match.index), done, done);
    done = match.index + match[0].length;
    add(
      characterOf(match.groups as Readonly<Record<string, string | undefined>>),
      match.index,
      done,
    );
  }
  add(text.slice(done), done, done);
  return next;
}

function characterOf(groups: Readonly<Record<string, string | undefined>>): string {
  const {
    unicode,
    braced,
    hex,
    octal,
    itself,
    percent,
    xmlHex,
    xml,
    entity,
    mail,
    broken,
    pointer,
  } = groups;
  if (broken !== undefined) return '';
  if (pointer !== undefined) return pointer === '0' ? '~' : '/';
  if (itself !== undefined)
    return { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }[itself] ?? itself;
  if (entity !== undefined) return entities[entity.toLowerCase()] as string;
  const byte = hex ?? percent ?? mail;
  if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  const code =
    xml === undefined ? Number.parseInt(unicode ?? braced ?? (xmlHex as string), 16) : Number(xml);
  return code > 0x10ffff ? '\ufffd' : Buffer.from(String.fromCodePoint(code)).toString('latin1');
}

/**
 * Blanks, line ends, control characters and backslashes are ignored in a comparison, and so is
 * case.
 */
const DROPPED = /[\0- \x7f\\]/;

const fold = (text: string): string => text.replace(new RegExp(DROPPED, 'g'), '').toLowerCase();

/** Where each character of the folded text stands in the text. */
const placesOfFolded = (text: string): readonly number[] =>
  [...text].map((_, i) => i).filter((i) => !DROPPED.test(text[i] as string));

// What is found

interface Match {
  readonly form: Form;
  readonly from: number;
  readonly to: number;
  /** The places are those of the layer itself, not of its folded text. */
  readonly exact?: true;
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly form: Form;
}

function findIn(layer: Layer, forms: readonly Form[], pieces: Pieces): readonly Found[] {
  const matches = [...matchesIn(layer.text, forms, pieces)];
  if (matches.length === 0) return [];
  const places = placesOfFolded(layer.text);
  return matches.map(({ form, from, to, exact }) => {
    const [first, last] = exact
      ? [from, to - 1]
      : [places[from] as number, places[to - 1] as number];
    return { form, start: layer.start[first] as number, end: layer.end[last] as number };
  });
}

function* matchesIn(
  layer: string,
  forms: readonly Form[],
  { byLength, begins }: Pieces,
): Generator<Match> {
  const text = fold(layer);
  for (let from = 0; from + PIECE <= text.length; from++) {
    if (begins[hashAt(text, from)] === 0) continue;
    for (const [length, known] of byLength)
      for (const form of known.get(text.slice(from, from + length)) ?? [])
        yield { form, from, to: from + length };
  }
  for (const { index, 0: mark } of text.matchAll(CUT))
    for (const form of forms) {
      const end = index + mark.length;
      const [before, after] = besides(text, index, end, form);
      if (before > 0) yield { form, from: index - before, to: index };
      if (after > 0) yield { form, from: end, to: end + after };
    }
  for (const form of forms) yield* exactMatches(layer, form);
}

/**
 * Signs that something was left out: `…`, `•`, `...`, `***`, `xxxx`; an escape may have been cut in
 * two before one.
 */
const CUT = /(?:u[0-9a-f]{0,3}|%[0-9a-f]?)?(?:\xe2\x80[\xa6\xa2]|\.{2,}|\*{2,}|x{4,})+/g;

/** How much of a form's beginning stands before a cut, and of its end after it. */
function besides(
  text: string,
  from: number,
  to: number,
  { text: form }: Form,
): readonly [number, number] {
  let before = Math.min(form.length, from);
  while (before >= LEAST_SECRET && !form.startsWith(text.slice(from - before, from))) before -= 1;
  let after = Math.min(form.length, text.length - to);
  while (after >= LEAST_SECRET && !form.endsWith(text.slice(to, to + after))) after -= 1;
  return [before >= LEAST_SECRET ? before : 0, after >= LEAST_SECRET ? after : 0];
}

/** A short one is found as a whole word only: other words may hold it by chance. */
function* exactMatches(layer: string, form: Form): Generator<Match> {
  const { exact } = form;
  if (exact === undefined) return;
  for (let from = layer.indexOf(exact); from >= 0; from = layer.indexOf(exact, from + 1)) {
    const to = from + exact.length;
    if (!/[a-z0-9]/i.test(`${layer[from - 1] ?? ' '}${layer[to] ?? ' '}`))
      yield { form, from, to, exact: true };
  }
}

/**
 * What overlaps is one place; it is named by the secret that most of it is of, and of these by the
 * shortest.
 */
function hide(text: string, found: readonly Found[]): string {
  if (found.length === 0) return text;
  const sorted = [...found].sort((a, b) => a.start - b.start);
  let clean = '';
  let done = 0;
  for (let i = 0; i < sorted.length; ) {
    const { start } = sorted[i] as Found;
    let { end } = sorted[i] as Found;
    const counts = new Map<Form, number>();
    for (
      let next = sorted[i];
      next && (next.start < end || next.start === start);
      next = sorted[++i]
    ) {
      end = Math.max(end, next.end);
      counts.set(next.form, (counts.get(next.form) ?? 0) + 1);
    }
    const [[form]] = [...counts].sort(
      ([a, m], [b, n]) => n - m || a.text.length - b.text.length,
    ) as [[Form, number]];
    clean += `${text.slice(done, start)}\${${form.name}}`;
    done = end;
  }
  return clean + text.slice(done);
}
