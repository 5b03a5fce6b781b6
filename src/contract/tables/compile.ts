// Makes the steps of a row out of its table, its recipes and the row itself. It takes what was read
// as it is: what is missing or unknown has been reported by whoever read it, and is passed over
// here.
import type { OperationId, Spec } from '../../spec/document.js';
import type { Json } from '../../spec/message.js';
import { oncePer } from '../../spec/once-per.js';
import { KNOWN_ORGANIZATION, ORGANIZATION_SLOT } from '../dialect.js';
import { letIn } from './caller.js';
import { readTemplate, readTemplates, type Template } from './expression.js';
import type { Draft } from './form.js';
import type {
  Check,
  KeepStep,
  ObserveStep,
  Origin,
  PrepareStep,
  RequestStep,
  RequestTemplate,
  Step,
  UndoStep,
} from './steps.js';
import type { Call, Look, Recipe, Row, Table } from './table.js';

/** Of the contracts, what the steps of every row are made of. */
export interface Parts {
  readonly recipes: Readonly<Record<string, Draft<Recipe>>>;
  /** Path parameter → slot. */
  readonly slots: Readonly<Record<string, string>>;
}

export interface RowOfTable {
  readonly table: Draft<Table>;
  readonly row: Draft<Row>;
}

/** Slot → recipe, in the order in which they are made: the table's, then the row's. */
export const givenTo = ({ table, row }: RowOfTable): Readonly<Record<string, string>> => ({
  ...table.given,
  ...row.given,
});

/** All that a row does, in order. */
export function compile(spec: Spec, parts: Parts, planned: RowOfTable): readonly Step[] {
  const { table, row } = planned;
  const state = stateOf(spec, parts, table, row.given ?? nothing);
  return new Compiler(spec, parts, state).row(planned);
}

const nothing: Readonly<Record<string, string>> = {};

/** What the rows of a table build on; hundreds of them build on the same. */
const stateOf = oncePer(
  (spec: Spec, parts: Parts, table: Draft<Table>, given: NonNullable<Row['given']>): State =>
    new Compiler(spec, parts).state({ table, row: { given } }),
);

/** The steps that lead to the state of a row, what takes it away again, and the slots that are filled. */
interface State {
  readonly steps: readonly Step[];
  readonly undos: readonly UndoStep[];
  readonly filled: ReadonlySet<string>;
}

/** A call that is written anywhere, as a request whose values are filled in later. */
export function templateOf(
  spec: Spec,
  { slots }: Pick<Parts, 'slots'>,
  call: Draft<Call>,
): RequestTemplate {
  return inKnown(spec, slots, call);
}

class Compiler {
  readonly #spec: Spec;
  readonly #parts: Parts;
  readonly #steps: Step[];
  readonly #undos: UndoStep[];
  /** The slots that have a value by then. */
  readonly #filled: Set<string>;

  constructor(spec: Spec, parts: Parts, before?: State) {
    this.#spec = spec;
    this.#parts = parts;
    this.#steps = [...(before?.steps ?? [])];
    this.#undos = [...(before?.undos ?? [])];
    this.#filled = new Set(before?.filled);
  }

  state(planned: RowOfTable): State {
    const { row } = planned;
    for (const [slot, recipe] of Object.entries(givenTo(planned))) {
      const isOfRow = row.given !== undefined && Object.hasOwn(row.given, slot);
      this.#recipe(slot, recipe, { in: isOfRow ? 'row' : 'table', pointer: `/given/${slot}` }, []);
    }
    return { steps: this.#steps, undos: this.#undos, filled: this.#filled };
  }

  row(planned: RowOfTable): readonly Step[] {
    const { table, row } = planned;
    for (const [i, call] of (row.before ?? []).entries())
      this.#prepare(call, inRow(`/before/${i}`));
    const observed = row.observe === 'none' ? undefined : this.#observe(table.observe);
    const request = this.#request(planned);
    for (const [slot, recipe] of Object.entries(table.makes ?? {})) {
      this.#keep(
        slot,
        this.#recipeNamed(recipe) ?? {},
        { in: 'table', pointer: `/makes/${slot}`, recipe },
        request,
      );
    }
    if (observed) this.#steps.push({ kind: 'compare', observed, origin: observed.origin });
    for (const [i, look] of (row.then ?? []).entries()) this.#look(look, inRow(`/then/${i}`));
    return [...this.#steps, ...this.#undos.reverse()];
  }

  #recipeNamed(name: string): Draft<Recipe> | undefined {
    return Object.hasOwn(this.#parts.recipes, name) ? this.#parts.recipes[name] : undefined;
  }

  #recipe(slot: string, name: string, place: Origin, within: readonly string[]): void {
    const recipe = (within.includes(name) ? undefined : this.#recipeNamed(name)) ?? {};
    const { repeat = 1, from, held_by, then = [] } = recipe;
    const origin = { ...place, recipe: name };
    for (let i = 0; i < repeat; i++) {
      if (from !== undefined) this.#recipe(slot, from, place, [...within, name]);
      const made = recipe.call === undefined ? undefined : this.#prepare(recipe, origin);
      const { value } = this.#keep(slot, recipe, origin, made);
      const isKnown = value?.kind === 'expression' && value.expression.kind === 'known';
      const about = isKnown ? { about: value.expression } : {};
      for (const [j, call] of then.entries())
        this.#prepare(call, origin, {
          ...about,
          ...(j === 0 && held_by ? { heldBy: held_by } : {}),
        });
    }
  }

  #prepare(
    call: Draft<Call>,
    origin: Origin,
    more: Pick<PrepareStep, 'heldBy' | 'about'> = {},
  ): PrepareStep {
    const step: PrepareStep = { kind: 'prepare', request: this.#template(call), origin, ...more };
    this.#steps.push(step);
    return step;
  }

  #keep(
    slot: string,
    { value, undo }: Draft<Recipe>,
    origin: Origin,
    from: KeepStep['from'],
  ): KeepStep {
    const template = value === undefined ? undefined : readTemplate(value);
    const kept: KeepStep = {
      kind: 'keep',
      slot,
      origin,
      isId: undo !== undefined || isIdInAnswer(template),
      ...(template ? { value: template } : {}),
      ...(from ? { from } : {}),
      ...(undo === undefined ? {} : { undo }),
    };
    this.#steps.push(kept);
    this.#filled.add(slot);
    if (undo === undefined) return kept;
    // Whoever has no good credential cannot delete what a careless server let them make.
    const maker = from?.request.caller ?? 'owner';
    const caller = letIn.includes(maker) ? maker : 'owner';
    const path = { [lastParameterOf(this.#spec, undo)]: `$slot.${slot}` };
    this.#undos.push({
      kind: 'undo',
      kept,
      origin,
      request: this.#template({ call: undo, caller, path }),
    });
    return kept;
  }

  #observe(observe: Table['observe']): ObserveStep | undefined {
    if (!observe) return undefined;
    const { rows } = observe;
    const step: ObserveStep = {
      kind: 'observe',
      request: this.#template(observe),
      origin: { in: 'table', pointer: '/observe' },
      ...(rows ? { rows: [rows[0], readTemplate(rows[1])] } : {}),
    };
    this.#steps.push(step);
    return step;
  }

  #request({ table, row }: RowOfTable): RequestStep {
    const {
      caller,
      path,
      body = table.body,
      query = table.query,
      pause,
      content_type,
      assumed,
      documented,
    } = row;
    const raw = rawBody(row);
    const call = { call: table.operation, caller, path, query, body: raw ? undefined : body };
    const step: RequestStep = {
      kind: 'request',
      request: this.#template(call),
      origin: inRow(''),
      expected: [row.expect ?? []].flat(),
      answer: Object.entries(row.answer ?? {}).map(([pointer, value]) => [
        pointer,
        readTemplate(value),
      ]),
      ...(raw ? { raw } : {}),
      ...(content_type === undefined ? {} : { contentType: content_type }),
      ...(pause === undefined ? {} : { pause }),
      ...(assumed === undefined ? {} : { assumed }),
      ...(documented === undefined ? {} : { documented }),
    };
    this.#steps.push(step);
    return step;
  }

  #look(look: Look, origin: Origin): void {
    const { when, expect, assumed, documented } = look;
    this.#steps.push({
      kind: 'look',
      request: this.#template(look),
      origin,
      checks: checksOf(look),
      ...(when === undefined ? {} : { when }),
      ...(expect === undefined ? {} : { expected: [expect].flat() }),
      ...(assumed === undefined ? {} : { assumed }),
      ...(documented === undefined ? {} : { documented }),
    });
  }

  #template(call: Draft<Call>): RequestTemplate {
    const { slots } = this.#parts;
    return (this.#filled.has(ORGANIZATION_SLOT) ? inMade : inKnown)(this.#spec, slots, call);
  }
}

const inRow = (pointer: string): Origin => ({ in: 'row', pointer });

/**
 * Each path parameter that has no value of its own is filled from its slot; the organization, where
 * nothing fills its slot, from the profile.
 */
function requestOf(
  spec: Spec,
  slots: Parts['slots'],
  { call, caller = 'owner', path = {}, query = {}, body }: Draft<Call>,
  organization: string,
): RequestTemplate {
  const ofSlot = (parameter: string): string => {
    const slot = slots[parameter] ?? parameter;
    return slot === ORGANIZATION_SLOT ? organization : `$slot.${slot}`;
  };
  const names = spec.operations.get(call as OperationId)?.pathNames ?? [];
  return {
    call: call as OperationId,
    caller,
    path: readTemplates(
      Object.fromEntries(names.map((name) => [name, path[name] ?? ofSlot(name)])),
    ),
    implied: names.filter((name) => path[name] === undefined),
    query: readTemplates(query),
    ...(body === undefined ? {} : { body: readTemplate(body) }),
  };
}

/** In an organization that the row has made. A recipe's call is the same in every row that has it. */
const inMade = oncePer((spec: Spec, slots: Parts['slots'], call: Draft<Call>) =>
  requestOf(spec, slots, call, `$slot.${ORGANIZATION_SLOT}`),
);

/** In the organization that the profile knows. */
const inKnown = oncePer((spec: Spec, slots: Parts['slots'], call: Draft<Call>) =>
  requestOf(spec, slots, call, `$${KNOWN_ORGANIZATION}`),
);

/** The path parameter that names what an operation is about. */
export const lastParameterOf = (spec: Spec, operation: OperationId): string =>
  spec.operations.get(operation)?.pathNames.at(-1) ?? '';

const isIdInAnswer = (value: Template | undefined): boolean =>
  value?.kind === 'expression' &&
  value.expression.kind === 'body' &&
  /[/_]id$/.test(value.expression.pointer);

/** In the order in which they are made. */
function checksOf({
  includes,
  excludes,
  present,
  absent,
  count,
  unique,
  fits,
  equals,
  answer = {},
  later,
  order,
}: Look): readonly Check[] {
  const withValue = (
    kind: 'includes' | 'excludes' | 'equals' | 'later' | 'order',
    pair: readonly [string, Json] | undefined,
  ): readonly Check[] =>
    pair === undefined ? [] : [{ kind, pointer: pair[0], value: readTemplate(pair[1]) }];
  const at = (
    kind: 'present' | 'absent' | 'unique' | 'fits',
    pointer: string | undefined,
  ): readonly Check[] => (pointer === undefined ? [] : [{ kind, pointer }]);
  return [
    ...withValue('includes', includes),
    ...withValue('excludes', excludes),
    ...at('present', present),
    ...at('absent', absent),
    ...(count === undefined
      ? []
      : [{ kind: 'count' as const, pointer: count[0], count: count[1] }]),
    ...at('unique', unique),
    ...at('fits', fits),
    ...[...Object.entries(answer), ...(equals ? [equals] : [])].flatMap((pair) =>
      withValue('equals', pair),
    ),
    ...withValue('later', later),
    ...withValue('order', order),
  ];
}

/** A body that is sent as it stands; nothing where the body is JSON. */
function rawBody({ hex_body, nested, raw_body }: Draft<Row>): Uint8Array | undefined {
  if (hex_body !== undefined)
    return Uint8Array.from(hex_body.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  if (nested !== undefined)
    return new TextEncoder().encode('['.repeat(nested) + ']'.repeat(nested));
  return raw_body === undefined ? undefined : new TextEncoder().encode(raw_body);
}
