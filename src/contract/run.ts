// Plays every row against a target, judges every exchange, and counts what was shown: right, wrong, or not exercised and why.

import type { Target } from '../client/target.js';
import { decidedBy } from '../spec/case.js';
import type { OperationId, Spec } from '../spec/document.js';
import { isJsonObject, type Json } from '../spec/message.js';
import { type Finding, findingOf, mergeFindings } from './finding.js';
import { playLifecycle } from './lifecycle.js';
import { type PlannedRow, planRows } from './plan.js';
import type { PlayedRow, RowResult } from './played.js';
import type { Profile } from './profile.js';
import { type Exchanged, NotExercised, Session } from './session.js';
import type { Contracts, Look, Row } from './table.js';

export interface CaseCoverage {
  readonly case: string;
  readonly result: RowResult;
  readonly reason?: string;
}

export interface Report {
  readonly target: string;
  readonly rows: readonly PlayedRow[];
  readonly findings: readonly Finding[];
  readonly coverage: readonly CaseCoverage[];
  readonly requests: number;
  readonly leftovers: readonly string[];
  /** Set when the run ended before its rows: the time was over, or the target could not be reached. */
  readonly stopped?: string;
}

export interface RunOptions {
  readonly spec: Spec;
  readonly contracts: Contracts;
  readonly profile: Profile;
  readonly target: Target;
  readonly seed?: number;
  /** Which operations; all when absent. */
  readonly include?: (operation: OperationId) => boolean;
  /** Milliseconds for the whole run. */
  readonly maxTime?: number;
  readonly onRow?: (row: PlayedRow, number: number, of: number) => void;
  /** Asked before each row; true ends the run. */
  readonly interrupted?: () => boolean;
}

/** Throws nothing for what a target does; a target that misbehaves is a finding, or ends the run with the reason. */
export async function runContracts(options: RunOptions): Promise<Report> {
  const { spec, contracts, target, maxTime = Number.POSITIVE_INFINITY, seed = 1 } = options;
  const include = options.include ?? (() => true);
  // Lifecycles first: the last row of a table may use up what the profile names.
  const planned: readonly ((number: number) => Promise<PlayedRow>)[] = [
    ...contracts.lifecycles
      .filter(({ steps }) => steps.every(({ operation }) => include(operation)))
      .map((lifecycle) => (number: number) => playLifecycle(lifecycle, { ...options, seed, number })),
    ...planRows(spec, contracts, include).map((row) => (number: number) => playRow(row, { ...options, seed }, number)),
  ];
  const started = performance.now();
  const rows: PlayedRow[] = [];
  let stopped: string | undefined;
  for (const [i, play] of planned.entries()) {
    if (options.interrupted?.()) stopped = 'interrupted';
    else if (performance.now() - started > maxTime) stopped = `the time of ${maxTime / 1000} s was over`;
    if (stopped) break;
    const played = await play(i + 1);
    rows.push(played);
    options.onRow?.(played, i + 1, planned.length);
    // A target that is not there will not come back for the next thousand rows.
    if (played.findings.some((finding) => finding.unreachable))
      stopped = `the target cannot be reached: ${played.findings[0]?.got}`;
  }
  return {
    target: target.name,
    rows,
    findings: mergeFindings(rows.flatMap((row) => row.findings)),
    coverage: coverageOf(spec, rows, include),
    requests: rows.reduce((sum, row) => sum + row.requests, 0),
    leftovers: rows.flatMap((row) => row.leftovers),
    ...(stopped === undefined ? {} : { stopped }),
  };
}

export async function playRow(planned: PlannedRow, options: RunOptions, number: number): Promise<PlayedRow> {
  const session = new Session({ ...options, seed: options.seed ?? 1, number });
  const findings: Finding[] = [];
  let reason: string | undefined;
  let judged: Exchanged | undefined;
  try {
    judged = await play(planned, session, findings);
  } catch (error) {
    if (!(error instanceof NotExercised)) throw error;
    reason = error.message;
  }
  const leftovers = await session.cleanUp().catch(() => ['clean-up failed']);
  // Every exchange is judged, set-up and clean-up too; the row's own comes with the case that was expected.
  for (const exchanged of session.exchanges) {
    const expected = exchanged === judged ? planned.expected : undefined;
    findings.push(...findingOf(planned, exchanged, session.exchanges, expected));
  }
  const wrong = findings.some((finding) => finding.severity !== 'notice');
  const answered = judged?.judged?.documented?.name;
  return {
    ...planned,
    ...(answered === undefined ? {} : { answered }),
    result: reason !== undefined ? 'not_exercised' : wrong ? 'wrong' : 'right',
    ...(reason === undefined ? {} : { reason }),
    findings,
    requests: session.exchanges.length,
    leftovers,
  };
}

async function play(planned: PlannedRow, session: Session, findings: Finding[]): Promise<Exchanged> {
  const { table, row, expected } = planned;
  for (const [slot, recipe] of Object.entries({ ...table.given, ...row.given })) await session.make(slot, recipe);
  for (const call of row.before ?? []) await session.mustSucceed(call);
  const observed =
    table.observe && row.observe !== 'none' && session.mayCall(table.observe.call) && (await session.mustSucceed(table.observe));

  const raw = rawBody(row);
  const { path = {}, body = table.body, query = table.query } = row;
  const call = {
    call: table.operation,
    path,
    ...(query === undefined ? {} : { query }),
    ...(body === undefined || raw ? {} : { body }), // the relations must not see a body that is not sent
  };
  const exchanged = await session.exchange({ call, caller: row.caller, ...(raw ? { raw } : {}) }, expected);
  if (isSuccess(exchanged)) {
    for (const [slot, recipe] of Object.entries(table.makes ?? {})) session.adopt(slot, recipe, exchanged);
  }

  if (observed && table.observe && (exchanged.response?.status ?? 0) >= 400) {
    const after = await session.exchange({ call: table.observe, caller: table.observe.caller ?? 'owner' });
    const [before, now] = [JSON.stringify(observed.judged?.body), JSON.stringify(after.judged?.body)];
    if (before !== now)
      findings.push(stateFinding(planned, exchanged, session, 'REFUSAL_CHANGED_STATE', before ?? '', now ?? ''));
  }
  // What a wrong answer left behind is no news.
  const right = exchanged.judged?.documented && expected.includes(exchanged.judged.documented.name);
  for (const look of right ? (row.then ?? []).filter((l) => session.mayCall(l.call)) : [])
    await lookAfter(planned, exchanged, look, session, findings);
  return exchanged;
}

async function lookAfter(
  planned: PlannedRow,
  exchanged: Exchanged,
  look: Look,
  session: Session,
  findings: Finding[],
): Promise<void> {
  const expected = look.expect === undefined ? undefined : [look.expect].flat();
  const { path = {}, query = {}, body: sent } = look;
  const resolved = session.resolve({ path, query, ...(sent === undefined ? {} : { body: sent }) }, exchanged.judged?.body);
  const ask = { call: look.call, ...(resolved as Omit<Look, 'call'>) };
  const caller = look.caller ?? 'owner';
  let seen = await session.exchange({ call: ask, caller }, expected);
  const wrong = (wanted: string, got: string): void => {
    findings.push(stateFinding(planned, seen, session, 'STATE_WRONG', wanted, got, look.assumed));
  };
  if (expected) {
    const deviation = seen.judged?.deviations.find((d) => d.code === 'CASE_WRONG');
    if (deviation) return wrong(`afterwards, ${deviation.expected}`, deviation.got);
  } else if (!isSuccess(seen)) {
    return wrong('afterwards, success', String(seen.response?.status ?? 'no answer'));
  }
  for (const [kind, [pointer, operand]] of Object.entries({ includes: look.includes ?? [], excludes: look.excludes ?? [] })) {
    if (pointer === undefined) continue;
    const value = session.resolve(operand as Json, exchanged.judged?.body);
    const isThere = () => valuesAt(seen.judged?.body, pointer).some((item) => same(item, value));
    // It may stand on a later page.
    for (let page = 1, next = nextPage(seen); next && !isThere() && page < MAX_PAGES; page++, next = nextPage(seen))
      seen = await session.exchange({ call: { ...ask, query: { ...ask.query, ...next } }, caller });
    if (kind === 'includes' && !isThere()) wrong(`${JSON.stringify(value)} in ${pointer}`, 'not there');
    if (kind === 'excludes' && isThere()) wrong(`no ${JSON.stringify(value)} in ${pointer}`, 'still there');
  }
  if (look.equals) {
    const value = session.resolve(look.equals[1], exchanged.judged?.body);
    const [got] = valuesAt(seen.judged?.body, look.equals[0]);
    if (!same(got, value)) wrong(`${JSON.stringify(value)} at ${look.equals[0]}`, JSON.stringify(got) ?? 'absent');
  }
}

/** Pages that are read to find one row. */
const MAX_PAGES = 100;

/** What asks for the page after this one, where the answer says that there is one. */
function nextPage({ judged }: Exchanged): Readonly<Record<string, Json>> | undefined {
  const body = judged?.body;
  if (!isJsonObject(body) || body.has_more !== true) return undefined;
  if (typeof body.next_cursor === 'string') return { cursor: body.next_cursor };
  if (typeof body.last_id === 'string') return { after: body.last_id };
  if (typeof body.skip !== 'number' || !Array.isArray(body.items) || body.items.length === 0) return undefined;
  return { skip: body.skip + body.items.length };
}

function stateFinding(
  planned: PlannedRow,
  exchanged: Exchanged,
  session: Session,
  code: 'STATE_WRONG' | 'REFUSAL_CHANGED_STATE',
  expected: string,
  got: string,
  assumed?: string,
): Finding {
  const documented = exchanged.judged?.documented;
  const basis = assumed === undefined ? (documented?.basis ?? 'docs') : 'assumed';
  const deviation = {
    code,
    severity: code !== 'REFUSAL_CHANGED_STATE' && basis === 'assumed' ? 'question' : 'failure',
    pointer: '',
    expected,
    got,
    basis,
    source: assumed ?? documented?.source ?? '',
  } as const;
  const [finding] = findingOf(
    planned,
    { ...exchanged, judged: { deviations: [deviation], body: undefined } },
    session.exchanges,
    planned.expected,
  );
  return finding as Finding;
}

const isSuccess = ({ response }: Exchanged): boolean => response !== undefined && response.status >= 200 && response.status < 300;

function rawBody(row: Row): { body: Uint8Array; content_type?: string } | undefined {
  const type = row.content_type === undefined ? {} : { content_type: row.content_type };
  if (row.hex_body !== undefined)
    return { body: Uint8Array.from(row.hex_body.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)), ...type };
  if (row.nested !== undefined)
    return { body: new TextEncoder().encode('['.repeat(row.nested) + ']'.repeat(row.nested)), ...type };
  if (row.raw_body !== undefined) return { body: new TextEncoder().encode(row.raw_body), ...type };
  return undefined;
}

const same = (left: Json | undefined, right: Json | undefined): boolean => JSON.stringify(left) === JSON.stringify(right);

/** The values at a pointer, in which `*` stands for every row. */
function valuesAt(body: Json | undefined, pointer: string): Json[] {
  let values: Json[] = body === undefined ? [] : [body];
  for (const token of pointer.split('/').slice(1)) {
    values = values.flatMap((value) => {
      if (token === '*') return Array.isArray(value) ? value : [];
      const next = Array.isArray(value) ? value[Number(token)] : isJsonObject(value) ? value[token] : undefined;
      return next === undefined ? [] : [next];
    });
  }
  return values;
}

/** A case is right when a row that expects it was answered with it, wrong when one was not, else it was not exercised. */
function coverageOf(
  spec: Spec,
  rows: readonly PlayedRow[],
  include: (operation: OperationId) => boolean,
): readonly CaseCoverage[] {
  return [...spec.operations.values()]
    .filter((operation) => include(operation.id))
    .flatMap((operation) =>
      [...operation.cases.values()].map((documented): CaseCoverage => {
        const name = `${operation.id}.${documented.name}`;
        const own = rows.filter((row) => row.table.operation === operation.id && row.expected.includes(documented.name));
        // Where a list is expected, a right answer shows the case that it is, and none of the others.
        const exercised =
          own.find((row) => row.result === 'wrong' && row.expected[0] === documented.name) ??
          own.find((row) => row.result === 'right' && row.answered === documented.name);
        if (exercised) return { case: name, result: exercised.result };
        const other = own.find((row) => row.result === 'right')?.answered;
        const reason =
          own.find((row) => row.reason)?.reason ??
          (decidedBy(documented) === 'nothing'
            ? `reached by ${documented.reached_by}`
            : other
              ? `answered otherwise, which the contracts allow too: ${other}`
              : 'the run ended before');
        return { case: name, result: 'not_exercised', reason };
      }),
    );
}
