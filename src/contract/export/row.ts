// One row of a table as the steps of an Arazzo workflow.
import { type Case, vouchesFor } from '../../spec/case.js';
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { API_KEY, errorAt, errorIn, pageSizeIn, TOKEN, USUAL_PAGE } from '../dialect.js';
import { nameOf } from '../run/names.js';
import type { PlannedRow } from '../run/row.js';
import { type CallerName, inventedCredentials, schemeOf } from '../tables/caller.js';
import { type Expression, inputFor, type Template, usesIn, written } from '../tables/expression.js';
import type {
  Check,
  KeepStep,
  LookStep,
  PrepareStep,
  RequestStep,
  RequestTemplate,
  Step,
  UndoStep,
} from '../tables/steps.js';
import { LeftOut, type ReasonInPart } from './reasons.js';

const simpleCriterion = (condition: string): Json => ({ condition });

/** Every text in a value. */
function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

export class RowExport {
  readonly inPart = new Set<ReasonInPart>();
  readonly #spec: Spec;
  readonly #planned: PlannedRow;
  readonly #run: { readonly seed: number; readonly number: number };
  readonly #steps: Json[] = [];
  /** The name of the exported step that asks for what one of ours asks for. */
  readonly #names = new Map<Step, string>();
  /** A text, or the expression that has it. */
  readonly #slots: Record<string, string> = {};
  /** All slots as they were when a step had filled its own. */
  readonly #kept = new Map<KeepStep, Readonly<Record<string, string>>>();
  #newNames = 0;

  constructor(
    spec: Spec,
    planned: PlannedRow,
    run: { readonly seed: number; readonly number: number },
  ) {
    this.#spec = spec;
    this.#planned = planned;
    this.#run = run;
  }

  steps(): readonly Json[] {
    const { table, row, steps } = this.#planned;
    if ([row.raw_body, row.hex_body, row.nested, row.content_type].some((odd) => odd !== undefined))
      throw new LeftOut('raw_body');
    const cases = this.#expected();
    const mixed = !this.#succeeds() && cases.some(({ status }) => status < 400);
    if (mixed && (row.then || table.makes)) throw new LeftOut('either_way');
    for (const step of steps) this.#export(step);
    return this.#steps;
  }

  #export(step: Step): void {
    if (step.kind === 'prepare')
      this.#ask(step, [simpleCriterion(this.#success(step.request.call))]);
    if (step.kind === 'keep') this.#keep(step);
    if (step.kind === 'request')
      this.#ask(step, [...this.#isOneOf(this.#expected()), ...this.#answer(step)]);
    if (step.kind === 'compare' && !this.#succeeds()) this.inPart.add('unchanged');
    if (step.kind === 'look') this.#look(step);
    if (step.kind === 'undo') this.#undo(step);
  }

  /** The cases that the row expects. */
  #expected(): readonly Case[] {
    const { cases } = this.#operation(this.#planned.operation);
    return this.#planned.expected.map((name) => cases.get(name) as Case);
  }

  #succeeds(): boolean {
    return this.#expected().every(({ status }) => status < 400);
  }

  #answer({ answer, expected }: RequestStep): readonly Json[] {
    return (expected.length === 1 ? answer : []).map(([pointer, template]) => {
      const [use] = usesIn(template);
      const isOwn = use?.expression.kind === 'body';
      const value = isOwn ? written(use.expression) : this.#inCondition(this.#resolve(template));
      return simpleCriterion(`$response.body#${pointer} == ${value}`);
    });
  }

  #operation(id: OperationId): Operation {
    return this.#spec.operations.get(id) as Operation;
  }

  #keep(step: KeepStep): void {
    const { slot, value, from } = step;
    if (from?.kind === 'request' && !this.#succeeds()) return;
    if (value !== undefined)
      this.#slots[slot] = this.#resolve(value, from && this.#names.get(from)) as string;
    this.#kept.set(step, { ...this.#slots });
  }

  #undo({ kept, request }: UndoStep): void {
    const slots = this.#kept.get(kept);
    if (!slots) return;
    Object.assign(this.#slots, slots);
    this.#step(request, [simpleCriterion(`${this.#success(request.call)} || $statusCode == 404`)]);
  }

  #success(id: OperationId): string {
    const statuses = [...this.#operation(id).responses.keys()].filter((status) => status < 300);
    return statuses.map((status) => `$statusCode == ${status}`).join(' || ');
  }

  #look(look: LookStep): void {
    const own = this.#names.get(
      this.#planned.steps.find(({ kind }) => kind === 'request') as Step,
    ) as string;
    const { request, expected, checks } = look;
    const { cases } = this.#operation(request.call);
    const conditions = expected
      ? this.#isOneOf(expected.map((name) => cases.get(name) as Case))
      : [simpleCriterion(this.#success(request.call))];
    for (const check of checks) conditions.push(...this.#check(check, look, own));
    this.#step(request, conditions, own);
  }

  /** What a look checks, as conditions; `own` is the step of the row's request. */
  #check(check: Check, look: LookStep, own: string): readonly Json[] {
    const { pointer } = check;
    if (check.kind === 'unique' || check.kind === 'fits') throw new LeftOut('later_page');
    if (check.kind === 'later' || check.kind === 'order') throw new LeftOut('whole_list');
    if (check.kind === 'present') throw new LeftOut('whole_list');
    if (!('value' in check)) return [];
    const value = this.#resolve(check.value, own);
    if (check.kind !== 'equals' && pointer.includes('*')) return [this.#inList(check, value, look)];
    const sign = check.kind === 'excludes' ? '!=' : '==';
    return [simpleCriterion(`$response.body#${pointer} ${sign} ${this.#inCondition(value)}`)];
  }

  #inList({ kind, pointer }: Check, value: Json, { request }: LookStep): Json {
    const [, list, field] = /\/(\w+)\/\*(?:\/(\w+))?$/.exec(pointer) ?? [];
    if (list === undefined) throw new LeftOut('whole_list');
    const size = pageSizeIn(request.query);
    if (kind === 'includes' && size?.kind === 'literal' && Number(size.value) < USUAL_PAGE)
      throw new LeftOut('later_page');
    const rows = `$..${list}[?@${field === undefined ? '' : `.${field}`} == ${this.#inPath(value)}]`;
    this.inPart.add('later_pages');
    return {
      context: '$response.body',
      type: 'jsonpath',
      condition: kind === 'includes' ? rows : `$..[?count(${rows}) == 0]`,
    };
  }

  #ask(step: PrepareStep | RequestStep, criteria: readonly Json[]): void {
    this.#names.set(step, this.#step(step.request, criteria));
  }

  /** Adds a step; returns its name. */
  #step(
    { call, caller, path, query, body }: RequestTemplate,
    criteria: readonly Json[],
    own?: string,
  ): string {
    const operation = this.#operation(call);
    // Redocly's rules look for a step's outputs by its name alone, so no two workflows share one.
    const stepId = `${call}_${this.#run.number}_${this.#steps.length + 1}`;
    const parameters: Json[] = this.#credential(caller);
    for (const [name, value] of Object.entries(path))
      parameters.push({ in: 'path', name, value: this.#resolve(value, own) });
    for (const [name, template] of Object.entries(query)) {
      const value = this.#resolve(template, own);
      if (Array.isArray(value)) throw new LeftOut('repeated_parameter');
      parameters.push({ in: 'query', name, value });
    }
    for (const parameter of operation.parameters)
      if (parameter.required && parameter.in === 'query' && query[parameter.name] === undefined)
        throw new LeftOut('required_left_out');
    if (body === undefined && operation.body) throw new LeftOut('no_body');
    const payload = body === undefined ? undefined : this.#resolve(body, own);
    this.#steps.push({
      stepId,
      operationId: call,
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(payload === undefined
        ? {}
        : { requestBody: { contentType: 'application/json', payload } }),
      successCriteria: criteria,
    });
    return stepId;
  }

  #credential(caller: CallerName): Json[] {
    const header = (name: string, value: string): Json[] => [{ in: 'header', name, value }];
    if (caller === 'none') return [];
    const { api_key = `$inputs.${caller}`, bearer } = inventedCredentials[caller] ?? {};
    if (bearer !== undefined) return header(TOKEN, `${schemeOf(caller)} ${bearer}`);
    if (caller.endsWith('_token') || caller === 'lower_case_bearer')
      return header(TOKEN, `${schemeOf(caller)} {$inputs.${caller}}`);
    return header(API_KEY, api_key);
  }

  /** Of several, one condition: `&&` binds closer than `||`, and Respect knows no parentheses. */
  #isOneOf(cases: readonly Case[]): Json[] {
    if (cases.length === 1) return this.#isCase(cases[0] as Case).map(simpleCriterion);
    return [
      simpleCriterion(
        [...new Set(cases.map((documented) => this.#isCase(documented).join(' && ')))].join(' || '),
      ),
    ];
  }

  /** What the conditions can ask for of a case, by what it vouches for. */
  #isCase(documented: Case): string[] {
    const { status, value } = documented;
    const vouched = (place: string): boolean => vouchesFor(documented, place);
    const family = Math.floor(status / 100) * 100;
    const conditions = vouched('status')
      ? [`$statusCode == ${status}`]
      : [`$statusCode >= ${family}`, `$statusCode < ${family + 100}`];
    const error = errorIn(value);
    if (status < 400 || !error) return conditions;
    for (const field of ['code', 'type'] as const)
      if (vouched(errorAt(field)))
        conditions.push(`$response.body#${errorAt(field)} == '${String(error[field])}'`);
    if (
      vouched(errorAt('details')) &&
      isJsonObject(error.details) &&
      Object.keys(error.details).length > 0
    )
      this.inPart.add('details');
    return conditions;
  }

  /**
   * The value with Arazzo's expressions in place of ours; `$response.body` is that of the step
   * `made`.
   */
  #resolve(template: Template, made?: string): Json {
    switch (template.kind) {
      case 'literal':
        for (const text of textsIn(template.value))
          if (/[{}]/.test(text)) throw new LeftOut('odd_text');
        return template.value;
      case 'expression':
        return this.#inArazzo(template.expression, made);
      case 'text':
        return this.#text(template.parts);
      case 'list':
        return template.items.map((item) => this.#resolve(item, made));
      case 'map':
        return Object.fromEntries(
          template.entries.map(([key, item]) => [key, this.#resolve(item, made)]),
        );
    }
  }

  #text(parts: readonly (string | Expression)[]): string {
    const filled = parts.map((part) => {
      if (typeof part !== 'string') return this.#inArazzo(part);
      if (/[{}]/.test(part)) throw new LeftOut('odd_text');
      return part;
    });
    const text = filled.map((part) => (part.startsWith('$') ? `{${part}}` : part)).join('');
    // Between two braces Respect takes all for one expression, blanks around it too.
    if (/^\s*\{.*\}\s*$/.test(text)) throw new LeftOut('odd_text');
    return text;
  }

  #output(stepId: string, pointer: string): string {
    const name = pointer.replace(/\W+/g, '_').replace(/^_/, '');
    const at = this.#steps.findIndex((step) => isJsonObject(step) && step.stepId === stepId);
    const step = this.#steps[at] as { readonly outputs?: Readonly<Record<string, Json>> };
    this.#steps[at] = {
      ...step,
      outputs: { ...step.outputs, [name]: `$response.body#${pointer}` },
    };
    return `$steps.${stepId}.outputs.${name}`;
  }

  #inArazzo(expression: Expression, made?: string): string {
    switch (expression.kind) {
      case 'known':
        return written({ kind: 'input', name: expression.name });
      case 'caller':
        return written({ kind: 'input', name: inputFor(expression.caller, expression.field) });
      case 'slot':
        return this.#slots[expression.name] as string;
      case 'new_name':
        this.#newNames += 1;
        return nameOf(String(this.#run.seed), this.#run.number, this.#newNames);
      case 'body':
        if (made === undefined) break;
        return this.#output(made, expression.pointer);
    }
    throw new LeftOut('odd_text');
  }

  #inCondition(value: Json): string {
    if (typeof value === 'object' && value !== null) throw new LeftOut('whole_list');
    if (typeof value !== 'string') return JSON.stringify(value);
    if (value.startsWith('$')) return value;
    if (/['"{}$]/.test(value)) throw new LeftOut('odd_text');
    return `'${value}'`;
  }

  #inPath(value: Json): string {
    const text = this.#inCondition(value);
    return text.startsWith('$') ? `{${text}}` : text;
  }
}
