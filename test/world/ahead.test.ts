import { describe, expect, it } from 'vitest';
import { index, insertion } from '../../src/world/indexes.js';
import { STEP } from '../../src/world/stepwise.js';
import { ahead, schemaOf, Table } from '../../src/world/table.js';

interface Card {
  readonly id: string;
  readonly box: string;
  readonly size: number;
}

const count = 2.5 * STEP;
/** Half of them in one box, the others in boxes of their own or of three. */
const rows = Array.from({ length: count }, (_, i): Card => {
  const place = (i * 7919) % count;
  const box = place % 2 ? 'large' : place % 3 ? `own ${place}` : `three ${place % 1000}`;
  return { id: `card_${i}`, box, size: (i * 31) % 1000 };
});

const ids = (some: Iterable<Card>): string => [...some].map(({ id }) => id).join(' ');

/** A table that has all of the rows, and says how many of them were looked at to file them. */
function filled() {
  let looks = 0;
  const looked = <Value>(value: Value): Value => {
    looks += 1;
    return value;
  };
  const schema = schemaOf<Card>()({
    box: index<Card>()(['box'], ({ box }) => looked([box, 'all', box]), {
      insertion,
      size: ({ size }) => looked(size),
    }),
    ids: index<Card>()(['id'], ({ id }) => looked([id]), { insertion }),
  });
  const table = new Table(schema, {});
  table.fill(rows);
  const seen = (): unknown => [
    ...['all', 'large', 'three 0', 'own 4', 'none'].flatMap((box) => [
      ids(table.where('box', box)),
      ids(table.list('box', [box], { order: 'size' })),
    ]),
    table.keys('box', 'own'),
    table.one('ids', 'card_77'),
    table.count('ids', 'card_77'),
  ];
  return { table, schema, steps: ahead(schema, table.state), seen, looks: () => looks };
}

const card = { id: 'new', box: 'large', size: 5 };
const expected = (all: readonly Card[], box: string) =>
  ids(all.filter((row) => box === 'all' || row.box === box));

describe('what lists of many rows are found by', () => {
  it('is made in short steps, after which no row has to be looked at again', () => {
    const { table, steps, looks } = filled();
    const handled = [...steps];
    expect(Math.max(...handled)).toBeLessThan(2 * STEP);
    expect(handled.length).toBeGreaterThan(count / STEP);
    const before = looks();
    expect(ids(table.where('box', 'large'))).toBe(expected(rows, 'large'));
    expect(table.list('box', ['all'], { order: 'size' }).slice(0, 3)).toHaveLength(3);
    expect(table.one('ids', 'card_5')).toBe(rows[5]);
    expect(looks()).toBe(before);
    table.insert(card);
    expect(table.list('box', ['all'], { order: 'size' }).placeOf('new')).toBeGreaterThan(0);
    expect(looks() - before, 'a write looks at its own row, and at those on its way').toBeLessThan(
      500,
    );
  });

  it('is the same after any number of steps, and after a write in between', () => {
    const alone = filled();
    const all = alone.seen();
    alone.table.insert(card);
    const written = alone.seen();
    for (const some of [1, 12]) {
      const { table, steps, seen } = filled();
      for (let i = 0; i < some; i++) steps.next();
      const fork = new Table(alone.schema, {}, table.state);
      fork.insert(card);
      expect(ids(fork.where('box', 'large'))).toBe(expected([...rows, card], 'large'));
      for (let i = 0; i < some; i++) steps.next();
      expect(seen(), `${some} steps`).toEqual(all);
      table.insert(card);
      for (const _ of steps);
      expect(seen(), `${some} steps`).toEqual(written);
    }
  });

  it('has a row once that is under the same key for several reasons', () => {
    const { table } = filled();
    const [first] = table.where('box', 'own 4');
    expect(table.list('box', ['own 4']).slice(0)).toEqual([first]);
  });

  it('waits to be asked for where there are few', () => {
    const { schema } = filled();
    const table = new Table(schema, {});
    table.fill(rows.slice(0, STEP));
    expect([...ahead(schema, table.state)]).toEqual([]);
  });
});
