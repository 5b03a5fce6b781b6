// Many worlds driven at once over HTTP, each by a plan of its own, while one more is reset, rewound,
// snapshotted and evicted all the time. Whatever a world answers is what it answers alone.
import { request } from 'node:http';
import fc from 'fast-check';
import { expect } from 'vitest';
import { ControlClient } from '../../src/control/client.js';
import { createUnderstudy } from '../../src/index.js';
import { admin, attachStore, detachStore, getSpace, owner, type Sent, viewer } from './requests.js';

const organization = 'org_xyz789';
const space = '/v1/spaces/space_abc123';
const knowledge = `/v1/organizations/${organization}/knowledge`;

/** What a plan is made of: reads and writes that are accepted or refused by what was before. */
const requests: readonly Sent[] = [
  getSpace,
  attachStore,
  detachStore,
  owner.get(`/v1/spaces/?organization_id=${organization}`),
  owner.get(`${space}/vector-stores`),
  owner.post('/v1/spaces/', { organization_id: organization, name: 'Of this world' }),
  owner.patch(space, { name: 'Renamed', visible_to_roles: ['role_readers'] }),
  viewer.get(space),
  viewer.patch(space, { name: 'Not by me' }),
  owner.post(`${space}/threads/thrd_def456`),
  owner.delete(`${space}/threads/thrd_def456`),
  owner.get(`${space}/threads`),
  owner.post('/v1/threads', { organization_id: organization, title: 'Of this world' }),
  owner.get('/v1/threads?include_total=true'),
  owner.patch('/v1/threads/thrd_def456/messages/msg_1', { content: 'Edited' }),
  owner.delete('/v1/threads/thrd_def456/messages/msg_2'),
  owner.get('/v1/threads/thrd_def456/messages'),
  owner.delete('/v1/threads/thrd_empty'),
  owner.post(`${knowledge}/slices/kslice_abc123/archive`),
  owner.get(`${knowledge}/slices`),
  admin.delete('/v1/spaces/space_lobby'),
];

const ways: readonly ((sent: Sent, world: string) => Sent)[] = [
  (sent, world) => ({ ...sent, target: `/w/${world}${sent.target}` }),
  (sent, world) => ({ ...sent, headers: { ...sent.headers, 'x-understudy-world': world } }),
  (sent, world) => ({
    ...sent,
    headers: { ...sent.headers, 'x-api-key': `${sent.headers?.['x-api-key']}~${world}` },
  }),
];

type Ask = (url: string, init: RequestInit) => Promise<Response>;

/** A connection for each request: one that is kept may be closed just when it is used again. */
const overHttp: Ask = (url, { method = 'GET', headers, body }) =>
  new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers: headers as Record<string, string>, agent: false },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve(
            new Response(parts.length === 0 ? null : Buffer.concat(parts), {
              status: answer.statusCode as number,
              headers: answer.headers as Record<string, string>,
            }),
          ),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body as string | undefined);
  });

async function received(ask: Ask, base: string, { method, target, headers = {}, body }: Sent) {
  const response = await ask(`${base}${target}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const name = response.headers.get('x-understudy-case');
  return `${response.status} ${name} ${await response.text()}`;
}

/** The answers to a plan in a process of its own, where nobody else is. */
async function alone(plan: readonly Sent[]): Promise<string[]> {
  const { fetch } = createUnderstudy();
  const answers: string[] = [];
  for (const sent of plan) answers.push(await received(fetch, 'http://understudy.local', sent));
  return answers;
}

/** How many worlds at once, and how many requests each is sent. */
export interface AtOnce {
  readonly worlds: number;
  readonly rounds: number;
  readonly runs: number;
}

export async function expectWorldsApart({ worlds, rounds, runs }: AtOnce): Promise<void> {
  // By their numbers, so that what a failure prints is short.
  const plan = fc.array(fc.nat(requests.length - 1), { minLength: rounds, maxLength: rounds });
  const plans = fc.array(plan, { minLength: worlds, maxLength: worlds });
  const ofNumbers = (given: readonly number[]) => given.map((number) => requests[number] as Sent);
  await fc.assert(
    fc.asyncProperty(plans, (all) => drive(all.map(ofNumbers), rounds)),
    { numRuns: runs, seed: 13, endOnFailure: true },
  );
}

async function drive(plans: readonly (readonly Sent[])[], rounds: number): Promise<void> {
  const evicted: string[] = [];
  // Room for all of them and one more: whenever another one is made, the one before it goes.
  const understudy = createUnderstudy({
    maxWorlds: plans.length + 1,
    onWorld: ({ kind, world }) => kind === 'evicted' && evicted.push(world),
  });
  const { url } = await understudy.listen({ port: 0 });
  const control = new ControlClient(url, { fetch: overHttp });
  const answers: string[][] = plans.map(() => []);
  try {
    for (let round = 0; round < rounds; round += 1) {
      const step = async (world: number) => {
        const way = ways[(world + round) % ways.length] as (typeof ways)[number];
        const sent = plans[world]?.[round] as Sent;
        answers[world]?.push(await received(overHttp, url, way(sent, `w${world}`)));
      };
      // The disturbed world is used in every other round, so that by then it is the one that was used longest ago.
      const noise = round % 2 === 0 ? disturb(control, url, `noise-${round}`) : control.worlds();
      await Promise.all([noise, ...plans.map((_, world) => step(world))]);
    }
    expect(evicted).toEqual(
      Array.from({ length: Math.ceil(rounds / 2) - 1 }, (_, i) => `noise-${2 * i}`),
    );
    for (const [world, given] of plans.entries())
      expect(answers[world]).toEqual(await alone(given));
  } finally {
    await understudy.close();
  }
}

/** It starts anew each time, whatever was done to it. */
async function disturb(control: ControlClient, url: string, world: string): Promise<void> {
  const attach = async () =>
    (await received(overHttp, url, (ways[1] as (typeof ways)[number])(attachStore, world))).slice(
      0,
      3,
    );
  expect(await attach()).toBe('201');
  await control.takeSnapshot(world, 'attached');
  await control.resetWorld(world);
  expect(await attach()).toBe('201');
  expect(await attach()).toBe('409');
  await control.rewindWorld(world, 1);
  expect(await attach()).toBe('201');
  await control.patchRow(world, 'spaces', 'space_abc123', { name: 'Disturbed' });
  await control.restoreSnapshot(world, 'attached');
  expect(await attach()).toBe('409');
  await control.moveClock(world, { advance: '30d' });
}
