// The same at a hundred points, with several requests under way at once.
import { it } from 'vitest';
import { servedBySecond } from '../support/second-server.js';
import { expectSweptWherever } from '../support/swept.js';

it(
  'leaves nothing after a sweep, and takes nothing else away, wherever it is killed',
  {
    timeout: 3_600_000,
  },
  () => expectSweptWherever({ operations: servedBySecond, lanes: 8, points: 100 }),
);
