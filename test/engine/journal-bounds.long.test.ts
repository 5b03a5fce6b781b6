// What the journal weighs after 50,000 requests of every size.
import { expect, it } from 'vitest';
import { journalOver } from '../support/flood.js';

it('weighs after 50,000 requests what it weighed after 25,000', {
  timeout: 1_200_000,
}, async () => {
  const [half, all] = await journalOver(50_000);
  expect(all.characters).toBeLessThan(30_000_000);
  expect(all.characters / half.characters).toBeCloseTo(1, 0);
  expect(all.megabytes - half.megabytes).toBeLessThan(5);
});
