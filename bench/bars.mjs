// What a run must hold: bars of a start, those recorded of each request, and those beside other servers.
import { readFileSync, writeFileSync } from 'node:fs';
import { compare } from './report.mjs';

/** Of a start to the first right answer, in starts of bare Express. */
export const startBars = {
  ms: { title: 'the time of a start', most: 1.5 },
  cpu: { title: 'the CPU of a start', most: 1.2 },
  memory: { title: 'the memory when idle', most: 1.12 },
};
/**
 * CPU per request, in requests of bare Express, as it was recorded; and how much dearer it may be.
 */
const baseFile = new URL('./base.json', import.meta.url);
export const TOLERANCE = 0.2;
/** Ratios depend on the Node, so in that file each major version has a base of its own. */
const major = process.version.slice(1).split('.', 1)[0];
/** A request costs at most so many of node:http alone. */
const FLOORS = 2.2;

function readBases() {
  return JSON.parse(readFileSync(baseFile, 'utf8'));
}

export function writeBase(ratios) {
  const rounded = Object.entries(ratios).map(([key, ratio]) => [key, Number(ratio.toFixed(2))]);
  const bases = { ...readBases(), [major]: Object.fromEntries(rounded) };
  writeFileSync(baseFile, `${JSON.stringify(bases, null, 2)}\n`);
}

/** Undefined for a request that was never recorded on this Node: it has no bar. */
function barOf(key) {
  const recorded = readBases()[major]?.[key];
  return recorded === undefined ? undefined : recorded * (1 + TOLERANCE);
}

export function holdsItsBar(key, samples) {
  const most = barOf(key);
  return most === undefined || cheapest(compare(samples).understudy) <= most;
}

/**
 * Of lowest by lowest, which one lucky round of the peer spoils, and the median of the rounds, which a
 * busy machine does: what has become dearer is so in both.
 */
export function cheapest({ least, ratio }) {
  return Math.min(least, ratio.median);
}

/**
 * Whether each is held, which is said of each. `cpu` has, by request, the servers as `compare` gives them.
 */
export function holdTheBars(start, cpu) {
  console.log('');
  const requests = Object.entries(cpu);
  const held = [
    ...Object.entries(start).map(([key, { understudy }]) =>
      holdsBar(startBars[key].title, cheapest(understudy), startBars[key].most),
    ),
    ...requests.map(([key, { understudy }]) =>
      holdsBar(`CPU of ${key}`, cheapest(understudy), barOf(key)),
    ),
    ...requests.flatMap(([key, compared]) => besidePeers(key, compared)),
  ];
  return held.every(Boolean);
}

/** Of the lowest of each: no more than so many times the floor, and less than any other mock server. */
function besidePeers(key, { understudy, http, prism, validator, mockoon, wiremock }) {
  if (!http) return [];
  const peers = { prism, validator, mockoon, wiremock };
  const cheaper = Object.keys(peers).filter((name) => peers[name].least <= understudy.least);
  const times = understudy.least / http.least;
  console.log(
    `${key}: ${times.toFixed(2)} × node:http (at most ${FLOORS}); ` +
      `${cheaper.length === 0 ? 'cheaper than every other mock server' : `NOT cheaper than ${cheaper.join(', ')}`}.`,
  );
  return [times <= FLOORS, cheaper.length === 0];
}

function holdsBar(what, ratio, most) {
  if (most === undefined) {
    console.log(`No bar: ${what} was never recorded on Node ${major}. It is ${ratio.toFixed(2)}.`);
    return true;
  }
  const held = ratio <= most;
  const verdict = held ? 'held' : 'NOT held';
  console.log(
    `The bar: ${what} at most ${most.toFixed(2)} × bare Express. It is ${ratio.toFixed(2)}: ${verdict}.`,
  );
  return held;
}
