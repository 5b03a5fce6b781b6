// Each test has a world of its own, which answers what the client sends to the API.
import { setupServer } from 'msw/node';
import { understudyHandlers } from 'understudy/test/msw';
import { test } from 'understudy/test/vitest';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { Library } from '../src/library.js';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

test('attaches a store once', async ({ world }) => {
  server.use(...understudyHandlers(world));
  const library = new Library('ak_owner');
  expect(await library.attach('space_abc123', 'vs_def456')).toBe('attached');
  expect(await library.attach('space_abc123', 'vs_def456')).toBe('was there');
  expect(await library.stores('space_abc123')).toEqual(['vs_attached', 'vs_def456']);
});

test('starts anew, and knows who may do what', async ({ world }) => {
  server.use(...understudyHandlers(world));
  expect(await new Library('ak_owner').stores('space_abc123')).toEqual(['vs_attached']);
  expect(await new Library('ak_viewer').attach('space_abc123', 'vs_def456')).toBe('not allowed');
  expect(world.journal.map(({ status }) => status)).toEqual([200, 403]);
});

test('says what it did not expect', async ({ world }) => {
  server.use(...understudyHandlers(world));
  await expect(new Library('ak_expired').attach('space_abc123', 'vs_def456')).rejects.toThrow(
    'The API answered with 401.',
  );
});
