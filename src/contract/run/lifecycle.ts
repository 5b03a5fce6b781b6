// Plays a lifecycle: its steps in order, every exchange judged, every criterion looked at. The
// first failure ends it, save for the steps that clean up.
import { vouchesFor } from '../../spec/case.js';
import { same } from '../../spec/json.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import { type Deviation, isSerious } from '../judge/deviation.js';
import type { Criterion, Lifecycle, LifecycleStep, Operand } from '../tables/arazzo.js';
import { creations } from './creations.js';
import { type Exchanged, isGone } from './exchanged.js';
import { type Finding, findingOf } from './finding.js';
import { handOn } from './hand-on.js';
import type { SessionParts } from './parts.js';
import { crashOf, type Played } from './play.js';
import { NotExercised, Withheld } from './reason.js';
import { Session } from './session.js';
import { expectedCase, type Subject } from './subject.js';

/** It is about no case of one operation, and is listed by its summary. */
export function subjectOf({ summary, steps, place }: Lifecycle): Subject {
  return {
    kind: 'lifecycle',
    operation: (steps[0] as LifecycleStep).request.call,
    title: summary,
    place,
    expected: [],
  };
}

export async function playLifecycle(lifecycle: Lifecycle, parts: SessionParts): Promise<Played> {
  const session = new Session(parts);
  const subject = subjectOf(lifecycle);
  const player = new Player(session, parts);
  const findings: Finding[] = [];
  /** What each step that cleans up has to take away, once it is made. */
  const made = new Map<LifecycleStep, string>();
  let reason: string | undefined;
  let crash: string | undefined;
  let failed = false;
  for (const [i, step] of lifecycle.steps.entries()) {
    if (failed && !step.cleanUp) continue;
    session.sender.cleaning = step.cleanUp;
    const callsSoFar = (): readonly Exchanged[] => [...session.origins, ...session.exchanges];
    const before = session.exchanges.length;
    try {
      const handedOn = await player.handedOn(step);
      const exchanged = handedOn ?? (await player.play(step));
      for (const later of lifecycle.steps.slice(i + 1).filter(({ cleanUp }) => cleanUp)) {
        const id = player.idOf(later);
        if (id === undefined || made.has(later)) continue;
        made.set(
          later,
          `what ${later.id} of ${lifecycle.id} takes away${id === '' ? '' : `: ${id}`}`,
        );
        parts.held?.add(made.get(later) as string);
      }
      if (step.cleanUp && isGone(exchanged)) {
        parts.held?.delete(made.get(step) ?? '');
        made.delete(step);
      }
      if (failed || handedOn) continue;
      const { judged } = exchanged;
      const unmet = player.deviations(step, exchanged);
      if (step.presupposes !== undefined && unmet.length > 0)
        throw new NotExercised(
          `known.${step.presupposes} of the profile, ${parts.profile.known[step.presupposes]}, is gone`,
        );
      const deviations = [...(judged?.deviations ?? []), ...unmet];
      const whole = judged ? { ...exchanged, judged: { ...judged, deviations } } : exchanged;
      const at = { ...subject, place: step.place };
      // Those before the last one were answers of a rate limit, and are judged too.
      const limited = session.exchanges
        .slice(before, -1)
        .flatMap((one) => findingOf(at, one, callsSoFar()));
      const found = [...limited, ...findingOf(at, whole, callsSoFar(), step.expected)];
      findings.push(...found);
      failed = found.some(isSerious);
    } catch (error) {
      const isOurs = !(error instanceof NotExercised);
      if (isOurs) crash ??= crashOf(error);
      if (!failed) reason = isOurs ? crash : error.message;
      const left = made.get(step);
      if (error instanceof Withheld && left !== undefined) {
        made.set(step, `${left} (${error.message})`);
        parts.held?.delete(left);
        parts.held?.add(made.get(step) as string);
      }
      failed = true;
    }
  }
  const wrong = findings.some(isSerious);
  if (!wrong && reason === undefined) parts.spares?.giveAll(session);
  return {
    ...subject,
    result: reason !== undefined ? 'not_exercised' : wrong ? 'wrong' : 'right',
    ...(reason === undefined ? {} : { reason }),
    ...(crash === undefined ? {} : { crash }),
    findings,
    requests: session.requests,
    leftovers: [...made.values()],
    unseen: 0,
  };
}

class Player {
  readonly #session: Session;
  readonly #parts: SessionParts;

  constructor(session: Session, parts: SessionParts) {
    this.#session = session;
    this.#parts = parts;
  }

  /** What another play hands on, where the step only has to have made it. */
  async handedOn(step: LifecycleStep): Promise<Exchanged | undefined> {
    const isOnlyMade = step.criteria.every(
      (criterion) => 'left' in criterion && criterion.left.kind === 'status',
    );
    if (!isOnlyMade || creations[step.request.call]?.change === undefined) return undefined;
    const filled = this.#session.fill(step.request);
    const handedOn = await handOn(filled, this.#session, this.#parts);
    if (handedOn) this.#keepOutputs(step, handedOn);
    return handedOn;
  }

  async play(step: LifecycleStep): Promise<Exchanged> {
    const { request, heldBy, expected, assumed } = step;
    const exchanged =
      heldBy.length > 0
        ? await this.#session.giveTo(heldBy, request)
        : await this.#session.exchange(this.#session.fill(request), {
            cases: expected,
            ...(assumed === undefined ? {} : { assumed }),
          });
    this.#keepOutputs(step, exchanged);
    return exchanged;
  }

  #keepOutputs({ id, outputs }: LifecycleStep, { judged }: Exchanged): void {
    for (const [name, pointer] of Object.entries(outputs))
      this.#session.values.outputs.set(`${id}.${name}`, atPointer(judged?.body, pointer));
  }

  /** The last id of a step's path; undefined as long as no step has made it. */
  idOf({ request }: LifecycleStep): string | undefined {
    const last = Object.values(request.path).at(-1);
    try {
      return last === undefined ? undefined : String(this.#session.values.fill(last));
    } catch (error) {
      if (error instanceof NotExercised) return undefined;
      throw error;
    }
  }

  /**
   * The criteria that do not hold, where the answer is the case that was expected; else the judge
   * has said so already.
   */
  deviations(
    { criteria, expected, request, assumed }: LifecycleStep,
    { judged, response }: Exchanged,
  ): readonly Deviation[] {
    if (
      !judged ||
      judged.deviations.some(({ code }) => code === 'CASE_WRONG' || code === 'SERVER_ERROR')
    )
      return [];
    const documented =
      judged.documented ?? expectedCase(this.#parts.spec, { operation: request.call, expected });
    const basis = assumed === undefined ? (documented?.basis ?? 'docs') : 'assumed';
    // What the case does not vouch for only picked the case, and the judge has looked at that.
    const isOpen = (operand: Operand): boolean => {
      if (!documented || (operand.kind !== 'status' && operand.kind !== 'body')) return false;
      return !vouchesFor(documented, operand.kind === 'status' ? 'status' : operand.pointer);
    };
    const read = (operand: Operand): Json | undefined => {
      if (operand.kind === 'status') return response?.status;
      return operand.kind === 'body'
        ? atPointer(judged.body, operand.pointer)
        : this.#valueOf(operand);
    };
    return criteria.flatMap((criterion) => {
      if ('left' in criterion && (isOpen(criterion.left) || isOpen(criterion.right))) return [];
      const got = gotInstead(criterion, judged.body, read);
      if (got === undefined) return [];
      const severity = basis === 'assumed' ? ('question' as const) : ('failure' as const);
      const source = assumed ?? documented?.source ?? '';
      return [
        {
          code: 'STATE_WRONG' as const,
          severity,
          pointer: '',
          expected: criterion.text,
          got,
          basis,
          source,
        },
      ];
    });
  }

  /** What no step has given is not there. */
  #valueOf(operand: Operand): Json | undefined {
    if (operand.kind === 'literal') return operand.value;
    if (operand.kind === 'output')
      return this.#session.values.outputs.get(`${operand.step}.${operand.name}`);
    return this.#session.values.fill({ kind: 'expression', expression: operand, optional: false });
  }
}

/** What is there in place of what the criterion asks for; nothing when it holds. */
function gotInstead(
  criterion: Criterion,
  body: Json | undefined,
  read: (operand: Operand) => Json | undefined,
): string | undefined {
  if ('left' in criterion) {
    const [left, right] = [read(criterion.left), read(criterion.right)];
    if (same(left, right) === (criterion.kind === 'equal')) return undefined;
    return [left, right].map((value) => JSON.stringify(value) ?? 'absent').join(' and ');
  }
  const value = read(criterion.value);
  const { field } = criterion;
  const there = listsNamed(body, criterion.list).some((row) => {
    const own = field === undefined ? row : isJsonObject(row) ? row[field] : undefined;
    return own === value;
  });
  if (there === (criterion.kind === 'some')) return undefined;
  return `${JSON.stringify(value)} is ${there ? 'still' : 'not'} there`;
}

/** The rows of every list of that name, at any depth. */
function listsNamed(value: Json | undefined, name: string): readonly Json[] {
  if (Array.isArray(value)) return value.flatMap((item) => listsNamed(item, name));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...(key === name && Array.isArray(item) ? (item as readonly Json[]) : []),
    ...listsNamed(item, name),
  ]);
}
