import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Filed } from '../../src/world/filed.js';

describe('the ids under a key', () => {
  it('are what a plain list has, whatever comes and goes', () => {
    const step = fc.oneof(
      fc.record({ add: fc.nat(60) }),
      fc.record({ remove: fc.nat(60) }),
      fc.record({ copy: fc.constant(true) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.nat(61), (steps, before) => {
        let filed = new Filed();
        const plain = new Map<number, string>();
        for (const { add, remove, copy } of steps as { add?: number; remove?: number; copy?: true }[]) {
          if (add !== undefined && !plain.has(add)) {
            filed.add(add, `id${add}`);
            plain.set(add, `id${add}`);
          }
          if (remove !== undefined && plain.delete(remove)) filed.remove(remove);
          if (copy) filed = filed.copy();
        }
        const sorted = [...plain].sort(([a], [b]) => a - b);
        expect(filed.all()).toEqual(sorted.map(([, id]) => id));
        expect(filed.size).toBe(sorted.length);
        expect(filed.first()).toBe(sorted[0]?.[1]);
        expect([...filed.newestFirst(before)]).toEqual(
          sorted
            .filter(([position]) => position < before)
            .map(([, id]) => id)
            .reverse(),
        );
      }),
    );
  });

  it('of a copy are its own', () => {
    const filed = new Filed();
    filed.add(0, 'a');
    const copy = filed.copy();
    copy.add(1, 'b');
    filed.remove(0);
    expect([filed.all(), copy.all()]).toEqual([[], ['a', 'b']]);
  });

  it.each([
    ['the oldest first', (n: number) => Array.from({ length: n }, (_, i) => i)],
    ['the newest first', (n: number) => Array.from({ length: n }, (_, i) => n - 1 - i)],
    ['every other one, then the rest', (n: number) => [...Array(n).keys()].sort((a, b) => (a % 2) - (b % 2) || a - b)],
  ])('are taken out at a cost of their number: %s', (_, order) => {
    /** Elements that the list's own operations pass over, which is what a removal costs beside its search. */
    const work = (n: number): number => {
      const filed = new Filed();
      for (let i = 0; i < n; i++) filed.add(i, `id${i}`);
      let passed = 0;
      const counted = (['splice', 'filter', 'slice'] as const).map((method) => {
        const real = Array.prototype[method] as (...args: unknown[]) => unknown;
        return vi.spyOn(Array.prototype, method).mockImplementation(function (this: unknown[], ...args: unknown[]) {
          passed += this.length;
          return real.apply(this, args) as never;
        });
      });
      for (const position of order(n)) filed.remove(position);
      for (const spy of counted) spy.mockRestore();
      expect(filed.size).toBe(0);
      return passed;
    };
    expect(work(2000)).toBeLessThan(2000 * 6);
    expect(work(20_001)).toBeLessThan(20_001 * 6);
  });
});
