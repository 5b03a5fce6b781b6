// Worlds that are made, used and deleted leave nothing behind; rounds.long.test.ts makes ten
// thousand.
import { expect, it } from 'vitest';
import { leftBehind } from '../support/rounds.js';

it('three hundred rounds leave memory flat', async () => {
  // A world that is kept is some 20 kB: three hundred would be 6 MB.
  expect(await leftBehind(300)).toBeLessThan(1_500_000);
});
