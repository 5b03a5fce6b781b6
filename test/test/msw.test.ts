// Handlers of MSW that a mock server in this process answers.
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createUnderstudy as createForBrowsers } from '../../src/fetch.js';
import { createUnderstudy } from '../../src/index.js';
import { understudyHandlers } from '../../src/test/msw.js';
import { createTestWorld } from '../../src/test/world.js';

const api = 'https://api.aitronos.com';
const headers = { 'X-API-Key': 'ak_owner' };
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());
const attach = (to = api, more = {}) =>
  fetch(`${to}/v1/spaces/space_abc123/vector-stores/vs_def456`, {
    method: 'POST',
    headers: { ...headers, ...more },
  });

it.each([
  ['understudy', createUnderstudy],
  ['understudy/fetch', createForBrowsers],
])('answer what is sent to the API: %s', async (_, create) => {
  const understudy = create();
  server.use(...understudyHandlers(understudy));
  expect([(await attach()).status, (await attach()).status]).toEqual([201, 409]);
  const response = await fetch(`${api}/v1/threads`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ organization_id: 'org_xyz789', title: 'Þ' }),
  });
  expect([response.status, ((await response.json()) as { title: string }).title]).toEqual([
    201,
    'Þ',
  ]);
  expect(understudy.journal.map(({ operation }) => operation)).toEqual([
    'addVectorStoreToSpace',
    'addVectorStoreToSpace',
    'createThread',
  ]);
});

it('answer from a world by its name, or from that of a test', async () => {
  const understudy = createUnderstudy();
  server.use(...understudyHandlers(understudy, { world: 'one' }));
  expect((await attach()).status).toBe(201);
  const world = createTestWorld(understudy, 'two');
  server.use(...understudyHandlers(world));
  expect([(await attach()).status, (await attach()).status]).toEqual([201, 409]);
  expect(world.journal).toHaveLength(2);
  expect([understudy.worlds.journal('one').length, understudy.journal.length]).toEqual([1, 0]);
});

it('answer at other addresses, and nowhere else', async () => {
  server.use(
    ...understudyHandlers(createUnderstudy(), {
      url: ['http://one.test/', 'http://two.test/base'],
    }),
  );
  expect((await attach('http://one.test')).status).toBe(201);
  expect((await attach('http://two.test/base')).status).toBe(404);
  await expect(attach('http://three.test')).rejects.toThrow();
});

it('let any documented response be forced, and a connection be lost', async () => {
  const understudy = createUnderstudy({
    faults: [{ when: { operation: 'getSpace' }, does: { end: 'reset' } }],
  });
  server.use(...understudyHandlers(understudy));
  expect((await attach(api, { prefer: 'code=429' })).status).toBe(429);
  await expect(fetch(`${api}/v1/spaces/space_abc123`, { headers })).rejects.toThrow(TypeError);
});
