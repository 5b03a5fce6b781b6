// The kit itself: every drift in a mock server of its own, shared out to as many workers as there
// are cores, then counted.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { parse } from 'yaml';
import { drifts } from './plays.mjs';

export const ENOUGH = 0.95;

/** The whole check takes a minute; what takes this long never ends. */
const LONGEST_MS = 600_000;

/**
 * Plays the contracts against the honest mock server and against each of the drifts. Of a drift
 * comes its `verdict`, of a variation the `alarms` it raised; of the honest mock server, the first
 * of all, both the alarms and the rows that could not be played. With `touching`, the honest mock
 * server and the variations are asked only what calls one of these operations.
 * @param {readonly string[]} names
 * @param {(text: string) => void} say
 * @param {{ level?: string, touching?: readonly string[] }} [part]
 * @returns {Promise<[any, ...any[]]>}
 */
export async function playKit(names, say, { level = 'full', touching } = {}) {
  // The long ones first, so that none is left over at the end.
  const queue = ['', ...names].sort((a, b) => Number(isLong(b)) - Number(isLong(a)));
  const results = new Map();
  const workers = Array.from(
    { length: availableParallelism() },
    () =>
      new Worker(new URL('./kit-worker.mjs', import.meta.url), { workerData: { level, touching } }),
  );
  const work = (worker) =>
    new Promise((resolve, reject) => {
      let timer;
      const next = () => {
        clearTimeout(timer);
        const name = queue.shift();
        if (name === undefined) return resolve(undefined);
        timer = setTimeout(() => reject(new Error(`No end of ${name || 'honesty'}.`)), LONGEST_MS);
        return worker.postMessage(name);
      };
      worker.on('error', reject);
      worker.on('message', (result) => {
        results.set(result.name, result);
        if (results.size % 1000 === 0) say(`the kit: ${results.size} of ${names.length + 1}`);
        next();
      });
      next();
    });
  await Promise.all(workers.map(work));
  await Promise.all(workers.map((worker) => worker.terminate()));
  return [results.get(''), ...names.map((name) => results.get(name))];
}

const isLong = (name) => name === '' || name.startsWith('vary:');

/** In a pattern, `*` is any text; a name's own `*` fits too. */
export function matches(pattern, name) {
  const parts = pattern.split('*').map((text) => text.replace(/[.+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

/**
 * What is wrong with the results by themselves: `whole` says that they are about every drift, so
 * that each reason must be needed.
 */
export function judgeKit([honest, ...results], whole) {
  const reasons = readReasons();
  const planted = results.filter(({ verdict }) => verdict !== undefined);
  const varied = results.filter(({ alarms }) => alarms !== undefined);
  const survivors = planted
    .filter(({ verdict }) => verdict !== 'named')
    .map((survivor) => ({
      ...survivor,
      reason: reasons.find(({ pattern }) => matches(pattern, survivor.name))?.reason,
    }));
  const isIdle = ({ pattern }) => !survivors.some(({ name }) => matches(pattern, name));
  return {
    planted,
    survivors,
    unexplained: survivors.filter(({ reason }) => reason === undefined),
    idle: whole ? reasons.filter(isIdle) : [],
    alarms: [{ ...honest, name: 'the honest mock server' }, ...varied].filter(
      ({ alarms }) => alarms.length > 0,
    ),
    keptFromPlay: varied
      .map(({ name, unplayed }) => ({ name, rows: unplayed - honest.unplayed }))
      .filter(({ rows }) => rows > 0),
    counts: {
      ...countsOf(planted),
      variations: {
        found: varied.filter(({ alarms }) => alarms.length === 0).length,
        of: varied.length,
      },
    },
  };
}

function readReasons() {
  const entries = parse(readFileSync(new URL('./survivors.yaml', import.meta.url), 'utf8')) ?? [];
  return entries.flatMap(({ reason, drifts: patterns }) =>
    patterns.map((pattern) => ({ pattern, reason })),
  );
}

/** How many were found: of all drifts, and of each kind. */
export const countsOf = (planted) => ({
  drifts: countOf(planted),
  kinds: Object.fromEntries([...byGroup(planted)].map(([group, own]) => [group, countOf(own)])),
});

const countOf = (results) => ({
  found: results.filter(({ verdict }) => verdict === 'named').length,
  of: results.length,
});

/**
 * A kind that is easy must not hide one that is not: refusals, which are many, are counted apart.
 */
function byGroup(planted) {
  const groups = new Map();
  for (const result of planted) {
    const group = groupOf(drifts.get(result.name));
    groups.set(group, [...(groups.get(group) ?? []), result]);
  }
  return groups;
}

const inBoth = ['drop', 'null', 'retype', 'relation', 'status'];
/** @param {{ kind: string, status?: number }} drift */
const groupOf = ({ kind, status }) =>
  inBoth.includes(kind) ? `${kind} (${status < 400 ? 'answers' : 'refusals'})` : kind;
