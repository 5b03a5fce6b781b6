// What is remembered of rows is never stale: whatever is written in between, answers have the bytes
// that they have where nothing is remembered. And what is wrong is found, however often it is
// shown.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createServer } from '../../src/http/server.js';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { lasting, textOf } from '../../src/spec/lasting.js';
import { Recent } from '../../src/spec/recent.js';
import { call } from '../support/call.js';
import { owner, type Sent } from '../support/requests.js';
import { whole } from '../support/sample.js';

/** The same mock server, of modules in which each view is made anew and no value lasts. */
async function forgetful(): Promise<typeof createUnderstudy> {
  vi.resetModules();
  vi.doMock('../../src/rules/views.js', () => ({
    viewsOf: (make: (row: object) => object) => Object.assign(make, { once: make }),
    readingViewsOf:
      ({
        read,
        make,
      }: {
        read: (world: object, row: object) => unknown;
        make: (row: object, read: unknown) => object;
      }) =>
      (world: object, row: object) =>
        make(row, read(world, row)),
  }));
  const fresh = await import('../../src/index.js');
  vi.doUnmock('../../src/rules/views.js');
  return fresh.createUnderstudy;
}

const organization_id = 'org_xyz789';
const organization = `/v1/organizations/${organization_id}`;
const knowledge = `${organization}/knowledge`;

/** The IDs of what there is, the newest last. */
type Known = Readonly<Record<'space' | 'store' | 'slice' | 'thread' | 'message', string[]>>;

const reads: readonly ((known: Known, pick: number) => Sent)[] = [
  () => owner.get('/v1/spaces/?organization_id=org_xyz789&limit=50'),
  ({ space }, pick) => owner.get(`/v1/spaces/${space[pick % space.length]}`),
  ({ space }, pick) => owner.get(`/v1/spaces/${space[pick % space.length]}/threads`),
  () => owner.get(`${knowledge}/slices`),
  ({ slice }, pick) => owner.get(`${knowledge}/slices/${slice[pick % slice.length]}`),
  () => owner.get(`${knowledge}/composites`),
  () => owner.get(`${knowledge}/stores?sort=name`),
  ({ slice }, pick) => owner.get(`${knowledge}/slices/${slice[pick % slice.length]}/stores`),
  () => owner.get(`${organization}/vector-stores`),
  ({ store }, pick) => owner.get(`${organization}/vector-stores/${store[pick % store.length]}`),
  () => owner.get('/v1/threads?include_total=true'),
  ({ thread }, pick) => owner.get(`/v1/threads/${thread[pick % thread.length]}`),
  ({ thread }, pick) => owner.get(`/v1/threads/${thread[pick % thread.length]}/messages`),
  ({ thread }, pick) =>
    owner.get(`/v1/threads/${thread[pick % thread.length]}/messages?output_mode=blocks`),
];

const writes: readonly ((known: Known, pick: number) => Sent)[] = [
  (_, pick) => owner.post('/v1/spaces/', { organization_id, name: `Space ${pick} \u2028 Þ` }),
  ({ space }, pick) =>
    owner.patch(`/v1/spaces/${space[pick % space.length]}`, { name: `Renamed ${pick}` }),
  ({ space, store }, pick) =>
    owner.post(
      `/v1/spaces/${space[pick % space.length]}/vector-stores/${store[pick % store.length]}`,
    ),
  ({ space, store }, pick) =>
    owner.delete(
      `/v1/spaces/${space[pick % space.length]}/vector-stores/${store[pick % store.length]}`,
    ),
  ({ space, thread }, pick) =>
    owner.post(`/v1/spaces/${space[pick % space.length]}/threads/${thread[pick % thread.length]}`),
  ({ space, thread }, pick) =>
    owner.delete(
      `/v1/spaces/${space[pick % space.length]}/threads/${thread[pick % thread.length]}`,
    ),
  ({ slice }, pick) =>
    owner.post(`${knowledge}/slices/${slice[pick % slice.length]}/stores`, { name: `S ${pick}` }),
  ({ store, slice }, pick) =>
    owner.patch(`${knowledge}/stores/${store[pick % store.length]}`, {
      slice_id: slice[pick % slice.length],
      is_active: pick % 3 > 0,
    }),
  ({ store }, pick) => owner.delete(`${knowledge}/stores/${store[pick % store.length]}`),
  ({ slice }, pick) =>
    owner.patch(`${knowledge}/slices/${slice[pick % slice.length]}`, { name: `Slice ${pick}` }),
  ({ slice }, pick) =>
    owner.post(
      `${knowledge}/slices/${slice[pick % slice.length]}/${pick % 2 ? 'archive' : 'unarchive'}`,
    ),
  ({ slice }, pick) =>
    owner.post(`${knowledge}/composites`, {
      name: `Composite ${pick}`,
      member_slice_ids: [slice[pick % slice.length]],
    }),
  (_, pick) => owner.post('/v1/threads', { organization_id, title: `T ${pick}` }),
  ({ thread }, pick) =>
    owner.patch(`/v1/threads/${thread[pick % thread.length]}`, { metadata: { pick } }),
  ({ thread }, pick) => owner.post(`/v1/threads/${thread[pick % thread.length]}/pin`),
  ({ thread, message }, pick) =>
    owner.patch(
      `/v1/threads/${thread[pick % thread.length]}/messages/${message[pick % message.length]}`,
      { metadata: { pick } },
    ),
  ({ thread, message }, pick) =>
    owner.delete(
      `/v1/threads/${thread[pick % thread.length]}/messages/${message[pick % message.length]}`,
    ),
  ({ space }, pick) => owner.delete(`/v1/spaces/${space[pick % space.length]}`),
];

/** What happens to a world beside its requests. */
const turns: readonly ((understudy: Understudy, known: Known, pick: number) => void)[] = [
  ({ addMessage }, { thread }, pick) => {
    addMessage({ thread_id: thread[pick % thread.length] as string, content: `Message ${pick}` });
  },
  ({ worlds }) => {
    const before = worlds.snapshot('default');
    worlds.reset('default');
    if (worlds.has('other')) worlds.restore('other', before);
  },
  ({ worlds }) => {
    if (worlds.has('other')) worlds.delete('other');
    worlds.fork('default', 'other');
  },
  ({ worlds }, _, pick) => {
    const entries = worlds.journal('default');
    const number = entries[pick % Math.max(1, entries.length)]?.number;
    if (number !== undefined) worlds.rewind('default', number);
  },
];

const inOther = (sent: Sent): Sent => ({
  ...sent,
  headers: { ...sent.headers, 'x-understudy-world': 'other' },
});

function knownIn({ world }: Understudy): Known {
  const idsOf = (table: { all(): readonly { readonly id: string }[] }): string[] =>
    table.all().map(({ id }) => id);
  return {
    space: idsOf(world.spaces),
    store: idsOf(world.vectorStores),
    slice: idsOf(world.slices),
    thread: idsOf(world.threads),
    message: [...idsOf(world.messages), 'msg_none'],
  };
}

/** Whatever it sends and does, as text. */
async function transcript(understudy: Understudy, steps: readonly Step[]): Promise<string[]> {
  const lines: string[] = [];
  const ask = async (sent: Sent): Promise<void> => {
    const response = await understudy.fetch(`http://understudy.local${sent.target}`, {
      method: sent.method,
      ...(sent.headers ? { headers: sent.headers } : {}),
      ...(sent.body === undefined ? {} : { body: sent.body }),
    });
    lines.push(`${sent.method} ${sent.target} ${response.status} ${await response.text()}`);
  };
  for (const { write, pick, elsewhere } of steps) {
    const known = knownIn(understudy);
    const send = (sent: Sent): Promise<void> => ask(elsewhere ? inOther(sent) : sent);
    if (write < writes.length) await send((writes[write] as (typeof writes)[number])(known, pick));
    else
      try {
        turns[write - writes.length]?.(understudy, known, pick);
      } catch (error) {
        lines.push((error as Error).message);
      }
    for (let i = 0; i < 5; i++)
      await send((reads[(pick + i) % reads.length] as (typeof reads)[number])(known, pick));
  }
  for (const read of reads) await ask(read(knownIn(understudy), 0));
  return lines;
}

interface Step {
  readonly write: number;
  readonly pick: number;
  readonly elsewhere: boolean;
}

const steps = fc.array(
  fc.record({
    write: fc.nat({ max: writes.length + turns.length - 1 }),
    pick: fc.nat({ max: 60 }),
    elsewhere: fc.boolean(),
  }),
  { minLength: 10, maxLength: 20 },
);

describe('what is remembered of rows', () => {
  it('is never stale: random reads and writes have the bytes of a mock server that remembers nothing', async () => {
    const createForgetful = await forgetful();
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        expect(await transcript(createUnderstudy(), given)).toEqual(
          await transcript(createForgetful(), given),
        );
      }),
      { numRuns: whole ? 5 : 2 },
    );
  });

  it('does not hide what is wrong with a row in a list, which is named by its place each time', async () => {
    const understudy = createUnderstudy();
    const list = owner.get('/v1/spaces/?organization_id=org_xyz789&limit=50');
    const { body } = await call(understudy, list);
    expect(body.spaces.length).toBeGreaterThan(1);
    const at = body.spaces.length - 1;
    understudy.world.spaces.update(body.spaces[at].id, { name: 7 as never });
    for (let i = 0; i < 3; i++) {
      const { status, body: refused } = await call(understudy, list);
      expect(status).toBe(500);
      expect(refused.error.details.breaches).toEqual([
        { in: 'body', pointer: `/spaces/${at}/name`, keyword: 'type', expected: 'string' },
      ]);
    }
  });

  it('does not hide a fault that somebody puts into a view that was found valid before', async () => {
    let isFaulty = false;
    const server = createServer({}, [
      {
        kind: 'drift',
        name: 'a faulty view',
        decide: (next, asked) => {
          const decision = next(asked);
          const { outcome } = decision;
          if (!isFaulty || outcome.kind === 'refusal') return decision;
          const body = Object.assign({}, outcome.body) as { spaces: object[] };
          body.spaces = body.spaces.map((space) => ({ ...space, created_at: 'yesterday' }));
          return { ...decision, outcome: { ...outcome, body } };
        },
      },
    ]);
    const list = owner.get('/v1/spaces/?organization_id=org_xyz789');
    expect((await call(server, list)).status).toBe(200);
    isFaulty = true;
    const { status, body } = await call(server, list);
    expect(status).toBe(500);
    expect(body.error.details.breaches[0]).toMatchObject({ pointer: '/spaces/0/created_at' });
  });

  it('cannot be changed by whoever is given it', () => {
    expect(() => Object.assign(lasting({ name: 'a' }), { name: 'b' })).toThrow(TypeError);
  });

  it('is forgotten where there is too much of it', () => {
    const recent = new Recent<object, number>(2);
    const keys = Array.from({ length: 5 }, () => ({}));
    for (const [i, key] of keys.entries()) recent.set(key, i);
    expect(keys.map((key) => recent.get(key))).toEqual([undefined, undefined, 2, 3, 4]);
  });
});

it('the text of what has lasting values in it is what JSON has', () => {
  const anything = fc.jsonValue() as fc.Arbitrary<never>;
  fc.assert(
    fc.property(fc.array(fc.object()), fc.dictionary(fc.string(), anything), (rows, rest) => {
      const whole = JSON.parse(JSON.stringify({ ...rest, rows, missing: undefined }));
      const views = whole.rows.map(lasting);
      for (const value of [{ ...whole, rows: views, none: undefined }, views, { data: views[0] }])
        for (let i = 0; i < 2; i++) expect(textOf(value as never)).toBe(JSON.stringify(value));
    }),
  );
});
