// The vendor's habits stand in one file of the kit: src/contract/dialect.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const kit = fileURLToPath(new URL('../../src/contract/', import.meta.url));

/** Words of the vendor's alone, and what would have to know them. */
const words: Readonly<Record<string, RegExp>> = {
  'the envelope of errors': /\/error\b|\.error\.(?:code|type|details)|\['error'\]/,
  'the cursors and counts of lists': /\b(?:has_more|next_cursor|last_id)\b|\b(?:limit|take): \d/,
  'the name of an organization': /\borganization_id\b|\$known\.organization/,
  'the headers of credentials': /x-api-key|\bauthorization\b|['"`]Bearer /i,
  'the form of ids and keys': /['"`](?:ak|sp|org|usr|vs)_/,
  'the edition': /['"`]20\d\d-\d\d['"`]/,
};

/** Comments may name what they explain. */
const codeOf = (file: string): string =>
  readFileSync(join(kit, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/ .*$/gm, '');

const files = (readdirSync(kit, { recursive: true }) as string[]).filter((file) =>
  file.endsWith('.ts'),
);

describe('the dialect of the vendor', () => {
  it.each(Object.entries(words))('%s: known in src/contract/dialect.ts alone', (_, word) => {
    const knowing = files.filter((file) => word.test(codeOf(file)));
    expect(knowing).toEqual(['dialect.ts']);
  });
});
