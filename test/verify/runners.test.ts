// The matchers of recovery with the `expect` of Playwright and that of jest, which are the packages of
// those runners and need no run of theirs.
import { expect as jestExpect } from 'expect';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import {
  expect as playwrightExpect,
  type RecoveryMatchers,
} from '../../src/test/recovery-playwright.js';
import { createTestWorld } from '../../src/test/world.js';

/** A space that was not there once, and then was. */
async function worldOfTwoRequests() {
  const fault = { when: { operation: 'getSpace', call: 1 }, does: { status: 503 } } as const;
  const world = createTestWorld(createUnderstudy({ faults: [fault] }), 'runners');
  const ask = () => world.fetch('/v1/spaces/space_abc123', { headers: world.headers });
  expect([(await ask()).status, (await ask()).status]).toEqual([503, 200]);
  return world;
}

type Matching = RecoveryMatchers & { readonly not: RecoveryMatchers };

async function judges(expectOf: (received: unknown) => Matching): Promise<void> {
  const world = await worldOfTwoRequests();
  expectOf(world).toHaveRequested({ operation: 'getSpace' }, { times: 2 });
  expectOf(world).not.toHaveRequested({ operation: 'deleteSpace' });
  expectOf(world).toHaveRequestedInOrder([{ status: 503 }, { status: 200 }]);
  expectOf(world).toHaveRecovered({ retries_at_most: 1, no_duplicate_writes: true });
  expect(() => expectOf(world).toHaveRequested({ operation: 'getSpace' }, { times: 1 })).toThrow(
    'getSpace was expected once and came twice',
  );
  expect(() => expectOf(world).toHaveRecovered({ retries_at_most: 0 })).toThrow(
    'was tried again once, where 0 are the most',
  );
  expect(() => expectOf(world).not.toHaveRequested({ operation: 'getSpce' })).toThrow(
    'did you mean getSpace?',
  );
}

describe('Playwright', () => {
  it('judges with the expect of understudy/test/recovery/playwright', async () => {
    await judges(playwrightExpect);
  });

  it('waits for a request with expect.poll', async () => {
    const world = await worldOfTwoRequests();
    const polled = playwrightExpect.poll(() => world, { intervals: [1], timeout: 5000 });
    setTimeout(() => world.fetch('/v1/threads', { headers: world.headers }), 5);
    await polled.toHaveRequested({ operation: 'listThreads' });
  });

  it('has its own matchers too', () => {
    playwrightExpect({ a: 1 }).toMatchObject({ a: 1 });
    expect(() => playwrightExpect(1).toBe(2)).toThrow();
  });
});

describe('jest', () => {
  const runner = globalThis as { expect?: unknown };
  afterEach(() => {
    delete runner.expect;
  });

  it('judges with its global expect, once understudy/test/recovery/jest is imported', async () => {
    await expect(import('../../src/test/recovery-jest.js')).rejects.toThrow(
      'Import { recoveryMatchers } from understudy/test/recovery',
    );
    vi.resetModules();
    runner.expect = jestExpect;
    await import('../../src/test/recovery-jest.js');
    await judges(jestExpect as unknown as (received: unknown) => Matching);
  });
});
