// Seed 002, "Create store in slice": the sample request, and the two answers it documents. The
// sample for the vendor's SDK is left out: it calls a method that no published SDK has (K-C35).
import { expect, it } from 'vitest';
import { answerTo, inThisProcess, playSeed } from './play.js';
import { type Sample, samplesOf } from './samples.js';
import { javascript } from './senders.js';

playSeed('002', inThisProcess);

it('seed 002, 422: the message lists each access mode once, and no other', async () => {
  const sample = samplesOf('002').find(({ response }) => response.status === 422) as Sample;
  const { text } = await answerTo(sample, javascript, await inThisProcess());
  expect(namesIn(text)).toEqual(namesIn(JSON.stringify(sample.response.body)));
  expect(namesIn(text)).toEqual(['department', 'organization', 'private', 'public']);
});

/** The seed prints a Python set, which has no order of its own. */
function namesIn(body: string): string[] {
  const { message } = (JSON.parse(body) as { error: { details: { message: string } } }).error
    .details;
  return [...message.matchAll(/'([^']*)'/g)].map(([, name]) => name as string).sort();
}
