// Twenty worlds at once over HTTP; at-once.long.test.ts has two hundred.
import { it } from 'vitest';
import { expectWorldsApart } from '../support/worlds-at-once.js';

it('twenty worlds driven at once never see each other, nor one that is reset, rewound and evicted', async () => {
  await expectWorldsApart({ worlds: 20, rounds: 7, runs: 2 });
});
