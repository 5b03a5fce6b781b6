// The form of a rule of the control plane, and the guards that several of them share.
import type { Rule, Verdict } from '../../decide/rule.js';
import type { JournalEntry } from '../../engine/journal.js';
import type { Json, JsonObject } from '../../spec/message.js';
import type { Control } from '../control.js';

/** Whoever may use the control plane; there is no more to know of them. */
export type Operator = 'operator';

export type ControlRule = Rule<Control, Operator>;

/** By operation. */
export type ControlRules = Readonly<Record<string, ControlRule>>;

/** A checked request. */
export interface Request {
  readonly world: Control;
  readonly path: Readonly<Record<string, string>> & { readonly world: string };
  readonly query: JsonObject;
  readonly body: JsonObject & { readonly name: string };
}

interface Form<Facts> {
  read?(request: Request): Facts;
  readonly guards?: Readonly<Record<string, (known: Request & Facts) => Verdict>>;
  accept(known: Request & Facts): readonly [name: string, data: unknown];
}

/** Every answer has its data in one place. */
export function rule<Facts extends object>({
  read,
  guards = {},
  accept,
}: Form<Facts>): ControlRule {
  return {
    read: (call) => read?.(call as unknown as Request) ?? {},
    guards,
    accept: (known) => {
      const [name, data] = accept(known);
      return { case: name, body: { data } };
    },
  };
}

export const knownWorld =
  (parameter: string) =>
  ({ world: { worlds, names }, path }: Request): Verdict => {
    const name = path[parameter] as string;
    if (worlds.has(name)) return true;
    return { details: { field: parameter, world: name, worlds: names.slice(-10) } };
  };
export const unknown_world = knownWorld('world');

/** What is told of a world after something was done to it. */
export const told = (name: string, { world }: Request, of: string) =>
  [name, world.summary(of)] as const;

/** How many of a list come next, and whether more follow. */
export const pageOf = (rows: readonly object[], limit: Json | undefined) => ({
  page: rows.slice(0, Number(limit)),
  more: rows.length > Number(limit),
});

/** The first and the last request of a journal, for those who ask for one that it does not hold. */
export const heldBy = (journal: readonly JournalEntry[]): JsonObject => ({
  first: journal[0]?.number ?? null,
  last: journal.at(-1)?.number ?? null,
});
