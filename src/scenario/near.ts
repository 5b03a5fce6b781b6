// A small world around a row: what it refers to, and what is looked at again when it is another.
// Whether a change of the row breaks the world is told there as it would be told of all of it.
import { nearest } from '../files/nearest.js';
import type { JsonObject } from '../spec/message.js';
import type { Row } from '../world/indexes.js';
import type { Checker } from '../world/noun.js';
import { nouns } from '../world/nouns.js';
import type { Table } from '../world/table.js';
import { createWorld, type TableName, type World } from '../world/world.js';
import { type AnyNoun, allNouns, type ListedNoun, listedNouns, tableOf } from './sections.js';

type Fields = Row & { readonly [field: string]: unknown };

/** A row as it is or as somebody wants it, where it may lack its ID or be of no right form. */
interface Held {
  readonly noun: AnyNoun;
  readonly row: Fields;
  /** The row that has the list which it stands in. */
  readonly holder: Fields | undefined;
}

/** The world around a row that is there, with what it refers to as it is and as it is wanted. */
export function worldAround(
  world: World,
  { table, id }: { readonly table: TableName; readonly id: string },
  wanted: JsonObject,
): World {
  const near = new Near(world);
  const row = world[table].get(id) as Row as Fields;
  near.lookAt(near.take(table, row));
  near.want(near.held(table, { ...row, ...wanted }));
  return near.world();
}

/** The world around an item that is to be added, and around those in its own lists. */
export function worldAroundNew(world: World, table: TableName, item: JsonObject): World {
  const near = new Near(world);
  const held = near.held(table, item as unknown as Fields);
  if (held.holder) near.take(held.noun.within as TableName, held.holder);
  near.wantNew(held);
  return near.world();
}

const tableCalled = new Map(listedNouns.map((noun) => [noun.called, tableOf(noun)]));

class Near {
  readonly #whole: World;
  readonly #rows = new Map<TableName, Map<string, Fields>>(
    allNouns.map((noun) => [tableOf(noun), new Map()]),
  );
  readonly #sought = new Set<string>();

  constructor(whole: World) {
    this.#whole = whole;
  }

  /** With all that it refers to, and what follows from it alone. */
  take(table: TableName, row: Fields): Held {
    const held = this.held(table, row);
    const rows = this.#rows.get(table) as Map<string, Fields>;
    if (rows.has(row.id)) return held;
    rows.set(row.id, row);
    if (held.holder) this.take(held.noun.within as TableName, held.holder);
    for (const { called, id } of referencesOf(held)) this.#takeIfThere(called, id);
    for (const noun of allNouns) if (noun.section === undefined) this.#lookAtIn(noun, held);
    return held;
  }

  held(table: TableName, row: Fields): Held {
    const noun = nouns[table] as AnyNoun;
    const { within } = noun;
    if (within === undefined) return { noun, row, holder: undefined };
    const id = row[`${(nouns[within as TableName] as AnyNoun).called}_id`];
    return { noun, row, holder: this.#get(within as TableName, id) };
  }

  /** All rows that are to be looked at again when this one is another. */
  lookAt(held: Held): void {
    for (const noun of allNouns) this.#lookAtIn(noun, held);
  }

  /** Of what is not there, the row that could be meant, and a row that names it all the same. */
  want(held: Held): void {
    const row = Object.fromEntries(
      Object.entries(held.row).filter(([, value]) => typeof value === 'string'),
    );
    this.lookAt({ ...held, row: row as Fields });
    for (const reference of referencesOf(held)) {
      const { called, id } = reference;
      if (!this.#takeIfThere(called, id)) this.#takeNearest(called, id);
      if (this.#isBroken(reference)) this.#takeWhoNames(id);
    }
  }

  wantNew(held: Held): void {
    const table = tableOf(held.noun);
    for (const id of [held.row.id, held.row.api_key, held.row.token]) {
      const other = this.#get(table, id);
      if (other) this.lookAt(this.take(table, other));
    }
    this.want(held);
    for (const noun of listedNouns.filter(({ within }) => within === table))
      for (const row of listIn(held.row, noun)) this.wantNew({ noun, row, holder: held.row });
  }

  world(): World {
    const { scenario, clock, ids, backfill, keepDeleted } = this.#whole;
    const parts = { scenario, backfill, keepDeleted, clock: clock.fork(), ids: ids.fork() };
    const small = createWorld(parts);
    for (const [name, rows] of this.#rows) {
      const table = this.#whole[name];
      const inOrder = [...rows.values()].sort(
        (a, b) => table.position(a.id) - table.position(b.id),
      );
      (small[name] as unknown as Table<Row>).fill(inOrder);
    }
    return small;
  }

  #get(table: TableName, id: unknown): Fields | undefined {
    return typeof id === 'string' ? (this.#whole[table].get(id) as Fields | undefined) : undefined;
  }

  #takeIfThere(called: string, id: string): boolean {
    const table = tableCalled.get(called) as TableName;
    const row = this.#get(table, id);
    if (row) this.take(table, row);
    return row !== undefined;
  }

  #takeNearest(called: string, id: string): void {
    const table = tableCalled.get(called) as TableName;
    const close = nearest(
      id,
      this.#whole[table].all().map((row) => row.id),
    );
    if (close !== undefined) this.#takeIfThere(called, close);
  }

  #lookAtIn(noun: AnyNoun, { noun: touched, row }: Held): void {
    const rows = noun.lookedAtWith?.[tableOf(touched)]?.(this.#whole, row as never) ?? [];
    for (const each of rows) this.take(tableOf(noun), each as Fields);
  }

  /** What some row names although it is not there, others may name too. */
  #takeWhoNames(id: string): void {
    if (this.#sought.has(id)) return;
    this.#sought.add(id);
    for (const noun of listedNouns) {
      const table = tableOf(noun);
      const found = (this.#whole[table].all() as readonly Row[] as readonly Fields[]).find(
        (row) =>
          mentions(row, id) &&
          referencesOf(this.held(table, row)).some((one) => one.id === id && this.#isBroken(one)),
      );
      if (found) this.take(table, found);
    }
  }

  #isBroken({ called, id, organization }: Reference): boolean {
    const row = this.#get(tableCalled.get(called) as TableName, id);
    if (!row) return true;
    const owner = row.organization_id;
    return (
      organization !== undefined &&
      owner !== undefined &&
      owner !== organization &&
      this.#whole.organizations.has(organization)
    );
  }
}

const mentions = (row: Fields, id: string): boolean =>
  Object.values(row).some((value) => value === id || (Array.isArray(value) && value.includes(id)));

const listIn = (row: Fields, { section }: ListedNoun): readonly Fields[] => {
  const list = row[section];
  const isRow = (one: unknown): one is Fields => typeof one === 'object' && one !== null;
  return Array.isArray(list) ? list.filter(isRow) : [];
};

interface Reference {
  readonly called: string;
  readonly id: string;
  /** The one that it has to be of, if it has to be of one. */
  readonly organization: string | undefined;
}

const nothing = (): void => {};

/** Whatever its noun looks up when it is checked. */
function referencesOf({ noun, row, holder }: Held): readonly Reference[] {
  const found: Reference[] = [];
  const refer: Checker['refer'] = (called, id, _, organization) => {
    if (typeof id === 'string') found.push({ called, id, organization });
  };
  const checker: Checker = {
    refer,
    referAll: (called, ids, pointer, organization) => {
      if (Array.isArray(ids)) for (const id of ids) refer(called, id, pointer, organization);
    },
    problem: nothing,
    define: nothing,
    once: nothing,
    time: nothing,
    past: nothing,
    notBefore: nothing,
    isWhole: () => false,
    deleted: new Set(),
  };
  const said = Object.entries(row).filter(([, value]) => value !== null);
  noun.check?.(checker, [{ item: Object.fromEntries(said), holder: holder ?? {}, pointer: '' }]);
  return found;
}
