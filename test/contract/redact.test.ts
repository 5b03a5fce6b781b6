import { describe, expect, it } from 'vitest';
import { redact } from '../../src/contract/report/redact.js';

const nasty = `s3cr/et +"k&y'$<x>\\=é`;
const one = new Map([[nasty, 'OWNER_KEY']]);

describe('redaction', () => {
  it('puts the variable in the place of its value', () => {
    const secrets = new Map([
      ['ak_1', 'OWNER_KEY'],
      ['ak_2', 'VIEWER_KEY'],
    ]);
    expect(redact('ak_1, ak_2 and ak_1', secrets)).toBe(`\${OWNER_KEY}, \${VIEWER_KEY} and \${OWNER_KEY}`);
    expect(redact('nothing of the kind', secrets)).toBe('nothing of the kind');
    expect(redact('ak_1', new Map())).toBe('ak_1');
  });

  const json = (text: string): string => JSON.stringify(text).slice(1, -1);
  it.each<[string, string]>([
    ['as it is', nasty],
    ['in JSON', json(nasty)],
    ['in JSON within JSON', json(json(nasty))],
    ['in JSON within JSON within JSON', json(json(json(nasty)))],
    ['in JSON with escaped slashes', json(nasty).replaceAll('/', '\\/')],
    ['in JSON in ASCII', json(nasty).replace('é', '\\u00e9')],
    ['in a path', encodeURIComponent(nasty)],
    ['in a path, in small letters', encodeURIComponent(nasty).replace(/%../g, (octet) => octet.toLowerCase())],
    ['in an address that somebody has mended', encodeURI(nasty)],
    ['in a query', new URLSearchParams({ a: nasty }).toString().slice(2)],
    [
      'in XML',
      nasty.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&apos;'),
    ],
    [
      'in HTML',
      nasty.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;'),
    ],
    ['in a shell', nasty.replace(/["\\$`]/g, '\\$&')],
    ['in a shell within JSON', json(nasty.replace(/["\\$`]/g, '\\$&'))],
    ['in base64', Buffer.from(nasty).toString('base64').replace(/=+$/, '')],
    ['in base64url', Buffer.from(nasty).toString('base64url')],
  ])('finds a secret %s', (_, form) => {
    expect(redact(`before ${form} after`, one)).toBe(`before \${OWNER_KEY} after`);
  });

  it.each(['', 'u', 'us', 'user:'])('finds it in base64 after %j, as in Basic credentials', (before) => {
    const encoded = Buffer.from(`${before}${nasty}:after`).toString('base64');
    const hidden = redact(encoded, one);
    expect(hidden).toContain(`\${OWNER_KEY}`);
    const left = hidden.split(`\${OWNER_KEY}`).map((part) => Buffer.from(part, 'base64').toString('latin1'));
    expect(left.join('')).not.toMatch(/s3|x>/);
  });

  it('finds a secret whose blanks HTTP has dropped', () => {
    expect(redact('key s3cret?', new Map([[' s3cret\n', 'KEY']]))).toBe(`key \${KEY}?`);
  });

  it.each([[['abc', 'abcdef']], [['abcdef', 'abc']]])('leaves nothing of %j, which hold one another', (values) => {
    const secrets = new Map(values.map((value) => [value, `V${value.length}`]));
    expect(redact('abcdef abc xabcdefx', secrets)).toBe(`\${V6} \${V3} x\${V6}x`);
  });

  it('leaves nothing of secrets that overlap', () => {
    expect(
      redact(
        '-abcdef-',
        new Map([
          ['abcd', 'A'],
          ['cdef', 'B'],
        ]),
      ),
    ).toBe(`-\${A}-`);
  });

  it('does not look into what it has written', () => {
    expect(
      redact(
        'one two',
        new Map([
          ['one', 'two'],
          ['two', 'one'],
        ]),
      ),
    ).toBe(`\${two} \${one}`);
  });

  it('finds a secret that a report has cut short', () => {
    const secrets = new Map([['s3cr3t-key', 'KEY']]);
    expect(redact('your key s3cr3t-k…', secrets)).toBe(`your key \${KEY}…`);
    expect(redact('your key s3cr…', secrets)).toBe(`your key \${KEY}…`);
    expect(redact('your s3cr3t-key and keys…', secrets)).toBe(`your \${KEY} and keys…`);
    expect(redact(`{"key":"${'x'.repeat(150)}${json(nasty).slice(0, 12)}…"}`, one)).toContain(`x\${OWNER_KEY}…`);
  });

  it('leaves JSON what it is, even where a secret looks like a number or a key', () => {
    const text = JSON.stringify({ version: 1, rows: 12, text: 'rows: 12, "1"', list: ['12', true] }, null, 2);
    const secrets = new Map([
      ['12', 'ORG'],
      ['1', 'ONE'],
      ['rows', 'ROWS'],
      ['true', 'TRUE'],
    ]);
    expect(JSON.parse(redact(text, secrets))).toEqual({
      version: 1,
      rows: 12,
      text: `\${ROWS}: \${ORG}, "\${ONE}"`,
      list: [`\${ORG}`, true],
    });
  });
});
