// Worlds that are made, used and deleted leave nothing behind.
import { expect, it } from 'vitest';
import { leftBehind } from '../support/rounds.js';

it('ten thousand rounds leave memory flat', { timeout: 600_000 }, async () => {
  expect(await leftBehind(10_000)).toBeLessThan(3_000_000);
});
