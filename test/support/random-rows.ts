// The rows of a world, and patches of them by chance.
import fc from 'fast-check';
import type { JsonObject } from '../../src/spec/message.js';
import { nouns } from '../../src/world/nouns.js';
import type { TableName, World } from '../../src/world/world.js';

export interface NounRow {
  readonly noun: TableName;
  readonly row: JsonObject;
}

export const rowsOf = (world: World): readonly NounRow[] =>
  (Object.keys(nouns) as TableName[]).flatMap((noun) =>
    world[noun].all().map((row) => ({ noun, row: row as object as JsonObject })),
  );

export interface RowPatch {
  readonly noun: TableName;
  readonly id: string;
  readonly fields: JsonObject;
}

/** One or two fields of a row, with other values. */
export const patchOf = (
  { noun, row }: NounRow,
  valueFor: (noun: TableName, field: string) => fc.Arbitrary<unknown>,
): fc.Arbitrary<RowPatch> =>
  fc.record({
    noun: fc.constant(noun),
    id: fc.constant(row.id as string),
    fields: fc
      .subarray(Object.keys(row), { minLength: 1, maxLength: 2 })
      .chain((fields) =>
        fc.record(Object.fromEntries(fields.map((field) => [field, valueFor(noun, field)]))),
      ) as fc.Arbitrary<JsonObject>,
  });
