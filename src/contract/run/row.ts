// Plays a row of a decision table, step by step: makes its state, sends its request, looks at what
// it left, deletes what it made.
import { setTimeout as sleep } from 'node:timers/promises';
import { isSafe } from '../../client/target.js';
import type { Case } from '../../spec/case.js';
import type { Operation, OperationId } from '../../spec/document.js';
import { same } from '../../spec/json.js';
import type { Json } from '../../spec/message.js';
import { valuesAt } from '../../spec/values.js';
import { type Deviation, isSerious } from '../judge/deviation.js';
import type { CallerName } from '../tables/caller.js';
import type {
  CompareStep,
  KeepStep,
  LookStep,
  ObserveStep,
  PrepareStep,
  RequestStep,
  Step,
  UndoStep,
} from '../tables/steps.js';
import type { Row, Table } from '../tables/table.js';
import { type Changes, contradictionsIn } from './agreement.js';
import { changedBetween } from './changed.js';
import { creations } from './creations.js';
import { asTool, type Exchanged, isSuccess } from './exchanged.js';
import type { Filled } from './filled.js';
import { type Finding, findingOf } from './finding.js';
import { handOn } from './hand-on.js';
import { comparesAfter } from './level.js';
import { Look, observe, type Shown } from './look.js';
import { lackingIn, needsOfLook } from './needs.js';
import { HOLDER, overridingIn } from './override.js';
import { type Holders, type SessionParts, selectionOf } from './parts.js';
import { crashOf, type Played } from './play.js';
import { Ended, NotExercised, PreparationFailed } from './reason.js';
import { Session } from './session.js';
import type { SharedPart, SharedState } from './shared.js';
import { looksAtAge } from './spares.js';
import { State } from './state.js';
import { expectedCase, type Subject } from './subject.js';

/** One row on its way to a target. */
export interface PlannedRow extends Subject {
  readonly kind: 'row';
  readonly table: Table;
  readonly row: Row;
  readonly steps: readonly Step[];
  /** Its request is sent with the token of a caller who has a key as well. */
  readonly byToken?: boolean;
  /** What of its state others may use too. */
  readonly shared?: SharedPart | undefined;
}

/** What an expectation rests on. */
type Rests = Pick<Case, 'basis' | 'source'>;

const undosOf = (steps: readonly Step[]): readonly UndoStep[] =>
  steps.filter((step) => step.kind === 'undo');

export async function playRow(planned: PlannedRow, parts: SessionParts): Promise<Played> {
  const { override } = parts;
  const overriding = overridingIn(parts.spec, planned.steps);
  if (!override || overriding.length === 0) return new RowPlayer(planned, parts).play();
  const played = await withHolders(await override.ask(parts), overriding, planned, parts);
  const asked = override.findingsOf(planned, selectionOf(parts).include);
  if (asked.length === 0) return played;
  const isWrong = played.result === 'right' && asked.some(isSerious);
  const result = isWrong ? 'wrong' : played.result;
  return { ...played, result, findings: [...asked, ...played.findings] };
}

/** A row that rests on the override, by whoever holds it. */
async function withHolders(
  holders: Holders,
  overriding: readonly Step[],
  planned: PlannedRow,
  parts: SessionParts,
): Promise<Played> {
  if (!holders || holders.includes(HOLDER)) return new RowPlayer(planned, parts).play();
  // Others go on with a state that the owner has made.
  if (holders.includes('owner'))
    return new RowPlayer({ ...planned, shared: undefined }, parts, HOLDER).play();
  if (overriding.some(({ kind }) => kind !== 'look'))
    throw new NotExercised('nobody in the profile holds the override of all permissions');
  const steps = planned.steps.filter((step) => !overriding.includes(step));
  return new RowPlayer({ ...planned, steps }, parts).play();
}

const isUnsound = ({ error, judged }: Exchanged): boolean =>
  error !== undefined || judged?.deviations.some(isSerious) === true;

const isWrongCase = (code: string): boolean => code === 'CASE_WRONG' || code === 'SERVER_ERROR';

class RowPlayer {
  readonly #planned: PlannedRow;
  readonly #parts: SessionParts;
  readonly #session: Session;
  readonly #state: State;
  readonly #findings: Finding[] = [];
  /** The state that it has in common with others. */
  #shared: SharedState | undefined;
  /** Another play has made it. */
  #adopted = false;
  #isLast = true;
  /** By the step that asked for it. */
  readonly #answers = new Map<Step, Exchanged>();
  /** What was there before the request. */
  #observed: Json | undefined;
  /** Looks that could not be made. */
  #unseen = 0;
  /** By what they ask, since the last write: what was read once need not be read again. */
  readonly #looks = new Map<string, { readonly look: Look; readonly first: Exchanged }>();

  /** `holder` changes places with the owner. */
  constructor(planned: PlannedRow, parts: SessionParts, holder: CallerName = 'owner') {
    this.#planned = planned;
    this.#parts = parts;
    this.#session = new Session(parts);
    this.#session.values.holder = holder;
    this.#state = new State(this.#session, parts);
  }

  async play(): Promise<Played> {
    const { steps, shared } = this.#planned;
    this.#adopt();
    let reason: string | undefined;
    let crash: string | undefined;
    let answer: Exchanged | undefined;
    try {
      for (const step of steps) {
        if (this.#adopted && shared?.steps.includes(step)) continue;
        await this.#play(step);
        if (step === shared?.steps.at(-1)) this.#share();
      }
      answer = this.#answerOf(steps.find(({ kind }) => kind === 'request'));
    } catch (error) {
      // What was made is taken away all the same.
      if (!(error instanceof NotExercised)) crash = crashOf(error);
      reason = crash ?? (error as NotExercised).message;
      if (error instanceof PreparationFailed) this.#preparationFailed(error);
    }
    const isWrong =
      reason !== undefined ||
      this.#session.exchanges.some(isUnsound) ||
      this.#findings.some(isSerious);
    const undos = undosOf(steps);
    const others = undos.filter(({ kept }) => !shared?.steps.includes(kept));
    const leftovers = [...(await this.#state.cleanUp(others, isWrong))];
    const isLeft = leftovers.length === 0 && reason === undefined && this.#isAsBefore(answer);
    if (this.#mayTakeAway(isLeft))
      leftovers.push(
        ...(await this.#state.cleanUp(
          undos.filter((undo) => !others.includes(undo)),
          isWrong || leftovers.length > 0,
        )),
      );
    if (shared) this.#parts.states?.release(shared.key);
    this.#judgeAll(answer);
    if (crash === undefined) this.#compareAll();
    const wrong = this.#findings.some(isSerious);
    const answered = answer?.judged?.documented?.name;
    const {
      table: _,
      row: __,
      steps: ___,
      byToken: _____,
      shared: ____,
      ...subject
    } = this.#session.asPlayed(this.#planned);
    return {
      ...subject,
      ...(answered === undefined ? {} : { answered }),
      result: reason !== undefined ? 'not_exercised' : wrong ? 'wrong' : 'right',
      ...(reason === undefined ? {} : { reason }),
      ...(crash === undefined ? {} : { crash }),
      findings: this.#findings,
      requests: this.#session.requests,
      leftovers,
      unseen: this.#unseen,
    };
  }

  /** Goes on with a state that is there already. */
  #adopt(): void {
    const { shared } = this.#planned;
    const { states } = this.#parts;
    if (!shared || !states) return;
    const { state, isLast } = states.take(shared.key);
    this.#isLast = isLast;
    if (!state) return;
    this.#shared = state;
    this.#adopted = true;
    this.#state.adopt(state, shared);
  }

  /** What has been made so far is there for others as well. */
  #share(): void {
    const { shared: part, steps } = this.#planned;
    const { states } = this.#parts;
    if (!part || !states || this.#isLast) return;
    const { values, exchanges } = this.#session;
    this.#shared = {
      part,
      undos: undosOf(steps).filter(({ kept }) => part.steps.includes(kept)),
      slots: { ...values.slots },
      kept: part.steps.map((step) => (step.kind === 'keep' ? this.#state.keptBy(step) : undefined)),
      holder: values.holder,
      names: values.names,
      calls: [...this.#session.origins, ...exchanges],
      observed: new Map(),
    };
    states.keep(this.#shared);
  }

  /** What the request did is undone by now, or it did nothing. */
  #isAsBefore(answer: Exchanged | undefined): boolean {
    const isMade =
      answer !== undefined && isSuccess(answer) && creations[answer.operation] !== undefined;
    if (isMade) this.#shared?.observed.clear();
    const isRefused = Math.floor((answer?.response?.status ?? 0) / 100) === 4;
    const isChanged = this.#findings.some(({ code }) => code === 'REFUSAL_CHANGED_STATE');
    return (
      !isChanged && answer !== undefined && (isMade || isRefused || isSafe(answer.request.method))
    );
  }

  /** The last that needs a state takes it away, and whoever has changed it. */
  #mayTakeAway(isLeft: boolean): boolean {
    if (!this.#shared) return true;
    if (isLeft && !this.#isLast) return false;
    this.#parts.states?.drop(this.#shared.part.key);
    return true;
  }

  async #play(step: Step): Promise<void> {
    switch (step.kind) {
      case 'prepare':
        return this.#prepare(step);
      case 'keep':
        return this.#keep(step);
      case 'observe':
        return this.#observe(step);
      case 'request':
        return this.#request(step);
      case 'compare':
        return this.#compare(step);
      case 'look':
        return this.#look(step);
      case 'undo':
        return; // at the end, whatever has happened by then
    }
  }

  async #prepare(step: PrepareStep): Promise<void> {
    const { request, heldBy } = step;
    try {
      const made = heldBy
        ? this.#session.giveTo(heldBy, request)
        : this.#make(this.#session.fill(request));
      this.#answers.set(step, await made);
    } catch (error) {
      throw this.#blame(step, error);
    }
  }

  async #make(filled: Filled): Promise<Exchanged> {
    if (looksAtAge(this.#planned.steps)) return this.#session.mustSucceed(filled);
    const handedOn = await handOn(filled, this.#session, this.#parts);
    return handedOn ?? this.#session.mustSucceed(filled);
  }

  /** Says of which id of the profile it is that a call was refused. */
  #blame({ about }: PrepareStep, error: unknown): unknown {
    if (!about || !(error instanceof NotExercised) || error instanceof Ended) return error;
    if (error instanceof PreparationFailed && error.isFault) return error;
    return new NotExercised(
      `known.${about.name} of the profile, ${this.#parts.profile.known[about.name]}: ${error.message}`,
    );
  }

  #keep(step: KeepStep): void {
    const answer = this.#answerOf(step.from);
    if (step.from?.kind !== 'request') this.#state.keep(step, answer?.judged?.body);
    else if (answer && isSuccess(answer)) this.#state.tryToKeep(step, answer.judged?.body);
  }

  async #observe(step: ObserveStep): Promise<void> {
    if (this.#isBrief || !this.#canBeMade(step)) return;
    const request = JSON.stringify(step.request);
    const observed = this.#shared?.part.isOwn ? this.#shared.observed : undefined;
    this.#observed = observed?.get(request);
    if (this.#observed !== undefined) return;
    try {
      this.#observed = await observe(step, this.#session, (filled) =>
        this.#session.mustSucceed(filled),
      );
      observed?.set(request, this.#observed);
    } catch (error) {
      if (!(error instanceof NotExercised && this.#isTool(step))) throw error;
    }
  }

  async #request(step: RequestStep): Promise<void> {
    const { pause, expected: cases, assumed, documented, raw, contentType } = step;
    if (pause !== undefined) await (this.#parts.wait ?? sleep)(pause * 1000);
    const exchanged = await this.#session.exchange(
      this.#session.fill(step.request),
      {
        cases,
        ...(assumed === undefined ? {} : { assumed }),
        ...(documented === undefined ? {} : { documented }),
      },
      {
        ...(raw ? { raw } : {}),
        ...(contentType === undefined ? {} : { contentType }),
        ...(this.#planned.byToken ? { byToken: true } : {}),
      },
    );
    this.#answers.set(step, exchanged);
    if (exchanged.judged?.documented && exchanged.judged.documented.name === cases[0])
      this.#checkAnswer(step, exchanged);
  }

  /** What the row says of its own answer. */
  #checkAnswer({ answer }: RequestStep, exchanged: Exchanged): void {
    const { body } = exchanged.judged ?? {};
    for (const [pointer, template] of answer) {
      const value = this.#session.values.fill(template, body);
      const [got] = valuesAt(body, pointer);
      if (same(got, value)) continue;
      const expected = `${JSON.stringify(value)} at ${pointer}`;
      this.#report('STATE_WRONG', {
        by: exchanged,
        expected,
        got: JSON.stringify(got) ?? 'absent',
      });
    }
  }

  async #compare({ observed }: CompareStep): Promise<void> {
    const before = this.#observed;
    const exchanged = this.#answer;
    if (this.#isBrief) return;
    if (before === undefined) this.#unseen += 1;
    if (before === undefined || (exchanged.response?.status ?? 0) < 400) return;
    const now = await observe(observed, this.#session, (filled) => this.#session.exchange(filled));
    if (same(before, now)) return;
    this.#report('REFUSAL_CHANGED_STATE', {
      by: exchanged,
      ...changedBetween(before, now),
    });
  }

  /** After a wrong answer, nothing is looked at: the wrong answer is the finding. */
  async #look(step: LookStep): Promise<void> {
    const { documented } = this.#answer.judged ?? {};
    if (!documented || !this.#planned.expected.includes(documented.name)) return;
    if (step.when !== undefined && step.when !== documented.name) return;
    const isSeen = this.#canBeMade(step) && (await this.#lookAfter(step));
    if (!isSeen) this.#unseen += 1;
  }

  /** False where a tool shows nothing. */
  async #lookAfter(step: LookStep): Promise<boolean> {
    const { look, first } = await this.#lookWith(step);
    const wrong = step.expected && first.judged?.deviations.find(({ code }) => isWrongCase(code));
    if (!isSuccess(first) && (wrong || !step.expected) && this.#isTool(step)) return false;
    if (wrong)
      this.#reportLook(step, {
        by: first,
        expected: `afterwards, ${wrong.expected}`,
        got: wrong.got,
      });
    else if (!step.expected && !isSuccess(first))
      this.#reportLook(step, {
        by: first,
        expected: 'afterwards, success',
        got: String(first.response?.status ?? 'no answer'),
      });
    else
      for (const check of step.checks) {
        const failure = await look.failure(check);
        if (failure) this.#reportLook(step, failure);
      }
    return true;
  }

  async #lookWith(step: LookStep): Promise<{ readonly look: Look; readonly first: Exchanged }> {
    const { request, expected, assumed, documented } = step;
    const key = JSON.stringify([request, expected && [expected, assumed, documented]]);
    const known = this.#looks.get(key);
    if (known) return known;
    const { method } = this.#parts.spec.operations.get(request.call) as Operation;
    if (!isSafe(method)) this.#looks.clear();
    const look = new Look(this.#session, step, this.#answer.judged?.body);
    const asked = { look, first: await look.ask() };
    if (isSafe(method)) this.#looks.set(key, asked);
    return asked;
  }

  /**
   * It rests on what was expected, not on what came: the case that the look asks for, else that of
   * the row.
   */
  #reportLook({ request, expected = [], assumed, documented }: LookStep, shown: Shown): void {
    const asked = expectedCase(this.#parts.spec, { operation: request.call, expected });
    let rests: Rests | undefined = asked ?? this.#answer.judged?.documented;
    if (assumed !== undefined) rests = { basis: 'assumed', source: assumed };
    // To accept what is documented as refused is wrong, whatever is assumed of the refusal.
    if (documented !== undefined && isSuccess(shown.by))
      rests = { basis: 'docs', source: documented };
    this.#report('STATE_WRONG', shown, rests);
  }

  #report(
    code: 'STATE_WRONG' | 'REFUSAL_CHANGED_STATE',
    { by, pointer = '', expected, got }: Shown,
    rests: Rests | undefined = by.judged?.documented,
  ): void {
    const { basis, source } = rests ?? { basis: 'docs', source: '' };
    const severity =
      code !== 'REFUSAL_CHANGED_STATE' && basis === 'assumed' ? 'question' : 'failure';
    const deviation: Deviation = { code, severity, pointer, expected, got, basis, source };
    const seen = { ...by, judged: { deviations: [deviation], body: undefined } };
    // What else there is to say of that exchange is said when all are judged.
    this.#findings.push(...this.#findingsOf(seen, this.#planned.expected).slice(-1));
  }

  /** Of the last call; where it had no answer, that is a finding of its own. */
  #preparationFailed({ message, isFault }: PreparationFailed): void {
    const exchanged = this.#session.exchanges.at(-1);
    if (!exchanged?.response) return;
    const deviation: Deviation = {
      code: 'PREPARATION_FAILED',
      severity: isFault ? 'failure' : 'question',
      pointer: '',
      expected: 'success, for a row that needs it',
      got: message,
      basis: isFault ? 'docs' : 'assumed',
      source: '',
    };
    this.#findings.push(
      ...this.#findingsOf({ ...exchanged, judged: { deviations: [deviation], body: undefined } }),
    );
  }

  /**
   * Every exchange of what is played is judged, set-up and clean-up too; the row's own comes with
   * the case that was expected. No answer is never right.
   */
  #judgeAll(answer: Exchanged | undefined): void {
    for (const exchanged of this.#session.exchanges) {
      const expected = exchanged.request === answer?.request ? this.#planned.expected : undefined;
      this.#findings.push(
        ...this.#findingsOf(
          this.#isIncluded(exchanged.operation) ? exchanged : asTool(exchanged),
          expected,
        ),
      );
    }
  }

  /** Whether all that was answered goes together. */
  #compareAll(): void {
    const { tables } = this.#parts.contracts;
    const changes: Changes = (operation) => {
      const table = tables.find((candidate) => candidate.operation === operation);
      return table && (table.changes ?? []);
    };
    const { exchanges } = this.#session;
    const isKept = this.#adopted && this.#shared?.part.isOwn === true;
    const before = isKept ? (this.#shared?.calls ?? []) : [];
    // What a tool answers is not compared, and what it changes is changed all the same.
    const own = [...before, ...exchanges].map((exchanged) =>
      this.#isIncluded(exchanged.operation) ? exchanged : asTool(exchanged),
    );
    for (const contradiction of contradictionsIn(own, changes))
      if (exchanges.includes(contradiction.by)) this.#report('STATE_WRONG', contradiction);
  }

  #findingsOf(exchanged: Exchanged, expected?: readonly string[]): readonly Finding[] {
    return findingOf(
      this.#session.asPlayed(this.#planned),
      exchanged,
      [
        ...(this.#adopted ? (this.#shared?.calls ?? []) : []),
        ...this.#session.origins,
        ...this.#session.exchanges,
      ],
      expected,
    );
  }

  #answerOf(step: Step | undefined): Exchanged | undefined {
    return step && this.#answers.get(step);
  }

  /** What a refusal leaves is for the longer levels to compare. */
  get #isBrief(): boolean {
    const { spec, level = 'full' } = this.#parts;
    return !comparesAfter(expectedCase(spec, this.#planned), level);
  }

  /** To the request that the row is about. */
  get #answer(): Exchanged {
    return this.#answerOf(this.#planned.steps.find(({ kind }) => kind === 'request')) as Exchanged;
  }

  #canBeMade(look: LookStep | ObserveStep): boolean {
    const needs = needsOfLook(this.#planned.steps, look);
    return (
      lackingIn(this.#parts.profile, needs).length === 0 &&
      [...needs.calls].every(selectionOf(this.#parts).allow)
    );
  }

  #isIncluded(operation: OperationId): boolean {
    return selectionOf(this.#parts).include(operation);
  }

  /** The run judges other operations only; this one may not even be there. */
  #isTool({ request }: LookStep | ObserveStep): boolean {
    return !this.#isIncluded(request.call);
  }
}
