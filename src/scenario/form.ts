// Checks a scenario file against its schema, and removes what breaks it, so that the references
// between the other rows can be checked in the same round.
import type { ErrorObject } from 'ajv';
import { type FaultInWords, type Form, inWords } from '../files/form.js';
import { nearest } from '../files/nearest.js';
import type { Problem } from '../files/problem.js';
import type { ParsedYaml, ProblemAt } from '../files/yaml.js';
import { pointerToken, pointerTokens } from '../spec/pointer.js';
import type { Draft } from '../world/noun.js';
import type { Scenario } from './scenario.js';
import { listedNouns } from './sections.js';

const lists = listedNouns.map(({ section }) => section);
const inOrganizations = listedNouns
  .filter(({ within }) => within === 'organizations')
  .map(({ section }) => section);

export const allLists: ReadonlySet<string> = new Set(lists);

export interface Formed {
  readonly scenario: Draft<Scenario>;
  readonly problems: readonly Problem[];
  /**
   * Lists of which a part could not be read. A row that seems to be missing there may be in that
   * part.
   */
  readonly lost: ReadonlySet<string>;
  /**
   * Rows of which a value could not be read. A value that seems to be missing there may be that
   * one.
   */
  readonly damaged: ReadonlySet<object>;
}

export interface ReadScenario extends Formed {
  /** A problem at the node a pointer names, such as `/spaces/0/vector_store_id`. */
  readonly at: ProblemAt;
  /** Its rows refer to rows that are there: a test has looked. */
  readonly isTested?: boolean;
}

export function readForm({ value, at, isSound, problems: broken }: ParsedYaml, form: Form): Formed {
  if (value === undefined && broken.length > 0)
    return { scenario: {}, problems: broken, lost: allLists, damaged: new Set() };
  const { validate } = form;
  const isBroken = broken.length > 0 && !isSound('');
  const errors = validate(value) ? [] : (validate.errors ?? []);
  const lost = isBroken ? allLists : new Set(errors.flatMap(lostBy));
  const faults = errors
    .map((error) => inWords(form.schema, value, error))
    .filter(({ pointer }) => isSound(pointer));
  return {
    ...withoutFaults(isBroken ? soundRows(value, isSound) : value, errors),
    problems: [
      ...broken,
      ...withoutRepeats(faults).map(({ pointer, what, fix }) => at(pointer, what, fix)),
    ],
    lost,
  };
}

/** A row that is none breaks both what rows have in common and what its list asks of them. */
const withoutRepeats = (faults: readonly FaultInWords[]): readonly FaultInWords[] => [
  ...new Map(faults.map((fault) => [`${fault.pointer} ${fault.what}`, fault])).values(),
];

function lostBy({ instancePath, keyword, params }: ErrorObject): readonly string[] {
  const tokens = pointerTokens(instancePath);
  const isRow = /^\d+$/.test(tokens.at(-1) ?? '');
  if (keyword === 'additionalProperties') {
    const meant = nearest(params.additionalProperty as string, lists);
    return lists.filter((list) => list === meant);
  }
  const counted = keyword === 'required' ? params.missingProperty === 'count' : isCount(tokens);
  if (counted) return lists.filter((list) => tokens.includes(list));
  if (keyword !== 'type') return [];
  if (tokens.length === 0) return lists;
  const isOrganization =
    tokens[0] === 'organizations' && (tokens.length === 1 || (tokens.length === 2 && isRow));
  return lists.filter(
    (list) => tokens.at(-1) === list || (isOrganization && inOrganizations.includes(list)),
  );
}

/** Of rows that are made, such as `/spaces/count`. */
const isCount = (tokens: readonly string[]): boolean =>
  tokens.at(-1) === 'count' && lists.includes(tokens.at(-2) as string);

/** The rows that end before the syntax breaks. */
function soundRows(value: unknown, isSound: ParsedYaml['isSound']): unknown {
  const entries = Object.entries(value ?? {}).flatMap(([key, list]) => {
    const at = `/${pointerToken(key)}`;
    if (!Array.isArray(list)) return isSound(at) ? [[key, list] as const] : [];
    return [[key, list.map((row: unknown, i) => (isSound(`${at}/${i}`) ? row : {}))] as const];
  });
  return Object.fromEntries(entries);
}

/**
 * A copy without what breaks the schema. A row of a list leaves an empty one behind, so that the
 * others keep their number.
 */
function withoutFaults(
  value: unknown,
  errors: readonly ErrorObject[],
): Pick<Formed, 'scenario' | 'damaged'> {
  const damaged = new Set<object>();
  if (errors.length === 0) return { scenario: (value ?? {}) as Draft<Scenario>, damaged };
  const copy: { whole?: unknown } = { whole: structuredClone(value) };
  for (const { instancePath, keyword, params } of errors) {
    if (keyword === 'required' || keyword === 'additionalProperties') continue;
    const tokens = ['whole', ...pointerTokens(instancePath)];
    const last = tokens.pop() as string;
    const parent = tokens.reduce<unknown>(
      (node, token) => (node as Record<string, unknown> | undefined)?.[token],
      copy,
    );
    if (Array.isArray(parent)) parent[Number(last)] = params.type === 'object' ? {} : undefined;
    else if (typeof parent === 'object' && parent !== null) {
      delete (parent as Record<string, unknown>)[last];
      damaged.add(parent);
    }
  }
  return { scenario: (copy.whole ?? {}) as Draft<Scenario>, damaged };
}
