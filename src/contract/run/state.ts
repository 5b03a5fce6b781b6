// What a play has made so far: the slots that hold it, and its deletion at the end.
import type { Json } from '../../spec/message.js';
import { written } from '../tables/expression.js';
import type { KeepStep, UndoStep } from '../tables/steps.js';
import { isGone } from './exchanged.js';
import { isId, short } from './id.js';
import type { SessionParts } from './parts.js';
import { NotExercised, PreparationFailed, Withheld } from './reason.js';
import type { Session } from './session.js';
import type { SharedPart, SharedState } from './shared.js';

export class State {
  readonly #session: Session;
  readonly #parts: SessionParts;
  /** All slots as they were when a step had filled its own. */
  readonly #kept = new Map<KeepStep, Readonly<Record<string, Json>>>();
  /** What was made and cannot be taken away, for want of its id. */
  readonly #lost: string[] = [];

  constructor(session: Session, parts: SessionParts) {
    this.#session = session;
    this.#parts = parts;
  }

  /** The slots as that step has left them; nothing where it has not been played. */
  keptBy(step: KeepStep): Readonly<Record<string, Json>> | undefined {
    return this.#kept.get(step);
  }

  /** Goes on with what another play has made, whose steps are equal to these. */
  adopt({ slots, kept, holder, names }: SharedState, { steps }: SharedPart): void {
    const { values } = this.#session;
    Object.assign(values.slots, slots);
    values.holder = holder;
    values.names = names;
    for (const [i, step] of steps.entries()) {
      const then = kept[i];
      if (step.kind === 'keep' && then !== undefined) this.#kept.set(step, then);
    }
  }

  /**
   * Fills a slot from the answer to the call that made it, or from the profile. Throws NotExercised
   * where there is nothing to fill it with.
   */
  keep(step: KeepStep, answer: Json | undefined): void {
    if (this.tryToKeep(step, answer)) return;
    const { value, isId, undo, from } = step;
    const place = value?.kind === 'expression' ? written(value.expression) : step.slot;
    const reason = `the answer of ${from?.request.call}, needed for this row, has no ${isId ? 'id that can be used at ' : ''}${place}`;
    throw undo === undefined ? new NotExercised(reason) : new PreparationFailed(reason, true);
  }

  /** False where the value is not in the answer, or is no id where there must be one. */
  tryToKeep(step: KeepStep, answer: Json | undefined): boolean {
    const { slot, value, undo } = step;
    const { values } = this.#session;
    const found = value === undefined ? values.slots[slot] : values.fill(value, answer);
    if (found === undefined || found === null || (step.isId && !isId(found))) {
      if (undo !== undefined) this.#lost.push(`${slot} (its id was ${short(found)})`);
      return false;
    }
    values.slots[slot] = found;
    this.#kept.set(step, { ...values.slots });
    if (undo !== undefined) this.#parts.held?.add(`${slot} ${found}`);
    return true;
  }

  /**
   * Deletes what was made, in the order of the steps, or hands it on where nothing `isWrong`. Returns
   * what could not be deleted; throws nothing.
   */
  async cleanUp(undos: readonly UndoStep[], isWrong = false): Promise<readonly string[]> {
    const { held, spares } = this.#parts;
    const left: string[] = this.#lost.splice(0);
    this.#session.beginToClean();
    for (const undo of undos) {
      const slots = this.#kept.get(undo.kept);
      if (!slots) continue;
      const made = `${undo.kept.slot} ${slots[undo.kept.slot]}`;
      const id = String(slots[undo.kept.slot]);
      const isGivenOn = !isWrong && left.length === 0;
      if (isGivenOn && undo.kept.from?.kind === 'prepare' && spares?.isKept(id)) {
        spares.give(id);
        held?.delete(made);
        continue;
      }
      const kept = await this.#takeAway(undo, slots);
      if (isGivenOn && kept === undefined) spares?.give(id);
      if (kept !== undefined && this.#session.putOff(made, () => this.#takeAway(undo, slots)))
        continue;
      held?.delete(made);
      if (kept !== undefined) left.push(`${made}${kept}`);
    }
    for (const made of left) held?.add(made);
    return left;
  }

  /** Undefined where it is gone; else what there is to say of it. */
  async #takeAway(
    { request }: UndoStep,
    slots: Readonly<Record<string, Json>>,
  ): Promise<string | undefined> {
    if (this.#parts.allow?.(request.call) === false) return '';
    Object.assign(this.#session.values.slots, slots);
    try {
      const exchanged = await this.#session.exchange(this.#session.fill(request));
      return isGone(exchanged) ? undefined : '';
    } catch (error) {
      return error instanceof Withheld ? ` (${error.message})` : '';
    }
  }
}
