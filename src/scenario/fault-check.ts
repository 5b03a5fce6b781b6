// What is wrong with faults that people wrote, in words: what breaks the schema, names of nothing,
// and parts that do not go together. All problems at once.
import { type Form, inWords } from '../files/form.js';
import { fixOf } from '../files/nearest.js';
import { nearestPath } from '../files/nearest-path.js';
import type { Report } from '../files/problem.js';
import type { Case } from '../spec/case.js';
import type { Operation, Spec } from '../spec/document.js';
import { createMatcher } from '../spec/match.js';
import { fits } from '../spec/pattern.js';
import { pointerTokens } from '../spec/pointer.js';
import type { World } from '../world/world.js';
import type { Fault, FaultEffect, Latency, Several } from './faults.js';

/** What faults may name. */
export interface Named {
  readonly spec: Pick<Spec<string>, 'operations'>;
  /** Absent where it cannot be known yet who may call. */
  readonly world?: World | undefined;
}

export const listOf = <Value>(several: Several<Value> | undefined): readonly Value[] =>
  several === undefined ? [] : ([several].flat() as Value[]);

/** Looks at `{ faults: [...] }`, whatever it is. */
export function checkFaults(given: unknown, form: Form, named: Named, report: Report): void {
  const { validate, schema } = form;
  const errors = validate(given) ? [] : (validate.errors ?? []);
  const broken = new Set<string | undefined>();
  for (const error of errors) {
    const { pointer, what, fix } = inWords(schema, given, error);
    broken.add(pointerTokens(error.instancePath)[1]);
    report(pointer, what, fix);
  }
  const { faults } = (given ?? {}) as { faults?: unknown };
  if (broken.has(undefined) || !Array.isArray(faults)) return;
  const names = new Set<string>();
  for (const [i, fault] of (faults as Fault[]).entries()) {
    if (broken.has(String(i))) continue;
    const at = `/faults/${i}`;
    if (fault.name !== undefined && names.has(fault.name))
      report(`${at}/name`, `there are two faults ${fault.name}`, 'give each its own name');
    if (fault.name !== undefined) names.add(fault.name);
    checkFault(fault, named, (pointer, what, fix) => report(`${at}${pointer}`, what, fix));
  }
}

function checkFault(fault: Fault, named: Named, report: Report): void {
  const { when = {}, does } = fault;
  const operations = operationsOf(fault, named.spec);
  for (const [i, name] of listOf(when.operation).entries())
    if (!someFits(named.spec.operations.keys(), name))
      report(
        placeOf('/when/operation', when.operation, i),
        `there is no operation ${name}`,
        fixOf(name, [...named.spec.operations.keys()]),
      );
  const known = casesOf(operations.length > 0 ? operations : [...named.spec.operations.values()]);
  for (const [i, name] of listOf(when.case).entries())
    if (!known.has(name)) report(placeOf('/when/case', when.case, i), ...noCase(name, known));
  checkForced(does, known, report);
  checkCaller(when.caller, named.world, report);
  checkPath(when.path, named.spec, report);
  const { from, until } = when;
  if (from !== undefined && until !== undefined && Date.parse(from) >= Date.parse(until))
    report('/when/until', `${until} is not later than ${from}`, 'give a later time');
  if (when.case !== undefined && does.carried_out === false)
    report(
      '/does/carried_out',
      'a fault for a case cannot come before the request is carried out',
      'leave carried_out out, or leave out when.case',
    );
  checkEffect(does, report);
}

const placeOf = (pointer: string, several: unknown, i: number): string =>
  Array.isArray(several) ? `${pointer}/${i}` : pointer;

const someFits = (names: Iterable<string>, pattern: string): boolean =>
  [...names].some((name) => fits(name, pattern));

/** Those that a fault is for; all where it names none. */
function operationsOf({ when = {} }: Fault, { operations }: Named['spec']) {
  const all = [...operations.values()];
  const patterns = listOf(when.operation);
  return patterns.length === 0
    ? all
    : all.filter(({ id }) => patterns.some((pattern) => fits(id, pattern)));
}

const casesOf = (operations: readonly Operation<string>[]): ReadonlyMap<string, Case> =>
  new Map(operations.flatMap(({ cases }) => [...cases]));

const noCase = (name: string, known: ReadonlyMap<string, Case>) =>
  [`there is no case ${name}`, fixOf(name, [...known.keys()])] as const;

function checkForced(
  { case: name }: FaultEffect,
  known: ReadonlyMap<string, Case>,
  report: Report,
): void {
  if (name === undefined) return;
  const documented = known.get(name);
  if (!documented) {
    report('/does/case', ...noCase(name, known));
  } else if (documented.status < 400)
    report(
      '/does/case',
      `${name} is a success, and a fault is none`,
      'name a refusal; `Prefer: example=NAME` forces a success',
    );
}

function checkCaller(caller: string | undefined, world: World | undefined, report: Report) {
  if (caller === undefined || !world) return;
  const { users, credentials } = world;
  if (users.get(caller) || credentials.has(caller)) return;
  const names = [...users.all(), ...credentials.all()].map(({ id }) => id);
  report('/when/caller', `there is no caller ${caller}`, fixOf(caller, names));
}

function checkPath(path: string | undefined, { operations }: Named['spec'], report: Report): void {
  if (path === undefined || path.includes('*')) return;
  if (createMatcher(operations.values())('GET', path).kind !== 'unknown_path') return;
  const near = nearestPath(
    path,
    [...operations.values()].map(({ template }) => template),
  );
  report(
    '/when/path',
    `no operation has the path ${path}`,
    near === undefined
      ? 'write one of the document; * stands for any letters'
      : `did you mean ${near}?`,
  );
}

/** Which parts of an effect need, or rule out, which others. */
function checkEffect(does: FaultEffect, report: Report): void {
  const has = (...keys: readonly (keyof FaultEffect)[]): boolean =>
    keys.some((key) => does[key] !== undefined);
  const one = (keys: readonly (keyof FaultEffect)[]): void => {
    const [, second] = keys.filter((key) => has(key));
    if (second)
      report(
        `/does/${second}`,
        `only one of ${keys.join(', ')} can happen`,
        'leave all but one out',
      );
  };
  one(['case', 'status']);
  one(['end', 'cut_after', 'drip']);
  const needs = (key: keyof FaultEffect, others: readonly (keyof FaultEffect)[]): void => {
    if (has(key) && !has(...others))
      report(
        `/does/${key}`,
        `${key} says nothing by itself`,
        `add ${others.join(' or ')}, or leave it out`,
      );
  };
  needs('retry_after', ['case', 'status']);
  needs('body', ['status']);
  needs('carried_out', ['case', 'status', 'end']);
  if (does.latency) checkLatency(does.latency, report);
}

function checkLatency(latency: Latency, report: Report): void {
  const { ms, min_ms, max_ms, median_ms, sigma } = latency;
  const kinds = [
    ms !== undefined,
    min_ms !== undefined || (max_ms !== undefined && median_ms === undefined),
    median_ms !== undefined || sigma !== undefined,
  ].filter(Boolean);
  if (kinds.length > 1)
    report(
      '/does/latency',
      'the latency is of several kinds at once',
      'write ms, or min_ms and max_ms, or median_ms and sigma',
    );
  else if (sigma !== undefined && median_ms === undefined)
    report(
      '/does/latency',
      'median_ms is missing',
      'add median_ms: half of the answers take longer',
    );
  else if (min_ms !== undefined && (max_ms === undefined || max_ms < min_ms))
    report('/does/latency', 'max_ms is missing or less than min_ms', 'add a max_ms that is more');
}
