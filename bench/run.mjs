// Start-up and CPU per request of Understudy beside bare Express and other mock servers, in one run.
// See README.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cheapest, holdsItsBar, holdTheBars, startBars, TOLERANCE, writeBase } from './bars.mjs';
import { defaultSource } from './cpu.mjs';
import { measureCpu, measureStart } from './measure.mjs';
import { installPeers, peerVersions } from './peers/install.mjs';
import { compare, cpuTables, startTables } from './report.mjs';
import { requests } from './requests.mjs';
import { missingFile, quickServers, servers } from './servers.mjs';

const RUN_LIMIT_MS = 1_200_000;

// A window ends with its count or its time, whichever is spent first.
const window = (maxCount, maxMs) => ({ maxCount, maxMs });
const full = {
  passes: 15,
  slowPasses: 3,
  rounds: 7,
  connections: 16,
  warmUp: window(6_000, 1_500),
  measured: window(6_000, 600),
};
const quick = {
  passes: 11,
  slowPasses: 3,
  rounds: 3,
  connections: 16,
  warmUp: window(2_500, 600),
  measured: window(3_000, 300),
};

/** For CI: no start-up, and more rounds only for what seems too dear, which a busy machine makes it. */
const short = {
  rounds: 2,
  mostRounds: 30,
  moreUntilMs: 60_000,
  connections: 16,
  warmUp: window(4_000, 600),
  measured: window(1_000, 200),
};

const usage = `node bench/run.mjs [--quick | --short] [--no-peers] [--bar] [--requests KEYS] [--json FILE] [--cpu-source proc|process]

  --quick         fewer and shorter rounds
  --short         CPU alone, without peers, in 20 to 60 s; exit 1 when the CPU of a request misses its bar
  --no-peers      bare Express and Understudy alone
  --bar           exit 1 when a start of Understudy, as a ratio to one of bare Express, takes more than ${startBars.ms.most} of the time, ${startBars.cpu.most} of the
                  CPU or ${startBars.memory.most} of the memory, or the CPU of a request, as a ratio to that of bare Express, is more than ${TOLERANCE * 100} % above bench/base.json
  --requests      these alone, with commas between them: ${requests.map(({ key }) => key).join(', ')}
  --record        write the CPU ratios of this run to bench/base.json
  --json FILE     write every sample and every ratio to FILE
  --cpu-source    where CPU is read; proc where the system has it`;

const flags = /** @type {const} */ ({
  quick: { type: 'boolean', default: false },
  short: { type: 'boolean', default: false },
  'no-peers': { type: 'boolean', default: false },
  bar: { type: 'boolean', default: false },
  record: { type: 'boolean', default: false },
  requests: { type: 'string' },
  json: { type: 'string' },
  'cpu-source': { type: 'string', default: defaultSource },
  help: { type: 'boolean', short: 'h', default: false },
});

process.exitCode = await main();

async function main() {
  const options = readFlags();
  if (!options) return 2;
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const list = options['no-peers'] || options.short ? quickServers : servers;
  if (list === servers) installPeers(console.error);
  if (missingFile(list)) {
    console.error('There is nothing to measure yet.\n  fix: npm install && npm run build');
    return 2;
  }
  // Whatever hangs, the run ends, and its children with it.
  const limit = setTimeout(
    () => fail(`The run took more than ${RUN_LIMIT_MS / 1000} s.`),
    RUN_LIMIT_MS,
  );
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]))
    process.once(signal, () => process.exit(code));
  try {
    return await measure(list, options);
  } catch (error) {
    fail(error.message);
  } finally {
    clearTimeout(limit);
  }
}

async function measure(list, options) {
  const { bar, record, json, 'cpu-source': source } = options;
  const isEnough = (key, samples) =>
    holdsItsBar(key, samples) || performance.now() > short.moreUntilMs;
  const asked = chosenRequests(options.requests);
  const whole = { ...(options.quick ? quick : full), requests: asked };
  const settings = options.short ? { ...short, requests: asked, enough: isEnough } : whole;
  const say = (text) => console.error(text);
  const startSamples = options.short ? {} : await measureStart(list, whole, source, say);
  const start = Object.fromEntries(
    Object.entries(startSamples).map(([key, samples]) => [key, compare(samples)]),
  );
  const cpuSamples = await measureCpu(list, settings, source, say);
  const cpu = Object.fromEntries(
    Object.entries(cpuSamples).map(([request, samples]) => [request, compare(samples)]),
  );
  const versions = {
    node: process.version,
    express: versionOf('express'),
    ...(list === servers ? { prism: versionOf('@stoplight/prism-cli'), ...peerVersions } : {}),
  };
  console.log(asMarkdown(list, { versions, settings, start, cpu }));
  if (json)
    writeFileSync(
      json,
      `${JSON.stringify({ versions, settings, cpu_source: source, start, cpu }, null, 2)}\n`,
    );
  const ratios = Object.fromEntries(
    Object.entries(cpu).map(([request, { understudy }]) => [request, cheapest(understudy)]),
  );
  if (record) writeBase(ratios);
  return (bar || options.short) && !holdTheBars(start, cpu) ? 1 : 0;
}

function chosenRequests(keys) {
  if (keys === undefined) return requests;
  const wanted = keys.split(',');
  const unknown = wanted.filter((key) => !requests.some((request) => request.key === key));
  if (unknown.length > 0)
    throw new Error(`--requests: no request is called ${unknown.join(', ')}.`);
  return requests.filter(({ key }) => wanted.includes(key));
}

function asMarkdown(list, { versions, settings, start, cpu }) {
  const { passes, slowPasses, rounds, connections } = settings;
  const { node, ...others } = versions;
  const named = Object.entries(others).map(([name, version]) => `${name} ${version}`);
  const slow = list === servers ? ` (of the slow ones ${slowPasses})` : '';
  return `Node ${node}, ${named.join(', ')}. Median (min–max); bare Express = 1; lower is cheaper.

${start.ms ? `Start-up, ${passes} passes${slow}:\n\n${startTables(list, start)}\n\n` : ''}CPU of the server per request, ${rounds} rounds, ${connections} connections:

${cpuTables(list, cpu)}`;
}

/** Read from the file: a package need not export its manifest. */
function versionOf(name) {
  return JSON.parse(
    readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8'),
  ).version;
}

function readFlags() {
  try {
    const { values } = parseArgs({ options: flags });
    if (!/^(proc|process)$/.test(String(values['cpu-source'])))
      throw new Error(`--cpu-source takes proc or process, not ${values['cpu-source']}.`);
    if (values.record && values.requests) throw new Error('--record takes a run of every request.');
    chosenRequests(values.requests);
    return values;
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    return undefined;
  }
}

/** Ends at once; on exit the servers and the load are ended too. */
function fail(message) {
  console.error(message);
  process.exit(1);
}
