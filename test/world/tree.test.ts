import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tree } from '../../src/world/tree.js';

interface Item {
  readonly at: number;
  readonly note: string;
}
const byPlace = (left: Item, right: Item): number => left.at - right.at;

/** Adding, replacing and taking out, in the middle, at the end and all of a stretch. */
const step = fc.oneof(
  fc.record({ put: fc.nat(400), note: fc.string({ maxLength: 2 }) }),
  fc.record({ take: fc.nat(400) }),
  fc.record({ append: fc.integer({ min: 1, max: 700 }) }),
  fc.record({ clear: fc.tuple(fc.nat(3000), fc.nat(900)) }),
);
type Step = {
  put?: number;
  note?: string;
  take?: number;
  append?: number;
  clear?: [number, number];
};

describe('a tree', () => {
  it('is what a sorted list is, whatever comes and goes, and every earlier one stays as it was', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: -1, max: 4000 }),
        (steps, bound) => {
          let tree = new Tree<Item>(byPlace);
          let plain: Item[] = [];
          const earlier: [Tree<Item>, Item[]][] = [];
          const put = (item: Item): void => {
            tree = tree.with(item);
            const place = plain.findLastIndex(({ at }) => at <= item.at);
            plain = plain.toSpliced(
              plain[place]?.at === item.at ? place : place + 1,
              plain[place]?.at === item.at ? 1 : 0,
              item,
            );
          };
          const take = (at: number): void => {
            tree = tree.without({ at, note: '' });
            plain = plain.filter((item) => item.at !== at);
          };
          for (const { put: at, note = '', take: gone, append, clear } of steps as Step[]) {
            if (at !== undefined) put({ at, note });
            if (gone !== undefined) take(gone);
            for (let i = 0; i < (append ?? 0); i++) put({ at: (plain.at(-1)?.at ?? 0) + 1, note });
            if (clear) for (let i = 0; i < clear[1]; i++) take(clear[0] + i);
            earlier.push([tree, plain]);
          }
          for (const [then, items] of earlier)
            expect([...then.forward(0)].every((item, i) => item === items[i])).toBe(true);
          const leads = ({ at }: Item): boolean => at < bound;
          const place = plain.filter(leads).length;
          expect([tree.size, tree.count(leads), tree.last(leads)]).toEqual([
            plain.length,
            place,
            plain[place - 1],
          ]);
          expect([tree.at(place), tree.at(-1), tree.at(plain.length)]).toEqual([
            plain[place],
            undefined,
            undefined,
          ]);
          expect([...tree.forward(place)]).toEqual(plain.slice(place));
          expect([...tree.backward(place)]).toEqual(plain.slice(0, place).reverse());
        },
      ),
      { seed: 20260226, numRuns: 60 },
    );
  });

  it.each([
    ['from the front', (size: number) => [...Array(size).keys()]],
    ['from the end', (size: number) => [...Array(size).keys()].reverse()],
    [
      'every seventh, round after round',
      (size: number) => [...Array(size).keys()].sort((a, b) => (a % 7) - (b % 7)),
    ],
  ])('that grew at its end is emptied %s', (_, order) => {
    for (const size of [33, 32 * 32 + 1, 32 * 32 + 33, 3000]) {
      let tree = new Tree<Item>(byPlace);
      for (let at = 0; at < size; at++) tree = tree.with({ at, note: '' });
      const left = new Set(Array(size).keys());
      for (const [i, at] of order(size).entries()) {
        tree = tree.without({ at, note: '' });
        left.delete(at);
        if (i % 97 === 0 || left.size < 40)
          expect([...tree.forward(0)].map((item) => item.at)).toEqual([...left]);
        expect(tree.last((item) => item.at <= at)?.at).not.toBe(at);
      }
      expect(tree.size).toBe(0);
    }
  });

  it.each([0, 1, 31, 32, 33, 1000, 40_000])(
    'of %i sorted items is the one that they make one by one',
    (size) => {
      const items = Array.from({ length: size }, (_, at) => ({ at, note: '' }));
      const tree = Tree.of(byPlace, items);
      expect([...tree.forward(0)]).toEqual(items);
      const more = { at: size, note: 'more' };
      expect([...tree.with(more).forward(0)]).toEqual([...items, more]);
      expect([...tree.without({ at: 0, note: '' }).forward(0)]).toEqual(items.slice(1));
    },
  );

  /** How often two items are compared, which is what a step costs. */
  it('compares a handful of items a step, however many there are', () => {
    const cost = (size: number): number => {
      let compared = 0;
      const tree = Tree.of<Item>(
        (left, right) => {
          compared += 1;
          return byPlace(left, right);
        },
        Array.from({ length: size }, (_, at) => ({ at: 2 * at, note: '' })),
      );
      tree.with({ at: size + 1, note: '' }).without({ at: size, note: '' });
      tree.count(({ at }) => {
        compared += 1;
        return at < size;
      });
      return compared;
    };
    expect(cost(100_000)).toBeLessThan(4 * cost(100));
  });
});
