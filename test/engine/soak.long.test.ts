// What a mock server keeps after many requests, over ten thousand rounds of them.
import { expect, it } from 'vitest';
import { growthOver } from '../support/soak.js';

it('keeps no more after 10,000 rounds than after 5,000', { timeout: 1_200_000 }, async () => {
  expect(await growthOver(10_000)).toBeLessThan(1);
});
