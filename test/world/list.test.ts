import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { by, index, insertion } from '../../src/world/indexes.js';
import { schemaOf, Table } from '../../src/world/table.js';

interface Card {
  readonly id: string;
  readonly box: string | null;
  readonly labels: readonly string[];
  readonly size: number;
}

const schema = schemaOf<Card>()({
  box: by('box'),
  sized: index<Card>()(['box'], ({ box }) => (box === null ? [] : [box]), {
    insertion,
    size: (row) => row.size,
  }),
  labels: index<Card>()(['labels'], ({ labels }) => labels, { insertion }),
});

const card = fc.record({
  box: fc.constantFrom('a', 'b', 'c', null),
  labels: fc.uniqueArray(fc.constantFrom<string[]>('x', 'y', 'z')),
  size: fc.nat(4),
});
const step = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('insert' as const), card }), weight: 5 },
  {
    arbitrary: fc.record({ kind: fc.constant('update' as const), nth: fc.nat(200), card }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('rename' as const),
      nth: fc.nat(200),
      size: fc.nat(4),
    }),
    weight: 2,
  },
  { arbitrary: fc.record({ kind: fc.constant('delete' as const), nth: fc.nat(200) }), weight: 2 },
  // An order that was read once is kept from then on.
  { arbitrary: fc.record({ kind: fc.constant('read' as const) }), weight: 1 },
);

/** The same rows as plain data, in the order of insertion. */
function play(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) {
  const table = new Table(schema, {});
  let plain: Card[] = [];
  let next = 0;
  for (const each of steps) {
    if (each.kind === 'insert') plain.push(table.insert({ id: `card_${next++}`, ...each.card }));
    const row = 'nth' in each ? plain[each.nth % (plain.length || 1)] : undefined;
    if (each.kind === 'update' && row)
      plain = plain.map((other) => (other === row ? table.update(row.id, each.card) : other));
    if (each.kind === 'rename' && row)
      plain = plain.map((other) =>
        other === row ? table.update(row.id, { size: each.size }) : other,
      );
    if (each.kind === 'delete' && row) {
      table.delete(row.id);
      plain = plain.filter((other) => other !== row);
    }
    if (each.kind === 'read') table.list('sized', ['a', 'b'], { order: 'size' }).slice(0, 1);
  }
  return { table, plain };
}

const places = fc
  .tuple(fc.nat(60), fc.nat(60))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const runs = { seed: 20260226, numRuns: 200 };
const byNumber = (left: number, right: number): number => left - right;

describe('a list', () => {
  it('has under its keys, in its order and at each place, what plain rows have', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 120 }),
        fc.uniqueArray(fc.constantFrom<string[]>('a', 'b', 'c', 'none')),
        places,
        (steps, boxes, [from, to]) => {
          const { table, plain } = play(steps);
          const rows = plain.filter(({ box }) => box !== null && boxes.includes(box));
          const sorted = rows.toSorted((l, r) => l.size - r.size);
          const newest = rows.toReversed().toSorted((l, r) => l.size - r.size);
          const expected = [
            [table.list('box', boxes), rows],
            [table.list('box', boxes, { reading: 'backward' }), rows.toReversed()],
            [table.list('sized', boxes, { order: 'size' }), sorted],
            [
              table.list('sized', boxes, { order: 'size', reading: 'backward' }),
              sorted.toReversed(),
            ],
            [
              table.list('sized', boxes, { order: 'size', reading: 'newest_of_equals_first' }),
              newest,
            ],
          ] as const;
          for (const [list, plainly] of expected) {
            expect([...list]).toEqual(plainly);
            expect(list.size).toBe(plainly.length);
            expect(list.slice(from, to)).toEqual(plainly.slice(from, to));
            expect(plain.map(({ id }) => list.placeOf(id))).toEqual(
              plain.map((row) => plainly.indexOf(row)),
            );
          }
          expect(table.list('box', boxes).placeOf('unknown')).toBe(-1);
        },
      ),
      runs,
    );
  });

  it('has no rows from or up to a place that is no number', () => {
    const { table } = play([]);
    for (const id of ['1', '2', '3'])
      table.insert({ id, box: Number(id) % 2 ? 'a' : 'b', labels: [], size: 0 });
    const list = table.list('box', ['a', 'b']);
    expect(list.slice(0).map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(list.slice(Number.NaN, 2)).toEqual([]);
    expect(list.slice(1, Number.NaN)).toEqual([]);
  });

  it('that is walked shows a row once, under however many of its keys it is', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 120 }),
        fc.uniqueArray(fc.constantFrom<string[]>('x', 'y', 'z')),
        fc.nat(100),
        (steps, labels, before) => {
          const { table, plain } = play(steps);
          const rows = plain.filter((row) => row.labels.some((label) => labels.includes(label)));
          const list = table.list('labels', labels);
          expect([...list]).toEqual(rows);
          expect([...list.before(before)]).toEqual(
            rows.filter(({ id }) => table.position(id) < before).reverse(),
          );
          expect(rows.map(({ id }) => table.position(id)).toSorted(byNumber)).toEqual(
            rows.map(({ id }) => table.position(id)),
          );
        },
      ),
      runs,
    );
  });

  it('of a table that was copied is not that of the original, also in an order that both read later', () => {
    const table = new Table(schema, {});
    for (const size of [3, 1, 2]) table.insert({ id: `card_${size}`, box: 'a', labels: [], size });
    const copy = new Table(schema, {}, table.state);
    copy.update('card_3', { size: 0 });
    const sizes = (of: typeof table) =>
      [...of.list('sized', ['a'], { order: 'size' })].map(({ size }) => size);
    expect([sizes(copy), sizes(table), sizes(copy)]).toEqual([
      [0, 1, 2],
      [1, 2, 3],
      [0, 1, 2],
    ]);
  });
});
