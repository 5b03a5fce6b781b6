// What the expressions of a play stand for: the profile's callers and ids, the slots, and names
// that are new each time.
import type { Json } from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import type { CallerName } from '../tables/caller.js';
import {
  type Expression,
  fill,
  meaningOfInput,
  type Template,
  written,
} from '../tables/expression.js';
import type { RequestTemplate } from '../tables/steps.js';
import type { Filled } from './filled.js';
import { nameOf } from './names.js';
import { nameInProfile, valueIn } from './needs.js';
import type { SessionParts } from './parts.js';
import { NotExercised } from './reason.js';

export class Values {
  readonly slots: Record<string, Json> = {};
  /** By step and name, what the steps of a lifecycle have given. */
  readonly outputs = new Map<string, Json | undefined>();
  /** Who stands in the owner's place in this play, as the owner stands in theirs. */
  holder: CallerName = 'owner';
  readonly #parts: SessionParts;
  /** How many names there are so far. */
  names = 0;
  #ownName: string | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  inPlaceOf(caller: CallerName): CallerName {
    if (caller === 'owner') return this.holder;
    return caller === this.holder ? 'owner' : caller;
  }

  /**
   * `answer` is what `$response.body` stands for. Throws NotExercised where a value is not there.
   */
  fill(template: Template, answer?: Json): Json {
    return fill(template, {
      valueOf: (expression) => this.#valueOf(expression, answer),
      has: (expression) => this.#isThere(expression),
    });
  }

  fillRequest({ call, caller, path, query, body }: RequestTemplate, answer?: Json): Filled {
    const all = (templates: Readonly<Record<string, Template>>): Record<string, Json> =>
      Object.fromEntries(
        Object.entries(templates).map(([name, template]) => [name, this.fill(template, answer)]),
      );
    const filled = { call, caller: this.inPlaceOf(caller), path: all(path), query: all(query) };
    return body === undefined ? filled : { ...filled, body: this.fill(body, answer) };
  }

  /** A name that no other object has. */
  newName(): string {
    const { seed, runId = String(seed), number } = this.#parts;
    this.names += 1;
    return nameOf(runId, number, this.names);
  }

  #valueOf(expression: Expression, answer: Json | undefined): Json {
    switch (expression.kind) {
      case 'known':
      case 'caller': {
        const name = this.#nameInProfile(expression);
        const found = valueIn(this.#parts.profile, name);
        if (found === undefined) throw new NotExercised(`the profile has no ${name}`);
        return found;
      }
      case 'slot': {
        const found = this.slots[expression.name];
        if (found === undefined)
          throw new NotExercised(`nothing has filled the slot ${expression.name}`);
        return found;
      }
      case 'new_name':
        return this.newName();
      case 'body':
        return atPointer(answer, expression.pointer) ?? null;
      case 'input':
        return this.#input(expression.name);
      case 'output': {
        const found = this.outputs.get(`${expression.step}.${expression.name}`);
        if (found === undefined) throw new NotExercised(`there is no ${written(expression)}`);
        return found;
      }
      default:
        throw new Error(`${written(expression)} has no value here.`);
    }
  }

  /** Of a lifecycle; its name is the same in all its steps. */
  #input(name: string): Json {
    if (name !== 'name') return this.#valueOf(meaningOfInput(name) as Expression, undefined);
    this.#ownName ??= this.newName();
    return this.#ownName;
  }

  #isThere(expression: Expression): boolean {
    if (expression.kind === 'slot') return this.slots[expression.name] !== undefined;
    if (expression.kind !== 'known' && expression.kind !== 'caller') return true;
    return valueIn(this.#parts.profile, this.#nameInProfile(expression)) !== undefined;
  }

  #nameInProfile(expression: Expression & { readonly kind: 'known' | 'caller' }): string {
    if (expression.kind === 'known') return nameInProfile(expression);
    return nameInProfile({
      ...expression,
      caller: this.inPlaceOf(expression.caller as CallerName),
    });
  }
}
