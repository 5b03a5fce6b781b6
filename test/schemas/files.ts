// The files that people write: their kinds, those that are shipped, and the beginnings of small
// ones.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Kind = 'scenario' | 'profile' | 'contracts' | 'known';
export const kinds: readonly Kind[] = ['scenario', 'profile', 'contracts', 'known'];
export const schemaOf = (kind: Kind) => JSON.parse(readFileSync(`schemas/${kind}.json`, 'utf8'));

export const shipped: readonly (readonly [Kind, string])[] = [
  ...readdirSync('fixtures').map((file) => ['scenario', join('fixtures', file)] as const),
  ...readdirSync('contracts')
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('.arazzo.yaml'))
    .map(
      (file) =>
        [file.endsWith('profile.yaml') ? 'profile' : 'contracts', join('contracts', file)] as const,
    ),
];

export const head = "scenario: s\ndescription: d\ntime: '2026-02-26T15:30:00Z'\n";
export const table = (row: string, rest = ''): string =>
  `tables:\n  - operation: getSpace\n    given: { space: a }\n${rest}    rows:\n      - ${row}\nslots: { space_id: space }\nrecipes:\n  a: { value: space_1 }\n`;
