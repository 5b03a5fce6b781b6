// Plays the samples of a seed: each one sent in each of the three ways, into a world of its own.
import { describe, expect, it, onTestFinished } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import type { Keeper } from '../support/processes.js';
import { inLines, settle } from './compare.js';
import { requestOf, type Sample, type Seed, samplesOf } from './samples.js';
import { type Answer, needs, type Sender, senders } from './senders.js';

/** Opens a fresh default world for the test that calls it, and resolves to its address. */
export type OpenWorld = () => Promise<string>;

export const fromBuiltCli =
  (keeper: Keeper): OpenWorld =>
  async () => {
    const server = await keeper.serve();
    onTestFinished(async () => {
      await server.process.stop();
    });
    return server.url;
  };

export const inThisProcess: OpenWorld = async () => {
  const understudy = createUnderstudy();
  onTestFinished(() => understudy.close());
  return (await understudy.listen({ port: 0 })).url;
};

export function playSeed(seed: Seed, openWorld: OpenWorld): void {
  describe.for(samplesOf(seed))(`seed ${seed}, $name`, (sample) => {
    it.for(senders)(
      'is answered as documented, field by field, when sent by $name',
      async (sender, context) => {
        await needs(sender, context);

        const answer = await answerTo(sample, sender, await openWorld());

        const { status, body, volatile } = sample.response;
        expect(answer.status).toBe(status);
        expect(answer.contentType).toBe('application/json');
        const got = settle(JSON.parse(answer.text), body, (pointer) => volatile[pointer]);
        expect(inLines(got)).toBe(inLines(body));
        // Compared with one and the same answer, the three senders are compared with each other.
        expect(answer.text).toBe(await answerInProcess(sample));
      },
    );
  });
}

export async function answerTo(sample: Sample, sender: Sender, url: string): Promise<Answer> {
  const request = requestOf(sample);
  for (let i = 0; i < (sample.repeated ?? 0); i++) await sender.send(url, request);
  return sender.send(url, request);
}

/** The answer without a socket, a program or a library in between. */
async function answerInProcess(sample: Sample): Promise<string> {
  const { method, path, headers, body } = requestOf(sample);
  const understudy = createUnderstudy();
  const send = () =>
    understudy.fetch(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  for (let i = 0; i < (sample.repeated ?? 0); i++) await send();
  return (await send()).text();
}
