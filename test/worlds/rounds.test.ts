// Worlds that are made, used and deleted leave nothing behind; rounds.long.test.ts makes ten
// thousand.
import { expect, it } from 'vitest';
import { leftBehind } from '../support/rounds.js';

it('a hundred and fifty rounds leave memory flat', async () => {
  // A world that is kept is some 20 kB: a hundred and fifty would be 3 MB.
  expect(await leftBehind(150)).toBeLessThan(1_500_000);
});
