// The form of the contracts: decision tables and recipes, as data that QA reads and edits.
import type { OperationId } from '../../spec/document.js';
import type { Json } from '../../spec/message.js';
import type { Lifecycle } from './arazzo.js';
import type { CallerName } from './caller.js';

/** A call made to prepare a row, or to look at what it left behind. Slots fill the path. */
export interface Call {
  readonly call: OperationId;
  readonly caller?: CallerName;
  /** Path parameters whose slot has another name, or a value of its own. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, Json>>;
  readonly body?: Json;
}

/**
 * A read before and after the row's request; what it shows must not change when the request is
 * refused.
 */
export interface Observation extends Call {
  /**
   * Compare only those rows of this list, on every page, that contain this value: other users may
   * change other rows meanwhile.
   */
  readonly rows?: readonly [string, Json];
}

/** A read after the row's request, and what it must show. */
export interface Look extends Call {
  /** Only after this case, where the row may be answered with another one too. */
  readonly when?: string;
  /** The case this call must have; any success when absent. */
  readonly expect?: string | readonly string[];
  /**
   * Values that must, or must not, stand in a list of the answer: a pointer with `*` for each row,
   * and the value.
   */
  readonly includes?: readonly [string, Json];
  readonly excludes?: readonly [string, Json];
  /** A pointer at which anything must stand, null too. */
  readonly present?: string;
  /** A pointer at which nothing may stand. */
  readonly absent?: string;
  /** A pointer to a list, and how many rows it must have. */
  readonly count?: readonly [string, number];
  /** A pointer with `*` for each row, whose values no page may repeat. */
  readonly unique?: string;
  /**
   * A pointer to a list: whoever asks for just as many rows as there are has them on one page, which is
   * the last, and the total is their number.
   */
  readonly fits?: string;
  /** A pointer into the answer, and the value that must stand there. */
  readonly equals?: readonly [string, Json];
  /** Several of them, by pointer. */
  readonly answer?: Readonly<Record<string, Json>>;
  /** A pointer to a time, and one that it must be later than. */
  readonly later?: readonly [string, Json];
  /** A pointer with `*` for each row, and values that stand there in this order. */
  readonly order?: readonly [string, Json];
  /**
   * The resolution or fact sheet it rests on, where nobody documented it: what differs is then a
   * question.
   */
  readonly assumed?: string;
  /**
   * Where it is documented that this call is refused, although the form of the refusal is assumed:
   * to accept it is a failure.
   */
  readonly documented?: string;
}

export interface Row {
  readonly caller: CallerName;
  readonly expect: string | readonly string[];
  /**
   * The resolution or fact sheet the expectation rests on, where nobody documented it: another case
   * is then a question.
   */
  readonly assumed?: string;
  /**
   * Where it is documented that the request is refused, although the form of the refusal is
   * assumed: to accept it is a failure.
   */
  readonly documented?: string;
  /** Path parameters with a value of their own. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, Json>>;
  readonly body?: Json;
  /** Sent as it stands, for bodies that are not JSON objects. */
  readonly raw_body?: string;
  /** So many arrays, one inside the other. */
  readonly nested?: number;
  /** Hex, for bodies that are not text. */
  readonly hex_body?: string;
  /** In place of JSON's; `none` sends the body without a type. */
  readonly content_type?: string;
  readonly before?: readonly Call[];
  /** Seconds between what was prepared and the request, so that a clock of whole seconds moves. */
  readonly pause?: number;
  /** What must stand in the answer, by pointer, when it is the first of the expected cases. */
  readonly answer?: Readonly<Record<string, Json>>;
  readonly then?: readonly Look[];
  /** Leaves out the table's `observe`, where it would find nothing. */
  readonly observe?: 'none';
  /**
   * Recipes by slot, in place of the table's. A slot called `beside` only has to exist: nothing
   * need use it.
   */
  readonly given?: Readonly<Record<string, string>>;
  /** For a row that was made from a schema: what is special about its request, in words. */
  readonly edge?: string;
  /** An edge that sends a text which is hard to keep as it is. */
  readonly isHardText?: true;
  /** File and line. */
  readonly place: string;
}

export interface Table {
  readonly operation: OperationId;
  /** Slot → recipe, in the order in which they are made. */
  readonly given: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly query?: Readonly<Record<string, Json>>;
  /** What a refused request must leave as it was. */
  readonly observe?: Observation;
  /**
   * Slot → recipe: what an accepted request creates fills the slot through the recipe's `value`,
   * and is deleted by its `undo`.
   */
  readonly makes?: Readonly<Record<string, string>>;
  /**
   * Fields of other objects, or of the same one, that an accepted request changes besides those of
   * its body and the times. All others must read afterwards as they did before.
   */
  readonly changes?: readonly string[];
  /** Kinds of looks that its rows do not take, and why (kinds.ts). */
  readonly unseen?: Readonly<Record<string, string>>;
  /** Fields whose value depends on another field, so that a generated value would be refused. */
  readonly coupled?: readonly string[];
  readonly rows: readonly Row[];
  readonly place: string;
}

/**
 * How a state is created: by one call, from another recipe, or with an object that the profile
 * names.
 */
export interface Recipe extends Partial<Call> {
  readonly from?: string;
  /** Made so many times; the slot holds the last. */
  readonly repeat?: number;
  /** `$response.body#/id` of the call, or any other value. */
  readonly value?: string;
  /** Calls made once the value is known; it fills the slot. */
  readonly then?: readonly Call[];
  /**
   * Callers of whom one owns the value; which one, only the target's profile decides. The first of
   * them who may make the first call of `then` plays the owner in the row, and the owner plays that
   * caller.
   */
  readonly held_by?: readonly CallerName[];
  /**
   * The operation that deletes it, called by whoever created it; its last path parameter is the
   * value.
   */
  readonly undo?: OperationId;
}

export interface Contracts {
  readonly tables: readonly Table[];
  /** Rows that every operation has, such as those about credentials. */
  readonly everywhere: readonly Row[];
  readonly recipes: Readonly<Record<string, Recipe>>;
  /** Path parameter → slot. */
  readonly slots: Readonly<Record<string, string>>;
  readonly lifecycles: readonly Lifecycle[];
}
