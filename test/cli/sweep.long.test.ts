// A hundred points at which a run of everything is killed, one request at a time.
import { it } from 'vitest';
import { servedBySecond } from '../support/second-server.js';
import { expectSweptWherever } from '../support/swept.js';

it(
  'leaves nothing after a sweep, and takes nothing else away, wherever it is killed',
  {
    timeout: 3_600_000,
  },
  () => expectSweptWherever({ operations: servedBySecond, points: 100 }),
);
