// Numbers that look random and are not: the same seed draws the same ones on every machine.

/** Draws whole numbers from 0 up to what is given, by a linear congruential generator. */
export function drawing(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
