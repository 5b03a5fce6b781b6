// Everything that a run plays, in order: sign-ins, lifecycles, what holds when many ask at once, the
// rows of the tables, the methods that no path has.
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { once, oncePer } from '../../spec/once-per.js';
import { hasBoth } from '../dialect.js';
import { comparedIn } from '../tables/arazzo.js';
import { compile, givenTo } from '../tables/compile.js';
import type { Step } from '../tables/steps.js';
import type { Contracts, Row, Table } from '../tables/table.js';
import { creations } from './creations.js';
import { lanesOf } from './lanes.js';
import type { Costs } from './level.js';
import { playLifecycle, subjectOf } from './lifecycle.js';
import { planMethods } from './methods.js';
import { needsOf, needsOfRequests } from './needs.js';
import { type Selection, selectionOf } from './parts.js';
import { planAtOnce } from './plan-at-once.js';
import type { Play } from './play.js';
import type { Profile } from './profile.js';
import { type PlannedRow, playRow } from './row.js';
import { sharedPartOf } from './shared.js';
import { planSignIns } from './sign-in.js';
import { expectedCase } from './subject.js';

/** Everything about the operations that are included; all when absent. */
export function planRun(
  spec: Spec,
  contracts: Contracts,
  profile: Profile,
  { include, allow }: Selection = selectionOf({}),
): readonly Play[] {
  const lifecycles = contracts.lifecycles
    .filter(({ steps }) => steps.every(({ request }) => include(request.call)))
    .map((lifecycle): Play => {
      const requests = lifecycle.steps.map(({ request }) => request);
      const needs = needsOfRequests(requests, lifecycle.steps.flatMap(comparedIn));
      return {
        ...subjectOf(lifecycle),
        needs,
        touches: needs.calls,
        costs: { own: requests.map(({ call }) => call), state: [] },
        lanes: lanesOf(spec, {
          requests,
          needs,
          handedOn: requests.filter(({ call }) => isHandedOn(call)).length,
        }),
        play: (parts) => playLifecycle(lifecycle, parts),
      };
    });
  const planned = planRows(spec, contracts, include);
  const tokens = withTokens(spec, profile, planned);
  // Behind the others of their operation: what they share with them is held no longer than that.
  const all = contracts.tables.flatMap(({ operation: id }) =>
    [...planned, ...tokens].filter(({ operation }) => operation === id),
  );
  const sharers = new Map<string, number>();
  for (const { shared } of all)
    if (shared) sharers.set(shared.key, (sharers.get(shared.key) ?? 0) + 1);
  const isShared = ({ shared }: PlannedRow): boolean => (sharers.get(shared?.key ?? '') ?? 2) > 1;
  const rows = all.map((row) => playOf(spec, isShared(row) ? row : unshared(spec, row)));
  // What has to be made is there for all others.
  const makers = (Object.keys(creations) as OperationId[]).filter(isHandedOn);
  const first = makers.flatMap((id) =>
    rows.filter(({ operation, byToken }) => operation === id && !byToken),
  );
  // Lifecycles before most rows: the last row of a table may use up what the profile names.
  return [
    ...planSignIns(spec, profile, { include, allow }),
    ...first,
    ...lifecycles,
    ...planAtOnce(spec, contracts, include),
    ...rows.filter((row) => !first.includes(row)),
    ...planMethods(spec, include),
  ];
}

/** Plays hand on to one another what it makes. */
const isHandedOn = (call: OperationId): boolean => creations[call]?.change !== undefined;

/** The rows in the order of the tables. */
export const planRows = (
  spec: Spec,
  contracts: Contracts,
  include: (operation: OperationId) => boolean = () => true,
): readonly PlannedRow[] =>
  contracts.tables
    .filter((table) => include(table.operation))
    .flatMap((table) => rowsOf(spec, contracts, table));

/**
 * The rows of a table, and behind them the general ones; a table's own row for a case replaces the
 * general one. What they do follows from the contracts alone: it is planned once for all runs.
 */
const rowsOf = oncePer((spec: Spec, contracts: Contracts, table: Table): readonly PlannedRow[] => {
  const { operation } = table;
  const cases = spec.operations.get(operation)?.cases;
  const own = new Set(table.rows.map((row) => [row.expect].flat()[0]));
  const general = contracts.everywhere.filter((row) =>
    [row.expect].flat().every((name, i) => cases?.has(name) && !(i === 0 && own.has(name))),
  );
  const rows = [...table.rows, ...general].map((row): PlannedRow => {
    const expected = [row.expect].flat();
    const steps = neededOf(compile(spec, contracts, { table, row }), expected, cases);
    return {
      kind: 'row',
      operation,
      title: titleOf(table, row, expected),
      place: row.place,
      caller: row.caller,
      expected,
      table,
      row,
      steps,
      shared: sharedPartOf(spec, { table, row, steps }),
    };
  });
  return toldApart(rows);
});

/**
 * What a CI and a list of known deviations know a row by must be its own, and stay when other lines
 * of the file move: equal titles end with (1), (2) and so on.
 */
function toldApart(rows: readonly PlannedRow[]): readonly PlannedRow[] {
  const alike = new Map<string, PlannedRow[]>();
  for (const row of rows) alike.set(row.title, [...(alike.get(row.title) ?? []), row]);
  return rows.map((row) => {
    const equals = alike.get(row.title) as PlannedRow[];
    return equals.length === 1
      ? row
      : { ...row, title: `${row.title} (${equals.indexOf(row) + 1})` };
  });
}

/** What no other row needs is the row's own. */
const unshared = oncePer((_: Spec, row: PlannedRow): PlannedRow => ({ ...row, shared: undefined }));

/** Most levels leave out most rows, so what only those that are played need is worked out when asked. */
const playOf = oncePer((spec: Spec, row: PlannedRow): Play => {
  const { table: _, row: __, byToken = false, steps, shared, ...subject } = row;
  const shares = shared?.key;
  const requests = once(() => steps.flatMap((step) => ('request' in step ? [step.request] : [])));
  const needs = once(() => needsOf(steps));
  const touches = once(() => new Set(requests().map(({ call }) => call)));
  const costs = once(() => costsOf(row));
  const lanes = once(() => {
    const handedOn = costs().own.filter(isHandedOn).length - Number(isHandedOn(row.operation));
    return lanesOf(spec, { requests: requests(), needs: needs(), shares, handedOn });
  });
  return {
    ...subject,
    shares,
    get needs() {
      return needs();
    },
    get touches() {
      return touches();
    },
    get lanes() {
      return lanes();
    },
    get costs() {
      return costs();
    },
    isEdge: row.row.edge !== undefined,
    isHardText: row.row.isHardText === true,
    byToken,
    play: (parts) => playRow(row, parts),
  };
});

/**
 * Whoever has a key and a token is the same caller with both: of each operation, a success and a
 * refusal for want of access are played once more, with the token.
 */
function withTokens(
  spec: Spec,
  profile: Profile,
  rows: readonly PlannedRow[],
): readonly PlannedRow[] {
  const cheapest = new Map<string, { readonly row: PlannedRow; readonly cost: number }>();
  for (const row of rows) {
    const { operation, caller, expected, row: written } = row;
    const holder = profile.callers[caller ?? 'none'];
    if (!holder || !hasBoth(holder) || expected.length > 1 || written.edge !== undefined) continue;
    // What only the profile has, such as a message, is used up.
    if (row.steps.some((step) => step.kind === 'prepare' && step.about)) continue;
    const { status = 0 } = expectedCase(spec, row) ?? {};
    if (status >= 400 && status !== 403 && status !== 404) continue;
    const { own, state } = costsOf(row);
    // Whose a write was shows in what is seen of it afterwards, with the key.
    const isBlind = status < 400 && !row.steps.some(({ kind }) => kind === 'look');
    const cost = own.length + state.length + (isBlind ? 100 : 0);
    const key = `${operation} ${status < 400 ? 'success' : 'refusal'}`;
    if (cost < (cheapest.get(key)?.cost ?? Number.POSITIVE_INFINITY))
      cheapest.set(key, { row, cost });
  }
  return [...cheapest.values()].map(({ row }) => ({
    ...row,
    byToken: true,
    title: `${row.title}, with a token`,
  }));
}

/** Nothing need be compared where no refusal is expected. */
const neededOf = (
  steps: readonly Step[],
  expected: readonly string[],
  cases: Operation['cases'] | undefined,
): readonly Step[] =>
  expected.some((name) => (cases?.get(name)?.status ?? 0) >= 400)
    ? steps
    : steps.filter(({ kind }) => kind !== 'observe' && kind !== 'compare');

function costsOf({ steps, shared }: PlannedRow): Costs {
  const isShared = (step: Step): boolean =>
    shared?.steps.includes(step.kind === 'undo' ? step.kept : step) ?? false;
  const calls = (of: readonly Step[]): readonly OperationId[] =>
    of.flatMap((step) => {
      if (step.kind === 'compare') return [step.observed.request.call];
      return 'request' in step ? [step.request.call] : [];
    });
  const isCompared = ({ kind }: Step): boolean => kind === 'observe' || kind === 'compare';
  const others = steps.filter((step) => !isCompared(step));
  return {
    own: calls(others.filter((step) => !isShared(step))),
    state: calls(others.filter(isShared)),
    compared: calls(steps.filter(isCompared)),
  };
}

function titleOf(table: Table, row: Row, expected: readonly string[]): string {
  const given = Object.values(givenTo({ table, row })).map((recipe) => recipe.replaceAll('_', ' '));
  const states = given.length > 0 ? ` with ${given.join(' and ')}` : '';
  const edge = row.edge === undefined ? '' : `, where ${row.edge},`;
  return `${table.operation} by ${row.caller}${states}${edge} answers ${expected.join(' or ')}`;
}
