// How long a standard run of the kit takes on a server that needs 50 ms for each answer, on
// loopback, with as many plays at a time as `check` has there: `node bench/check.mjs [LEVEL]`.
// The server shares the machine with the run, so the figure is of use on a quiet one only.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createUnderstudy } from '../dist/index.js';
import { mockServerProfile } from '../dist/inside.js';
import {
  httpTarget,
  loadContracts,
  loadSpec,
  readProfile,
  runContracts,
  withEdges,
} from '../dist/kit.js';

const DELAY = 50;
const CONCURRENCY = 8;
/** Seconds. */
const BAR = 60;

const level = /** @type {'smoke' | 'standard' | 'full'} */ (process.argv[2] ?? 'standard');
const { app } = createUnderstudy();
const server = createServer(async (request, response) => {
  await sleep(DELAY);
  app(request, response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

const spec = loadSpec();
const contracts = withEdges(spec, loadContracts(spec));
const began = performance.now();
const { requests, rows, findings } = await runContracts({
  spec,
  contracts,
  profile: readProfile(mockServerProfile, {}),
  target: httpTarget(`http://127.0.0.1:${port}`),
  level,
  concurrency: CONCURRENCY,
});
const seconds = (performance.now() - began) / 1000;
server.close();
server.closeAllConnections();

const floor = (requests * DELAY) / 1000 / CONCURRENCY;
const failures = findings.filter(({ severity }) => severity === 'failure').length;
console.log(
  `${level}: ${seconds.toFixed(1)} s for ${rows.length} plays and ${requests} requests of ${DELAY} ms, ${CONCURRENCY} at a time (${floor.toFixed(1)} s if none ever waited for another); ${failures} failures`,
);
if (level === 'standard')
  console.log(`bar: less than ${BAR} s, ${seconds < BAR ? 'held' : 'not held'}`);
