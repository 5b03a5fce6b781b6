import { beforeEach, describe, expect, it } from 'vitest';
import { by } from '../../src/world/indexes.js';
import { type Schema, schemaOf, Table } from '../../src/world/table.js';

interface Card {
  readonly id: string;
  readonly box: string | null;
  readonly note?: string;
}

const cards = schemaOf<Card>()({ box: by('box') });
type Cards = Table<Card, typeof cards extends Schema<Card, infer I> ? I : never>;

describe('a table', () => {
  let changes: number;
  let table: Cards;
  const put = (id: string, box: string | null = 'a') => table.insert({ id, box });
  const ids = (rows: Iterable<Card>): string => [...rows].map((row) => row.id).join(' ');
  /** All that can be seen of a table. */
  const seen = (of: Cards): unknown => [
    of.all(),
    of.all().map((row) => of.position(row.id)),
    ...['a', 'b'].map((box) => [
      of.where('box', box),
      of.one('box', box),
      of.count('box', box),
      [...of.newestFirst('box', box)],
    ]),
  ];

  beforeEach(() => {
    changes = 0;
    table = new Table(cards, {
      after: () => {
        changes += 1;
      },
    });
  });

  it('finds rows by id, and has nothing under an id or a key it does not know', () => {
    const row = put('1');
    expect([table.get('1'), table.has('1'), table.size]).toEqual([row, true, 1]);
    expect([
      table.get('2'),
      table.has('2'),
      table.where('box', 'z'),
      table.one('box', 'z'),
      table.count('box', 'z'),
    ]).toEqual([undefined, false, [], null, 0]);
  });

  it('takes an id once', () => {
    put('1');
    expect(() => put('1', 'b')).toThrow('1 exists already');
    expect(ids(table.where('box', 'b'))).toBe('');
  });

  it('keeps its rows and its indexes in the order of insertion', () => {
    for (const [id, box] of [
      ['3', 'a'],
      ['1', 'b'],
      ['2', 'a'],
      ['0', 'a'],
    ] as const)
      put(id, box);
    expect(ids(table.all())).toBe('3 1 2 0');
    expect(ids(table.where('box', 'a'))).toBe('3 2 0');
    expect(table.one('box', 'a')?.id).toBe('3');
    expect(table.count('box', 'a')).toBe(3);
  });

  it('leaves rows without a key out of the index', () => {
    put('1', null);
    expect([table.size, table.count('box', 'null'), table.count('box', 'undefined')]).toEqual([
      1, 0, 0,
    ]);
  });

  it('stores an update as a new row and leaves the old one alone', () => {
    const before = put('1');
    const after = table.update('1', { note: 'new' });
    expect(before).toEqual({ id: '1', box: 'a' });
    expect(after).toEqual({ id: '1', box: 'a', note: 'new' });
    expect(table.get('1')).toBe(after);
    expect(table.where('box', 'a')).toEqual([after]);
  });

  it('moves an updated row to the place in the other index that its age gives it', () => {
    for (const id of ['1', '2', '3']) put(id, id === '2' ? 'a' : 'b');
    table.update('2', { box: 'b' });
    expect(ids(table.where('box', 'a'))).toBe('');
    expect(ids(table.where('box', 'b'))).toBe('1 2 3');
    table.update('2', { box: null });
    expect(ids(table.where('box', 'b'))).toBe('1 3');
    table.update('2', { box: 'a' });
    expect(ids(table.where('box', 'a'))).toBe('2');
    expect(ids(table.all())).toBe('1 2 3');
  });

  it('is the same whether its rows come all at once or one by one', () => {
    const rows = [...'3120'].map((id) => ({ id, box: id === '1' ? 'b' : id === '0' ? null : 'a' }));
    for (const row of rows) table.insert(row);
    const filled: Cards = new Table(cards, {});
    filled.fill(rows);
    const fork: Cards = new Table(cards, {}, filled.state);
    for (const one of [table, fork]) one.update('2', { box: 'b' });
    expect(seen(fork)).toEqual(seen(table));
    expect(ids(filled.where('box', 'a'))).toBe('3 2');
    table.update('2', { box: 'a' });
    expect(seen(filled)).toEqual(seen(table));
    expect(() => filled.fill(rows)).toThrow('no rows');
    expect(() => new Table(cards, {}).fill([...rows, { id: '2', box: null }])).toThrow(
      '2 exists already',
    );
  });

  it('updates no row that is not there', () => {
    expect(() => table.update('1', { box: 'b' })).toThrow('No row has the id 1');
  });

  it('walks from the newest to the oldest, and from before a position', () => {
    for (const id of ['1', '2', '3', '4']) put(id, id === '3' ? 'b' : 'a');
    expect(ids(table.newestFirst('box', 'a'))).toBe('4 2 1');
    expect(ids(table.newestFirst('box', 'a', table.position('4')))).toBe('2 1');
    expect(
      ids(table.newestFirst('box', 'a', table.position('3'))),
      'a position of another key',
    ).toBe('2 1');
    expect(ids(table.newestFirst('box', 'a', table.position('1')))).toBe('');
    expect(ids(table.newestFirst('box', 'z'))).toBe('');
  });

  it('goes on from the position of a row that is gone', () => {
    for (const id of ['1', '2', '3']) put(id);
    const position = table.position('2');
    table.delete('2');
    put('4');
    expect(ids(table.newestFirst('box', 'a', position))).toBe('1');
  });

  it('forgets a deleted row everywhere, and deletes what is not there without a word', () => {
    for (const id of ['1', '2', '3']) put(id);
    table.delete('2');
    expect([ids(table.all()), ids(table.where('box', 'a')), table.get('2')]).toEqual([
      '1 3',
      '1 3',
      undefined,
    ]);
    const before = changes;
    table.delete('2');
    expect(changes).toBe(before);
  });

  it('puts a row that comes again at the end, at a position never given out before', () => {
    const positions = ['1', '2'].map((id) => table.position(put(id).id));
    table.delete('1');
    put('1');
    expect(ids(table.all())).toBe('2 1');
    expect(ids(table.where('box', 'a'))).toBe('2 1');
    expect(table.position('1')).toBeGreaterThan(Math.max(...positions));
  });

  it('tells of every write once', () => {
    put('1');
    table.update('1', { box: 'b' });
    table.delete('1');
    expect(changes).toBe(3);
  });

  describe('that is forked', () => {
    let fork: Cards;
    let forkChanges: number;
    beforeEach(() => {
      for (const id of ['1', '2', '3']) put(id);
      forkChanges = 0;
      changes = 0;
      fork = forkOf(table, () => {
        forkChanges += 1;
      });
    });
    const forkOf = (of: Cards, changed = () => {}): Cards =>
      new Table(cards, { after: changed }, of.state);
    const write = (to: Cards): void => {
      to.update('1', { box: 'b' });
      to.delete('2');
      to.insert({ id: '4', box: 'a' });
    };

    it('has the same rows in the same places', () => {
      expect(seen(fork)).toEqual(seen(table));
    });

    it('does not see what is written to its fork', () => {
      const before = seen(table);
      write(fork);
      expect(seen(table)).toEqual(before);
      expect(ids(fork.where('box', 'a'))).toBe('3 4');
      expect([changes, forkChanges]).toEqual([0, 3]);
    });

    it('writes nothing that its fork sees', () => {
      const before = seen(fork);
      write(table);
      expect(seen(fork)).toEqual(before);
      expect(ids(table.where('box', 'a'))).toBe('3 4');
      expect([changes, forkChanges]).toEqual([3, 0]);
    });

    it('comes out the same whichever of the two is written, and in whatever order', () => {
      write(fork);
      write(table);
      expect(seen(fork)).toEqual(seen(table));
    });

    it('can be forked again and again, each on its own', () => {
      const second = forkOf(fork);
      const third = forkOf(table);
      fork.delete('1');
      table.delete('3');
      expect([table, fork, second, third].map((each) => ids(each.where('box', 'a')))).toEqual([
        '1 2',
        '2 3',
        '1 2 3',
        '1 2 3',
      ]);
    });
  });
});
