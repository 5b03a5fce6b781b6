// Seed 003, the space object. The seed has no request; the object is retrieved by its id, in the
// three ways of the others.
import { expect, it } from 'vitest';
import { createKeeper } from '../support/processes.js';
import { answerTo, fromBuiltCli, playSeed } from './play.js';
import { type Sample, samplesOf } from './samples.js';
import { needs, senders } from './senders.js';

const openWorld = fromBuiltCli(createKeeper());

playSeed('003', openWorld);

it.for(senders)('seed 003 comes back byte for byte, by $name', async (sender, context) => {
  await needs(sender, context);
  const [sample] = samplesOf('003') as [Sample];
  const { text } = await answerTo(sample, sender, await openWorld());
  expect(text).toBe(JSON.stringify(sample.response.body));
});
