// The form of an answer on its way out, and the options that decide what it looks like.
import type { Decision, Hand } from '../decide/rule.js';
import type { Case } from '../spec/case.js';
import type { PlainRequest, PlainResponse } from '../spec/message.js';
import type { Api, Change, State } from './api.js';
import type { Invented } from './interceptor.js';
import type { Note } from './journal.js';

/**
 * What to do with an answer that breaks the document: refuse to send it, send and report it, or not
 * look.
 */
export type SelfCheck = 'strict' | 'report' | 'off';

/** An answer that may be sent. */
export interface Answer {
  readonly response: PlainResponse;
  /** Absent for what is no case, such as a page. */
  readonly documented?: Case;
  readonly decision?: Decision;
  /** Who answered in place of whoever decided. */
  readonly by?: Hand | undefined;
  readonly changes?: readonly Change[];
  /** What the journal says of it beside. */
  readonly note: Note;
  /** Our own check stopped what was decided, and this is sent in its place. */
  readonly stopped?: true;
}

/** An invented error, and who asked for it: a request, or a fault. */
export interface Invention extends Omit<Invented, 'kind'> {
  readonly applied?: string;
  readonly by?: Hand;
}

export interface AnswersOptions<World extends State, Who> {
  readonly api: Api<World, Who>;
  readonly selfCheck: SelfCheck;
  readonly bodyLimit: number;
  readonly pages?: Pages<World> | undefined;
  /** Whether pages of other origins may call. Default true. */
  readonly cors?: boolean | undefined;
}

/** What is shown at a path that no document has. */
export type Pages<World> = (request: PlainRequest, world: World) => PlainResponse | undefined;
