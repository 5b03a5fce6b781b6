// What a rule looks at while it decides: every value that it reads of the request, of the caller and
// of rows, and every row that it looks for. So no guard has to say which facts it goes by.

import type { Rule, Verdict } from '../decide/rule.js';
import { isPlain, shortened } from '../engine/record.js';
import type { Json } from '../spec/message.js';
import { partsOf } from '../world/keys.js';
import { nouns } from '../world/nouns.js';
import type { TableName, World } from '../world/world.js';

/** Something that was looked at, and what it was. */
export interface Fact {
  /** Such as `space.editable_by_users` or `body.slice_id`. */
  readonly fact: string;
  /** The row that has it, or that was looked for. */
  readonly of?: string;
  /** Null for what is not there. */
  readonly value: Json;
}

/** A guard that was asked, and what it looked at. */
export interface Asked {
  readonly guard: string;
  readonly verdict: Verdict;
  readonly facts: readonly Fact[];
}

// biome-ignore lint/suspicious/noExplicitAny: a rule alone knows its call and its facts.
type AnyRule = Rule<any, any>;

export interface Watched {
  /** What the rule looked at before its first guard. */
  readonly read: readonly Fact[];
  /** Up to the guard that refused. */
  readonly asked: readonly Asked[];
  /** The call and what was read, for those who ask on. */
  readonly known: object;
}

/** Asks a rule as `decide` does, as far as its guards, and watches. */
export function watch(rule: AnyRule, call: { readonly world: World }): Watched {
  const facts = rule.read(call as never);
  const watcher = new Watcher();
  const read = watcher.facts(() => rule.read(watcher.call(call) as never));
  const known = { ...call, ...facts };
  const asked: Asked[] = [];
  for (const [guard, passes] of Object.entries(rule.guards)) {
    let verdict: Verdict = true;
    const seen = watcher.facts(() => {
      verdict = passes(watcher.call(known));
    });
    asked.push({ guard, verdict, facts: seen });
    if (verdict !== true) break;
  }
  return { read, asked, known };
}

class Watcher {
  #seen = new Map<string, Fact>();

  /** What is looked at while something is done. */
  facts(work: () => void): readonly Fact[] {
    this.#seen = new Map();
    work();
    return [...this.#seen.values()];
  }

  /** A call and what was read of it, by name. */
  call(known: object): object {
    return new Proxy(known, {
      get: (_, name) => {
        const value = Reflect.get(known, name);
        if (name === 'world') return this.#world(value as World);
        // Of a row that the rule has read, that it is there is a fact too.
        if (isPlain(value) && !parts.includes(name))
          this.#see(String(name), undefined, idOf(value) ?? value);
        return this.#value(String(name), undefined, value);
      },
    });
  }

  #value(fact: string, of: string | undefined, value: unknown): unknown {
    if (isPlain(value)) return this.#object(fact, value);
    this.#see(fact, of, value);
    return value;
  }

  /** A row, or a part of the request: its fields are what is looked at. */
  #object(fact: string, object: object): object {
    const of = idOf(object);
    return new Proxy(object, {
      get: (_, name) =>
        typeof name === 'symbol'
          ? Reflect.get(object, name)
          : this.#value(`${fact}.${name}`, of, Reflect.get(object, name)),
      ownKeys: () => {
        this.#see(fact, of, object);
        return Reflect.ownKeys(object);
      },
    });
  }

  #world(world: World): World {
    return new Proxy(world, {
      get: (_, name) => {
        const value = Reflect.get(world, name, world);
        if (typeof value === 'function') return value.bind(world);
        return isTable(name) ? this.#table(name, value as object) : value;
      },
    });
  }

  #table(name: TableName, table: object): object {
    return new Proxy(table, {
      get: (_, method) => {
        const value = Reflect.get(table, method, table);
        if (typeof value !== 'function') return value;
        return (...args: readonly string[]) =>
          this.#found(name, String(method), args, value.apply(table, args));
      },
    });
  }

  /** A row that was looked for by its id or by a key, and rows that were counted. */
  #found(name: TableName, method: string, args: readonly string[], found: unknown): unknown {
    const { called } = nouns[name];
    if (method === 'get') {
      if (found) return this.#object(called, found as object);
      this.#see(called, args[0], undefined);
    } else if (method === 'one' || method === 'count') {
      const [index = '', key = ''] = args;
      const of = partsOf(key).join(', ');
      const { id } = (found ?? {}) as { readonly id?: string };
      if (method === 'one') this.#see(called, of, id);
      else this.#see(`${called}s by ${index}`, of, found);
    }
    return found;
  }

  #see(fact: string, of: string | undefined, value: unknown): void {
    this.#seen.set(`${fact} ${of}`, {
      fact,
      ...(of === undefined ? {} : { of }),
      value: shortened(value),
    });
  }
}

/** Of a call, beside what the rule has read. */
const parts: readonly (string | symbol)[] = ['caller', 'path', 'query', 'body'];

function idOf(object: object): string | undefined {
  const { id } = object as { readonly id?: unknown };
  return typeof id === 'string' ? id : undefined;
}

const isTable = (name: string | symbol): name is TableName => Object.hasOwn(nouns, name);
