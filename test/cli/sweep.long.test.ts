// Two hundred points at which a run of everything is killed.
import { it } from 'vitest';
import { servedBySecond } from '../support/second-server.js';
import { expectSweptAfterKill, requestsOf } from '../support/swept.js';

const POINTS = 200;

it('leaves nothing after a sweep, and takes nothing else away, wherever it is killed', {
  timeout: 7_200_000,
}, async () => {
  const requests = await requestsOf(servedBySecond);
  for (let point = 0; point < POINTS; point++)
    await expectSweptAfterKill({
      operations: servedBySecond,
      at: 1 + Math.floor(((point + Math.random()) * requests) / POINTS),
      when: point % 2 === 0 ? 'asked' : 'answered',
    });
});
