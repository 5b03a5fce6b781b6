// The fixed sample on which the rivals are asked: as many drifts of each kind, picked by a hash of
// their names and by nobody.
import { createHash } from 'node:crypto';

const WHOLE = { driftsPerKind: 3, variations: 10 };
const SHORT = { driftsPerKind: 1, variations: 2 };

/**
 * Of each kind the names with the lowest SHA-256, in the order in which all are listed; the
 * variations come last. The short sample is a part of the whole one.
 */
export function pickSample(drifts, { short = false } = {}) {
  const { driftsPerKind, variations } = short ? SHORT : WHOLE;
  const picked = new Set();
  const all = [...drifts.values()];
  for (const kind of new Set(all.map((drift) => drift.kind))) {
    const own = all.filter((drift) => drift.kind === kind).map(({ name }) => [sha256(name), name]);
    const ranked = own.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, name]) => name);
    for (const name of ranked.slice(0, kind === 'vary' ? variations : driftsPerKind))
      picked.add(name);
  }
  return all.map(({ name }) => name).filter((name) => picked.has(name));
}

/** Of all drifts together, those with the lowest SHA-256; without the variations. */
export const pickAny = (drifts, count) =>
  [...drifts.values()]
    .filter(({ kind }) => kind !== 'vary')
    .map(({ name }) => [sha256(name), name])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, count)
    .map(([, name]) => name);

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
