// Every code of evidence has a line in docs/evidence.md, every line a use, and nothing that is
// served shows a code.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CODE, inPlainWords, readEvidence, withoutSection } from '../../scripts/evidence.mjs';
import { codes } from '../../src/contract/judge/codes.js';
import { loadContracts } from '../../src/contract/tables/load.js';
import { driftsOf } from '../../src/drift/drifts.js';
import { createUnderstudy } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';

const page = 'docs/evidence.md';
const evidence: ReadonlyMap<string, string> = readEvidence(page);
const pattern = () => new RegExp(CODE as string, 'g');
const codesIn = (text: string): string[] =>
  [...text.matchAll(pattern())].map(([code]) => withoutSection(code) as string);

const sources = ['openapi', 'contracts', 'src', 'docs', 'fixtures', 'mutation']
  .flatMap((folder) =>
    (readdirSync(folder, { recursive: true }) as string[]).map((file) => `${folder}/${file}`),
  )
  .filter((file) => /\.(ya?ml|ts|mjs|md)$/.test(file) && file !== page);
const used = new Map<string, string>();
for (const file of sources)
  for (const code of codesIn(readFileSync(file, 'utf8'))) used.set(code, file);

describe('docs/evidence.md', () => {
  it('has a line for every code that is used', () => {
    expect([...used].filter(([code]) => !evidence.has(code))).toEqual([]);
    expect(used.size).toBeGreaterThan(40);
  });

  it('has no line that nothing uses', () => {
    expect([...evidence.keys()].filter((code) => !used.has(code))).toEqual([]);
  });

  it('says something in words, and no code in them', () => {
    for (const [code, words] of evidence)
      expect([code, codesIn(words), words.length > 3]).toEqual([code, [], true]);
  });
});

describe('what is served', () => {
  it.each([
    ...readdirSync('generated').map((file) => `generated/${file}`),
    'schemas/scenario.json',
    'docs/assumptions.md',
  ])('has no code: %s', (file) => {
    expect(codesIn(readFileSync(file, 'utf8'))).toEqual([]);
  });

  it.each(['/openapi.json', '/openapi.yaml'])('has no code: %s', async (target) => {
    const text = await (await createUnderstudy().fetch(`http://understudy.local${target}`)).text();
    expect(text.length).toBeGreaterThan(100_000);
    expect(codesIn(text)).toEqual([]);
  });

  it('has no code in what explain, a list of drifts and the sources of findings say', () => {
    const spec = loadSpec();
    const { tables, recipes, everywhere, lifecycles } = loadContracts(spec);
    const drifts = [...driftsOf(spec).values()].map(({ name, does }) => [name, does]);
    expect(
      codesIn(JSON.stringify([codes, drifts, tables, recipes, everywhere, lifecycles])),
    ).toEqual([]);
  });
});

describe('a code', () => {
  it.each([
    [{ source: 'spaces/create; S-C5' }, { source: 'spaces/create; in words' }],
    [{ source: 'S-C5; S-C5' }, { source: 'in words' }],
    [
      { assumed: 'spaces sheet 0.9, edit implies view' },
      { assumed: 'our notes, edit implies view' },
    ],
    [{ description: 'A list (S-C5).' }, { description: 'A list.' }],
    [
      { description: 'A list (spaces sheet 4.4, 4.5), open (S-C5, assumed).' },
      { description: 'A list, open (assumed).' },
    ],
    [{ description: 'plain' }, { description: 'plain' }],
  ])('becomes words: %j', (before, after) => {
    const words = new Map([
      ['S-C5', 'in words'],
      ['spaces sheet', 'our notes'],
    ]);
    expect(inPlainWords(before, words)).toEqual(after);
  });

  it('without a line stops the generation', () => {
    expect(() => inPlainWords({ source: 'K-C99' }, evidence)).toThrow(
      'K-C99 has no line in docs/evidence.md',
    );
  });
});
