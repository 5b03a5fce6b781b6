// Numbers that look random and are not: the same seed, fault and request give the same ones.
import type { Latency } from '../scenario/faults.js';
import { fnv1a } from '../spec/hash.js';

/** From 0 up to, but without, 1. */
export function draw(seed: number, name: string, number: number): number {
  let bits = fnv1a(`${seed}/${name}/${number}`);
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

/** No answer waits longer. */
const LONGEST_MS = 600_000;

/** Milliseconds; `drawn` gives another number each time. */
export function latencyOf(latency: Latency, drawn: (what: string) => number): number {
  const { ms, min_ms = 0, max_ms = LONGEST_MS, median_ms, sigma = 0.5 } = latency;
  if (ms !== undefined) return ms;
  if (median_ms === undefined) return Math.round(min_ms + drawn('latency') * (max_ms - min_ms));
  // Box and Muller's way from two even numbers to a normal one.
  const radius = Math.sqrt(-2 * Math.log(1 - drawn('radius')));
  const normal = radius * Math.cos(2 * Math.PI * drawn('angle'));
  return Math.round(Math.min(median_ms * Math.exp(sigma * normal), max_ms));
}
