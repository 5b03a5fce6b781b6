// `spaces: { count: 40 }` in place of a list: rows made from a seed, the same ones on every machine.
import type { Problem } from '../files/problem.js';
import { pointerOf, pointerTokens } from '../spec/pointer.js';
import { LATEST, toTimestamp } from '../world/clock.js';
import { drawing } from './draw.js';
import type { ReadScenario } from './form.js';
import {
  type Generator,
  hasGenerator,
  isGenerator,
  type List,
  nested,
  type Row,
  rowsOf,
} from './generator.js';

/** Rows that one file may ask for. */
const MOST_ROWS = 500_000;

const HOUR = 3_600_000;

/** How long before the time of the scenario the rows of a list begin; each takes a day. */
const hoursBefore = { slices: 96, vector_stores: 84, threads: 72, spaces: 48 };

/**
 * With rows in place of every generator. They belong to the organizations and users of the file and
 * its base, and attach the stores and threads of both.
 */
export function withGenerated(own: ReadScenario, base?: ReadScenario): ReadScenario {
  if (!hasGenerator(own.scenario)) return own;
  return new Generation(own, base).run();
}

/** What one list needs to know to make a row. */
interface Making {
  readonly draw: (below: number) => number;
  readonly each: Row;
  readonly time: string;
}

class Generation {
  readonly #own: ReadScenario;
  readonly #base: Row;
  readonly #problems: Problem[] = [];
  readonly #damaged = new Set<object>();
  readonly #latest: number;
  readonly #taken = new Set<unknown>();
  readonly #numbers = new Map<string, number>();
  readonly #users = new Map<string, string[]>();
  /** What spaces may attach or take in, by organization. */
  readonly #stores = new Map<string, string[]>();
  readonly #threads = new Map<string, string[]>();
  /** The own stores of the spaces that are made. */
  readonly #memories: Row[] = [];
  /** Where the generators stand. */
  readonly #asked = new Set<string>();
  #made = 0;

  constructor(own: ReadScenario, base: ReadScenario | undefined) {
    this.#own = own;
    this.#base = (base?.scenario ?? {}) as Row;
    const time = Date.parse(own.scenario.time ?? '');
    this.#latest = Number.isNaN(time) ? 0 : Math.min(time, LATEST);
    this.#take([this.#base, own.scenario]);
  }

  run(): ReadScenario {
    const given = this.#own.scenario as Row;
    const organizations = this.#withParts('organizations', given.organizations as List, '');
    this.#know(organizations);
    const slices = this.#rows('slices', given.slices as List, (making) =>
      this.#owned('kslice', 'Slice', making),
    );
    const stores = this.#rows('vector_stores', given.vector_stores as List, (making) =>
      this.#owned('vs', 'Store', making),
    );
    const threads = this.#withParts(
      'threads',
      this.#rows('threads', given.threads as List, (making) => this.#thread(making)),
      'organization_id',
    );
    this.#gather(stores, threads, rowsOf(given.spaces));
    const spaces = this.#withParts(
      'spaces',
      this.#rows('spaces', given.spaces as List, (making) => this.#space(making)),
      'organization_id',
    );
    const memories = [...(stores ?? []), ...this.#memories];
    const lists = {
      organizations,
      slices,
      vector_stores: memories.length > 0 ? memories : stores,
      threads,
      spaces,
    };
    const present = Object.entries(lists).filter(([, list]) => list !== undefined);
    return {
      ...this.#own,
      scenario: { ...given, ...Object.fromEntries(present) } as ReadScenario['scenario'],
      problems: [...this.#own.problems, ...this.#problems],
      damaged: new Set([...this.#own.damaged, ...this.#damaged]),
      at: this.#at,
    };
  }

  /** What is wrong with a row that is made stands where it is asked for. */
  readonly #at: ReadScenario['at'] = (pointer, what, fix) => {
    const tokens = pointerTokens(pointer);
    const places = tokens.map((_, i) => pointerOf(tokens.slice(0, i + 1)));
    const asked = places.find((place) => this.#asked.has(place));
    return this.#own.at(asked ?? pointer, what, fix);
  };

  /** A list as it is, or the rows that stand in its place. */
  #rows(
    section: keyof typeof hoursBefore,
    list: List,
    make: (making: Making) => Row | undefined,
  ): readonly Row[] | undefined {
    if (!isGenerator(list)) return list;
    const begin = this.#latest - hoursBefore[section] * HOUR;
    return this.#generate(list, `/${section}`, (i, count) => begin + (i * 24 * HOUR) / count, make);
  }

  #generate(
    { count = 0, seed = 1, each = {} }: Generator,
    pointer: string,
    timeOf: (i: number, count: number) => number,
    make: (making: Making) => Row | undefined,
  ): readonly Row[] {
    this.#asked.add(pointer);
    this.#made += count;
    if (this.#made > MOST_ROWS) {
      const most = MOST_ROWS.toLocaleString('en');
      if (this.#made - count <= MOST_ROWS)
        this.#problem(pointer, `the file makes more than ${most} rows`, 'give smaller counts');
      return [];
    }
    const draw = drawing(seed);
    const rows: Row[] = [];
    for (let i = 0; i < count; i++) {
      const time = toTimestamp(Math.min(timeOf(i, count), this.#latest));
      const made = make({ draw, each, time });
      // There is nothing to make it of: so it is with the next ones.
      if (!made) break;
      rows.push({ ...made, ...each });
    }
    return rows;
  }

  /** The rows of a list, with what stands in place of the lists in them. */
  #withParts(section: string, rows: List, ownedBy: string): readonly Row[] | undefined {
    if (rows === undefined || isGenerator(rows)) return undefined;
    const parts = nested[section] ?? [];
    return rows.map((row, i) => {
      if (typeof row !== 'object' || row === null) return row;
      const generators = parts.filter((part) => isGenerator(row[part]));
      if (generators.length === 0) return row;
      const whole = ownedBy === '' || row[ownedBy] !== undefined;
      const made = generators.map((part) => {
        const given = row[part] as Generator;
        // Rows that were made of one form differ in what they hold.
        const generator = { ...given, seed: (given.seed ?? 1) + i };
        const list = whole ? this.#part(part, generator, row, `/${section}/${i}/${part}`) : [];
        return [part, list] as const;
      });
      const copy = { ...row, ...Object.fromEntries(made) };
      if (this.#own.damaged.has(row)) this.#damaged.add(copy);
      return copy;
    });
  }

  #part(part: string, generator: Generator, holder: Row, pointer: string): readonly Row[] {
    const begin = Date.parse(String(holder.created_at));
    const start = Number.isNaN(begin) ? this.#latest : begin;
    return this.#generate(
      generator,
      pointer,
      (i) => start + (i + 1) * 1000,
      this.#makerOf(part, holder, generator.count),
    );
  }

  #makerOf(part: string, holder: Row, count: number): (making: Making) => Row | undefined {
    const organization = String(holder.organization_id);
    switch (part) {
      case 'departments':
        return () => this.#named('dept', 'Department');
      case 'users':
        return () => this.#named('usr', 'User');
      case 'messages': {
        let before = 0;
        return ({ time }) => ({
          id: this.#fresh('msg').id,
          role: before++ % 2 === 0 ? 'user' : 'assistant',
          content: `Message ${before} of ${holder.title ?? holder.id}`,
          created_at: time,
        });
      }
      case 'attached': {
        const free = this.#stores.get(organization) ?? [];
        let first: number | undefined;
        let attached = 0;
        return ({ draw, time }) => {
          if (attached >= Math.min(count, free.length)) return undefined;
          first ??= draw(free.length);
          const vector_store_id = free[(first + attached++) % free.length];
          return { vector_store_id, added_by: holder.created_by, added_at: time };
        };
      }
      default: {
        const free = this.#threads.get(organization) ?? [];
        return ({ time }) => {
          const thread_id = free.shift();
          if (thread_id === undefined) return undefined;
          return { thread_id, added_by: holder.created_by, added_at: time };
        };
      }
    }
  }

  #named(prefix: string, noun: string): Row {
    const { id, number } = this.#fresh(prefix);
    return { id, name: `${noun} ${number}` };
  }

  /** A row of somebody in an organization, if there is anybody. */
  #owned(prefix: string, noun: string, making: Making): Row | undefined {
    const owner = this.#owner(making, making.each.created_by);
    if (!owner) return undefined;
    const { organization_id, user } = owner;
    return {
      ...this.#named(prefix, noun),
      organization_id,
      created_by: user,
      created_at: making.time,
    };
  }

  #thread(making: Making): Row | undefined {
    const owner = this.#owner(making, making.each.user_id);
    if (!owner) return undefined;
    const { id, number } = this.#fresh('thrd');
    const { organization_id, user: user_id } = owner;
    return { id, organization_id, user_id, title: `Thread ${number}`, created_at: making.time };
  }

  #space(making: Making): Row | undefined {
    const space = this.#owned('space', 'Space', making);
    if (!space) return undefined;
    const access_mode = making.draw(2) === 0 ? 'organization' : 'private';
    const { each } = making;
    if (each.vector_store_id !== undefined) return { ...space, access_mode };
    if (each.deleted_at !== undefined) return { ...space, access_mode, vector_store_id: null };
    const { organization_id, created_by, created_at } = { ...space, ...each } as Row;
    const memory = this.#named('vs_memory', 'Memory');
    this.#memories.push({
      ...memory,
      organization_id,
      created_by,
      access_mode: 'private',
      created_at,
    });
    return { ...space, access_mode, vector_store_id: memory.id };
  }

  #owner(
    { each, draw }: Making,
    given: unknown,
  ): { readonly organization_id: string; readonly user: unknown } | undefined {
    const first = [...this.#users].find(([, users]) => users.length > 0)?.[0];
    const organization_id = (each.organization_id as string | undefined) ?? first;
    if (organization_id === undefined) return undefined;
    const users = this.#users.get(organization_id) ?? [];
    if (given === undefined && users.length === 0) return undefined;
    return { organization_id, user: given ?? users[draw(users.length)] };
  }

  /** `usr_12`, and 12. IDs that the file or its base has are passed over. */
  #fresh(prefix: string): { readonly id: string; readonly number: number } {
    let number = (this.#numbers.get(prefix) ?? 0) + 1;
    while (this.#taken.has(`${prefix}_${number}`)) number += 1;
    this.#numbers.set(prefix, number);
    return { id: `${prefix}_${number}`, number };
  }

  /** All IDs that are given. */
  #take(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    if ('id' in value) this.#taken.add(value.id);
    for (const part of Object.values(value)) this.#take(part);
  }

  #know(organizations: readonly Row[] | undefined): void {
    const all = [...rowsOf(this.#base.organizations), ...rowsOf(organizations)];
    for (const { id, users } of all)
      this.#users.set(
        String(id),
        rowsOf(users).map((user) => String(user.id)),
      );
    const asked = ['slices', 'vector_stores', 'threads', 'spaces'] as const;
    if (this.#own.lost.has('organizations') || [...this.#users.values()].some((one) => one[0]))
      return;
    for (const section of asked)
      if (isGenerator((this.#own.scenario as Row)[section]))
        this.#problem(
          `/${section}`,
          `there is nobody to make ${section} for`,
          'add an organization with users, or extend a scenario that has one, such as empty',
        );
  }

  /** Stores that are no space's own, and threads that are in no space yet. */
  #gather(
    stores: readonly Row[] | undefined,
    threads: readonly Row[] | undefined,
    spaces: readonly Row[],
  ): void {
    const allSpaces = [...rowsOf(this.#base.spaces), ...spaces];
    const dedicated = new Set(allSpaces.map((space) => space.vector_store_id));
    const linked = new Set(
      allSpaces.flatMap((space) => rowsOf(space.threads).map((link) => link.thread_id)),
    );
    const gather = (into: Map<string, string[]>, rows: readonly Row[]): void => {
      for (const { id, organization_id } of rows) {
        const known = into.get(String(organization_id)) ?? [];
        known.push(String(id));
        into.set(String(organization_id), known);
      }
    };
    gather(
      this.#stores,
      [...rowsOf(this.#base.vector_stores), ...rowsOf(stores)].filter(
        ({ id }) => !dedicated.has(id),
      ),
    );
    gather(
      this.#threads,
      [...rowsOf(this.#base.threads), ...rowsOf(threads)].filter(
        ({ id, deleted_at }) => deleted_at === undefined && !linked.has(id),
      ),
    );
  }

  #problem(pointer: string, what: string, fix: string): void {
    this.#problems.push(this.#at(pointer, what, fix));
  }
}
