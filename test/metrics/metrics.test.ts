// `/__admin/metrics`: Prometheus can read it, and its figures are what has happened.
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { createUnderstudy, type Understudy, type UnderstudyOptions } from '../../src/index.js';
import { exposition } from '../../src/metrics/exposition.js';
import { RequestTally } from '../../src/metrics/tally.js';
import { type ReadFamily, readExposition } from '../support/prometheus.js';

const space = '/v1/spaces/space_abc123';
const attach = `${space}/vector-stores/vs_def456`;

let understudy: Understudy;
const begin = (options: UnderstudyOptions = {}) => {
  understudy = createUnderstudy(options);
};
beforeEach(() => begin());

const send = (path: string, method = 'GET', headers: Readonly<Record<string, string>> = {}) =>
  understudy.fetch(path, { method, headers: { 'X-API-Key': 'ak_owner', ...headers } });
async function scrape(): Promise<ReadonlyMap<string, ReadFamily>> {
  const answer = await send('/__admin/metrics');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return readExposition(await answer.text());
}
const firstOf = async (name: string): Promise<number | undefined> =>
  (await scrape()).get(name)?.samples[0]?.value;

it('is read by its grammar before anything was asked, and has a type and help for each family', async () => {
  const families = await scrape();
  expect(families.get('understudy_requests_total')).toMatchObject({ type: 'counter', samples: [] });
  expect(families.get('understudy_build_info')?.samples[0]?.labels).toMatchObject({
    document: understudy.spec.version,
  });
  expect(families.get('process_resident_memory_bytes')?.samples[0]?.value).toBeGreaterThan(1e7);
  expect(families.get('process_cpu_seconds_total')?.samples[0]?.value).toBeGreaterThan(0);
});

it('counts requests by operation, status, case and basis', async () => {
  await send(attach, 'POST');
  await send(attach, 'POST');
  await send(attach, 'POST', { 'X-API-Key': 'ak_owner~other' });
  await send('/v1/nothing');
  await send(space, 'GET', { Prefer: 'code=500' });
  const samples = (await scrape()).get('understudy_requests_total')?.samples ?? [];
  expect(samples.map(({ labels, value }) => [...Object.values(labels), value])).toEqual([
    ['addVectorStoreToSpace', '201', 'attached', 'seed', 2],
    ['addVectorStoreToSpace', '409', 'already_attached', 'seed', 1],
    ['none', '404', 'unknown_path', expect.any(String), 1],
    ['getSpace', '500', 'none', 'invented', 1],
  ]);
});

it('has the durations of each operation as a histogram', async () => {
  for (let i = 0; i < 5; i++) await send(space);
  await send(attach, 'POST');
  const samples = (await scrape()).get('understudy_request_duration_seconds')?.samples ?? [];
  const of = (name: string, operation: string) =>
    samples.filter((one) => one.name.endsWith(name) && one.labels.operation === operation);
  expect(of('_count', 'getSpace')[0]?.value).toBe(5);
  expect(of('_count', 'addVectorStoreToSpace')[0]?.value).toBe(1);
  expect(of('_sum', 'getSpace')[0]?.value).toBeGreaterThan(0);
  expect(of('_bucket', 'getSpace').length).toBeGreaterThan(8);
});

it('puts each duration into its bucket', () => {
  const tally = new RequestTally();
  const entry = (duration_ms: number) =>
    ({ operation: 'getSpace', answer: { status: 200 }, duration_ms }) as never;
  for (const ms of [0.5, 0.6, 3, 700, 60_000]) tally.count(entry(ms));
  const families = readExposition(exposition(tally.families(understudy.spec)));
  const samples = families.get('understudy_request_duration_seconds')?.samples ?? [];
  const buckets = samples.filter((one) => one.name.endsWith('_bucket'));
  expect(buckets.map(({ labels, value }) => [labels.le, value])).toEqual([
    ['0.0005', 1],
    ['0.001', 2],
    ['0.0025', 2],
    ['0.005', 3],
    ['0.01', 3],
    ['0.025', 3],
    ['0.05', 3],
    ['0.1', 3],
    ['0.25', 3],
    ['0.5', 3],
    ['1', 4],
    ['2.5', 4],
    ['+Inf', 5],
  ]);
});

it('counts worlds that come and go, and what the journals hold', async () => {
  begin({ maxWorlds: 2 });
  for (const world of ['a', 'b', 'c'])
    await send(space, 'GET', { 'X-API-Key': `ak_owner~${world}` });
  understudy.worlds.delete('c');
  understudy.worlds.reset('b');
  await send(space);
  const families = await scrape();
  const values = Object.fromEntries(
    [...families].map(([name, { samples }]) => [name, samples[0]?.value]),
  );
  expect(values).toMatchObject({
    understudy_worlds: 2,
    understudy_worlds_made_total: 3,
    understudy_worlds_deleted_total: 1,
    understudy_worlds_evicted_total: 1,
    understudy_world_resets_total: 1,
    understudy_journal_entries: 1,
  });
  const bytes = values.understudy_journal_bytes ?? 0;
  expect(bytes).toBeGreaterThan(500);
  await send(space);
  expect(await firstOf('understudy_journal_bytes')).toBe(2 * bytes);
});

it('counts hits of faults and of limits', async () => {
  begin({
    rateLimit: '2/h',
    faults: [{ name: 'busy', when: { call: 1 }, does: { status: 503 } }],
  });
  for (let i = 0; i < 4; i++) await send(space);
  const families = await scrape();
  expect(families.get('understudy_fault_hits_total')?.samples).toMatchObject([
    { labels: { fault: 'busy' }, value: 1 },
  ]);
  expect(await firstOf('understudy_rate_limited_total')).toBe(2);
});

it('counts what the self-check has found', async () => {
  begin({ selfCheck: 'report' });
  understudy.world.spaces.update('space_abc123', { name: 7 } as never);
  await send(space);
  expect((await scrape()).get('understudy_self_check_breaches_total')?.samples).toMatchObject([
    { labels: { operation: 'getSpace' }, value: expect.any(Number) },
  ]);
});

it('is what docs/control.md has a row for', async () => {
  const [, section = ''] = readFileSync('docs/control.md', 'utf8').split('\n## Metrics\n');
  const rows = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| (`.*?) \|/gm)];
  const named = rows.flatMap(([, cell = '']) => cell.replaceAll('`', '').split(', '));
  expect(named.sort()).toEqual([...(await scrape()).keys()].sort());
});

describe('who may read it', () => {
  it('is whoever has the token', async () => {
    begin({ adminToken: 'secret-1' });
    const refused = await send('/__admin/metrics');
    expect(refused.status).toBe(401);
    const given = await send('/__admin/metrics', 'GET', { Authorization: 'Bearer secret-1' });
    expect(given.status).toBe(200);
  });

  it('is nobody without the control plane, and it answers GET alone', async () => {
    expect((await send('/__admin/metrics', 'POST')).status).toBe(404);
    begin({ admin: false });
    expect((await send('/__admin/metrics')).status).toBe(404);
  });
});

describe('the reader of the format', () => {
  it.each([
    'a_total 1',
    '# HELP a_total A.\n# TYPE a_total counter\na_total 1\na_total 2\n',
    '# HELP a_total A.\n# TYPE a_total counter\nb_total 1\n',
    '# HELP a_total A.\n# TYPE a_total counter\na_total{b="c"d"} 1\n',
    '# HELP a A.\n# TYPE a counter\na 1\n',
    '# HELP a A.\n# TYPE a gauge\na one\n',
    '# HELP a A.\na 1\n',
    '# HELP a A.\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
  ])('throws for %j', (text) => {
    expect(() => readExposition(text)).toThrow();
  });

  it('takes back what the writer has escaped', () => {
    const name = 'a\\ "b"\nc';
    const [family] = readExposition(
      exposition([
        { name: 'a', type: 'gauge', help: 'a\nb', samples: [{ labels: { name }, value: -0.5 }] },
      ]),
    ).values();
    expect(family).toMatchObject({ help: 'a\\nb', samples: [{ labels: { name }, value: -0.5 }] });
  });
});
