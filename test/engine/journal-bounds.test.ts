// The journal under many requests, small and large: how much it keeps, and what it says of that
// which it no longer has. journal-bounds.long.test.ts has 50,000 of them.
import { beforeAll, describe, expect, it } from 'vitest';
import { ControlClient, type Expectation } from '../../src/control/client.js';
import { createUnderstudy } from '../../src/index.js';
import { recoveryMatchers } from '../../src/test/recovery.js';
import { call } from '../support/call.js';
import { journalOver } from '../support/flood.js';
import { megabytesInUse } from '../support/raw-http.js';
import { attachStore, getSpace, owner, type Sent } from '../support/requests.js';
import { itFirst, whole } from '../support/sample.js';

it('weighs after 2,000 requests of every size what it weighed after half as many', async () => {
  const [half, all] = await journalOver(2_000);
  expect(all.characters).toBeLessThan(30_000_000);
  expect(all.characters / half.characters).toBeCloseTo(1, 0);
  expect(all.megabytes - half.megabytes).toBeLessThan(5);
});

describe('requests that are very large', () => {
  const large = 'x'.repeat(900_000);
  it.each<[string, (i: number) => Sent]>([
    ['rows', (i) => owner.patch('/v1/threads/thrd_def456', { metadata: { note: large + i } })],
    ['a query', (i) => owner.get(`/v1/threads?search=${large}${i}`)],
    ['a path', (i) => owner.get(`/v1/spaces/${large}${i}`)],
    ['a header', (i) => ({ ...getSpace, headers: { ...getSpace.headers, 'x-note': large + i } })],
    ['a preference', (i) => ({ ...getSpace, headers: { ...getSpace.headers, prefer: large + i } })],
    ['facts', (i) => owner.patch('/v1/spaces/space_abc123', { editable_by_users: [large + i] })],
  ])('push others out, by %s, and the last one is there', async (_, make) => {
    const understudy = createUnderstudy();
    const send = async (i: number) => {
      const { headers, ...sent } = make(i);
      await call(understudy, { ...sent, headers: { ...headers, 'x-understudy-world': 'one' } });
    };
    const [some, all] = whole ? [6, 18] : [3, 9];
    for (let i = 0; i < some; i += 1) await send(i);
    const before = await megabytesInUse();
    for (let i = some; i < all; i += 1) await send(i);
    // Six of them would be 5.4 MB.
    expect((await megabytesInUse()) - before).toBeLessThan(4);
    expect(understudy.worlds.journal('one').at(-1)?.number).toBe(all);
  });
});

describe('what the journal no longer has', () => {
  const understudy = createUnderstudy();
  const control = new ControlClient('http://a.test', { fetch: understudy.fetch });
  beforeAll(async () => {
    for (const sent of [attachStore, ...Array<Sent>(205).fill(getSpace)])
      await call(understudy, {
        ...sent,
        headers: { ...sent.headers, 'x-understudy-world': 'one' },
      });
  });

  it('is counted in a list, from the request that was asked for', async () => {
    for (const [after, lost] of [
      [undefined, 6],
      [4, 2],
      [6, 0],
      [100, 0],
    ] as const)
      expect(await control.requests('one', after === undefined ? {} : { after })).toMatchObject({
        lost,
      });
    expect(await control.requests('default')).toMatchObject({ requests: [], lost: 0 });
  });

  it('is told to whoever asks for one of it', async () => {
    const held = { code: 'UNKNOWN_REQUEST', details: { request: '3', first: 7, last: 206 } };
    await expect(control.request('one', 3)).rejects.toMatchObject(held);
    await expect(control.why(3, 'one')).rejects.toMatchObject(held);
  });

  it('is told to whoever follows the events, and those that follow still come', async () => {
    for (const after of [0, 4]) {
      const events = control.events('one', { after });
      const [first, second] = [(await events.next()).value, (await events.next()).value];
      expect(first).toEqual({ event: 'lost', data: { last: after, first: 7 } });
      expect(second).toMatchObject({ event: 'request', data: { number: 7 } });
      await events.return(undefined);
    }
  });

  itFirst(1).each<[Expectation, boolean]>([
    [{ request: { operation: 'getSpace' } }, true],
    [{ request: { operation: 'getSpace' }, at_least: 200 }, true],
    [{ in_order: [{ operation: 'getSpace' }, { operation: 'getSpace' }] }, true],
    [{ request: { operation: 'deleteSpace' }, never: true }, false],
    [{ request: { operation: 'getSpace' }, times: 200 }, false],
    [{ request: { operation: 'getSpace' }, at_most: 200 }, false],
    [{ request: { operation: 'addVectorStoreToSpace' } }, false],
    [{ in_order: [{ operation: 'addVectorStoreToSpace' }, { status: 200 }] }, false],
    [{ request: {}, recovery: { no_duplicate_writes: true } }, false],
  ])('could change whether %j holds: %s', async (expectation, isSure) => {
    const { holds, results, lost } = await control.verify('one', [expectation]);
    expect([holds, lost, results[0]?.unknown]).toEqual([isSure, 6, isSure ? undefined : true]);
    if (!isSure)
      expect(results[0]?.text).toContain('the journal no longer has the 6 requests before these');
    // Nothing is missing behind the sixth.
    const later = await control.verify('one', [expectation], 6);
    expect([later.lost, later.results[0]?.unknown]).toEqual([0, undefined]);
  });

  it('lets neither a matcher nor its opposite pass', async () => {
    const { toHaveRequested } = recoveryMatchers;
    const world = { journal: understudy.worlds.journal('one') };
    for (const journal of [world, await control.requests('one')])
      expect(() => toHaveRequested(journal, { operation: 'deleteSpace' })).toThrow('no longer has');
    expect(toHaveRequested(world, { operation: 'getSpace' }).pass).toBe(true);
    // A part that somebody has chosen is all that is meant.
    expect(toHaveRequested(world.journal, { operation: 'deleteSpace' }).pass).toBe(false);
  });
});
