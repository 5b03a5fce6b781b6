// Two hundred points at which a run of everything is killed, every other one among several requests
// under way at once.
import { it } from 'vitest';
import { servedBySecond } from '../support/second-server.js';
import { expectSweptAfterKill, requestsOf } from '../support/swept.js';

const POINTS = 200;
const MANY = 8;

/** Side by side, a run may need a few requests less than another. */
const WITHIN = 0.97;

it('leaves nothing after a sweep, and takes nothing else away, wherever it is killed', {
  timeout: 7_200_000,
}, async () => {
  const requests = new Map<number, number>();
  for (const lanes of [1, MANY]) requests.set(lanes, await requestsOf(servedBySecond, lanes));
  for (let point = 0; point < POINTS; point++) {
    const lanes = point % 4 < 2 ? 1 : MANY;
    const most = (requests.get(lanes) as number) * (lanes === 1 ? 1 : WITHIN);
    await expectSweptAfterKill({
      operations: servedBySecond,
      at: 1 + Math.floor(((point + Math.random()) * most) / POINTS),
      when: point % 2 === 0 ? 'asked' : 'answered',
      lanes,
    });
  }
});
