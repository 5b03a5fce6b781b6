// The contracts as plain Arazzo 1.0: the lifecycles as they are, and every row of the tables that Arazzo can say and Redocly
// Respect can play. A row becomes a workflow of its recipes' calls, its own request, its looks, and the calls that clean up.
// What is left out is listed with the reason, and so is what a workflow says only in part.

import { type Case, vouchesFor } from '../spec/case.js';
import type { Operation, OperationId, Spec } from '../spec/document.js';
import { isJsonObject, type Json } from '../spec/message.js';
import { nameOf } from './run/names.js';
import { planRows } from './run/plan.js';
import type { Profile } from './run/profile.js';
import type { PlannedRow } from './run/row.js';
import { type CallerName, callerNames, knownNames, schemeOf } from './tables/caller.js';
import type { Call, Contracts, Look, Recipe } from './tables/table.js';

/** Why a row cannot be exported; the keys are stable, so that their numbers can be asserted. */
export const reasonsLeftOut = {
  raw_body: 'a body that is no JSON object, or not labelled as one: Arazzo sends what its payload says',
  repeated_parameter: 'a parameter that is sent twice: Arazzo gives each one value',
  required_left_out: 'a required parameter is left out: Respect fills it in from the document',
  no_body: 'no body where the operation takes one: Respect sends the example of the document',
  either_way: 'success and refusal are both allowed, and what follows depends on which it was',
  whole_list: 'a look compares a whole list or object: the simple conditions of Respect do not',
  later_page: 'a look walks through small pages for a row: Arazzo has no loops',
  odd_text: 'a text with $, {, }, a quote, or blanks around an expression, which Respect would read otherwise',
} as const;
export type ReasonLeftOut = keyof typeof reasonsLeftOut;

/** What is left out of a workflow that is exported. */
export const reasonsInPart = {
  unchanged: 'that a refusal changed nothing: the whole answer before and after would have to be compared',
  details: 'which keys the details of a refusal have: the conditions of Arazzo cannot ask for a key',
  later_pages: 'that a row may stand on a later page: Arazzo has no loops, so the first page is looked at',
} as const;
export type ReasonInPart = keyof typeof reasonsInPart;

export interface Exported {
  readonly document: Json;
  readonly lifecycles: number;
  readonly rows: number;
  readonly leftOut: readonly { readonly title: string; readonly place: string; readonly reason: ReasonLeftOut }[];
  readonly inPart: Readonly<Record<ReasonInPart, number>>;
}

export interface ExportOptions {
  /** Where the OpenAPI document is, as Arazzo finds it. */
  readonly documentUrl: string;
  /** Seed for generated names; exports that are played against the same server need different seeds. Default 1. */
  readonly seed?: number;
}

class LeftOut extends Error {
  readonly reason: ReasonLeftOut;

  constructor(reason: ReasonLeftOut) {
    super(reason);
    this.reason = reason;
  }
}

export function exportArazzo(spec: Spec, contracts: Contracts, { documentUrl, seed = 1 }: ExportOptions): Exported {
  const inputs = { $ref: '#/components/inputs/profile' };
  const leftOut: Exported['leftOut'][number][] = [];
  const inPart: Record<ReasonInPart, number> = { unchanged: 0, details: 0, later_pages: 0 };
  const rows = planRows(spec, contracts).flatMap((planned, i) => {
    try {
      const workflow = new RowExport(spec, contracts, planned, { seed, number: i + 1 });
      const steps = workflow.steps();
      for (const reason of workflow.inPart) inPart[reason] += 1;
      return [{ workflowId: `row_${i + 1}`, summary: planned.title, description: planned.row.place, inputs, steps }];
    } catch (error) {
      if (!(error instanceof LeftOut)) throw error;
      leftOut.push({ title: planned.title, place: planned.row.place, reason: error.reason });
      return [];
    }
  });
  const lifecycles = contracts.lifecycles.map(({ source }) => ({
    ...source,
    inputs,
    steps: (source.steps as Json[]).map(plain),
  }));
  const document = {
    arazzo: '1.0.1',
    info: { title: 'Contracts of Spaces and Knowledge', version: spec.version },
    sourceDescriptions: [{ name: 'aitronos', type: 'openapi', url: documentUrl }],
    workflows: [...lifecycles, ...rows],
    components: { inputs: { profile: { type: 'object', properties: inputProperties() } } },
  };
  return { document: document as unknown as Json, lifecycles: lifecycles.length, rows: rows.length, leftOut, inPart };
}

/** How many rows were left out, by reason. */
export function countLeftOut({ leftOut }: Exported): Readonly<Partial<Record<ReasonLeftOut, number>>> {
  const counts: Partial<Record<ReasonLeftOut, number>> = {};
  for (const { reason } of leftOut) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** What was exported, and every row that was not, by reason. */
export function describeExport(exported: Exported): string {
  const lines = [
    `${exported.lifecycles} lifecycles and ${exported.rows} rows exported, ${exported.leftOut.length} rows left out`,
  ];
  for (const [reason, count] of Object.entries(countLeftOut(exported))) {
    lines.push(`${count} × ${reasonsLeftOut[reason as ReasonLeftOut]}`);
    for (const { title, place } of exported.leftOut.filter((row) => row.reason === reason)) lines.push(`  ${title}  (${place})`);
  }
  for (const [reason, count] of Object.entries(exported.inPart))
    if (count > 0) lines.push(`${count} exported rows do not say ${reasonsInPart[reason as ReasonInPart]}`);
  return `${lines.join('\n')}\n`;
}

/** What the exported workflows take as inputs, from a profile. */
export function inputsOf(profile: Profile, name: string): Readonly<Record<string, string>> {
  const callers = Object.entries(profile.callers).flatMap(([caller, { api_key, bearer, user_id, organization_id }]) =>
    Object.entries({
      [caller]: api_key ?? bearer,
      [`${caller}_user_id`]: user_id,
      [`${caller}_organization_id`]: organization_id,
    }),
  );
  const given = [...callers, ...Object.entries(profile.known), ['name', name]].filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, string>;
}

function inputProperties(): Json {
  const text = { type: 'string' };
  return Object.fromEntries([
    ...callerNames.flatMap((caller) => [
      [caller, { ...text, format: 'password' }],
      [`${caller}_user_id`, text],
      [`${caller}_organization_id`, text],
    ]),
    ...knownNames.map((name) => [name, text]),
    ['name', text],
  ]);
}

/** A step without our own `x-` keys. */
function plain(step: Json): Json {
  return Object.fromEntries(Object.entries(step as object).filter(([key]) => !key.startsWith('x-'))) as Json;
}

const simple = (condition: string): Json => ({ condition });

class RowExport {
  readonly inPart = new Set<ReasonInPart>();
  readonly #spec: Spec;
  readonly #contracts: Contracts;
  readonly #planned: PlannedRow;
  readonly #run: { readonly seed: number; readonly number: number };
  readonly #steps: Json[] = [];
  /** A text, or the expression that has it. */
  readonly #slots: Record<string, string> = {};
  readonly #undos: { readonly call: OperationId; readonly caller: CallerName; readonly slot: string; readonly slots: object }[] =
    [];
  #names = 0;

  constructor(spec: Spec, contracts: Contracts, planned: PlannedRow, run: { readonly seed: number; readonly number: number }) {
    this.#spec = spec;
    this.#contracts = contracts;
    this.#planned = planned;
    this.#run = run;
  }

  steps(): readonly Json[] {
    const { table, row, expected } = this.#planned;
    if ([row.raw_body, row.hex_body, row.nested, row.content_type].some((odd) => odd !== undefined))
      throw new LeftOut('raw_body');
    const operation = this.#operation(table.operation);
    const cases = expected.map((name) => operation.cases.get(name) as Case);
    const succeeds = cases.every(({ status }) => status < 400);
    const mixed = !succeeds && cases.some(({ status }) => status < 400);
    if (mixed && (row.then || table.makes)) throw new LeftOut('either_way');

    for (const [slot, recipe] of Object.entries({ ...table.given, ...row.given })) this.#make(slot, recipe);
    for (const call of row.before ?? []) this.#mustSucceed(call);
    if (table.observe && row.observe !== 'none' && !succeeds) this.inPart.add('unchanged');

    const { path = {}, body = table.body, query = table.query } = row;
    const call = { call: table.operation, path, ...(query ? { query } : {}), ...(body === undefined ? {} : { body }) };
    const stated = cases.length === 1 ? Object.entries(row.answer ?? {}) : [];
    const answer = stated.map(([pointer, value]) => {
      const isOwn = typeof value === 'string' && value.startsWith('$response.body#');
      return simple(`$response.body#${pointer} == ${isOwn ? value : this.#inCondition(this.#resolve(value))}`);
    });
    const own = this.#step(call, row.caller, [...this.#isOneOf(cases), ...answer]);
    if (succeeds)
      for (const [slot, recipe] of Object.entries(table.makes ?? {})) this.#keep(slot, this.#recipe(recipe), row.caller, own);
    for (const look of row.then ?? []) this.#look(look, own);

    for (const { call: undo, caller, slot, slots } of this.#undos.splice(0).reverse()) {
      Object.assign(this.#slots, slots);
      const made = this.#operation(undo).template.match(/\w+(?=\}[^{]*$)/)?.[0] as string;
      const gone = [simple(`${this.#success(undo)} || $statusCode == 404`)];
      this.#step({ call: undo, path: { [made]: this.#slots[slot] as string } }, caller, gone);
    }
    return this.#steps;
  }

  #operation(id: OperationId): Operation {
    return this.#spec.operations.get(id) as Operation;
  }

  #recipe(name: string): Recipe {
    return this.#contracts.recipes[name] as Recipe;
  }

  #make(slot: string, name: string): void {
    const recipe = this.#recipe(name);
    for (let i = 0; i < (recipe.repeat ?? 1); i++) {
      if (recipe.from !== undefined) this.#make(slot, recipe.from);
      const made = recipe.call === undefined ? undefined : this.#mustSucceed({ ...recipe, call: recipe.call });
      this.#keep(slot, recipe, recipe.caller ?? 'owner', made);
      for (const call of recipe.then ?? []) this.#mustSucceed(call);
    }
  }

  #keep(slot: string, { value, undo }: Recipe, caller: CallerName, made: string | undefined): void {
    if (value !== undefined) this.#slots[slot] = this.#resolve(value, made) as string;
    if (undo !== undefined) this.#undos.push({ call: undo, caller, slot, slots: { ...this.#slots } });
  }

  #mustSucceed(call: Call): string {
    return this.#step(call, call.caller ?? 'owner', [simple(this.#success(call.call))]);
  }

  #success(id: OperationId): string {
    const statuses = [...this.#operation(id).responses.keys()].filter((status) => status < 300);
    return statuses.map((status) => `$statusCode == ${status}`).join(' || ');
  }

  #look(look: Look, own: string): void {
    const conditions: Json[] = [];
    const operation = this.#operation(look.call);
    const cases = look.expect === undefined ? [] : [look.expect].flat().map((name) => operation.cases.get(name) as Case);
    if (cases.length === 0) conditions.push(simple(this.#success(look.call)));
    else conditions.push(...this.#isOneOf(cases));
    for (const kind of ['includes', 'excludes'] as const) {
      const [pointer, value] = look[kind] ?? [];
      if (pointer === undefined) continue;
      if (!pointer.includes('*')) {
        const sign = kind === 'includes' ? '==' : '!=';
        conditions.push(simple(`$response.body#${pointer} ${sign} ${this.#inCondition(this.#resolve(value as Json, own))}`));
        continue;
      }
      const [, list, field] = /\/(\w+)\/\*(?:\/(\w+))?$/.exec(pointer) ?? [];
      if (list === undefined) throw new LeftOut('whole_list');
      if (kind === 'includes' && Number(look.query?.limit ?? 20) < 20) throw new LeftOut('later_page');
      const rows = `$..${list}[?@${field === undefined ? '' : `.${field}`} == ${this.#inPath(this.#resolve(value as Json, own))}]`;
      const condition = kind === 'includes' ? rows : `$..[?count(${rows}) == 0]`;
      conditions.push({ context: '$response.body', type: 'jsonpath', condition });
      this.inPart.add('later_pages');
    }
    if (look.unique !== undefined) throw new LeftOut('later_page');
    if (look.present !== undefined) throw new LeftOut('whole_list');
    if (look.equals) {
      const [pointer, value] = look.equals;
      conditions.push(simple(`$response.body#${pointer} == ${this.#inCondition(this.#resolve(value, own))}`));
    }
    const { path, query, body } = look;
    const call = {
      call: look.call,
      ...(path ? { path } : {}),
      ...(query ? { query } : {}),
      ...(body === undefined ? {} : { body }),
    };
    this.#step(call, look.caller ?? 'owner', conditions, own);
  }

  /** Adds a step; returns its name. */
  #step({ call, path = {}, query = {}, body }: Call, caller: CallerName, criteria: readonly Json[], own?: string): string {
    const operation = this.#operation(call);
    // Redocly's rules look for a step's outputs by its name alone, so no two workflows share one.
    const stepId = `${call}_${this.#run.number}_${this.#steps.length + 1}`;
    const parameters: Json[] = this.#credential(caller);
    for (const { name } of operation.parameters.filter((parameter) => parameter.in === 'path')) {
      const slot = this.#contracts.slots[name] ?? name;
      const value = path[name] ?? this.#slots[slot] ?? (slot === 'organization' ? '$known.organization_id' : `$slot.${slot}`);
      parameters.push({ in: 'path', name, value: this.#resolve(value, own) });
    }
    for (const [name, value] of Object.entries(query)) {
      if (Array.isArray(value)) throw new LeftOut('repeated_parameter');
      parameters.push({ in: 'query', name, value: this.#resolve(value, own) });
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
      ...(payload === undefined ? {} : { requestBody: { contentType: 'application/json', payload } }),
      successCriteria: criteria,
    });
    return stepId;
  }

  #credential(caller: CallerName): Json[] {
    const header = (name: string, value: string): Json[] => [{ in: 'header', name, value }];
    if (caller === 'none') return [];
    if (caller === 'unknown_key') return header('X-API-Key', 'ak_understudy_unknown');
    if (caller === 'unknown_token') return header('Authorization', 'Bearer understudy-unknown-token');
    if (caller.endsWith('_token') || caller === 'lower_case_bearer')
      return header('Authorization', `${schemeOf(caller)} {$inputs.${caller}}`);
    return header('X-API-Key', `$inputs.${caller}`);
  }

  /** Of several, one condition: `&&` binds closer than `||`, and Respect knows no parentheses. */
  #isOneOf(cases: readonly Case[]): Json[] {
    if (cases.length === 1) return this.#isCase(cases[0] as Case).map(simple);
    return [simple([...new Set(cases.map((documented) => this.#isCase(documented).join(' && ')))].join(' || '))];
  }

  /** What the conditions can ask for of a case, by what it vouches for. */
  #isCase(documented: Case): string[] {
    const { status, value } = documented;
    const vouched = (place: string): boolean => vouchesFor(documented, place);
    const family = Math.floor(status / 100) * 100;
    const conditions = vouched('status')
      ? [`$statusCode == ${status}`]
      : [`$statusCode >= ${family}`, `$statusCode < ${family + 100}`];
    const error = isJsonObject(value) && isJsonObject(value.error) ? value.error : undefined;
    if (status < 400 || !error) return conditions;
    for (const field of ['code', 'type'])
      if (vouched(`/error/${field}`)) conditions.push(`$response.body#/error/${field} == '${String(error[field])}'`);
    if (vouched('/error/details') && isJsonObject(error.details) && Object.keys(error.details).length > 0)
      this.inPart.add('details');
    return conditions;
  }

  /** Replaces the expressions of contracts by those of Arazzo; `$response.body` is that of the step `made`. */
  #resolve(value: Json, made?: string): Json {
    if (Array.isArray(value)) return value.map((item) => this.#resolve(item, made));
    if (isJsonObject(value))
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#resolve(item, made)]));
    if (typeof value !== 'string') return value;
    if (/^\$(inputs|steps)\./.test(value)) return value;
    const [, pointer] = /^\$response\.body#(.*)$/.exec(value) ?? [];
    if (pointer !== undefined && made !== undefined) return this.#output(made, pointer);
    const [, whole] = /^(\$[\w.]+)\??$/.exec(value) ?? [];
    if (whole) return this.#lookUp(whole);
    if (/[{}]/.test(value)) throw new LeftOut('odd_text');
    const text = value.replace(/\$(known|callers|slot)\.[\w.]+|\$(name|unique)\b/g, (expression) => {
      const found = this.#lookUp(expression);
      return found.startsWith('$') ? `{${found}}` : found;
    });
    // Between two braces Respect takes all for one expression, blanks around it too.
    if (text.replace(/\{\$[^}]*\}/g, '').includes('$') || /^\s*\{.*\}\s*$/.test(text)) throw new LeftOut('odd_text');
    return text;
  }

  #output(stepId: string, pointer: string): string {
    const name = pointer.replace(/\W+/g, '_').replace(/^_/, '');
    const at = this.#steps.findIndex((step) => isJsonObject(step) && step.stepId === stepId);
    const step = this.#steps[at] as { readonly outputs?: Readonly<Record<string, Json>> };
    this.#steps[at] = { ...step, outputs: { ...step.outputs, [name]: `$response.body#${pointer}` } };
    return `$steps.${stepId}.outputs.${name}`;
  }

  #lookUp(expression: string): string {
    const [root, first = '', second = ''] = expression.slice(1).split('.') as [string, string?, string?];
    if (root === 'known') return `$inputs.${first}`;
    if (root === 'callers') return `$inputs.${first}_${second}`;
    if (root === 'slot') return this.#slots[first] as string;
    this.#names += 1;
    return nameOf(String(this.#run.seed), this.#run.number, this.#names);
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
