// Two hundred worlds at once over HTTP, each by a plan of its own.
import { it } from 'vitest';
import { expectWorldsApart } from '../support/worlds-at-once.js';

it('two hundred worlds driven at once never see each other, nor one that is reset, rewound and evicted', async () => {
  await expectWorldsApart({ worlds: 200, rounds: 15, runs: 2 });
});
