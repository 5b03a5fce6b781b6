// Whatever is sent to the control plane, it neither fails nor answers against its document.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { loadControl } from '../../src/shipped/control.js';
import { whole } from '../support/sample.js';

const operations = [...loadControl().spec.operations.values()];

/** Often something that is there. */
const word = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'default',
      'one',
      'two',
      'spaces',
      'credentials',
      's1',
      'space_abc123',
      '1',
      '2~one',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 70, unit: 'binary' }).filter(isSendable) },
);
const worldName = fc.oneof({ weight: 2, arbitrary: fc.constant('default') }, word);
function isSendable(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && text.isWellFormed();
}
const given: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  name: fc.oneof({ weight: 4, arbitrary: word }, { weight: 1, arbitrary: fc.jsonValue() }),
  scenario: fc.oneof(
    fc.constantFrom('default', 'empty', 'none'),
    fc.jsonValue(),
    fc.record(
      { scenario: word, description: word, time: word, extends: word, spaces: fc.jsonValue() },
      { requiredKeys: [] },
    ),
  ),
  request: fc.oneof(fc.integer({ min: -1, max: 4 }), fc.jsonValue()),
  spaces: fc.jsonValue(),
  advance: fc.oneof(fc.constantFrom('1h', '0s', '-1h', '99999999d'), fc.jsonValue()),
  to: fc.oneof(fc.constantFrom('2030-01-01T00:00:00Z', 'now'), fc.jsonValue()),
  faults: fc.oneof(
    fc.jsonValue(),
    fc.array(fc.record({ name: word, when: fc.jsonValue(), does: fc.jsonValue() }), {
      maxLength: 3,
    }),
    fc.constant([{ name: 'one', does: { status: 503 } }]),
  ),
  thread_id: fc.oneof(fc.constantFrom('thrd_def456', 'thrd_in_space'), fc.jsonValue()),
  space_id: fc.oneof(fc.constantFrom('space_abc123'), fc.jsonValue()),
  message_id: fc.oneof(fc.constantFrom('msg_1'), fc.jsonValue()),
  id: fc.oneof(fc.constantFrom('emb_1'), fc.jsonValue()),
  status: fc.oneof(fc.constantFrom('queued', 'running', 'done'), fc.jsonValue()),
  content: fc.oneof(word, fc.jsonValue()),
  role: fc.oneof(fc.constantFrom('user', 'tool'), fc.jsonValue()),
  metadata: fc.jsonValue(),
  error: fc.oneof(word, fc.jsonValue()),
  backfill: fc.oneof(fc.constantFrom('manual', 'after 2s', 'after 3 reads'), fc.jsonValue()),
  strict_worlds: fc.oneof(fc.boolean(), fc.jsonValue()),
  max_worlds: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.jsonValue()),
  expect: fc.oneof(
    fc.jsonValue(),
    fc.array(
      fc.oneof(
        fc.jsonValue(),
        fc.record({
          request: fc.record({ operation: word, path: word }, { requiredKeys: [] }),
          times: fc.nat(2),
        }),
        fc.constant({ recovery: { waits_retry_after: true, backs_off: true } }),
        fc.constant({ in_order: [{ operation: 'getSpace' }, { method: 'GET' }] }),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  ),
  frozen: fc.oneof(fc.boolean(), fc.jsonValue()),
};
/** What a row may hold, and what it may not. */
const rowBody = fc
  .record(
    {
      id: word,
      name: fc.oneof(word, fc.constant(null)),
      organization_id: fc.oneof(fc.constantFrom('org_xyz789', 'org_none'), fc.jsonValue()),
      created_by: fc.oneof(fc.constantFrom('usr_owner1', 'usr_none'), fc.jsonValue()),
      vector_store_id: fc.constantFrom('vs_def456', 'vs_lobby', 'vs_none', null),
      access_users: fc.oneof(fc.constant(['usr_viewer1']), fc.jsonValue()),
      user_id: fc.constantFrom('usr_owner1', null, 7),
      note: fc.jsonValue(),
      space_id: word,
      ['__proto__']: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .map((value) => JSON.stringify(value));
/** Fields that the operation knows, as a rule. */
const bodyFor = (fields: readonly string[] = []) => {
  const known = Object.entries(given).filter(([field]) => fields.includes(field));
  const some = fc.record(Object.fromEntries(known), {
    requiredKeys: fields.filter((field) => field === 'name'),
  });
  return fc.option(
    fc.oneof(
      { weight: 6, arbitrary: some.map((value) => JSON.stringify(value)) },
      { weight: 1, arbitrary: fc.oneof(fc.json(), fc.string()) },
    ),
    { nil: undefined },
  );
};
const number = fc.oneof(fc.integer({ min: -1, max: 3 }).map(String), fc.string({ maxLength: 5 }));
const query = fc.record(
  {
    limit: number,
    after: number,
    offset: number,
    status: fc.constantFrom('201', '404', 'queued', 'lost'),
    thread_id: fc.constantFrom('thrd_def456', 'thrd_none'),
    path: word,
    where: fc.oneof(fc.json(), fc.constant('{"id":"space_abc123"}'), fc.string()),
  },
  { requiredKeys: [] },
);
const sent = fc.oneof(
  ...operations.map((operation) =>
    fc.record({
      operation: fc.constant(operation),
      words: fc.tuple(worldName, word, word),
      query,
      body: /Row$/.test(operation.id)
        ? fc.oneof({ weight: 6, arbitrary: rowBody }, { weight: 1, arbitrary: fc.json() })
        : bodyFor(operation.body?.fields),
    }),
  ),
);

it('neither fails nor breaks its document, in any order of requests', {
  timeout: 60_000,
}, async () => {
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { minLength: 5, maxLength: 20 }), async (requests) => {
      const { fetch } = createUnderstudy();
      for (const { operation, words, query, body } of requests) {
        const left: string[] = [...words];
        const path = operation.template.replace(/\{\w+\}/g, () =>
          encodeURIComponent(left.shift() as string),
        );
        const target = `${path}?${new URLSearchParams(query)}`;
        const answer = await fetch(target, {
          method: operation.method,
          ...(body === undefined || ['GET', 'HEAD'].includes(operation.method)
            ? {}
            : { body, headers: { 'content-type': 'application/json' } }),
        });
        statuses.add(answer.status);
        if (answer.headers.get('content-type') === 'text/event-stream') {
          await answer.body?.cancel();
          continue;
        }
        const text = await answer.text();
        const wrong = answer.status >= 500 ? text : answer.headers.get('x-understudy-breaches');
        expect([operation.id, target, body, wrong]).toEqual([operation.id, target, body, null]);
        // A HAR is a file by itself.
        const inside = operation.id === 'exportHar' ? 'log' : 'data';
        expect(Object.keys(JSON.parse(text))).toEqual([answer.status < 400 ? inside : 'error']);
      }
      // The product goes on, once nothing of what was planted goes wrong on purpose.
      await fetch('/__admin/worlds/default/faults', { method: 'DELETE' });
      const after = await fetch('/v1/spaces/space_abc123', {
        headers: { 'X-API-Key': 'ak_owner' },
      });
      expect(after.status).toBeLessThan(500);
    }),
    { numRuns: whole ? 40 : 15, seed: 14 },
  );
  expect([...statuses].sort()).toEqual([200, 201, 404, 409, 422]);
});
