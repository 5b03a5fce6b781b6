import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/contract/report/redact.js';

const nasty = `s3cr/et +"k&y'$<x>\\=é`;
const jwt =
  'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3Jfb3duZXIxIiwib3JnIjoib3JnX3h5ejc4OSJ9.bm8tc2lnbmF0dXJlLWhlcmU';
const base64Key = 'k9+Xb/2QmZ+7tR/pL0=Wq';

const json = (text: string): string => JSON.stringify(text).slice(1, -1);
const each = (text: string, form: (byte: string) => string): string =>
  [...Buffer.from(text)].map((byte) => form(byte.toString(16).padStart(2, '0'))).join('');
const small = (text: string): string => text.replace(/%../g, (octet) => octet.toLowerCase());
const xml = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' })[c] as string,
  );

/** How a server, a log or a format may write a text. */
const echoes: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in JSON': json,
  'in JSON in JSON': (text) => json(json(text)),
  'in JSON in JSON in JSON': (text) => json(json(json(text))),
  'in JSON with escaped slashes': (text) => json(text).replaceAll('/', '\\/'),
  'in JSON in ASCII': (text) => json(text).replace('é', '\\u00e9'),
  'in JSON that escapes what HTML knows': (text) =>
    json(text).replace(
      /[+&<>'=]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`,
    ),
  'in hexadecimal escapes': (text) => each(text, (byte) => `\\x${byte}`),
  'in octal escapes': (text) =>
    [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  'in a path': encodeURIComponent,
  'in a path, in small letters': (text) => small(encodeURIComponent(text)),
  'in a path in a path': (text) => encodeURIComponent(encodeURIComponent(text)),
  'in an address that somebody has mended': encodeURI,
  'in a query': (text) => new URLSearchParams({ a: text }).toString().slice(2),
  'in XML': xml,
  'in XML in JSON': (text) => json(xml(text)),
  'in HTML by number': (text) => text.replace(/[+&<>"'=]/g, (c) => `&#${c.charCodeAt(0)};`),
  'in HTML by number with a nought': (text) =>
    text.replace(/["']/g, (c) => `&#0${c.charCodeAt(0)};`),
  'in HTML in hexadecimal': (text) =>
    text.replace(/[+&<>"'=]/g, (c) => `&#x${c.charCodeAt(0).toString(16)};`),
  'in a shell': (text) => text.replace(/["\\$`]/g, '\\$&'),
  'in hexadecimal': (text) => each(text, (byte) => byte),
  'in hexadecimal, in capitals': (text) => each(text, (byte) => byte.toUpperCase()),
  'in mail': (text) => each(text, (byte) => `=${byte.toUpperCase()}`),
  'in a JSON pointer': (text) => text.replaceAll('~', '~0').replaceAll('/', '~1'),
  'in mail over two lines': (text) => `${text.slice(0, 10)}=\r\n${text.slice(10)}`,
  'over two lines': (text) => `${text.slice(0, 9)}\r\n   ${text.slice(9)}`,
  'over two lines in JSON': (text) => json(`${text.slice(0, 11)}\n${text.slice(11)}`),
  'in capitals': (text) => text.toUpperCase(),
};

describe('redaction', () => {
  it('puts the variable in the place of its value', () => {
    const secrets = new Map([
      ['ak_owner_1', 'OWNER_KEY'],
      ['ak_viewer_2', 'VIEWER_KEY'],
    ]);
    expect(redact('ak_owner_1, ak_viewer_2 and ak_owner_1', secrets)).toBe(
      `\${OWNER_KEY}, \${VIEWER_KEY} and \${OWNER_KEY}`,
    );
    expect(redact('nothing of the kind', secrets)).toBe('nothing of the kind');
    expect(redact('ak_owner_1', new Map())).toBe('ak_owner_1');
  });

  const keys = { nasty, jwt, base64Key };
  const pairs = Object.entries(keys).flatMap(([name, key]) =>
    Object.keys(echoes).map((echo) => [name, echo, key] as const),
  );
  it.each(pairs)('finds the key %s %s', (_, echo, key) => {
    const form = echoes[echo]?.(key) as string;
    expect(redact(`before ${form} after`, new Map([[key, 'KEY']]))).toBe(`before \${KEY} after`);
  });

  it.each(Object.values(keys))('leaves next to nothing of base64 of %s', (key) => {
    for (const before of ['', 'u', 'us', 'user:'])
      for (const encoding of ['base64', 'base64url'] as const) {
        const hidden = redact(
          Buffer.from(`${before}${key}:after`).toString(encoding),
          new Map([[key, 'KEY']]),
        );
        expect(hidden).toContain(`\${KEY}`);
        const left = hidden
          .split(`\${KEY}`)
          .map((part) => Buffer.from(part, 'base64').toString('latin1'));
        for (let i = 0; i + 4 <= key.length; i++)
          expect(left.join(' ')).not.toContain(key.slice(i, i + 4));
      }
  });

  it.each([
    ['its beginning', `${jwt.slice(0, 20)}...`, `\${KEY}...`],
    ['a short beginning', `your key ${jwt.slice(0, 5)}…`, `your key \${KEY}…`],
    ['both ends', `${jwt.slice(0, 6)}***${jwt.slice(-5)}`, `\${KEY}***\${KEY}`],
    ['its end', `…${jwt.slice(-8)}`, `…\${KEY}`],
    ['a short end', `key ending in ...${jwt.slice(-4)}`, `key ending in ...\${KEY}`],
    ['one part of it', `claims ${jwt.split('.')[1]}, expired`, `claims \${KEY}, expired`],
    [
      'a beginning that an escape was cut off from',
      `k ${json(nasty).slice(0, 7)}\\u00…`,
      `k \${KEY}\\u00…`,
    ],
    ['a beginning without a sign', `it starts with ${jwt.slice(0, 9)}`, `it starts with \${KEY}`],
  ])('finds %s', (_, text, clean) => {
    expect(
      redact(
        text,
        new Map([
          [jwt, 'KEY'],
          [nasty, 'KEY'],
        ]),
      ),
    ).toBe(clean);
  });

  it('leaves no eight characters of a secret anywhere, however it was cut', () => {
    for (let from = 0; from < jwt.length; from += 3)
      for (const length of [8, 13, 30]) {
        const piece = jwt.slice(from, from + length);
        const clean = redact(`x${piece}y ${encodeURIComponent(piece)}`, new Map([[jwt, 'KEY']]));
        for (let i = 0; i + 8 <= jwt.length; i++) expect(clean).not.toContain(jwt.slice(i, i + 8));
      }
  });

  it('finds a secret whose blanks HTTP has dropped', () => {
    expect(redact('key s3cret-key?', new Map([[' s3cret-key\n', 'KEY']]))).toBe(`key \${KEY}?`);
  });

  it('knows a short secret as a word only, and one of three characters not at all', () => {
    const secrets = (key: string) => new Map([[key, 'KEY']]);
    expect(redact('a failure of failures, "failure"', secrets('failure'))).toBe(
      `a \${KEY} of failures, "\${KEY}"`,
    );
    expect(redact('key=s3cr3t', secrets('s3cr3t'))).toBe(`key=\${KEY}`);
    expect(redact('1 of 10', secrets('1'))).toBe('1 of 10');
    expect(redact('the abc', secrets('abc'))).toBe('the abc');
  });

  it.each([[['abcdefgh', 'abcdefghijkl']], [['abcdefghijkl', 'abcdefgh']]])(
    'leaves nothing of %j, which hold one another',
    (values) => {
      const secrets = new Map(values.map((value) => [value, `V${value.length}`]));
      expect(redact('abcdefghijkl abcdefgh xabcdefghijklx', secrets)).toBe(
        `\${V12} \${V8} x\${V12}x`,
      );
    },
  );

  it('leaves nothing of secrets that overlap, and does not look into what it has written', () => {
    const overlapping = new Map([
      ['abcdefghij', 'A'],
      ['efghijklmn', 'B'],
    ]);
    expect(redact('-abcdefghijklmn-', overlapping)).toMatch(/^-\$\{[AB]\}-$/);
    const crossed = new Map([
      ['first-word', 'second-word'],
      ['second-word', 'first-word'],
    ]);
    expect(redact('first-word second-word', crossed)).toBe(`\${second-word} \${first-word}`);
  });

  it('leaves ordinary text as it is', () => {
    const text =
      'createSpace by owner answers created: 100% of C:\\temp\\x, a&b, "=?utf-8?", \\u12, 50%zz, … and …';
    expect(redact(text, new Map([[jwt, 'KEY']]))).toBe(text);
  });
});
