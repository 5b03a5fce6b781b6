// What the contract suite costs beside the requests that it sends, all in this process: see README.md.
// Each way runs in a process of its own, by turns, and the least of its CPU counts.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createUnderstudy } from '../dist/index.js';
import { mockServerProfile } from '../dist/inside.js';
import {
  handlerTarget,
  loadContracts,
  loadSpec,
  readProfile,
  runContracts,
  withEdges,
} from '../dist/kit.js';

const ROUNDS = 3;
const BARS = { suite: 3, described: 1.2 };
const [way, folder = ''] = process.argv.slice(2);
const file = (name) => path.join(folder, name);

if (way === 'suite') await suite();
else if (way === 'requests') await requests();
else measure();

/** Every play of every level; the requests that it sent are left in a file. */
async function suite() {
  const { fetch } = createUnderstudy();
  const sent = [];
  const answerPlain = (request) => {
    sent.push(request);
    return /** @type {any} */ (fetch).answerPlain(request);
  };
  const handler = Object.assign((request) => fetch(request), { answerPlain });
  const spec = loadSpec();
  const began = process.cpuUsage();
  const report = await runContracts({
    spec,
    contracts: withEdges(spec, loadContracts(spec)),
    profile: readProfile(mockServerProfile, {}),
    target: handlerTarget('this process', /** @type {any} */ (handler)),
    level: 'full',
  });
  say(began);
  if (report.findings.some(({ severity }) => severity === 'failure')) throw new Error('failures');
  const bodies = sent.map((request) => ({
    ...request,
    body: Buffer.from(request.body).toString('base64'),
  }));
  writeFileSync(file('requests.json'), JSON.stringify(bodies));
}

/** The same requests, with nobody who looks at the answers. */
async function requests() {
  const { fetch } = createUnderstudy();
  const sent = JSON.parse(readFileSync(file('requests.json'), 'utf8')).map((request) => ({
    ...request,
    body: new Uint8Array(Buffer.from(request.body, 'base64')),
  }));
  const began = process.cpuUsage();
  for (const request of sent) await /** @type {any} */ (fetch).answerPlain(request);
  say(began, sent.length);
}

function say(began, count) {
  const { user, system } = process.cpuUsage(began);
  console.log(`\n${JSON.stringify({ cpu: (user + system) / 1e6, count })}`);
}

function measure() {
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'understudy-kit-'));
  const root = fileURLToPath(new URL('..', import.meta.url));
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  // It stands in the project, where vitest and the package are found.
  const test = path.join(root, 'coverage', `bench-kit-${process.pid}`);
  const run = (args, cwd = root) =>
    JSON.parse(
      execFileSync(process.execPath, args, {
        cwd,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 2 ** 28,
      })
        .split('\n')
        .findLast((line) => line.startsWith('{"cpu"')) ?? '',
    );
  const own = fileURLToPath(import.meta.url);
  const ways = {
    suite: () => run([own, 'suite', temporary]),
    requests: () => run([own, 'requests', temporary]),
    described: () =>
      run([vitest, 'run', '--root', test, '--reporter=dot', '--no-file-parallelism']),
  };
  const least = {};
  let count = 0;
  try {
    mkdirSync(test, { recursive: true });
    writeFileSync(
      path.join(test, 'vitest.config.mjs'),
      'export default { test: { include: ["*.test.mjs"], pool: "forks" } };\n',
    );
    writeFileSync(path.join(test, 'suite.test.mjs'), described());
    for (let round = 0; round < ROUNDS; round++)
      for (const [name, measured] of Object.entries(ways)) {
        console.error(`${name}, round ${round + 1} of ${ROUNDS}`);
        const { cpu, count: sent } = measured();
        count = sent ?? count;
        least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, cpu);
      }
  } finally {
    for (const gone of [temporary, test]) rmSync(gone, { recursive: true, force: true });
  }
  console.log(`Node ${process.version}, ${count} requests; seconds of CPU.\n`);
  console.log('| what | CPU | ratio | at most |\n| --- | ---: | ---: | ---: |');
  console.log(`| the requests, through the answerer | ${least.requests.toFixed(2)} | 1 | – |`);
  console.log(
    `| the suite that sends them, \`runContracts\` | ${least.suite.toFixed(2)} | ${(least.suite / least.requests).toFixed(2)} | ${BARS.suite} |`,
  );
  console.log(
    `| the same as tests, \`describeContracts\` | ${least.described.toFixed(2)} | ${(least.described / least.suite).toFixed(2)} × the suite | ${BARS.described} |`,
  );
  const held =
    least.suite <= BARS.suite * least.requests && least.described <= BARS.described * least.suite;
  console.log(`\nThe bars: ${held ? 'held' : 'NOT held'}.`);
  if (process.argv.includes('--bar') && !held) process.exitCode = 1;
}

/** From where the suite declares its tests to the end of the last. */
function described() {
  const dist = new URL('../dist/', import.meta.url).href;
  return `import { afterAll } from 'vitest';
import { createUnderstudy } from '${dist}index.js';
import { handlerTarget } from '${dist}kit.js';
import { describeContracts } from '${dist}contract/vitest.js';
import { writeSync } from 'node:fs';

const { fetch } = createUnderstudy();
const began = process.cpuUsage();
afterAll(() => {
  const { user, system } = process.cpuUsage(began);
  console.log('\\n' + JSON.stringify({ cpu: (user + system) / 1e6 }));
});
describeContracts(handlerTarget('this process', fetch));
`;
}
