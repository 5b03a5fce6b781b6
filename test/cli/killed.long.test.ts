// A run that is killed, at points all along it.
import { expect, it } from 'vitest';
import { expectRecoveryFromKillAt, requestsOfARun } from '../support/killed.js';

const POINTS = 30;

it('leaves nothing but what it has made, wherever it is killed, and the next run goes on', {
  timeout: 1_200_000,
}, async () => {
  const requests = await requestsOfARun();
  expect(requests).toBeGreaterThan(50 * POINTS);
  for (let point = 0; point < POINTS; point++)
    // No multiple of what a row takes, so that the points fall on every kind of step.
    await expectRecoveryFromKillAt(1 + Math.floor(((point + 0.5) * 0.999 * requests) / POINTS));
});
