// A worker of kit.mjs: is told a drift's name, plays the contracts against a mock server with that
// drift, and says what it saw.
import { parentPort, workerData } from 'node:worker_threads';
import { createUnderstudy } from '../dist/index.js';
import { handlerTarget, runContracts } from '../dist/kit.js';
import { contracts, drifts, playsOf, playsTouching, profile, spec } from './plays.mjs';

const plays = playsOf(workerData.level);

/** On the honest mock server, no drift is named. */
parentPort.on('message', async (name) => {
  const started = performance.now();
  const drift = drifts.get(name);
  const judged = !drift || drift.kind === 'vary' ? await vary(drift) : await plant(drift);
  parentPort.postMessage({ name, seconds: (performance.now() - started) / 1000, ...judged });
});

/** Plays until one of them is enough. */
async function play(drift, picked, isEnough) {
  const understudy = createUnderstudy(drift ? { drift: drift.name } : {});
  const enough = new AbortController();
  await runContracts({
    spec,
    contracts,
    profile,
    plays: picked,
    target: handlerTarget('a drifting mock server', understudy.fetch),
    onRow: (played) => {
      if (isEnough(played)) enough.abort();
    },
    signal: enough.signal,
    wait: async () => {},
  });
  return enough.signal.aborted;
}

/**
 * The rows about the operation go first, the likeliest before all: a drift that they find costs
 * little. Any other gets the whole check.
 */
async function plant(drift) {
  const picked = playsTouching(plays, drift.operations);
  const own = picked
    .filter(({ kind, operation }) => kind === 'row' && drift.operations.includes(operation))
    .sort((a, b) => Number(fits(b, drift)) - Number(fits(a, drift)));
  let finder;
  let elsewhere;
  const names = (played) => {
    const [alarms, others] = findingsOf(played, drift);
    elsewhere ??= others[0]?.operation;
    if (alarms.length > 0) finder = played.title;
    return alarms.length > 0;
  };
  const named = (await play(drift, own, names)) || (await play(drift, picked, names));
  if (named && (await objectsToHonesty(finder)))
    return { verdict: 'missed', elsewhere: 'the honest mock server', plays: picked.length };
  return {
    verdict: named ? 'named' : elsewhere ? 'elsewhere' : 'missed',
    elsewhere,
    plays: picked.length,
  };
}

const honest = new Map();
/** What is found must not be found on the honest mock server by the same play. */
async function objectsToHonesty(title) {
  const own = plays.filter((one) => one.title === title);
  if (!honest.has(title))
    honest.set(title, await play(undefined, own, ({ findings }) => findings.some(isAlarm)));
  return honest.get(title);
}

async function vary(drift) {
  const alarms = new Map();
  let unplayed = 0;
  const touched = playsTouching(plays, workerData.touching);
  await play(drift, playsTouching(touched, drift?.operations), (played) => {
    if (played.result === 'not_exercised') unplayed += 1;
    for (const {
      severity,
      operation,
      code,
      pointer,
      expected,
      got,
      place,
    } of played.findings.filter(isAlarm)) {
      const key = `${operation} ${code} ${pointer.replace(/\/\d+/g, '/*')}`;
      const what = `${severity} ${code} ${operation}${pointer}: expected ${expected}, got ${got}`;
      const known = alarms.get(key) ?? { what, places: [] };
      alarms.set(key, { ...known, places: [...new Set([...known.places, place])] });
    }
    return false;
  });
  return { alarms: [...alarms.values()], unplayed };
}

/** A failure or a question; a notice is for information. */
const isAlarm = ({ severity }) => severity !== 'notice';

/**
 * The failures and questions that name the drift's operation, and the others. What a state says is
 * known by its row: the read that shows a lost write is not the one at fault.
 */
function findingsOf({ findings, kind, operation: subject }, { operations }) {
  const alarms = findings.filter(isAlarm);
  const names = ({ code, operation }) => {
    const ofRow = (code === 'STATE_WRONG' || code === 'REFUSAL_CHANGED_STATE') && kind === 'row';
    return operations.includes(operation) || (ofRow && operations.includes(subject));
  };
  return [alarms.filter(names), alarms.filter((finding) => !names(finding))];
}

/** Whether a row expects the very answer that the drift changes. */
function fits({ operation, expected }, drift) {
  const cases = expected.map((name) => spec.operations.get(operation).cases.get(name));
  if (drift.case) return expected.includes(drift.case);
  return cases.some((documented) =>
    drift.status ? documented?.status === drift.status : documented?.status < 400,
  );
}
