// A noun is one kind of row: its table, what it is by default, and how a scenario speaks of it.
// This is the form of one.
import { same } from '../spec/json.js';
import type { Json } from '../spec/message.js';
import type { Backfill } from './backfill.js';
import { toTimestamp } from './clock.js';
import type { IdMaker } from './ids.js';
import { compare, type Row } from './indexes.js';
import type { Schema } from './table.js';

/** As it was read: what is not of the form has been reported and left out. */
export type Draft<T> = T extends readonly (infer Item)[]
  ? readonly Draft<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T | undefined;

/**
 * An item of a scenario's list. `holder` is what has the list in it: nothing, or a row of another
 * noun.
 */
export interface Given<Item, Holder> {
  readonly item: Item;
  readonly holder: Holder;
}

/** The same as it was read, with its JSON pointer. */
export interface Placed<Item, Holder> {
  readonly item: Draft<Item>;
  readonly holder: Draft<Holder>;
  readonly pointer: string;
}

/** What rows of a scenario are made with. */
export interface Filling {
  /** The scenario's time: of whatever has none of its own. */
  readonly start: string;
  readonly ids: IdMaker;
  /** How the embeddings of the world move on. */
  readonly backfill: Backfill;
}

/**
 * `Tables` are the tables of the world that the noun reads and writes, `Item` is what a scenario says of one, and `Holder` what a
 * noun needs to know of the row that has its list, whether as a row or as an item.
 */
export interface Noun<Item, Tables, Holder = undefined> {
  /** The name of one in messages, such as `vector store`. */
  readonly called: string;
  // biome-ignore lint/suspicious/noExplicitAny: what goes for every noun cannot know the rows of each.
  readonly schema: Schema<any, any>;
  /** The name of the list in a scenario; none where the rows follow from others. */
  readonly section?: string;
  /** The table of the rows that have the list; none where the list stands at the top. */
  readonly within?: string;
  /** Puts the rows of a scenario into the world, in the order of time. */
  fill(tables: Tables, given: readonly Given<Item, Holder>[], filling: Filling): void;
  /** Says which IDs there are, and whether those that items refer to are there. */
  check?(checker: Checker, placed: readonly Placed<Item, Holder>[]): void;
  /** The items that `fill` would make the rows of: all, or those in the list of one holder. */
  write?(tables: Tables, holder: Holder): readonly Item[];
  /** One for each row, in their order, where `write` joins some or leaves some out. */
  items?(tables: Tables): readonly Item[];
  /** The time that its rows are in the order of, where there is one. */
  age?(row: never, tables: Tables): string;
  /**
   * By table: which rows of this noun are looked at again when a row there is another, since they
   * are held against more of it than its ID, or follow from it. What `check` refers to need not be
   * said.
   */
  readonly lookedAtWith?: LookedAtWith<Tables>;
}

/** The row may be one that somebody wants and that is not of the right form. */
export type LookedAtWith<Tables> = {
  readonly [Table in string]?: (tables: Tables, row: never) => readonly Row[];
};

/** An item with what it needs, and with each value of its row that would not come by itself. */
export function itemOf<Item extends object, R extends object>(
  needed: Item,
  row: R,
  byItself: R,
): Item {
  const said = Object.entries(row).filter(
    ([key, value]) => !same(value, byItself[key as keyof R] as Json | undefined),
  );
  return { ...needed, ...Object.fromEntries(said) };
}

/** `sth_1`, or what is like it where that is taken. */
export function numbered(
  prefix: string,
  number: number,
  taken: ReadonlySet<string | undefined>,
): string {
  let id = `${prefix}_${number}`;
  while (taken.has(id)) id += '_';
  return id;
}

type Ids = readonly (string | undefined)[];

/** Remembers what a scenario defines, and collects what is wrong with it. */
export interface Checker {
  readonly problem: (pointer: string, what: string, fix: string) => void;
  /** An item with this ID stands here. */
  readonly define: (
    called: string,
    id: string | undefined,
    pointer: string,
    organization?: string,
  ) => void;
  /**
   * The item with this ID is meant, wherever it stands; it must be there, and in the organization
   * if one is named.
   */
  readonly refer: (
    called: string,
    id: string | null | undefined,
    pointer: string,
    organization?: string,
  ) => void;
  readonly referAll: (
    called: string,
    ids: Ids | undefined,
    pointer: string,
    organization?: string,
  ) => void;
  /** Each value may stand only once, in all of the lists or in each. */
  readonly once: (values: readonly Listed[], what: string) => void;
  /** There is such a time. */
  readonly time: (time: string | undefined, pointer: string) => void;
  /** Nothing in the scenario is later than its own time. */
  readonly past: (time: string | undefined, pointer: string) => void;
  /**
   * Nothing happens to a row before it is made; made at the scenario's own time when nothing is
   * said.
   */
  readonly notBefore: (time: string | undefined, pointer: string, made: string | undefined) => void;
  /**
   * Whether every value of an item could be read. If not, a value that is missing is not reported.
   */
  readonly isWhole: (item: object) => boolean;
  /** The IDs of items that are deleted softly. */
  readonly deleted: Set<string>;
}

interface Listed {
  readonly value: string | null | undefined;
  readonly pointer: string;
  readonly list?: unknown;
}

/** What items that belong to an organization may have in common. */
type Owned = Draft<{
  readonly id: string;
  readonly organization_id: string;
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_at: string;
}>;

export function checkOwned(
  { define, refer, past, notBefore }: Checker,
  called: string,
  item: Owned,
  pointer: string,
): void {
  define(called, item.id, `${pointer}/id`, item.organization_id);
  refer('organization', item.organization_id, `${pointer}/organization_id`);
  refer('user', item.created_by, `${pointer}/created_by`, item.organization_id);
  past(item.created_at, `${pointer}/created_at`);
  past(item.updated_at, `${pointer}/updated_at`);
  notBefore(item.updated_at, `${pointer}/updated_at`, item.created_at);
}

/** The users of an access list; `*` stands for everybody. */
export const usersOf = (ids: Ids = []): Ids =>
  Array.from(ids, (id) => (id === '*' ? undefined : id));

const plainTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\dZ$/;

/** A time of a scenario as rows have it: whole seconds in UTC. */
export function utc(given: string | undefined, otherwise: string): string {
  if (given === undefined) return otherwise;
  return plainTime.test(given) ? given : toTimestamp(Date.parse(given));
}

export const utcOrNull = (given: string | undefined): string | null =>
  given === undefined ? null : utc(given, given);

/** Oldest first; of equal ones, in the order in which they were given. */
export const byTime = <R>(rows: readonly R[], time: (row: R) => string): R[] =>
  [...rows].sort((a, b) => compare(time(a), time(b)));

/** Holder after holder; of each, oldest first. */
export function byHolder<Item, Holder>(
  given: readonly Given<Item, Holder>[],
  time: (given: Given<Item, Holder>) => string,
): Given<Item, Holder>[] {
  const place = new Map(given.map(({ holder }, i) => [holder, i]));
  return byTime(given, time).sort(
    (a, b) => (place.get(a.holder) as number) - (place.get(b.holder) as number),
  );
}

/** What a row is made of: what it cannot do without, and whatever else is known. */
export type New<R, Required extends keyof R> = Pick<R, Required> & {
  readonly [Key in keyof R]?: R[Key] | undefined;
};

interface Fillable<R extends Row> {
  fill(rows: readonly R[]): void;
}

/** Oldest first, as lists that show the newest first want them. */
export const fillByAge = <R extends Row & { readonly created_at: string }>(
  table: Fillable<R>,
  rows: readonly R[],
): void => table.fill(byTime(rows, (row) => row.created_at));
