// A long day of a server in minutes: mixed work with faults, worlds that come and go, rows that are
// deleted and purged. Memory stays flat, no request is lost, and the last answers come as soon as the
// first. See README.md.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Agent } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ask } from './ask.mjs';

const MOST_SECONDS = 600;
const CONNECTIONS = 8;
/** Worlds that a connection has used before it begins again with the first. */
const WORLDS = 12;
/** Parts of the time, each measured for itself; the first are the warm-up. */
const PARTS = 10;
const WARM_UP = 3;
/** What is kept of what was deleted, and worlds that may be there: both are full in the warm-up. */
const serverFlags = [
  ['--keep-deleted', '50'],
  ['--max-worlds', '40'],
  ['--world-scenario', 'flaky-*=flaky'],
  ['--log-format', 'json'],
].flat();
/** Latency at the end, in that of the start; growth of the heap after a collection. */
const BARS = { latency: 1.5, growth: { share: 0.05, megabytes: 2 } };

const usage = `node bench/soak.mjs [--seconds N]

  --seconds N   how long it works, at most ${MOST_SECONDS}, which is the default`;

const organization_id = 'org_xyz789';
const stores = `/v1/organizations/${organization_id}/vector-stores`;
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

process.exitCode = await run();

async function run() {
  const seconds = readSeconds();
  if (seconds === undefined) return 2;
  if (!existsSync(main)) {
    console.error('There is nothing to measure yet.\n  fix: npm install && npm run build');
    return 2;
  }
  const server = await start();
  process.once('exit', () => server.child.kill('SIGKILL'));
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]))
    process.once(signal, () => process.exit(code));
  const count = { sent: 0, inDefault: 0, planted: 0, lost: [] };
  const parts = [];
  const end = performance.now() + seconds * 1000;
  let latencies = [];
  const workers = Array.from({ length: CONNECTIONS }, (_, i) =>
    work(server.port, i, { end, count, took: (ms) => latencies.push(ms) }),
  );
  for (let part = 1; part <= PARTS; part++) {
    await sleep((seconds * 1000) / PARTS);
    const taken = latencies;
    latencies = [];
    parts.push({
      ...(await memoryOf(server.child)),
      ...percentiles(taken),
      requests: taken.length,
    });
    console.error(`part ${part} of ${PARTS}`);
  }
  await Promise.all(workers);
  const taken = await requestsIn(server.port, 'default');
  // As long as it runs, so does this process.
  server.child.kill('SIGKILL');
  return report(parts, count, taken);
}

function readSeconds() {
  try {
    const { values } = parseArgs({
      options: { seconds: { type: 'string' }, help: { type: 'boolean' } },
    });
    const seconds = Number(values.seconds ?? MOST_SECONDS);
    if (!values.help && seconds >= 10 && seconds <= MOST_SECONDS) return seconds;
    console.error(`--seconds takes 10 to ${MOST_SECONDS}.\n\n${usage}`);
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
  }
  return undefined;
}

/** With a collector that can be asked to run: what is in use is no garbage. */
async function start() {
  const preload = fileURLToPath(new URL('./preload-usage.mjs', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--import', preload, main, 'serve', '--port', '0', ...serverFlags],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  const port = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}.`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"event":"ready"')) resolve(JSON.parse(line).port);
    });
  });
  return { child, port };
}

function memoryOf(child) {
  return new Promise((resolve) => {
    child.once('message', resolve);
    child.send('memory');
  });
}

async function requestsIn(port, world) {
  const { text } = await ask(port, {
    method: 'GET',
    path: `/__admin/worlds/${world}`,
    headers: {},
  });
  return JSON.parse(text).data.requests;
}

/** One connection: round after round, each in another world, every second one in the default world. */
async function work(port, connection, { end, count, took }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let round = 0; performance.now() < end; round++) {
    const world = worldOf(connection, round);
    const send = async (method, path, { status, body, caller = 'owner' }) => {
      const headers = {
        'x-api-key': `ak_${caller}`,
        ...(world === 'default' ? {} : { 'x-understudy-world': world }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      };
      const text = body === undefined ? undefined : JSON.stringify(body);
      count.sent += 1;
      if (world === 'default') count.inDefault += 1;
      const since = performance.now();
      const answer = await ask(port, { method, path, headers, body: text }, agent).catch(
        (error) => ({ status: 0, text: error.message }),
      );
      took(performance.now() - since);
      if (answer.status === status) return answer.text === '' ? undefined : JSON.parse(answer.text);
      // What the scenario plants, a 503, a 504 or a reset, and what comes of it afterwards.
      const isPlanted = world.startsWith('flaky-') && answer.status !== 500;
      if (isPlanted) count.planted += 1;
      else count.lost.push(`${world}: ${method} ${path}: wanted ${status}, got ${answer.status}`);
      return undefined;
    };
    await playRound(send);
    if (world !== 'default' && round % 5 === 0)
      await ask(port, { method: 'DELETE', path: `/__admin/worlds/${world}`, headers: {} }, agent);
  }
  agent.destroy();
}

function worldOf(connection, round) {
  if (round % 2 === 0) return 'default';
  const name = `${connection}-${round % (2 * WORLDS)}`;
  return round % 6 === 1 ? `flaky-${name}` : `soak-${name}`;
}

/** What is made is used and deleted; refusals of each kind are among it. */
async function playRound(send) {
  const named = { organization_id, name: 'Soak' };
  const space = (await send('POST', '/v1/spaces/', { status: 201, body: named }))?.id;
  const store = (await send('POST', stores, { status: 201, body: { name: 'Soak' } }))?.data.id;
  const thread = (
    await send('POST', '/v1/threads', { status: 201, body: { organization_id, title: 'Soak' } })
  )?.id;
  const at = `/v1/spaces/${space ?? 'space_none'}`;
  const held = `${at}/vector-stores/${store ?? 'vs_none'}`;
  const known = (status) => (space && store && thread ? status : 404);
  await send('POST', held, { status: known(201) });
  await send('POST', held, { status: known(409) });
  await send('POST', `${at}/threads/${thread ?? 'thrd_none'}`, { status: known(201) });
  await send('GET', `${at}/threads`, { status: space ? 200 : 404 });
  await send('GET', at, { status: space ? 200 : 404 });
  await send('GET', at, { status: space ? 403 : 404, caller: 'member' });
  await send('GET', `/v1/spaces/?organization_id=${organization_id}&limit=50`, { status: 200 });
  await send('GET', `${stores}?limit=50`, { status: 200 });
  await send('PATCH', at, { status: space ? 200 : 404, body: { description: 'In use' } });
  await send('POST', '/v1/spaces/', { status: 422, body: { organization_id, name: '' } });
  await send('DELETE', `/v1/threads/${thread ?? 'thrd_none'}`, { status: thread ? 204 : 404 });
  await send('DELETE', at, { status: space ? 204 : 404 });
  await send('DELETE', `${stores}/${store ?? 'vs_none'}`, { status: store ? 204 : 404 });
}

function percentiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function report(parts, count, journaled) {
  const columns = ['part', 'requests', 'p50 ms', 'p99 ms', 'heap MB', 'RSS MB'];
  const lines = parts.map(({ requests, p50, p99, heap, rss }, i) => [
    i < WARM_UP ? `${i + 1} (warm-up)` : i + 1,
    requests,
    p50.toFixed(2),
    p99.toFixed(2),
    (heap / 1e6).toFixed(1),
    (rss / 1e6).toFixed(0),
  ]);
  for (const line of [columns, columns.map(() => '---:'), ...lines])
    console.log(`| ${line.join(' | ')} |`);
  const measured = parts.slice(WARM_UP);
  const third = Math.ceil(measured.length / 3);
  const [first, last] = [measured.slice(0, third), measured.slice(-third)];
  const of = (list, name) => median(list.map((part) => part[name]));
  const growth = of(last, 'heap') - of(first, 'heap');
  const most = Math.max(BARS.growth.megabytes * 1e6, of(first, 'heap') * BARS.growth.share);
  const latency = of(last, 'p99') / of(first, 'p99');
  const held = [
    say(
      growth <= most,
      `the heap after a collection grew by ${(growth / 1e6).toFixed(1)} MB after the warm-up; at most ${(most / 1e6).toFixed(1)}`,
    ),
    say(
      latency <= BARS.latency,
      `p99 at the end is ${latency.toFixed(2)} times that of the start; at most ${BARS.latency}`,
    ),
    say(
      count.lost.length === 0,
      `${count.lost.length} of ${count.sent} requests had no answer, or another one than wanted; ${count.planted} met a planted fault`,
    ),
    say(
      journaled === count.inDefault,
      `the default world has taken ${journaled} of the ${count.inDefault} requests that were sent to it`,
    ),
  ];
  for (const line of count.lost.slice(0, 10)) console.log(`  ${line}`);
  return held.every(Boolean) ? 0 : 1;
}

function say(isHeld, what) {
  console.log(`${isHeld ? 'held' : 'NOT held'}: ${what}`);
  return isHeld;
}
