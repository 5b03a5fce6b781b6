// What the contracts say, checked against the document: every name is one that is there, and
// nothing is looked for where it cannot be.

import { fixOf } from '../../files/nearest.js';
import type { Report } from '../../files/problem.js';
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { strayOf } from '../../spec/fields.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { pointerToken } from '../../spec/pointer.js';
import { CALLER_FIELDS } from '../dialect.js';
import { type Answers, answersOf, NameCheck, success } from './answers.js';
import { callerNames, knownNames, rowCallers } from './caller.js';
import { type Expression, readTemplate, tableExpressions, usesIn, written } from './expression.js';
import type { Draft } from './form.js';
import { checkSlots, type SlotParts } from './slots.js';
import type { Call, Look, Recipe, Row, Table } from './table.js';

/** What an expression may name. */
interface Scope {
  /** Any where they are not given. */
  readonly slots?: readonly string[];
  /**
   * What `$response` stands for: nothing where nothing has answered yet, anything where the
   * operation is not known.
   */
  readonly answers?: Answers | 'unknown';
}

export class ContractCheck {
  readonly #parts: SlotParts;
  readonly #spec: Spec;
  readonly #report: Report;
  readonly #names: NameCheck;

  /** Of one file, in whose places it reports. */
  constructor(parts: SlotParts, report: Report) {
    this.#parts = parts;
    this.#spec = parts.spec;
    this.#report = report;
    this.#names = new NameCheck(parts.spec, report);
  }

  slots(pointer: string, slots: Readonly<Record<string, string>>): void {
    const names = [...this.#spec.operations.values()].flatMap((operation) =>
      namesIn(operation, 'path'),
    );
    for (const name of Object.keys(slots))
      this.#names.isKnown(`${pointer}/${pointerToken(name)}`, 'path parameter', name, [
        ...new Set(names),
      ]);
  }

  recipe(pointer: string, recipe: Draft<Recipe>): void {
    const { from, call, undo, value, held_by = [] } = recipe;
    if (from !== undefined && this.#isRecipe(`${pointer}/from`, from))
      this.#circle(`${pointer}/from`, recipe);
    if (value === undefined && from === undefined)
      this.#report(pointer, 'the recipe has no value', 'add `value`, such as $response.body#/id');
    const operation = call === undefined ? undefined : this.#operation(`${pointer}/call`, call);
    this.#sent(pointer, recipe, operation, {});
    const answers = operation ? success(operation) : 'unknown';
    this.#expressions(`${pointer}/value`, value, call === undefined ? {} : { answers });
    for (const key of call === undefined ? (['caller', 'path', 'query', 'body'] as const) : [])
      if (recipe[key] !== undefined)
        this.#report(
          `${pointer}/${key}`,
          `${key} stands here without call`,
          'add call, or leave it out',
        );
    for (const [i, next] of (recipe.then ?? []).entries())
      this.#call(`${pointer}/then/${i}`, next, {});
    for (const [i, holder] of held_by.entries())
      this.#names.isKnown(`${pointer}/held_by/${i}`, 'caller', holder, rowCallers);
    if (held_by.length > 0 && recipe.then === undefined)
      this.#report(
        `${pointer}/held_by`,
        'nothing shows whose it is',
        'add to `then` a call that its holder may make',
      );
    const undoing = undo === undefined ? undefined : this.#operation(`${pointer}/undo`, undo);
    if (undoing && namesIn(undoing, 'path').length === 0)
      this.#report(
        `${pointer}/undo`,
        `${undoing.id} takes nothing away that its path names`,
        'name one whose path ends in what was made',
      );
  }

  table(pointer: string, table: Draft<Table>): void {
    const { given = {}, makes = {}, observe, coupled = [], rows = [] } = table;
    const operation =
      table.operation === undefined
        ? undefined
        : this.#operation(`${pointer}/operation`, table.operation);
    this.#given(`${pointer}/given`, given);
    this.#given(`${pointer}/makes`, makes);
    for (const [slot, name] of Object.entries(makes)) {
      const value = Object.hasOwn(this.#parts.recipes, name)
        ? this.#parts.recipes[name]?.value
        : undefined;
      const [use] = value === undefined ? [] : usesIn(readTemplate(value));
      if (operation && use?.expression.kind === 'body')
        this.#names.pointer(`${pointer}/makes/${slot}`, use.expression.pointer, success(operation));
    }
    const slots = Object.keys(given);
    this.#sent(pointer, table, operation, { slots });
    if (observe) {
      const observed = this.#call(`${pointer}/observe`, observe, { slots });
      this.#operand(`${pointer}/observe/rows`, observe.rows, observed && success(observed), {
        slots,
      });
    }
    for (const [i, field] of operation ? coupled.entries() : [])
      this.#names.isKnown(
        `${pointer}/coupled/${i}`,
        `field in a request of ${operation?.id}`,
        field,
        operation?.body?.fields ?? [],
      );
    for (const [i, row] of rows.entries())
      this.#row(`${pointer}/rows/${i}`, row, operation, { slots, made: Object.keys(makes) });
    checkSlots(this.#parts, table, this.#report, pointer);
  }

  /** A row of every operation. */
  anywhere(pointer: string, row: Draft<Row>): void {
    if (row.caller !== undefined)
      this.#names.isKnown(`${pointer}/caller`, 'caller', row.caller, rowCallers);
    this.#bodies(pointer, row);
    const names = [row.expect ?? []].flat();
    const operations = [...this.#spec.operations.values()];
    if (operations.some(({ cases }) => names.every((name) => cases.has(name)))) return;
    const known = new Set(operations.flatMap(({ cases }) => [...cases.keys()]));
    const near = names.filter((name) => !known.has(name)).map((name) => fixOf(name, [...known]));
    const fix = near.find((one) => one.startsWith('did')) ?? 'name a documented case';
    this.#report(`${pointer}/expect`, `no operation documents ${names.join(' and ')}`, fix);
  }

  #row(
    pointer: string,
    row: Draft<Row>,
    operation: Operation | undefined,
    {
      slots: tableSlots,
      made,
    }: { readonly slots: readonly string[]; readonly made: readonly string[] },
  ): void {
    const slots = [...tableSlots, ...Object.keys(row.given ?? {})];
    const expected = [row.expect ?? []].flat();
    this.#cases(`${pointer}/expect`, operation, row.expect);
    this.#given(`${pointer}/given`, row.given);
    if (row.observe !== undefined)
      this.#names.isKnown(`${pointer}/observe`, 'way to observe', row.observe, ['none']);
    this.#bodies(pointer, row);
    // The body of a row may hold what the document does not know: that a server leaves it alone is
    // what such a row shows.
    const { body, ...others } = row;
    this.#sent(pointer, others, operation, { slots });
    if (body !== undefined && operation && !operation.body)
      this.#report(`${pointer}/body`, `${operation.id} takes no body`, 'leave it out');
    this.#expressions(`${pointer}/body`, body, { slots });
    for (const [i, call] of (row.before ?? []).entries())
      this.#call(`${pointer}/before/${i}`, call, { slots });
    const own = row.expect === undefined ? undefined : answersOf(operation, expected[0] ?? []);
    for (const [there, value] of Object.entries(row.answer ?? {})) {
      const place = `${pointer}/answer/${pointerToken(there)}`;
      if (own) this.#names.pointer(place, there, own);
      this.#expressions(place, value, { slots: [...slots, ...made], answers: own ?? 'unknown' });
    }
    for (const [i, look] of (row.then ?? []).entries()) {
      const place = `${pointer}/then/${i}`;
      const { when } = look;
      if (when !== undefined && row.expect !== undefined)
        this.#names.isKnown(`${place}/when`, 'case that the row expects', when, expected);
      const answers = answersOf(operation, when ?? row.expect) ?? 'unknown';
      this.#look(place, look, { slots: [...slots, ...made], answers });
    }
  }

  #look(place: string, look: Draft<Look>, scope: Scope): void {
    const operation = this.#call(place, look, scope);
    this.#cases(`${place}/expect`, operation, look.expect);
    const seen = answersOf(operation, look.expect);
    for (const key of ['includes', 'excludes', 'equals', 'later', 'order', 'count'] as const)
      this.#operand(`${place}/${key}`, look[key], seen, scope);
    for (const [there, value] of Object.entries(look.answer ?? {})) {
      const at = `${place}/answer/${pointerToken(there)}`;
      if (seen) this.#names.pointer(at, there, seen);
      this.#expressions(at, value, scope);
    }
    for (const key of ['present', 'absent', 'unique', 'fits'] as const) {
      const there = look[key];
      if (there !== undefined && seen) this.#names.pointer(`${place}/${key}`, there, seen);
    }
    if (look.unique !== undefined && !look.unique.includes('*'))
      this.#report(
        `${place}/unique`,
        'names one place, which nothing can repeat',
        'write * for each row, such as /data/*/id',
      );
  }

  /** A pointer into an answer, and a value. */
  #operand(
    place: string,
    pair: readonly [string, Json] | undefined,
    seen: Answers | undefined,
    scope: Scope,
  ): void {
    if (pair === undefined) return;
    if (seen) this.#names.pointer(`${place}/0`, pair[0], seen);
    this.#expressions(`${place}/1`, pair[1], scope);
  }

  #call(place: string, call: Draft<Call>, scope: Scope): Operation | undefined {
    const operation =
      call.call === undefined ? undefined : this.#operation(`${place}/call`, call.call);
    this.#sent(place, call, operation, scope);
    return operation;
  }

  /** Who sends what: each part under a name that the operation knows. */
  #sent(
    place: string,
    { caller, path, query, body }: Draft<Omit<Call, 'call'>>,
    operation: Operation | undefined,
    scope: Scope,
  ): void {
    if (caller !== undefined) this.#names.isKnown(`${place}/caller`, 'caller', caller, rowCallers);
    for (const [part, value] of Object.entries({ path, query }) as [
      'path' | 'query',
      object | undefined,
    ][]) {
      for (const name of operation && value ? Object.keys(value) : []) {
        const names = operation ? namesIn(operation, part) : [];
        this.#names.isKnown(
          `${place}/${part}/${pointerToken(name)}`,
          `${part} parameter of ${operation?.id}`,
          name,
          names,
        );
      }
      this.#expressions(`${place}/${part}`, value, scope);
    }
    if (body === undefined) return;
    this.#expressions(`${place}/body`, body, scope);
    if (operation && !operation.body)
      this.#report(`${place}/body`, `${operation.id} takes no body`, 'leave it out');
    else if (operation?.body) this.#fields(`${place}/body`, operation, body, '');
  }

  /** `within` is where in the body the value stands. */
  #fields(place: string, operation: Operation, value: Json, within: string): void {
    const component = operation.body?.schema ?? '';
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      const pointer = `${within}/${pointerToken(key)}`;
      const at = `${place}/${pointerToken(key)}`;
      const stray = strayOf(this.#spec, component, pointer);
      if (stray)
        this.#report(
          at,
          `there is no ${pointer} in a request of ${operation.id}`,
          fixOf(key, stray.known),
        );
      else this.#fields(at, operation, item, pointer);
    }
  }

  #operation(pointer: string, id: string): Operation | undefined {
    const known = this.#names.isKnown(pointer, 'operation', id, [...this.#spec.operations.keys()]);
    return known ? this.#spec.operations.get(id as OperationId) : undefined;
  }

  #given(pointer: string, given: Readonly<Record<string, string>> = {}): void {
    for (const [slot, recipe] of Object.entries(given))
      this.#isRecipe(`${pointer}/${pointerToken(slot)}`, recipe);
  }

  #isRecipe(pointer: string, name: string): boolean {
    const { recipes, isWhole } = this.#parts;
    return isWhole
      ? this.#names.isKnown(pointer, 'recipe', name, Object.keys(recipes))
      : Object.hasOwn(recipes, name);
  }

  #cases(pointer: string, operation: Operation | undefined, expect: Row['expect'] = []): void {
    for (const [i, name] of operation ? [expect].flat().entries() : []) {
      const place = Array.isArray(expect) ? `${pointer}/${i}` : pointer;
      this.#names.isKnown(place, `case of ${operation?.id}`, name, [
        ...(operation?.cases.keys() ?? []),
      ]);
    }
  }

  #circle(pointer: string, recipe: Draft<Recipe>): void {
    const { recipes } = this.#parts;
    const passed = new Set<unknown>();
    for (let next: Draft<Recipe> | undefined = recipe; next && !passed.has(next); ) {
      passed.add(next);
      next =
        next.from !== undefined && Object.hasOwn(recipes, next.from)
          ? recipes[next.from]
          : undefined;
      if (next === recipe)
        this.#report(
          pointer,
          `${recipe.from} is made from this recipe in turn`,
          'remove the circular reference',
        );
    }
  }

  /** Every `$` begins an expression, and what it names is there. */
  #expressions(pointer: string, value: unknown, scope: Scope): void {
    if (Array.isArray(value) || isJsonObject(value)) {
      for (const [key, item] of Object.entries(value))
        this.#expressions(`${pointer}/${pointerToken(key)}`, item, scope);
      return;
    }
    if (typeof value !== 'string') return;
    if (value.includes('$response')) {
      this.#response(pointer, value, scope.answers);
      return;
    }
    for (const { expression } of usesIn(readTemplate(value)))
      this.#expression(pointer, expression, scope);
  }

  #expression(pointer: string, expression: Expression, { slots }: Scope): void {
    if (expression.kind === 'known')
      this.#names.isKnown(pointer, 'id in profiles', expression.name, knownNames);
    else if (expression.kind === 'caller') {
      if (this.#names.isKnown(pointer, 'caller', expression.caller, callerNames))
        this.#names.isKnown(pointer, 'field of callers', expression.field, CALLER_FIELDS);
    } else if (expression.kind === 'slot') {
      if (expression.name === '' || (slots && this.#parts.isWhole))
        this.#names.isKnown(pointer, 'slot that is filled here', expression.name, slots ?? []);
    } else if (expression.kind !== 'new_name') {
      const [root] = written(expression).split('.');
      this.#names.isKnown(pointer, 'expression', root, tableExpressions);
    }
  }

  #response(place: string, value: string, answers: Scope['answers']): void {
    const [use] = usesIn(readTemplate(value));
    const pointer = use?.expression.kind === 'body' ? use.expression.pointer : '';
    if (pointer === '')
      this.#report(
        place,
        `there is no expression ${value}`,
        'write $response.body#/…, and nothing around it',
      );
    else if (!answers)
      this.#report(place, 'nothing has answered yet here', 'use $slot.…, which a recipe fills');
    // A pointer of this kind leads to one value, and none is called `*`.
    else if (pointer.split('/').includes('*'))
      this.#report(place, `${value} names more than one`, 'write a number in place of *');
    else if (answers !== 'unknown') this.#names.pointer(place, pointer, answers);
  }

  /** Of several bodies one alone would be sent. */
  #bodies(pointer: string, row: Draft<Row>): void {
    const [sent, ...others] = (['hex_body', 'nested', 'raw_body', 'body'] as const).filter(
      (key) => row[key] !== undefined,
    );
    for (const other of others)
      this.#report(
        `${pointer}/${other}`,
        `${other} is not sent beside ${sent}`,
        'leave one of them out',
      );
    if (row.content_type !== undefined && sent === undefined)
      this.#report(
        `${pointer}/content_type`,
        'only a body that is written out has a type of its own',
        'add a body, or leave it out',
      );
  }
}

const namesIn = (operation: Operation, part: 'path' | 'query'): readonly string[] =>
  operation.parameters.filter((parameter) => parameter.in === part).map(({ name }) => name);
