// Every drift and every variation by name, and a list of them for people.

import { nearest } from '../files/nearest.js';
import type { Spec } from '../spec/document.js';
import { UsageError } from '../spec/failure.js';
import { type Drift, driftKinds } from './form.js';
import { grantDrifts } from './grants.js';
import { handDrifts } from './hand.js';
import { listDrifts } from './lists.js';
import { lossDrifts } from './lost.js';
import { objectDrifts } from './objects.js';
import { raceDrifts } from './race.js';
import { rememberedDrifts } from './remembered.js';
import { stateDrifts } from './state.js';
import { textDrifts } from './texts.js';
import { totalDrifts } from './totals.js';
import { updateDrifts } from './updates.js';
import { variations } from './vary.js';
import { verdictDrifts } from './verdicts.js';
import { wireDrifts } from './wire.js';

/** The name asked for is nobody's. */
export class UnknownDrift extends UsageError {}

const bySpec = new WeakMap<Spec, ReadonlyMap<string, Drift>>();

/** Enumerated from the document and the rules, by kind. */
export function driftsOf(spec: Spec): ReadonlyMap<string, Drift> {
  const found = bySpec.get(spec);
  if (found) return found;
  const kinds = Object.keys(driftKinds);
  const all = [
    ...stateDrifts(spec),
    ...wireDrifts(spec),
    ...handDrifts(spec),
    ...objectDrifts(spec),
    ...raceDrifts(),
    ...listDrifts(spec),
    ...updateDrifts(),
    ...rememberedDrifts(),
    ...grantDrifts(),
    ...verdictDrifts(),
    ...lossDrifts(spec),
    ...totalDrifts(),
    ...textDrifts(),
    ...variations(spec),
  ];
  all.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
  const byName = new Map(all.map((drift) => [drift.name, drift]));
  bySpec.set(spec, byName);
  return byName;
}

/**
 * A line for each whose name contains the pattern, names first, under a heading for each kind; `*`
 * stands for anything. Throws an UnknownDrift that says what is near where there is none.
 */
export function describeDrifts(spec: Spec, pattern = '*'): string {
  const words = pattern.split('*').map((word) => word.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const matches = new RegExp(words.join('.*'), 'i');
  const drifts = [...driftsOf(spec).values()].filter(({ name }) => matches.test(name));
  const sections = Object.entries(driftKinds).flatMap(([kind, does]) => {
    const own = drifts.filter((drift) => drift.kind === kind);
    const lines = own.map((drift) => `  ${drift.name}  ${drift.does}\n`);
    return own.length > 0 ? [`${kind}: ${does} (${own.length})\n${lines.join('')}`] : [];
  });
  if (sections.length > 0) return sections.join('\n');
  const names = [...Object.keys(driftKinds), ...spec.operations.keys(), ...driftsOf(spec).keys()];
  const close = nearest(pattern.replaceAll('*', ''), names);
  const fix = close
    ? `did you mean list:${close}?`
    : '`understudy serve --drift list` prints all names.';
  throw new UnknownDrift(`No drift has a name like ${pattern}.\n  fix: ${fix}`);
}

/** The drift of that name. Throws an UnknownDrift that says which name is near. */
export function driftNamed(spec: Spec, name: string): Drift {
  const drifts = driftsOf(spec);
  const drift = drifts.get(name);
  if (drift) return drift;
  const close =
    nearest(name, [...drifts.keys()]) ??
    [...drifts.keys()].find((other) => other.endsWith(`:${name}`));
  throw new UnknownDrift(
    `There is no drift ${name}.\n  fix: ${close ? `did you mean ${close}? ` : ''}\`understudy serve --drift list\` prints all ${drifts.size}.`,
  );
}
