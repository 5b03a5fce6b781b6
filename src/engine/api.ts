// An API that the engine can answer: a document, and what only code can say about it. Nothing else
// is known of it.
import type { Facts, Rule } from '../decide/rule.js';
import type { Case } from '../spec/case.js';
import type { UnroutedCase } from '../spec/cases.gen.js';
import type { Spec } from '../spec/document.js';
import type { Json } from '../spec/message.js';
import type { Validators } from '../validation/validators.js';

/** What rules read and write, as far as the engine deals with it. */
export interface State {
  readonly clock: { now(): string; tick(): void };
  /** Rises with every write. */
  readonly version: number;
  /**
   * All that happens inside, or nothing: when it throws, or asks for it, the state is as it was.
   * `changes` grows with every write, and is empty again when they are taken back.
   */
  atomically<Result>(work: (takeBack: () => void, changes: readonly Change[]) => Result): Result;
}

/** One write: what a row was, and what it is now. */
export interface Change {
  readonly table: string;
  readonly id: string;
  readonly before?: object | undefined;
  readonly after?: object | undefined;
}

/** Who calls, or the case that refuses the credential and what is known of it beside its secret. */
export type Identity<Who> =
  | { readonly caller: Who }
  | { readonly refusal: string; readonly facts?: Facts };

/** What the vendor's headers may depend on. */
export interface Occasion<Who> {
  readonly caller: Who | undefined;
  readonly traceId: string;
  readonly now: string;
  /** Absent for what is no case, such as a page. */
  readonly documented: Case | undefined;
  /** Of a case of an operation. */
  readonly body?: Json | undefined;
}

export interface Api<World extends State, Who> {
  readonly spec: Spec<string>;
  readonly validators: Validators;
  /** One for each operation, by its id. */
  readonly rules: Readonly<Record<string, Rule<World, Who>>>;
  /** From the credential to the caller, or to the case that refuses it. */
  identify(world: World, headers: Readonly<Record<string, string>>): Identity<Who>;
  /** What the journal calls a caller. */
  nameOf(caller: Who): string;
  /** Headers of every answer that the document names without a constant value. */
  headersFor(occasion: Occasion<Who>): Readonly<Record<string, string>>;
  /** Ids that an error calls otherwise than the request does. */
  readonly aliases?: Readonly<Record<string, string>>;
}

/** What the engine needs for requests that reach no rule. */
const unroutedCases = [
  'unknown_path',
  'method_not_allowed',
  'body_too_large',
  'unknown_preference',
  'self_check_failed',
  'rule_failed',
] as const satisfies readonly UnroutedCase[];

/**
 * The compiler sees a missing rule of ours; this sees a document that was not generated from, or is
 * not whole.
 */
export function checkApi<World extends State, Who>({ spec, rules }: Api<World, Who>): void {
  const missing = [...spec.operations.keys()].filter((id) => !rules[id]);
  if (missing.length > 0)
    throw new Error(
      `No rule answers ${missing.join(', ')}; each operation of the document needs one in src/rules/.`,
    );
  const absent = unroutedCases.filter((name) => !spec.unrouted.has(name));
  if (absent.length > 0)
    throw new Error(`The document lacks the cases ${absent.join(', ')} under x-unrouted.`);
}
