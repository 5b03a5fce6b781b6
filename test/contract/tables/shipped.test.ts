// The contracts that `npm run gen` parsed are those that the parser reads.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shippedContracts } from '../../../src/contract/tables/load.js';
import { parseContract } from '../../../src/contract/tables/shipped.js';
import { parseYaml } from '../../../src/files/yaml.js';

const files = readdirSync(shippedContracts).filter(
  (file) => file.endsWith('.yaml') && !file.endsWith('profile.yaml'),
);

/** The pointer of every value in a list, at any depth, and of the fields in it. */
function* pointers(value: unknown, pointer = ''): Generator<string> {
  if (pointer !== '') yield pointer;
  for (const [key, inner] of typeof value === 'object' && value !== null
    ? Object.entries(value)
    : [])
    yield* pointers(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

describe('a shipped contract', () => {
  it.each(files)('%s says the same as its text, at the same places', (file) => {
    const text = readFileSync(join(shippedContracts, file), 'utf8');
    const known = parseContract(text, file);
    const parsed = parseYaml(text, file);
    expect(known.value).toStrictEqual(parsed.value);
    expect(known.problems).toEqual(parsed.problems);
    const all = [...pointers(parsed.value)];
    const rows = all.filter((pointer) => /\/\d+$/.test(pointer));
    expect(rows.length).toBeGreaterThan(0);
    for (const pointer of rows)
      expect(known.at(pointer, 'what', 'fix')).toEqual(parsed.at(pointer, 'what', 'fix'));
    // What stands in no list is looked up in the text.
    const [field = ''] = all;
    expect(known.at(field, 'what', 'fix')).toEqual(parsed.at(field, 'what', 'fix'));
  });

  it('is read from its text once somebody has edited it', () => {
    const [file = ''] = files;
    const text = `# another line\n${readFileSync(join(shippedContracts, file), 'utf8')}`;
    const [pointer = ''] = [...pointers(parseYaml(text, file).value)].filter((one) =>
      /\/\d+$/.test(one),
    );
    expect(parseContract(text, file).at(pointer, '', '')).toEqual(
      parseYaml(text, file).at(pointer, '', ''),
    );
  });
});
