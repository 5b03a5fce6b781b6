// Checks the slots of each row in the order in which it is played. A request that uses a slot which nothing fills could never be
// sent. A slot that is filled and never used has a misspelt name, unless it is called `beside`: that one only has to exist.

import { nearest } from '../../files/nearest.js';
import type { Report } from '../../files/problem.js';
import type { OperationId, Spec } from '../../spec/document.js';
import type { Draft } from './form.js';
import type { Call, Recipe, Row, Table } from './table.js';

export interface SlotParts {
  readonly spec: Spec;
  readonly recipes: Readonly<Record<string, Draft<Recipe>>>;
  /** Path parameter → slot. */
  readonly slots: Readonly<Record<string, string>>;
  /** False where a file could not be read to its end: a recipe or slot that seems to be missing may stand there. */
  readonly isWhole: boolean;
}

type Given = Readonly<Record<string, string>>;

/** Slots called `beside` or `beside_…` hold what no request names, such as one more row in a list. */
const isBeside = (slot: string): boolean => /^beside(_|$)/.test(slot);

/** Reports which slots are not filled and which are not used, in a table and in its rows. */
export function checkSlots(parts: SlotParts, table: Draft<Table>, report: Report, pointer: string): void {
  if (!parts.isWhole) return;
  const played = (row: Draft<Row>, place: string): SlotUse => {
    const use = new SlotUse(parts);
    use.play(table, row, pointer, place);
    return use;
  };
  const own = played({}, pointer);
  const rows = (table.rows ?? []).map((row, i) => ({
    row,
    place: `${pointer}/rows/${i}`,
    use: played(row, `${pointer}/rows/${i}`),
  }));
  // A slot that no row fills belongs into the table's own `given`, and is reported there once.
  const lacking = [...own.unfilled].filter(([slot]) => rows.every(({ use }) => use.unfilled.has(slot)));
  const common = new Map(lacking);
  for (const unfilled of [common, ...rows.map(({ use }) => use.unfilled)])
    for (const [slot, { place, user }] of unfilled)
      if (unfilled === common || !common.has(slot))
        report(place, `nothing fills the slot ${slot}, which ${user} needs`, 'add it to `given`, before what needs it');
  for (const { row, place, use } of rows) reportUnused(row.given, use.used, report, `${place}/given`);
  reportUnused(
    table.given,
    new Set([own, ...rows.map(({ use }) => use)].flatMap(({ used }) => [...used])),
    report,
    `${pointer}/given`,
  );
}

function reportUnused(given: Given | undefined, used: ReadonlySet<string>, report: Report, pointer: string): void {
  for (const slot of Object.keys(given ?? {}).filter((name) => !used.has(name) && !isBeside(name))) {
    const close = nearest(slot, [...used]);
    const fix = close ? `did you mean ${close}?` : 'correct its name, or call it beside if it only has to exist';
    report(`${pointer}/${slot}`, `nothing here uses the slot ${slot}`, fix);
  }
}

class SlotUse {
  readonly used = new Set<string>();
  /** By slot: what needs it first, and where. */
  readonly unfilled = new Map<string, { readonly place: string; readonly user: string }>();
  readonly #filled = new Set<string>();
  readonly #parts: SlotParts;

  constructor(parts: SlotParts) {
    this.#parts = parts;
  }

  play(table: Draft<Table>, row: Draft<Row>, tablePlace: string, rowPlace: string): void {
    const given = { ...table.given, ...row.given };
    for (const [slot, recipe] of Object.entries(given)) {
      const place = row.given && Object.hasOwn(row.given, slot) ? rowPlace : tablePlace;
      this.#make(slot, recipe, `${place}/given/${slot}`, []);
    }
    for (const [i, call] of (row.before ?? []).entries()) this.#call(call, `${rowPlace}/before/${i}`);
    if (table.observe && row.observe !== 'none') {
      this.#call(table.observe, `${tablePlace}/observe`);
      this.#values(table.observe.rows);
    }
    const { path, body = table.body, query = table.query } = row;
    this.#call({ call: table.operation, path, query, body }, rowPlace);
    const operation = this.#parts.spec.operations.get(table.operation as OperationId);
    const isMade = [row.expect ?? []].flat().some((name) => (operation?.cases.get(name)?.status ?? 500) < 400);
    if (isMade) for (const slot of Object.keys(table.makes ?? {})) this.#filled.add(slot);
    this.#values(row.answer);
    for (const [i, look] of (row.then ?? []).entries()) {
      this.#call(look, `${rowPlace}/then/${i}`);
      this.#values([look.includes, look.excludes, look.equals]);
    }
  }

  #make(slot: string, name: string, place: string, within: readonly string[]): void {
    const recipe = Object.hasOwn(this.#parts.recipes, name) ? this.#parts.recipes[name] : undefined;
    // A recipe that does not exist, or is made from itself, was reported already.
    if (recipe && !within.includes(name)) {
      if (recipe.from !== undefined) this.#make(slot, recipe.from, place, [...within, name]);
      const { call, path, query, body } = recipe;
      if (call !== undefined) this.#call({ call, path, query, body }, place, name);
      this.#values(recipe.value, place, name);
      this.#filled.add(slot);
      for (const next of recipe.then ?? []) this.#call(next, place, name);
    }
    this.#filled.add(slot);
  }

  /** `recipe` is the recipe that makes the call, if any: its values are checked here, those of a table are checked where they stand. */
  #call({ call, path, query, body }: Draft<Call>, place: string, recipe?: string): void {
    const operation = this.#parts.spec.operations.get(call as OperationId);
    for (const { name } of operation?.parameters.filter((parameter) => parameter.in === 'path') ?? []) {
      const slot = this.#parts.slots[name] ?? name;
      if (path?.[name] === undefined) this.#use(slot, place, recipe ?? String(call), slot === 'organization');
    }
    this.#values([path, query, body], place, recipe);
  }

  #values(value: unknown, place?: string, recipe?: string): void {
    for (const [, slot = ''] of (JSON.stringify(value) ?? '').matchAll(/\$slot\.(\w+)/g)) {
      if (place !== undefined && recipe !== undefined) this.#use(slot, place, recipe, false);
      // A slot that is not filled was reported at its own place. It is probably a misspelt one, which then counts as used.
      else this.used.add(this.#filled.has(slot) ? slot : (nearest(slot, [...this.#filled]) ?? slot));
    }
  }

  /** `isKnown`: the slot needs no recipe, since the profile has the value, as for the organization of a path. */
  #use(slot: string, place: string, user: string, isKnown: boolean): void {
    this.used.add(slot);
    if (isKnown || this.#filled.has(slot) || this.unfilled.has(slot)) return;
    this.unfilled.set(slot, { place, user });
  }
}
