import { describe, expect, it, vi } from 'vitest';
import {
  type Backfill,
  createUnderstudy,
  type Understudy,
  type UnderstudyOptions,
} from '../../src/index.js';
import { buildScenario } from '../../src/scenario/load.js';
import { readGiven } from '../../src/scenario/read.js';
import { writeScenario } from '../../src/scenario/write.js';
import { virtualClock } from '../../src/world/clock.js';
import { createIdMaker } from '../../src/world/ids.js';
import { call } from '../support/call.js';
import { owner, type Sent } from '../support/requests.js';

const add = owner.post('/v1/spaces/space_abc123/threads/thrd_def456');
const remove = owner.delete('/v1/spaces/space_abc123/threads/thrd_def456');
const threads = owner.get('/v1/spaces/space_abc123/threads');
const messages = owner.get('/v1/threads/thrd_def456/messages');
const elsewhere = [
  owner.get('/v1/spaces/space_lobby/threads'),
  owner.get('/v1/threads/thrd_in_space/messages'),
  owner.get('/v1/spaces/space_abc123'),
];
const of = { space_id: 'space_abc123', thread_id: 'thrd_def456' };
const inWorld = (sent: Sent, world: string): Sent => ({
  ...sent,
  headers: { ...sent.headers, 'x-understudy-world': world },
});

/** With the thread added to the space, in the default world. */
async function taking(backfill: Backfill, options: UnderstudyOptions = {}) {
  const understudy = createUnderstudy({ backfill, ...options });
  expect((await call(understudy, add)).status).toBe(201);
  const states = () =>
    understudy.worlds
      .embeddings('default')
      .list(of)
      .map(({ status }) => status);
  return { understudy, worlds: understudy.worlds, states };
}

describe('the messages of a thread that a space takes in', () => {
  it('are done at once unless told otherwise', async () => {
    const understudy = createUnderstudy();
    await call(understudy, add);
    expect(understudy.worlds.embeddings('default').progress(of)).toEqual({
      queued: 0,
      running: 0,
      done: 3,
      failed: 0,
    });
    const { status, backfill, error } = understudy.embeddings(of)[0] ?? {};
    expect([status, backfill, error]).toEqual(['done', 'immediate', null]);
  });

  it('move with the clock, and the move says which', async () => {
    const { understudy, worlds, states } = await taking('after 10s');
    worlds.freeze('default');
    expect(states()).toEqual(['queued', 'queued', 'queued']);
    // The request itself took a second.
    expect(worlds.advance('default', '4s').embeddings.map(({ status }) => status)).toEqual([
      'running',
      'running',
      'running',
    ]);
    expect(worlds.advance('default', '4s').embeddings).toEqual([]);
    const { embeddings } = worlds.advance('default', '1s');
    expect(embeddings.map(({ message_id, status }) => [message_id, status])).toEqual([
      ['msg_1', 'done'],
      ['msg_2', 'done'],
      ['msg_3', 'done'],
    ]);
    expect(understudy.embeddings(of).map(({ status }) => status)).toEqual(states());
    expect(worlds.advance('default', '1d').embeddings).toEqual([]);
  });

  it('move with whatever else moves the clock: writes, and the machine', async () => {
    const { understudy, states } = await taking('after 3s');
    for (let i = 0; i < 2; i++)
      await call(understudy, owner.patch('/v1/spaces/space_abc123', { name: `N${i}` }));
    expect(states()).toEqual(['done', 'done', 'done']);
    vi.useFakeTimers({ now: Date.parse('2026-06-01T12:00:00Z') });
    try {
      const real = await taking('after 2s', { clock: 'real' });
      expect(real.states()).toEqual(['queued', 'queued', 'queued']);
      vi.setSystemTime(Date.parse('2026-06-01T12:00:02Z'));
      expect(real.states()).toEqual(['done', 'done', 'done']);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    ['the threads of the space', threads],
    ['the messages of the thread', messages],
  ])('move with each read of %s, and of nothing else', async (_, list) => {
    const { understudy, states } = await taking('after 3 reads');
    for (const other of elsewhere) await call(understudy, other);
    expect(states()).toEqual(['queued', 'queued', 'queued']);
    await call(understudy, list);
    expect(states()).toEqual(['running', 'running', 'running']);
    await call(understudy, list);
    await call(understudy, { ...list, headers: { 'x-api-key': 'ak_nobody' } });
    await call(understudy, { ...list, headers: { ...list.headers, prefer: 'code=403' } });
    expect(states()).toEqual(['running', 'running', 'running']);
    await call(understudy, list);
    expect(states()).toEqual(['done', 'done', 'done']);
    expect(understudy.journal.at(-1)?.changes).toHaveLength(3);
    const { version } = understudy.world;
    await call(understudy, list);
    expect(understudy.world.version).toBe(version);
  });

  it('move only if the page that was read shows them', async () => {
    const { understudy, states } = await taking('after 1 reads');
    await call(understudy, owner.get('/v1/threads/thrd_def456/messages?limit=1&order=asc'));
    expect(states()).toEqual(['done', 'queued', 'queued']);
  });

  it('stay where they are until somebody moves them', async () => {
    const { understudy, worlds, states } = await taking('manual');
    await call(understudy, threads);
    worlds.advance('default', '10d');
    expect(states()).toEqual(['queued', 'queued', 'queued']);
    const queue = worlds.embeddings('default');
    expect(queue.step({ message_id: 'msg_1' }).map(({ status }) => status)).toEqual(['running']);
    expect(queue.step(of).map(({ status }) => status)).toEqual(['done', 'running', 'running']);
    expect(queue.fail({ message_id: 'msg_2' }, 'Too long.')[0]).toMatchObject({
      status: 'failed',
      error: 'Too long.',
    });
    expect(queue.progress(of)).toEqual({ queued: 0, running: 1, done: 1, failed: 1 });
    expect(queue.drain().map(({ message_id }) => message_id)).toEqual(['msg_3']);
    expect([queue.step(), queue.drain(), queue.fail()]).toEqual([[], [], []]);
    expect(queue.list({ ...of, status: 'failed' }).map((row) => row.message_id)).toEqual(['msg_2']);
  });

  it('are tried again when the thread is removed and added', async () => {
    const { understudy, worlds, states } = await taking('manual');
    worlds.embeddings('default').fail();
    expect(states()).toEqual(['failed', 'failed', 'failed']);
    await call(understudy, remove);
    await call(understudy, add);
    expect(states()).toEqual(['queued', 'queued', 'queued']);
  });

  it('are followed by a message that comes later, in each space of the thread', async () => {
    const { understudy, worlds } = await taking('after 5s');
    await call(understudy, owner.post('/v1/spaces/space_lobby/threads/thrd_def456'));
    worlds.advance('default', '1h');
    const { id } = understudy.addMessage({ thread_id: 'thrd_def456', content: 'And then?' });
    const ofMessage = () => worlds.embeddings('default').progress({ message_id: id });
    expect(ofMessage()).toMatchObject({ queued: 2, done: 0 });
    expect(worlds.advance('default', '5s').embeddings).toHaveLength(2);
    expect(ofMessage()).toMatchObject({ queued: 0, done: 2 });
  });

  it('are as they were when the request that moved them fails', async () => {
    const { understudy, states } = await taking('after 1 reads');
    const before = JSON.stringify(understudy.world.snapshot());
    const spy = vi.spyOn(understudy.world.threads, 'get').mockImplementation(() => {
      throw new Error('lost');
    });
    expect((await call(understudy, threads)).status).toBe(500);
    spy.mockRestore();
    expect(states()).toEqual(['queued', 'queued', 'queued']);
    expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
  });
});

describe('how they move', () => {
  it('is set for one world, from then on', async () => {
    const understudy = createUnderstudy();
    const { worlds } = understudy;
    worlds.create('slow');
    worlds.setBackfill('slow', 'after 1m');
    const done = async (world: string) => {
      await call(understudy, inWorld(add, world));
      return worlds.embeddings(world).progress(of).done;
    };
    expect([await done('slow'), await done('fast')]).toEqual([0, 3]);
    worlds.setBackfill('slow', 'immediate');
    expect(worlds.embeddings('slow').progress(of).done).toBe(0);
  });

  it.each([
    '',
    'later',
    'after',
    'after 0s',
    'after 0 reads',
    'after -1s',
    'after 3',
    'after 2 s',
    'Manual',
    null,
  ])('is not %j', (backfill) => {
    const { worlds, world } = createUnderstudy();
    expect(() => worlds.setBackfill('default', backfill as never)).toThrow(
      /is no way to move embeddings on\.\n {2}fix: write immediate, manual, /,
    );
    expect(world.backfill).toBe('immediate');
    expect(() => createUnderstudy({ backfill: backfill as never })).toThrow(TypeError);
    const scenario = { scenario: 'x', description: 'x', time: '2026-01-01T00:00:00Z', backfill };
    expect(() => createUnderstudy({ scenario: scenario as never })).toThrow('backfill');
  });

  it('comes from the scenario, unless an option says otherwise', () => {
    const scenario = {
      scenario: 'slow',
      description: 'Slow.',
      time: '2026-02-26T15:30:00Z',
      extends: 'default',
      backfill: 'after 1h30m',
    } as const;
    expect(createUnderstudy({ scenario }).world.backfill).toBe('after 1h30m');
    expect(createUnderstudy({ scenario, backfill: 'manual' }).world.backfill).toBe('manual');
  });

  it('and how far they are, is as it was after a restore, a rewind and a reset', async () => {
    const { understudy, worlds, states } = await taking('after 4s');
    const snapshot = worlds.snapshot('default');
    worlds.setBackfill('default', 'manual');
    await call(understudy, threads);
    worlds.embeddings('default').fail({ message_id: 'msg_1' });
    worlds.advance('default', '1h');
    worlds.fork('default', 'fork');
    expect(states()).toEqual(['failed', 'done', 'done']);
    worlds.rewind('default', 2);
    expect([understudy.world.backfill, ...states()]).toEqual([
      'manual',
      'queued',
      'queued',
      'queued',
    ]);
    worlds.restore('default', snapshot);
    expect(understudy.world.backfill).toBe('after 4s');
    worlds.reset('default');
    await call(understudy, add);
    expect([understudy.world.backfill, ...states()]).toEqual([
      'after 4s',
      'queued',
      'queued',
      'queued',
    ]);
    expect(worlds.embeddings('fork').progress(of)).toMatchObject({ done: 2, failed: 1 });
    expect(worlds.get('fork').backfill).toBe('manual');
  });
});

describe('a scenario', () => {
  const load = (given: string | object) =>
    buildScenario(readGiven(given as never), { clock: virtualClock, ids: createIdMaker(1) }).world;
  const states = (understudy: Understudy) =>
    understudy.embeddings().map(({ message_id, status }) => [message_id, status]);

  it('starts in the middle of it', async () => {
    const understudy = createUnderstudy({ scenario: 'backfill-in-progress' });
    const { worlds } = understudy;
    expect(states(understudy)).toEqual([
      ['msg_done', 'done'],
      ['msg_running', 'running'],
      ['msg_next', 'queued'],
      ['msg_last', 'queued'],
    ]);
    const listed = await call(understudy, owner.get('/v1/spaces/space_filling/threads'));
    expect(listed.body.data).toHaveLength(1);
    worlds.embeddings('default').drain();
    expect(worlds.embeddings('default').progress()).toMatchObject({ done: 4 });
  });

  it('starts where some have failed, and another try does better', async () => {
    const understudy = createUnderstudy({ scenario: 'backfill-failed' });
    expect(states(understudy)).toEqual([
      ['msg_done', 'done'],
      ['msg_failed', 'failed'],
      ['msg_failed_too', 'failed'],
    ]);
    const target = '/v1/spaces/space_gaps/threads/thrd_broken';
    expect((await call(understudy, owner.delete(target))).status).toBe(204);
    expect((await call(understudy, owner.post(target))).status).toBe(201);
    expect(understudy.embeddings().map(({ status }) => status)).toEqual(['done', 'done', 'done']);
  });

  it.each(['after 10s', 'after 3 reads', 'manual', 'immediate'] as const)(
    'keeps how far they are: %s',
    async (backfill) => {
      const { understudy, worlds } = await taking(backfill);
      await call(understudy, threads);
      worlds.embeddings('default').fail({ message_id: 'msg_2' });
      worlds.advance('default', '5s');
      const again = load(writeScenario(understudy.world));
      expect(JSON.stringify(again.snapshot())).toBe(JSON.stringify(understudy.world.snapshot()));
      expect(again.backfill).toBe(backfill);
      expect(writeScenario(again)).toEqual(writeScenario(understudy.world));
    },
  );

  it.each(['backfill-in-progress', 'backfill-failed'])('%s is the same again', (name) => {
    const world = load(name);
    expect(JSON.stringify(load(writeScenario(world)).snapshot())).toBe(
      JSON.stringify(world.snapshot()),
    );
  });
});
