// A run that is killed, at points all along it, and one sweep. The long tests have two hundred.
import { it } from 'vitest';
import { expectSweptWherever } from '../support/swept.js';

it('leaves nothing after a sweep, and takes nothing else away, wherever it is killed', () =>
  expectSweptWherever({ operations: ['createThread'], points: 2 }));
