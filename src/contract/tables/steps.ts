// What a row does, step by step: all that its table, its recipes and the row itself say, in the
// order in which it is played. Whoever wants to know something of a row reads its steps: the
// player, the export, and the checks of what it needs.
import type { OperationId } from '../../spec/document.js';
import type { CallerName } from './caller.js';
import type { Expression, Template } from './expression.js';

/** A request whose values are filled in when it is sent. Each parameter of its path has one. */
export interface RequestTemplate {
  readonly call: OperationId;
  readonly caller: CallerName;
  readonly path: Readonly<Record<string, Template>>;
  /** Those of the path that have the value of their slot because nobody wrote another. */
  readonly implied: readonly string[];
  readonly query: Readonly<Record<string, Template>>;
  readonly body?: Template;
}

/** Where a step is written: a JSON pointer inside its table or its row. */
export interface Origin {
  readonly in: 'table' | 'row';
  readonly pointer: string;
  /** The recipe that says so, if one does. */
  readonly recipe?: string;
}

interface Written {
  readonly origin: Origin;
}

/** A call that the row builds on; it must succeed. */
export interface PrepareStep extends Written {
  readonly kind: 'prepare';
  readonly request: RequestTemplate;
  /**
   * Callers of whom one owns what the call is about; whoever may make it plays the owner from then
   * on.
   */
  readonly heldBy?: readonly CallerName[];
  /** The id of the profile that a refusal of this call is about. */
  readonly about?: Expression & { readonly kind: 'known' };
}

/** A value is kept in a slot, from an answer or from the profile. */
export interface KeepStep extends Written {
  readonly kind: 'keep';
  readonly slot: string;
  /** What the slot has already, where absent. */
  readonly value?: Template;
  /** Whose answer has it. What the row's own request makes is only kept if it was accepted. */
  readonly from?: PrepareStep | RequestStep;
  /** Deleted by this operation at the end. */
  readonly undo?: OperationId;
  /** The value must be one that a path can carry. */
  readonly isId: boolean;
}

/** A read before the request; what it shows must not change when the request is refused. */
export interface ObserveStep extends Written {
  readonly kind: 'observe';
  readonly request: RequestTemplate;
  readonly rows?: readonly [list: string, value: Template];
}

/** The request that the row is about. */
export interface RequestStep extends Written {
  readonly kind: 'request';
  readonly request: RequestTemplate;
  /** In place of the template's body. */
  readonly raw?: Uint8Array;
  readonly contentType?: string;
  /** Seconds before it is sent. */
  readonly pause?: number;
  readonly expected: readonly string[];
  readonly assumed?: string;
  readonly documented?: string;
  /** What must stand in the answer of the first expected case, by pointer. */
  readonly answer: readonly (readonly [pointer: string, value: Template])[];
}

/** The same read again, after a refusal. */
export interface CompareStep extends Written {
  readonly kind: 'compare';
  readonly observed: ObserveStep;
}

/** One thing that a look checks. */
export type Check =
  | { readonly kind: 'includes' | 'excludes'; readonly pointer: string; readonly value: Template }
  | { readonly kind: 'equals' | 'later'; readonly pointer: string; readonly value: Template }
  | { readonly kind: 'order'; readonly pointer: string; readonly value: Template }
  | { readonly kind: 'present' | 'absent'; readonly pointer: string }
  | { readonly kind: 'unique' | 'fits'; readonly pointer: string }
  | { readonly kind: 'count'; readonly pointer: string; readonly count: number };

/** A read after the request, and what it must show. */
export interface LookStep extends Written {
  readonly kind: 'look';
  readonly request: RequestTemplate;
  /** Only after this case. */
  readonly when?: string;
  /** The cases that may answer; any success where absent. */
  readonly expected?: readonly string[];
  readonly assumed?: string;
  readonly documented?: string;
  readonly checks: readonly Check[];
}

/** Deletes what was kept, if it was. */
export interface UndoStep extends Written {
  readonly kind: 'undo';
  readonly kept: KeepStep;
  readonly request: RequestTemplate;
}

export type Step =
  | PrepareStep
  | KeepStep
  | ObserveStep
  | RequestStep
  | CompareStep
  | LookStep
  | UndoStep;

/** The values in a step that are filled in, save for those in its request. */
export function valuesOf(step: Step): readonly Template[] {
  switch (step.kind) {
    case 'keep':
      return step.value === undefined ? [] : [step.value];
    case 'observe':
      return step.rows === undefined ? [] : [step.rows[1]];
    case 'request':
      return step.answer.map(([, value]) => value);
    case 'look':
      return step.checks.flatMap((check) => ('value' in check ? [check.value] : []));
    default:
      return [];
  }
}

/** The values of a request, in the order in which they are filled in. */
export const partsOf = ({ path, query, body }: RequestTemplate): readonly Template[] => [
  ...Object.values(path),
  ...Object.values(query),
  ...(body === undefined ? [] : [body]),
];
