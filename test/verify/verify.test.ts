// What a client has sent, and how it recovered: by the journal, through the control plane and as
// matchers. Each thing that a client can do wrong is seen, and told with the nearest miss.
import { beforeEach, describe, expect, it } from 'vitest';
import { ControlClient, type Expectation } from '../../src/control/client.js';
import type { JournalEntry } from '../../src/engine/journal.js';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import '../../src/test/recovery-vitest.js';
import { attemptsIn, recoveryFaults } from '../../src/verify/recovery.js';

const space = '/v1/spaces/space_abc123';
const attach = `${space}/vector-stores/vs_def456`;

let understudy: Understudy;
let control: ControlClient;
beforeEach(() => {
  understudy = createUnderstudy();
  control = new ControlClient('http://a.test', { fetch: understudy.fetch });
});
const send = (path: string, method = 'GET', body?: object) =>
  understudy.fetch(path, {
    method,
    headers: { 'X-API-Key': 'ak_owner', ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
const verdict = async (expectation: Expectation, after?: number) => {
  const { holds, results } = await control.verify('default', [expectation], after);
  expect(results.map((one) => one.holds)).toEqual([holds]);
  return { holds, text: results[0]?.text, requests: results[0]?.requests };
};
const holds = async (expectation: Expectation, after?: number) =>
  (await verdict(expectation, after)).holds;

describe('requests are expected', () => {
  beforeEach(async () => {
    await send(space);
    await send(`${space}/threads?limit=5`);
    await send(attach, 'POST');
    await send(attach, 'POST');
    await send('/v1/threads', 'POST', {
      organization_id: 'org_xyz789',
      title: 'A',
      metadata: { a: '1' },
    });
  });

  it.each([
    [{ operation: 'getSpace' }, 1],
    [{ operation: '*Space' }, 3],
    [{ operation: 'addVectorStoreToSpace' }, 2],
    [{ operation: 'addVectorStoreToSpace', case: 'attached' }, 1],
    [{ method: 'POST' }, 3],
    [{ status: 409 }, 1],
    [{ path: '/v1/spaces/{space_id}' }, 1],
    [{ path: '/v1/spaces/*' }, 4],
    [{ caller: 'usr_owner1' }, 5],
    [{ caller: 'usr_viewer1' }, 0],
    [{ query: { limit: '5' } }, 1],
    [{ query: { limit: '6' } }, 0],
    [{ body: { title: 'A' } }, 1],
    [{ body: { metadata: { a: '1' } } }, 1],
    [{ body: { metadata: { a: '2' } } }, 0],
    [{}, 5],
  ])('%j came %i times', async (request, times) => {
    expect(await holds({ request, times })).toBe(true);
    expect(await holds({ request, times: times + 1 })).toBe(false);
    expect(await holds({ request, never: true })).toBe(times === 0);
    expect(await holds({ request })).toBe(times > 0);
    expect(await holds({ request, at_least: times, at_most: times })).toBe(true);
    expect(await holds({ request, at_least: times + 1 })).toBe(false);
    if (times > 0) expect(await holds({ request, at_most: times - 1 })).toBe(false);
    expect(await holds({ request, times: 0 }, 5)).toBe(true);
  });

  it('in order, others between them', async () => {
    const order = (...operations: string[]) =>
      verdict({ in_order: operations.map((operation) => ({ operation })) });
    expect(await order('getSpace', 'addVectorStoreToSpace', 'createThread')).toMatchObject({
      holds: true,
      requests: [1, 3, 5],
    });
    expect((await order('createThread', 'getSpace')).text).toBe(
      'getSpace did not come after request 5, POST /v1/threads (200).\n  request 1, GET /v1/spaces/space_abc123 (200) came before it'.replace(
        '(200).',
        `(${understudy.journal[4]?.status}).`,
      ),
    );
    expect((await order('getSpace', 'getSpace')).holds).toBe(false);
  });

  it('and what came closest is told', async () => {
    const { text, requests } = await verdict({
      request: { operation: 'addVectorStoreToSpace', path: `${space}/vector-stores/vs_other` },
      times: 1,
    });
    expect(text).toContain('was expected once and came never.');
    expect(text).toContain(
      `closest: request 4, POST ${attach} (409): the path is "${attach}", not "${space}/vector-stores/vs_other"`,
    );
    expect(requests).toEqual([]);
    expect((await verdict({ request: { operation: 'deleteSpace' } }, 5)).text).toContain(
      'nothing like it came',
    );
    expect(
      (await verdict({ request: { operation: 'addVectorStoreToSpace' }, times: 1 })).text,
    ).toContain(
      `came twice.\n  request 3, POST ${attach} (201)\n  request 4, POST ${attach} (409)`,
    );
  });

  it('by names that are there', async () => {
    for (const [request, message] of [
      [{ operation: 'getSpce' }, 'there is no operation getSpce; did you mean getSpace?'],
      [{ operation: 'getSpace', case: 'atached' }, 'there is no case atached; use one of'],
      [{ case: 'atached' }, 'there is no case atached; did you mean attached?'],
    ] as const)
      await expect(control.verify('default', [{ request }])).rejects.toMatchObject({
        code: 'UNKNOWN_NAME',
        details: { field: 'expect.0.request', message: expect.stringContaining(message) },
      });
    await expect(
      control.verify('default', [{ in_order: [{}, { operation: 'x' }] }]),
    ).rejects.toMatchObject({
      details: { field: 'expect.0.in_order.1' },
    });
    await expect(control.verify('default', [{ reqest: {} } as never])).rejects.toMatchObject({
      code: 'MALFORMED',
    });
  });
});

/** A journal as a client leaves it: when each attempt came, and what it was answered with. */
interface Attempt {
  readonly at: number;
  readonly status?: number;
  readonly retryAfter?: number;
  readonly end?: 'reset' | 'hang';
  readonly wrote?: boolean;
  readonly target?: string;
  readonly body?: string;
}
const journalOf = (attempts: readonly Attempt[]): readonly JournalEntry[] =>
  attempts.map(({ at, status = 200, retryAfter, end, wrote, target = attach, body }, i) => ({
    number: i + 1,
    time: '2026-02-26T15:30:00Z',
    method: 'POST',
    target,
    status,
    trace_id: 't',
    operation: 'addVectorStoreToSpace',
    world: 'default',
    request: { headers: {}, ...(body === undefined ? {} : { body }) },
    answer: {
      status,
      headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
      ...(end === undefined ? {} : { end }),
    },
    arrived_ms: at,
    duration_ms: 1,
    ...(wrote ? { changes: [{ table: 'attachments', id: 'a', after: {} }] } : {}),
  }));

const limited = { status: 429, retryAfter: 2 };
const down = { status: 503 };

describe('a client that recovers', () => {
  it('waits as long as Retry-After says', () => {
    const faults = (second: Attempt) =>
      recoveryFaults(journalOf([{ at: 0, ...limited }, second]), { waits_retry_after: true });
    expect(faults({ at: 2001 })).toEqual([]);
    expect(faults({ at: 500 })).toEqual([
      `request 2, POST ${attach} (200) came 499 ms after request 1, which said Retry-After: 2`,
    ]);
    // Another request is not held back.
    expect(faults({ at: 5, target: space })).toEqual([]);
    expect(recoveryFaults(journalOf([{ at: 0 }]), { waits_retry_after: true })).toEqual([
      'no answer had a Retry-After, so nothing shows that it is kept',
    ]);
    const [first, second] = journalOf([{ at: 0, ...limited }, { at: 5 }]) as [
      JournalEntry,
      JournalEntry,
    ];
    const moved = { ...second, time: '2026-02-26T15:30:02Z' };
    expect(recoveryFaults([first, moved], { waits_retry_after: true })).toEqual([]);
  });

  it('tries again at most so often', () => {
    const three = journalOf([
      { at: 0, ...down },
      { at: 1, end: 'reset' },
      { at: 2, ...down },
      { at: 3 },
    ]);
    expect(recoveryFaults(three, { retries_at_most: 3 })).toEqual([]);
    expect(recoveryFaults(three, { retries_at_most: 2 })).toEqual([
      `request 1, POST ${attach} (503) was tried again 3 times, where 2 are the most`,
    ]);
    // After a success, the same again is no retry.
    expect(
      attemptsIn(journalOf([{ at: 0 }, { at: 1 }, { at: 2 }])).map(({ length }) => length),
    ).toEqual([1, 1, 1]);
    expect(
      attemptsIn(
        journalOf([
          { at: 0, ...down },
          { at: 1, body: 'x' },
        ]),
      ).length,
    ).toBe(2);
  });

  it('waits longer each time', () => {
    const faults = (...at: number[]) =>
      recoveryFaults(journalOf(at.map((one) => ({ at: one, ...down }))), { backs_off: true });
    expect(faults(0, 101, 302, 703)).toEqual([]);
    expect(faults(0, 401, 502)).toEqual([
      `request 3, POST ${attach} (503) came after 100 ms, the attempt before it after 400 ms`,
    ]);
    expect(faults(0, 1, 2)).toHaveLength(1);
    expect(faults(0, 100)).toEqual([
      'no request was tried again twice, so nothing shows that waits grow',
    ]);
  });

  it('does no write twice', () => {
    const faults = (...attempts: Attempt[]) =>
      recoveryFaults(journalOf(attempts), { no_duplicate_writes: true });
    expect(faults({ at: 0, ...down }, { at: 1, wrote: true })).toEqual([]);
    expect(faults({ at: 0, end: 'reset', wrote: true }, { at: 1, status: 409 })).toEqual([]);
    expect(faults({ at: 0, status: 504, wrote: true }, { at: 1, wrote: true })).toEqual([
      `request 2, POST ${attach} (200) was carried out again: request 1 had done it already`,
    ]);
    // Two that were both answered are two writes that somebody wanted.
    expect(faults({ at: 0, wrote: true }, { at: 1, wrote: true })).toEqual([]);
  });
});

describe('the matchers', () => {
  it('judge a journal, a mock server and a page of requests, with what came instead', async () => {
    await control.addFault('default', {
      when: { operation: 'createSpace', call: 1 },
      does: { status: 504, carried_out: true },
    });
    const create = () =>
      send('/v1/spaces/', 'POST', { organization_id: 'org_xyz789', name: 'Twice' });
    expect([(await create()).status, (await create()).status]).toEqual([504, 201]);
    for (const journal of [understudy, understudy.journal, await control.requests('default')]) {
      expect(journal).toHaveRequested({ operation: 'createSpace' }, { times: 2 });
      expect(journal).not.toHaveRequested({ operation: 'getSpace' });
      expect(journal).toHaveRecovered({ retries_at_most: 1 });
      expect(journal).not.toHaveRecovered({ no_duplicate_writes: true });
    }
    expect(() => expect(understudy).toHaveRecovered({ no_duplicate_writes: true })).toThrow(
      'request 2, POST /v1/spaces/ (201) was carried out again',
    );
    expect(() =>
      expect(understudy).toHaveRequested({ operation: 'createSpace' }, { times: 1 }),
    ).toThrow('createSpace was expected once and came twice');
    expect(understudy).toHaveRequestedInOrder([{ status: 504 }, { status: 201 }]);
  });

  it('refuse names that would show nothing', () => {
    expect(() => expect(understudy).toHaveRequested({ operation: 'getSpce' })).toThrow(
      'did you mean getSpace?',
    );
    expect(() => expect(understudy).toHaveRequested({ opration: 'a' } as never)).toThrow(
      'did you mean operation?',
    );
    expect(() => expect(understudy).toHaveRecovered({ back_off: true } as never)).toThrow(
      'did you mean backs_off?',
    );
    expect(() => expect(7).toHaveRequested({})).toThrow('This is no journal');
  });
});
