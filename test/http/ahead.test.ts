import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Ahead } from '../../src/http/ahead.js';
import { createUnderstudy } from '../../src/index.js';
import { STEP, type Steps } from '../../src/world/stepwise.js';

const ahead = new Ahead();
afterEach(() => ahead.end());

/** Work of so many steps, of which it says how many were done. */
function work(steps: number) {
  const done = { steps: 0 };
  function* inSteps(): Steps<void> {
    for (let i = 0; i < steps; i++) {
      done.steps += 1;
      yield STEP / 2;
    }
  }
  return { done, world: { ahead: inSteps } };
}

describe('work that can wait', () => {
  it('waits for a port, and is done in pieces between which requests are answered', async () => {
    const [first, second] = [work(4), work(1)];
    ahead.add(second.world);
    ahead.begin([first.world]);
    ahead.begin([second.world]);
    expect(first.done.steps).toBe(0);
    await turn();
    expect(first.done.steps).toBe(2);
    ahead.add(second.world);
    for (let i = 0; i < 4; i++) await turn();
    expect([first.done.steps, second.done.steps]).toEqual([4, 1]);
  });

  it('begins again with what comes later, and ends with the port', async () => {
    const [first, second] = [work(2), work(9)];
    ahead.begin([first.world]);
    for (let i = 0; i < 3; i++) await turn();
    ahead.add(second.world);
    await turn();
    ahead.end();
    for (let i = 0; i < 3; i++) await turn();
    expect([first.done.steps, second.done.steps]).toEqual([2, 2]);
  });
});

describe('a server with many rows', () => {
  it('has made ready what its lists are found by when it had time', async () => {
    const server = createUnderstudy({
      scenario: {
        extends: 'default',
        scenario: 'many',
        description: 'Many threads.',
        time: '2026-02-26T15:30:00Z',
        threads: { count: STEP + 1 },
      },
    });
    const { url } = await server.listen({ port: 0 });
    const [start] = server.worlds.starts;
    const left = (): number => [...(start?.ahead() ?? [])].length;
    for (let i = 0; i < 60; i++) await turn();
    expect(url).toMatch(/^http/);
    expect(left()).toBe(0);
    await server.close();
  });
});
