// The two measurements. Both go round by round through the servers, so that a busy moment of the
// machine meets them alike.
import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuOf, memoryOf, preloadOf } from './cpu.mjs';
import { requests } from './requests.mjs';
import { crowded, startedOf, startServer } from './servers.mjs';

const HANG_MS = 10_000;

const REST_MS = 200;

/**
 * Of the first right answer: the milliseconds since the spawn, and the CPU milliseconds that they
 * cost; and the MiB of memory when nothing is asked for a while. Each is `{ server: [one per pass] }`.
 * The bar is about two servers that start quickly, so they get many passes; slow ones take part in
 * the first few.
 */
export async function measureStart(servers, { passes, slowPasses }, source, say) {
  const started = startedOf(servers);
  const [ms, cpu, memory] = [1, 2, 3].map(() => emptySamples(started));
  for (let pass = 0; pass < passes; pass++) {
    say(`start-up, pass ${pass + 1} of ${passes}`);
    const taking = started.filter(({ isSlow }) => !isSlow || pass < slowPasses);
    for (const server of rotated(taking, pass)) {
      const { startMs, child, stop } = await startServer(server, preloadOf(source));
      cpu[server.key].push((await cpuOf(child, source, server)) / 1000);
      await sleep(REST_MS);
      memory[server.key].push(memoryOf(child));
      await stop();
      ms[server.key].push(startMs);
    }
  }
  return source === 'proc' ? { ms, cpu, memory } : { ms, cpu };
}

/**
 * CPU microseconds per request: `{ request: { server: [one per round] } }`. A request has more rounds, up
 * to `mostRounds`, as long as what was measured of it is not `enough`.
 */
export async function measureCpu(
  servers,
  {
    requests: wanted,
    rounds,
    mostRounds = rounds,
    connections,
    warmUp,
    measured,
    enough = (..._) => true,
  },
  source,
  say,
) {
  const samples = Object.fromEntries(wanted.map(({ key }) => [key, emptySamples(servers)]));
  const load = startLoad();
  const answers = ({ without = [] }, { key }) => !without.includes(key);
  say('CPU: starting and warming up');
  const plain = wanted.filter((request) => !request.crowded);
  const many = wanted.filter((request) => request.crowded);
  const settings = { connections, warmUp, source };
  const targets = [];
  const others = [];
  for (const server of servers) {
    const other = many.length > 0 ? crowded(server) : undefined;
    const asked = (other ? plain : wanted).filter((request) => answers(server, request));
    targets.push(await prepareTarget(server, load, { ...settings, asked }));
    if (other) others.push(await prepareTarget(other, load, { ...settings, asked: many }));
  }
  const targetsOf = (request) =>
    targets.map(
      (target) => (request.crowded && others.find(({ key }) => key === target.key)) || target,
    );
  for (let round = 0; round < mostRounds; round++) {
    const asked = wanted.filter(({ key }) => round < rounds || !enough(key, samples[key]));
    if (asked.length === 0) break;
    say(`CPU, round ${round + 1} of ${round < rounds ? rounds : mostRounds}`);
    for (const request of asked) {
      const { key } = request;
      // The windows that are compared stand next to each other; the servers that wait use no CPU.
      for (const target of rotated(targetsOf(request), round).filter((one) =>
        answers(one, request),
      )) {
        samples[key][target.key].push(
          await measureWindow(target, target.works[key], load, { measured, source }),
        );
      }
    }
  }
  for (const { stop } of [...targets, ...others]) await stop();
  load.stop();
  return samples;
}

/**
 * A server that has answered every request for a while: a JIT compiler makes the first seconds
 * several times dearer.
 */
export async function prepareTarget(
  server,
  load,
  { connections, warmUp, source, asked = requests.filter(({ crowded }) => !crowded) },
) {
  const started = await startServer(server, preloadOf(source));
  const works = {};
  for (const request of asked)
    works[request.key] = await request.prepare(started.port, connections);
  for (let time = 0; time < (server.warmUps ?? 1); time++)
    for (const work of Object.values(works)) await load.run(started, { work, ...warmUp });
  return { ...started, works };
}

export async function measureWindow(target, work, load, { measured, source }) {
  const before = await cpuOf(target.child, source, target);
  const count = await load.run(target, { work, ...measured });
  return ((await cpuOf(target.child, source, target)) - before) / count;
}

/** One load generator for the whole run: the same for every server, and as warm. */
export function startLoad() {
  const child = fork(fileURLToPath(new URL('./load.mjs', import.meta.url)));
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  const run = ({ title, port }, job) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${title}: no answer any more.`)),
        job.maxMs + HANG_MS,
      );
      child.once(
        'message',
        (/** @type {{ count?: number, error?: string }} */ { count, error }) => {
          clearTimeout(late);
          if (error) reject(new Error(`${title}: ${error}`));
          else resolve(count);
        },
      );
      child.send({ port, ...job });
    });
  return { run, stop };
}

const emptySamples = (list) => Object.fromEntries(list.map(({ key }) => [key, []]));

/** Another server goes first each time, so that none always follows the same one. */
function rotated(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
