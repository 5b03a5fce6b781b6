// `npm run mutation [-- PATTERN …]`: does the kit see? Plants every drift in the stand-in, one at a time, and plays the contracts
// against it. A drift is found when a failure or a question names its operation; a variation must raise neither.
// Exits 1 below 95 %, on a false alarm, on a survivor without a reason in test/mutation/survivors.yaml, and on a reason for nobody.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { parse } from 'yaml';
import { handlerTarget } from '../dist/client/target.js';
import { withEdges } from '../dist/contract/edges.js';
import { loadContracts, shippedContracts } from '../dist/contract/load.js';
import { planRun } from '../dist/contract/plan.js';
import { readProfile } from '../dist/contract/profile.js';
import { runContracts } from '../dist/contract/run.js';
import { createUnderstudy } from '../dist/index.js';
import { driftsOf } from '../dist/mock/drift.js';
import { loadSpec } from '../dist/spec/document.js';

const ENOUGH = 0.95;
const spec = loadSpec();
const drifts = driftsOf(spec);

// One drift

function serveWork() {
  const contracts = withEdges(spec, loadContracts(spec, shippedContracts, { complete: false }));
  const profile = readProfile(`${shippedContracts}understudy.profile.yaml`, {});
  const plays = planRun(spec, contracts, profile);
  parentPort.on('message', async (name) => {
    const started = performance.now();
    const drift = drifts.get(name);
    const judged = !drift || drift.kind === 'vary' ? await vary(drift) : await plant(drift);
    parentPort.postMessage({ name, milliseconds: performance.now() - started, ...judged });
  });

  /** Plays them in turn until one of them is enough. */
  async function play(understudy, picked, isEnough) {
    let enough = false;
    await runContracts({
      spec,
      contracts,
      profile,
      plays: picked,
      target: handlerTarget('a drifting stand-in', understudy.fetch),
      onRow: (played) => {
        enough ||= isEnough(played);
      },
      interrupted: () => enough,
      wait: async () => {},
    });
    return enough;
  }

  const touching = (drift) => (drift ? plays.filter(({ touches }) => drift.operations.some((id) => touches.has(id))) : plays);

  /** What is most likely to find it goes first; a drift that is found costs little. */
  async function plant(drift) {
    const ranked = touching(drift).map((one) => [unlikelihood(one, drift), one]);
    const picked = ranked.sort(([a], [b]) => a - b).map(([, one]) => one);
    const seen = [];
    let elsewhere;
    const found = await play(createUnderstudy({ drift: drift.name }), picked, (played) => {
      const [own, others] = findings(played, drift);
      elsewhere ??= others[0]?.operation;
      if (own.length > 0) seen.push(played);
      return own.length > 0;
    });
    return { found, elsewhere, plays: picked.length, ...(await objectsToHonesty(seen[0])) };
  }

  const honest = new Map();
  /** What is found must not be found on the honest stand-in by the same row. */
  async function objectsToHonesty(played) {
    const title = played?.title;
    const own = plays.filter((one) => one.title === title);
    if (!honest.has(title)) honest.set(title, played !== undefined && (await play(createUnderstudy(), own, objects)));
    return honest.get(title) ? { found: false, elsewhere: 'the honest stand-in' } : {};
  }

  /** On the honest stand-in, where no drift is named. */
  async function vary(drift) {
    const understudy = createUnderstudy(drift ? { drift: drift.name } : {});
    const alarms = new Map();
    let unplayed = 0;
    await play(understudy, touching(drift), (played) => {
      if (played.result === 'not_exercised') unplayed += 1;
      for (const { severity, operation, code, pointer, expected, got, place } of played.findings) {
        if (severity === 'notice') continue;
        const key = `${operation} ${code} ${pointer.replace(/\/\d+/g, '/*')}`;
        const known = alarms.get(key) ?? {
          what: `${severity} ${code} ${operation}${pointer}: expected ${expected}, got ${got}`,
          places: [],
        };
        alarms.set(key, { ...known, places: [...new Set([...known.places, place])] });
      }
      return false;
    });
    return { alarms: [...alarms.values()], unplayed };
  }
}

const objects = ({ findings: all }) => all.some(({ severity }) => severity !== 'notice');

/**
 * The failures and questions that name the drift's operation, and the others. What a state says is known by its row: the read
 * that shows a lost write is not the one at fault.
 */
function findings({ findings: all, kind, operation: subject }, { operations }) {
  const named = all.filter(({ code, operation, severity }) => {
    const ofRow = (code === 'STATE_WRONG' || code === 'REFUSAL_CHANGED_STATE') && kind === 'row';
    return severity !== 'notice' && (operations.includes(operation) || (ofRow && operations.includes(subject)));
  });
  return [named, all.filter((finding) => finding.severity !== 'notice' && !named.includes(finding))];
}

function unlikelihood({ kind, operation, expected }, drift) {
  if (kind !== 'row') return 4;
  const own = drift.operations.includes(operation);
  const cases = expected.map((name) => spec.operations.get(operation).cases.get(name));
  const fits = cases.some((c) => (drift.case ? c?.name === drift.case : c?.status === drift.status));
  const writes = drift.status === undefined && cases.some((c) => c?.status < 400);
  return (own ? 0 : 2) + (own && (fits || writes) ? 0 : 1);
}

// All of them

async function main(patterns) {
  const started = performance.now();
  const chosen = [...drifts.keys()].filter((name) => patterns.length === 0 || patterns.some((pattern) => matches(pattern, name)));
  if (chosen.length === 0) {
    console.error(`No drift is called ${patterns.join(' or ')}.`);
    process.exit(2);
  }
  const results = await share(['', ...chosen]);
  const file = fileURLToPath(new URL('../test/mutation/survivors.yaml', import.meta.url));
  const reasons = (parse(readFileSync(file, 'utf8')) ?? []).flatMap(({ reason, drifts: patterns }) =>
    patterns.map((pattern) => ({ pattern, reason })),
  );
  const wrong = report(results, reasons, patterns.length === 0);
  console.log(`${Math.round((performance.now() - started) / 1000)} s`);
  process.exit(wrong ? 1 : 0);
}

/** Hands the names out to as many workers as there are cores, the long ones first. */
async function share(names) {
  const queue = names.toSorted((a, b) => Number(isLong(b)) - Number(isLong(a)));
  const results = new Map();
  const workers = Array.from({ length: availableParallelism() }, () => new Worker(new URL(import.meta.url)));
  const done = workers.map(
    (worker) =>
      new Promise((resolve, reject) => {
        const next = () => (queue.length > 0 ? worker.postMessage(queue.shift()) : resolve());
        worker.on('error', reject);
        worker.on('message', (result) => {
          results.set(result.name, result);
          if (process.stderr.isTTY) process.stderr.write(`\r${results.size}/${names.length}`);
          next();
        });
        next();
      }),
  );
  await Promise.all(done);
  if (process.stderr.isTTY) process.stderr.write('\n');
  await Promise.all(workers.map((worker) => worker.terminate()));
  return names.map((name) => results.get(name));
}

const isLong = (name) => name === '' || name.startsWith('vary:');

/** In a pattern, `*` is any text; a name's own `*` fits too. */
function matches(pattern, name) {
  const parts = pattern.split('*').map((text) => text.replace(/[.+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

function report([honest, ...results], reasons, whole) {
  const planted = results.filter(({ name }) => drifts.get(name).kind !== 'vary');
  const varied = results.filter(({ name }) => drifts.get(name).kind === 'vary');
  const survivors = planted.filter(({ found }) => !found);
  const explained = survivors.map((survivor) => ({
    ...survivor,
    reason: reasons.find(({ pattern }) => matches(pattern, survivor.name))?.reason,
  }));
  const unexplained = explained.filter(({ reason }) => reason === undefined);
  const idle = whole ? reasons.filter(({ pattern }) => !survivors.some(({ name }) => matches(pattern, name))) : [];
  const alarms = [{ ...honest, name: 'the honest stand-in' }, ...varied].filter((result) => result.alarms.length > 0);

  printKinds(planted);
  for (const reason of new Set(reasons.map((known) => known.reason))) {
    const own = explained.filter((survivor) => survivor.reason === reason);
    if (own.length > 0) console.log(`\nSurvived: ${reason}`);
    for (const { name } of own) console.log(`  ${name}`);
  }
  if (unexplained.length > 0) console.log('\nSurvived without a reason');
  for (const { name, elsewhere, plays } of unexplained) {
    console.log(`  ${name}  ${elsewhere ? `only ${elsewhere} was named` : plays === 0 ? 'no row calls the operation' : ''}`);
  }
  if (idle.length > 0) console.log('\nReasons that no survivor has');
  for (const { pattern } of idle) console.log(`  ${pattern}`);
  if (alarms.length > 0) console.log('\nFalse alarms');
  for (const { name, alarms: own } of alarms)
    console.log([`  ${name}`, ...own.map(({ what, places }) => `    ${what} (${shortList(places)})`)].join('\n'));

  for (const { name, unplayed } of varied) {
    if (unplayed > honest.unplayed) console.log(`\n${name} kept ${unplayed - honest.unplayed} rows from being played.`);
  }
  const quiet = varied.filter((result) => result.alarms.length === 0).length;
  const score = scoreOf(planted);
  // The fields of the error envelope are the same everywhere, and many.
  const beyond = planted.filter(({ name }) => !/^(drop|null|retype):\w+\.[45]/.test(name));
  console.log(
    `\n${percent(score)} of ${planted.length} drifts found with the right operation named; ` +
      `${percent(scoreOf(beyond))} of the ${beyond.length} that are not about a field of the error envelope.\n` +
      `${quiet} of ${varied.length} variations raised no alarm.`,
  );
  return score < ENOUGH || unexplained.length > 0 || idle.length > 0 || alarms.length > 0;
}

const scoreOf = (results) => (results.length === 0 ? 1 : results.filter(({ found }) => found).length / results.length);
const shortList = (places) => `${places.slice(0, 3).join(', ')}${places.length > 3 ? ` and ${places.length - 3} more` : ''}`;
const percent = (share) => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;

/** A kind that is easy must not hide one that is not: refusals, which are many, are counted apart. */
function printKinds(planted) {
  const groups = new Map();
  for (const result of planted) {
    const { kind, status } = drifts.get(result.name);
    const both = ['drop', 'null', 'retype', 'relation', 'status'].includes(kind);
    const group = both ? `${kind} (${status < 400 ? 'answers' : 'refusals'})` : kind;
    groups.set(group, [...(groups.get(group) ?? []), result]);
  }
  for (const [kind, own] of groups) {
    const found = own.filter((result) => result.found).length;
    console.log(
      `${kind.padEnd(20)} ${String(found).padStart(5)} of ${String(own.length).padStart(5)}  ${percent(found / own.length)}`,
    );
  }
}

if (isMainThread) await main(process.argv.slice(2));
else serveWork();
