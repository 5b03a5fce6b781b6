// Same scenario, seed and requests: the same bytes, whichever way names the world. Where
// TRANSCRIPT_FILE is set, the hash of the bytes is left there, so that .ci/long can compare Nodes.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { call } from '../support/call.js';
import { admin, editor, member, owner, type Sent, viewer } from '../support/requests.js';

const organization_id = 'org_xyz789';
const knowledge = `/v1/organizations/${organization_id}/knowledge`;

/** Each request may use the IDs that the answers before it have given. */
const requests: readonly ((ids: readonly string[]) => Sent)[] = [
  () => owner.get('/v1/spaces/?organization_id=org_xyz789&limit=2'),
  () => owner.post('/v1/spaces/', { organization_id, name: 'Þing', editable_by_users: ['*'] }),
  () => viewer.post('/v1/threads', { organization_id, title: 'T', metadata: { a: [1.5, null] } }),
  (ids) => viewer.post(`/v1/spaces/${ids[0]}/threads/${ids[1]}`),
  (ids) => viewer.post(`/v1/spaces/${ids[0]}/threads/${ids[1]}`),
  () => owner.post('/v1/spaces/space_abc123/vector-stores/vs_def456'),
  () => owner.post('/v1/spaces/space_abc123/vector-stores/vs_def456'),
  () => member.post('/v1/spaces/space_abc123/vector-stores/vs_private'),
  () => owner.post(`${knowledge}/slices`, { name: 'S', owner_type: 'user' }),
  () => owner.post(`${knowledge}/slices/kslice_abc123/stores`, { name: 'Store', access_mode: 'x' }),
  () => owner.post(`${knowledge}/slices/kslice_abc123/stores`, { name: 'Store' }),
  () => owner.post('/v1/spaces/', '{"name":'),
  (ids) => editor.patch(`/v1/spaces/${ids[0]}`, { name: 'Renamed' }),
  () => admin.get(`${knowledge}/slices?limit=3`),
  (ids) => owner.delete(`/v1/spaces/${ids[0]}`),
  (ids) => owner.get(`/v1/spaces/${ids[0]}`),
  () => owner.get('/v1/nowhere'),
  () => ({ method: 'GET', target: '/v1/spaces/space_abc123' }),
  () => owner.get('/v1/threads?include_total=true'),
];

const ways: Readonly<Record<string, (sent: Sent) => Sent>> = {
  path: (sent) => ({ ...sent, target: `/w/mine${sent.target}` }),
  header: (sent) => ({ ...sent, headers: { ...sent.headers, 'x-understudy-world': 'mine' } }),
  credential: (sent) => {
    const { 'x-api-key': key, ...headers } = sent.headers ?? {};
    // A request without a credential has nothing else to name the world by.
    if (key === undefined) return { ...sent, target: `/w/mine${sent.target}` };
    return { ...sent, headers: { ...headers, 'x-api-key': `${key}~mine` } };
  },
};

async function transcript(scenario: string, seed: number, way: (sent: Sent) => Sent) {
  const understudy = createUnderstudy({ scenario, seed });
  const lines: string[] = [];
  const ids: string[] = [];
  for (const request of requests) {
    const answer = await call(understudy, way(request(ids))).catch((error: Error) => error);
    // A connection that a fault of the scenario has reset.
    if (answer instanceof Error) {
      lines.push(answer.message);
      continue;
    }
    const { status, headers, body } = answer;
    if (status === 201 && body.id !== undefined) ids.push(body.id);
    lines.push(JSON.stringify([status, [...headers].sort(), body]));
  }
  lines.push(JSON.stringify(understudy.worlds.snapshot('mine')));
  return lines;
}

const names = ['default', 'access', 'same-names', 'backfill-in-progress', 'bad-credentials'];

it.each(['default', 'access', 'backfill-in-progress'])(
  'the three ways in get the same bytes: %s',
  async (name) => {
    const [path, ...others] = await Promise.all(
      Object.values(ways).map((way) => transcript(name, 7, way)),
    );
    for (const other of others) expect(other).toEqual(path);
    expect(path?.length).toBe(requests.length + 1);
  },
);

it('another seed gives other bytes', async () => {
  const [one, other] = await Promise.all(
    [1, 2].map((seed) => transcript('default', seed, ways.path as never)),
  );
  expect(one).not.toEqual(other);
});

it('the same bytes every time, on every Node', async () => {
  const hash = createHash('sha256');
  for (const name of names)
    for (const line of await transcript(name, 7, ways.header as (sent: Sent) => Sent))
      hash.update(line);
  const found = hash.digest('hex');
  const file = process.env.TRANSCRIPT_FILE;
  if (file === undefined) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${found}\n`);
});
