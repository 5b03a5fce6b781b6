// What a mock server keeps after many requests: no more than after half as many. soak.long.test.ts
// has nearly seventy times as many.
import { expect, it } from 'vitest';
import { itInFull } from '../support/sample.js';
import { growthOver } from '../support/soak.js';

// Half of them fill the journal: a round has eleven requests.
it('keeps no more after 200 rounds than after 100', async () => {
  expect(await growthOver(200)).toBeLessThan(1);
});

itInFull('would be seen to keep 30 kB of each round', async () => {
  const kept: string[] = [];
  expect(
    await growthOver(
      100,
      () => void kept.push(JSON.stringify(Array(15_000).fill(kept.length % 10))),
    ),
  ).toBeGreaterThan(1);
});
