// Plays a row of a decision table: makes its state, sends its request, looks at what it left, takes everything away again.
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Case } from '../../spec/case.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import type { Call, Look, Observation, Row, Table } from '../tables/table.js';
import { type Finding, findingOf } from './finding.js';
import { lackingIn, needsOfLook } from './needs.js';
import { nextPage, pagesFrom } from './pages.js';
import { crashOf, type Played } from './play.js';
import { NotExercised, PreparationFailed } from './reason.js';
import { asTool, type Exchanged, isSuccess, Session, type SessionParts, selectionOf } from './session.js';
import type { Subject } from './subject.js';

/** One row on its way to a target. */
export interface PlannedRow extends Subject {
  readonly kind: 'row';
  readonly table: Table;
  readonly row: Row;
}

interface Seen {
  readonly findings: Finding[];
  unseen: number;
}

export async function playRow(planned: PlannedRow, parts: SessionParts): Promise<Played> {
  const session = new Session(parts);
  const seen: Seen = { findings: [], unseen: 0 };
  const { findings } = seen;
  let reason: string | undefined;
  let crash: string | undefined;
  let judged: Exchanged | undefined;
  try {
    judged = await play(planned, parts, session, seen);
  } catch (error) {
    // What was made is taken away all the same.
    if (!(error instanceof NotExercised)) crash = crashOf(error);
    reason = crash ?? (error as NotExercised).message;
    if (error instanceof PreparationFailed) findings.push(...preparationFinding(planned, error, session));
  }
  const leftovers = await session.cleanUp();
  // Every exchange of what is played is judged, set-up and clean-up too; the row's own comes with the case that was expected. No
  // answer is never right.
  const { include } = selectionOf(parts);
  for (const exchanged of session.exchanges) {
    const expected = exchanged.request === judged?.request ? planned.expected : undefined;
    const seen = include(exchanged.operation) ? exchanged : asTool(exchanged);
    findings.push(...findingOf(session.asPlayed(planned), seen, session.exchanges, expected));
  }
  const wrong = findings.some((finding) => finding.severity !== 'notice');
  const answered = judged?.judged?.documented?.name;
  const { table: _, row: __, ...subject } = session.asPlayed(planned);
  return {
    ...subject,
    ...(answered === undefined ? {} : { answered }),
    result: reason !== undefined ? 'not_exercised' : wrong ? 'wrong' : 'right',
    ...(reason === undefined ? {} : { reason }),
    ...(crash === undefined ? {} : { crash }),
    findings,
    requests: session.requests,
    leftovers,
    unseen: seen.unseen,
  };
}

async function play(planned: PlannedRow, parts: SessionParts, session: Session, seen: Seen): Promise<Exchanged> {
  const { table, row, expected } = planned;
  for (const [slot, recipe] of Object.entries({ ...table.given, ...row.given })) await session.make(slot, recipe);
  for (const call of row.before ?? []) await session.mustSucceed(call);
  const observe = row.observe === 'none' ? undefined : table.observe;
  const observed =
    observe && canBeMade(observe, planned, parts)
      ? await observation(observe, session, (call) => session.mustSucceed(call)).catch((error) => {
          if (error instanceof NotExercised && isTool(observe, parts)) return undefined;
          throw error;
        })
      : undefined;

  if (row.pause !== undefined) await (parts.wait ?? sleep)(row.pause * 1000);
  const raw = rawBody(row);
  const { path = {}, body = table.body, query = table.query } = row;
  const call = {
    call: table.operation,
    path,
    ...(query === undefined ? {} : { query }),
    ...(body === undefined || raw ? {} : { body }), // the relations must not see a body that is not sent
  };
  const exchanged = await session.exchange(
    {
      call,
      caller: row.caller,
      ...(raw ? { raw } : {}),
      ...(row.content_type === undefined ? {} : { content_type: row.content_type }),
    },
    {
      cases: expected,
      ...(row.assumed === undefined ? {} : { assumed: row.assumed }),
      ...(row.documented === undefined ? {} : { documented: row.documented }),
    },
  );
  if (isSuccess(exchanged)) {
    for (const [slot, recipe] of Object.entries(table.makes ?? {})) session.adopt(slot, recipe, exchanged);
  }

  if (observed !== undefined && observe && (exchanged.response?.status ?? 0) >= 400) {
    const now = await observation(observe, session, (call) => session.exchange({ call, caller: call.caller ?? 'owner' }));
    if (!isDeepStrictEqual(observed, now))
      seen.findings.push(stateFinding(planned, exchanged, session, 'REFUSAL_CHANGED_STATE', show(observed), show(now)));
  }
  // After a wrong answer, the state is not compared: the wrong answer is the finding.
  const right = exchanged.judged?.documented && expected.includes(exchanged.judged.documented.name);
  if (observe && observed === undefined) seen.unseen += 1;
  if (right && exchanged.judged?.documented?.name === expected[0]) lookAtAnswer(planned, exchanged, session, seen.findings);
  for (const look of right ? (row.then ?? []) : []) {
    if (look.when !== undefined && look.when !== exchanged.judged?.documented?.name) continue;
    const looked = canBeMade(look, planned, parts) && (await lookAfter(planned, exchanged, look, parts, session, seen.findings));
    if (!looked) seen.unseen += 1;
  }
  return exchanged;
}

/** What is there, of all that is documented; null where nothing could be read. */
async function observation(
  { rows, ...call }: Observation,
  session: Session,
  send: (call: Call) => Promise<Exchanged>,
): Promise<Json> {
  const seen = await send(call);
  if (!rows) return documentedPart(seen);
  const [list, value] = [`${rows[0]}/*`, JSON.stringify(session.resolve(rows[1]))];
  const listed: Json[] = [];
  for await (const page of pagesFrom(seen, call, send)) listed.push(...valuesAt(documentedPart(page), list));
  return listed.filter((row) => JSON.stringify(row).includes(value));
}

/** Without the fields that the document does not know, and without cursors: both may be new in every answer. */
function documentedPart({ judged }: Exchanged): Json {
  const whole = structuredClone(judged?.body ?? null);
  const unknown = judged?.deviations.filter(({ code }) => code === 'FIELD_UNDOCUMENTED') ?? [];
  for (const pointer of [...unknown.map((deviation) => deviation.pointer), '/next_cursor']) {
    const [parent] = valuesAt(whole, pointer.slice(0, pointer.lastIndexOf('/')));
    const field = pointer
      .slice(pointer.lastIndexOf('/') + 1)
      .replaceAll('~1', '/')
      .replaceAll('~0', '~');
    if (isJsonObject(parent)) delete (parent as Record<string, Json>)[field];
  }
  return whole;
}

/** What the row says of its own answer. */
function lookAtAnswer(planned: PlannedRow, exchanged: Exchanged, session: Session, findings: Finding[]): void {
  for (const [pointer, operand] of Object.entries(planned.row.answer ?? {})) {
    const value = session.resolve(operand, exchanged.judged?.body);
    const [got] = valuesAt(exchanged.judged?.body, pointer);
    if (same(got, value)) continue;
    const wanted = `${JSON.stringify(value)} at ${pointer}`;
    findings.push(
      stateFinding(
        planned,
        exchanged,
        session,
        'STATE_WRONG',
        wanted,
        JSON.stringify(got) ?? 'absent',
        exchanged.judged?.documented,
      ),
    );
  }
}

function canBeMade(look: Look, { table, row }: PlannedRow, parts: SessionParts): boolean {
  const { spec, contracts, profile } = parts;
  const needs = needsOfLook(spec, contracts, table, row, look);
  return lackingIn(profile, needs).length === 0 && [...needs.calls].every(selectionOf(parts).allow);
}

/** The run judges other operations only; this one may not even be there. */
const isTool = ({ call }: Call, parts: SessionParts): boolean => !selectionOf(parts).include(call);

/** False where a tool shows nothing. */
async function lookAfter(
  planned: PlannedRow,
  exchanged: Exchanged,
  look: Look,
  parts: SessionParts,
  session: Session,
  findings: Finding[],
): Promise<boolean> {
  const expected = look.expect === undefined ? undefined : [look.expect].flat();
  const { assumed, documented } = look;
  const expectation = {
    cases: expected ?? [],
    ...(assumed === undefined ? {} : { assumed }),
    ...(documented === undefined ? {} : { documented }),
  };
  const { path = {}, query = {}, body: sent } = look;
  const resolved = session.resolve({ path, query, ...(sent === undefined ? {} : { body: sent }) }, exchanged.judged?.body);
  const ask = { call: look.call, ...(resolved as Omit<Look, 'call'>) };
  const caller = look.caller ?? 'owner';
  const send = (call: Call): Promise<Exchanged> => session.exchange({ call, caller });
  let seen = await session.exchange({ call: ask, caller }, expectation);
  // It rests on what was expected, not on what came: the case that the look asks for, else that of the row.
  const asked = parts.spec.operations.get(look.call)?.cases.get(expected?.[0] ?? '');
  const wrong = (wanted: string, got: string): true => {
    const isAccepted = documented !== undefined && isSuccess(seen);
    const rests = isAccepted ? ({ basis: 'docs', source: documented } as const) : (asked ?? exchanged.judged?.documented);
    findings.push(stateFinding(planned, seen, session, 'STATE_WRONG', wanted, got, rests, isAccepted ? undefined : assumed));
    return true;
  };
  const deviation = expected && seen.judged?.deviations.find((d) => d.code === 'CASE_WRONG');
  if (!isSuccess(seen) && (deviation || !expected) && isTool(look, parts)) return false;
  if (expected) {
    if (deviation) return wrong(`afterwards, ${deviation.expected}`, deviation.got);
  } else if (!isSuccess(seen)) {
    return wrong('afterwards, success', String(seen.response?.status ?? 'no answer'));
  }
  for (const [kind, [pointer, operand]] of Object.entries({ includes: look.includes ?? [], excludes: look.excludes ?? [] })) {
    if (pointer === undefined) continue;
    const value = session.resolve(operand as Json, exchanged.judged?.body);
    const isThere = () => valuesAt(seen.judged?.body, pointer).some((item) => same(item, value));
    // It may stand on a later page.
    for await (seen of pagesFrom(seen, ask, send)) if (isThere()) break;
    // A list that goes on and on may have it further on.
    if (kind === 'includes' && !isThere() && !nextPage(seen, ask)) wrong(`${JSON.stringify(value)} in ${pointer}`, 'not there');
    if (kind === 'excludes' && isThere()) wrong(`no ${JSON.stringify(value)} in ${pointer}`, 'still there');
  }
  if (look.present !== undefined && valuesAt(seen.judged?.body, look.present).length === 0) wrong(look.present, 'absent');
  if (look.absent !== undefined && valuesAt(seen.judged?.body, look.absent).length > 0) wrong(`no ${look.absent}`, 'there');
  if (look.count) {
    const [pointer, wanted] = look.count;
    const got = valuesAt(seen.judged?.body, `${pointer}/*`).length;
    if (got !== wanted) wrong(`${wanted} rows in ${pointer}`, String(got));
  }
  if (look.unique !== undefined) {
    const values: string[] = [];
    for await (seen of pagesFrom(seen, ask, send))
      values.push(...valuesAt(seen.judged?.body, look.unique).map((item) => JSON.stringify(item)));
    const seenBefore = new Set<string>();
    const twice = values.find((value) => seenBefore.size === seenBefore.add(value).size);
    if (twice !== undefined) wrong(`no ${look.unique} on two pages`, `${twice} twice`);
  }
  if (look.equals) {
    const value = session.resolve(look.equals[1], exchanged.judged?.body);
    const [got] = valuesAt(seen.judged?.body, look.equals[0]);
    if (!same(got, value)) wrong(`${JSON.stringify(value)} at ${look.equals[0]}`, JSON.stringify(got) ?? 'absent');
  }
  return true;
}

function stateFinding(
  planned: PlannedRow,
  exchanged: Exchanged,
  session: Session,
  code: 'STATE_WRONG' | 'REFUSAL_CHANGED_STATE',
  expected: string,
  got: string,
  documented: Pick<Case, 'basis' | 'source'> | undefined = exchanged.judged?.documented,
  assumed?: string,
): Finding {
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
    session.asPlayed(planned),
    { ...exchanged, judged: { deviations: [deviation], body: undefined } },
    session.exchanges,
    planned.expected,
  );
  return finding as Finding;
}

/** Of the last call; where it had no answer, that is a finding of its own. */
function preparationFinding(planned: PlannedRow, { message, isFault }: PreparationFailed, session: Session): Finding[] {
  const exchanged = session.exchanges.at(-1);
  if (!exchanged?.response) return [];
  const deviation = {
    code: 'PREPARATION_FAILED',
    severity: isFault ? 'failure' : 'question',
    pointer: '',
    expected: 'success, for a row that needs it',
    got: message,
    basis: isFault ? 'docs' : 'assumed',
    source: '',
  } as const;
  const judged = { deviations: [deviation], body: undefined };
  return findingOf(session.asPlayed(planned), { ...exchanged, judged }, session.exchanges);
}

function rawBody({ hex_body, nested, raw_body }: Row): Uint8Array | undefined {
  if (hex_body !== undefined) return Uint8Array.from(hex_body.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  if (nested !== undefined) return new TextEncoder().encode('['.repeat(nested) + ']'.repeat(nested));
  return raw_body === undefined ? undefined : new TextEncoder().encode(raw_body);
}

const same = (left: Json | undefined, right: Json | undefined): boolean => isDeepStrictEqual(left, right);
const show = (value: Json): string => JSON.stringify(value);

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
