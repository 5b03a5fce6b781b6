// Each operation that writes, taken back: the world is as before it, byte for byte, and the same
// request has the same answer again.
import { describe, expect, inject, it } from 'vitest';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { call } from '../support/call.js';
import { type Provocation, provocationsOf } from '../support/provocations.js';
import { attachStore, owner, type Sent } from '../support/requests.js';

const provocations = provocationsOf(inject('provocations'));
const operations = [...loadSpec().operations.values()].map(({ id, method, cases }) => ({
  id,
  isRead: method === 'GET',
  /** A request that succeeds, for each way to succeed. */
  successes: [...cases.values()]
    .filter(({ status }) => status < 400)
    .map(({ name }) => provocations.find((one) => one.case === `${id}.${name}`)),
}));
const reads = operations
  .filter(({ isRead }) => isRead)
  .flatMap(({ successes }) => successes[0]?.request ?? []);
const later = [
  attachStore,
  owner.post('/v1/spaces/', { organization_id: 'org_xyz789', name: 'Later' }),
  owner.delete('/v1/threads'),
];

const received = async (understudy: Understudy, sent: Sent) => {
  const { status, body, headers } = await call(understudy, sent);
  return { status, body, headers: [...headers] };
};

const held = ({ world, worlds }: Understudy): string =>
  JSON.stringify([world.snapshot(), world.clock.state, worlds.export('default')]);

/** What the API shows of the world, looked at in a fork, so that no request of its own is added. */
async function shown(understudy: Understudy): Promise<readonly unknown[]> {
  understudy.worlds.fork('default', 'looked-at');
  const answers: unknown[] = [];
  for (const sent of reads) {
    const headers = { ...sent.headers, 'x-understudy-world': 'looked-at' };
    const { status, body } = await call(understudy, { ...sent, headers });
    answers.push([sent.target, status, status < 400 ? body : body.error.code]);
  }
  understudy.worlds.delete('looked-at');
  return answers;
}

/** Gives whether the request wrote anything. */
async function takenBack({ steps = [], request, ...is }: Provocation): Promise<boolean> {
  const understudy = createUnderstudy();
  for (const step of steps) await call(understudy, step);
  const everything = async () => ({
    held: held(understudy),
    shown: await shown(understudy),
    journal: JSON.stringify(understudy.journal),
  });
  const before = await everything();
  const number = understudy.journal.length + 1;

  const first = await received(understudy, request);
  expect(first.headers).toContainEqual(['x-understudy-case', is.case]);
  const wrote = held(understudy) !== before.held;
  // What comes after it is taken back with it.
  for (const sent of later) await call(understudy, sent);
  understudy.worlds.rewind('default', number);

  expect(await everything()).toEqual(before);
  expect(await received(understudy, request)).toEqual(first);
  return wrote;
}

describe('a rewind to before a request takes back all that it wrote', () => {
  it.each(operations.filter(({ isRead }) => !isRead))('$id', async ({ successes }) => {
    expect(successes).not.toContain(undefined);
    const wrote: boolean[] = [];
    for (const one of successes) wrote.push(await takenBack(one as Provocation));
    expect(wrote).toContain(true);
  });
});
