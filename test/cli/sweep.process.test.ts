// A run that is killed, at points all along it, and one sweep. sweep.long.test.ts has two hundred.
import { expect, it } from 'vitest';
import type { OperationId } from '../../src/spec/document.js';
import { expectSweptAfterKill, requestsOf } from '../support/swept.js';

const POINTS = 2;
const operations: readonly OperationId[] = ['createThread'];

it('leaves nothing after a sweep, and takes nothing else away, wherever it is killed', async () => {
  const requests = await requestsOf(operations);
  expect(requests).toBeGreaterThan(10 * POINTS);
  for (let point = 0; point < POINTS; point++)
    await expectSweptAfterKill({
      operations,
      at: 1 + Math.floor(((point + Math.random()) * requests) / POINTS),
      when: point % 2 === 0 ? 'asked' : 'answered',
    });
});
