// What the rows of each operation look at, and what the lint says of the rest.
import { describe, expect, it } from 'vitest';
import { lookKinds, sightOf } from '../../../src/contract/tables/kinds.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { loadSpec } from '../../../src/shipped/document.js';

const spec = loadSpec();
const { tables } = loadContracts(spec);

describe('the kinds of looks that rows take', () => {
  it('are all that can be taken, or the table says why not', () => {
    const holes = sightOf(spec, tables).flatMap(({ operation, holes }) =>
      holes.filter(({ why }) => why === undefined).map(({ kind }) => `${operation} ${kind}`),
    );
    expect(holes).toEqual([]);
  });

  it('are known by name where a table leaves one out, and are then not taken', () => {
    for (const [i, { holes }] of sightOf(spec, tables).entries())
      expect(Object.keys(tables[i]?.unseen ?? {})).toEqual(holes.map(({ kind }) => kind));
    expect(Object.keys(lookKinds)).toContain('order');
  });

  it('are missing where the row with them is taken away', () => {
    const without = tables.map((table) => ({
      ...table,
      rows: table.rows.filter(
        ({ given = {}, then = [] }) =>
          !('twin' in given) && !then.some(({ later, unique, fits }) => later ?? unique ?? fits),
      ),
    }));
    const holes = sightOf(spec, without).flatMap(({ operation, holes }) =>
      holes.filter(({ why }) => why === undefined).map(({ kind }) => `${operation} ${kind}`),
    );
    expect(holes).toEqual(
      expect.arrayContaining(['createSpace alike', 'updateSpace later', 'listSpaces end']),
    );
  });
});
