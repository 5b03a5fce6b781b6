// Checks the slots of each row in the order in which it is played. A request that uses a slot which
// nothing fills could never be sent. A slot that is filled and never used has a misspelt name,
// unless it is called `beside`: that one only has to exist.

import { nearest } from '../../files/nearest.js';
import type { Report } from '../../files/problem.js';
import type { Spec } from '../../spec/document.js';
import { ORGANIZATION_SLOT } from '../dialect.js';
import { compile, type Parts } from './compile.js';
import { type Template, usesIn } from './expression.js';
import type { Draft } from './form.js';
import { type Origin, partsOf, type RequestStep, type Step, valuesOf } from './steps.js';
import type { Row, Table } from './table.js';

export interface SlotParts extends Parts {
  readonly spec: Spec;
  /**
   * False where a file could not be read to its end: a recipe or slot that seems to be missing may
   * stand there.
   */
  readonly isWhole: boolean;
}

type Given = Readonly<Record<string, string>>;

/**
 * Slots called `beside` or `beside_…` hold what no request names, such as one more row in a list.
 */
const isBeside = (slot: string): boolean => /^beside(_|$)/.test(slot);

/** Reports which slots are not filled and which are not used, in a table and in its rows. */
export function checkSlots(
  parts: SlotParts,
  table: Draft<Table>,
  report: Report,
  pointer: string,
): void {
  if (!parts.isWhole) return;
  const played = (row: Draft<Row>, place: string): SlotUse => {
    const use = new SlotUse(parts, { table: pointer, row: place });
    for (const step of compile(parts.spec, parts, { table, row })) use.play(step);
    return use;
  };
  const own = played({}, pointer);
  const rows = (table.rows ?? []).map((row, i) => ({
    row,
    place: `${pointer}/rows/${i}`,
    use: played(row, `${pointer}/rows/${i}`),
  }));
  // A slot that no row fills belongs into the table's own `given`, and is reported there once.
  const lacking = [...own.unfilled].filter(([slot]) =>
    rows.every(({ use }) => use.unfilled.has(slot)),
  );
  const common = new Map(lacking);
  for (const unfilled of [common, ...rows.map(({ use }) => use.unfilled)])
    for (const [slot, { place, user }] of unfilled)
      if (unfilled === common || !common.has(slot))
        report(
          place,
          `nothing fills the slot ${slot}, which ${user} needs`,
          'add it to `given`, before what needs it',
        );
  for (const { row, place, use } of rows)
    reportUnused(row.given, use.used, report, `${place}/given`);
  reportUnused(
    table.given,
    new Set([own, ...rows.map(({ use }) => use)].flatMap(({ used }) => [...used])),
    report,
    `${pointer}/given`,
  );
}

function reportUnused(
  given: Given | undefined,
  used: ReadonlySet<string>,
  report: Report,
  pointer: string,
): void {
  for (const slot of Object.keys(given ?? {}).filter(
    (name) => !used.has(name) && !isBeside(name),
  )) {
    const close = nearest(slot, [...used]);
    const fix = close
      ? `did you mean ${close}?`
      : 'correct its name, or call it beside if it only has to exist';
    report(`${pointer}/${slot}`, `nothing here uses the slot ${slot}`, fix);
  }
}

class SlotUse {
  readonly used = new Set<string>();
  /** By slot: what needs it first, and where. */
  readonly unfilled = new Map<string, { readonly place: string; readonly user: string }>();
  readonly #filled = new Set<string>();
  readonly #parts: SlotParts;
  /** Where the table and the row stand. */
  readonly #places: Readonly<Record<Origin['in'], string>>;

  constructor(parts: SlotParts, places: Readonly<Record<Origin['in'], string>>) {
    this.#parts = parts;
    this.#places = places;
  }

  play(step: Step): void {
    if (step.kind === 'undo' || step.kind === 'compare') return;
    if (step.kind === 'keep') {
      if (step.from?.kind === 'request' && !this.#mayMake(step.from)) return;
      this.#values(valuesOf(step), step.origin);
      this.#filled.add(step.slot);
      return;
    }
    const { request, origin } = step;
    for (const slot of request.implied.map((name) => this.#parts.slots[name] ?? name)) {
      // The organization of a path needs no recipe: the profile has it.
      if (slot === ORGANIZATION_SLOT) this.used.add(slot);
      else this.#use(slot, origin, request.call);
    }
    const written = Object.entries(request.path).filter(
      ([name]) => !request.implied.includes(name),
    );
    this.#values(partsOf({ ...request, path: Object.fromEntries(written) }), origin);
    this.#values(valuesOf(step), origin);
  }

  /** Whether one of the cases that the row expects is a success. */
  #mayMake({ request, expected }: RequestStep): boolean {
    const cases = this.#parts.spec.operations.get(request.call)?.cases;
    return expected.some((name) => (cases?.get(name)?.status ?? 500) < 400);
  }

  /** The values of a recipe are checked here, those of a table where they stand. */
  #values(values: readonly Template[], origin: Origin): void {
    for (const { expression } of values.flatMap(usesIn)) {
      if (expression.kind !== 'slot') continue;
      const { name } = expression;
      if (origin.recipe !== undefined) this.#use(name, origin, origin.recipe);
      // A slot that is not filled was reported at its own place. It is probably a misspelt one,
      // which then counts as used.
      else
        this.used.add(this.#filled.has(name) ? name : (nearest(name, [...this.#filled]) ?? name));
    }
  }

  #use(slot: string, { recipe, ...origin }: Origin, call: string): void {
    this.used.add(slot);
    if (this.#filled.has(slot) || this.unfilled.has(slot)) return;
    this.unfilled.set(slot, {
      place: `${this.#places[origin.in]}${origin.pointer}`,
      user: recipe ?? String(call),
    });
  }
}
