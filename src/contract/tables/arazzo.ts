// Lifecycles: workflows of Arazzo 1.0, and what of it is understood. Every other key is a load
// error, all at once.
//
//   document   arazzo (1.0.x), info, sourceDescriptions (one, of type openapi), workflows
//   workflow   workflowId, summary, description, inputs, parameters, steps
//   inputs     type, properties, each with type (and format): a caller's credential by the caller's name, `<caller>_user_id`,
//              what the profile knows by its name there, and `name`, a text that is new in every run
//   parameter  name, in (path, query; header for X-API-Key alone), value
//   step       stepId, description, operationId, parameters, requestBody (contentType application/json, payload),
//              successCriteria, outputs, and five of our own: x-case, the documented case where status and code leave
//              several; x-clean-up: true, a step that is also played after a failure; x-held-by, callers of whom one must be
//              allowed the step, else the workflow is not exercised: the owner changes places with the first who is;
//              x-presupposes, a known id of the profile: where the criteria do not hold it is gone, and the workflow is not
//              exercised; and x-assumed, the source of criteria that nobody documented
//   criterion  condition `LEFT == RIGHT` or `LEFT != RIGHT`, or with context $response.body and type jsonpath one of
//              `$..LIST[?@.FIELD == {VALUE}]`, there is such a row, and `$..[?count($..LIST[?@.FIELD == {VALUE}]) == 0]`, none;
//              `@` alone where the rows are plain values
//   values     $statusCode, $response.body#/POINTER, $inputs.NAME, $steps.STEP.outputs.NAME; in a condition also numbers,
//              'texts', true, false and null. A value is an expression as a whole or not at all.

import type { Problem, Report } from '../../files/problem.js';
import { type ParsedYaml, reportTo } from '../../files/yaml.js';
import { type Case, vouchesFor } from '../../spec/case.js';
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { API_KEY, errorAt, errorIn } from '../dialect.js';
import { answersIn, NameCheck, shown } from './answers.js';
import { type CallerName, callerNames, knownNames } from './caller.js';
import { type Expression, inputFor, readTemplate, readTemplates } from './expression.js';
import { parseContract } from './shipped.js';
import type { RequestTemplate } from './steps.js';

/** What a condition compares. */
export type Operand = Expression | { readonly kind: 'literal'; readonly value: Json };

export type Criterion =
  | {
      readonly kind: 'equal' | 'unequal';
      readonly left: Operand;
      readonly right: Operand;
      readonly text: string;
    }
  | {
      readonly kind: 'some' | 'none';
      readonly list: string;
      /** Absent where the rows are plain values. */
      readonly field?: string;
      readonly value: Operand;
      readonly text: string;
    };

export interface LifecycleStep {
  readonly id: string;
  readonly request: RequestTemplate;
  readonly criteria: readonly Criterion[];
  /** The cases that the criteria leave; empty where they ask for no status. */
  readonly expected: readonly string[];
  /** Pointers into the answer. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly cleanUp: boolean;
  /**
   * Callers of whom one owns the object of the workflow. The first of them who is allowed this step
   * plays the owner, and the owner plays that caller.
   */
  readonly heldBy: readonly CallerName[];
  /**
   * A known id of the profile. If the criteria fail, an earlier run has used the object up, and the
   * workflow is not exercised.
   */
  readonly presupposes?: string;
  /** Where the criteria come from if nobody documented them: a deviation is then a question. */
  readonly assumed?: string;
  readonly place: string;
}

export interface Lifecycle {
  readonly id: string;
  /** A sentence. */
  readonly summary: string;
  readonly steps: readonly LifecycleStep[];
  readonly place: string;
  /** As it stands in the file. */
  readonly source: { readonly [key: string]: Json };
}

const keys = {
  document: ['arazzo', 'info', 'sourceDescriptions', 'workflows'],
  info: ['title', 'summary', 'description', 'version'],
  source: ['name', 'url', 'type'],
  workflow: ['workflowId', 'summary', 'description', 'inputs', 'parameters', 'steps'],
  inputs: ['type', 'properties'],
  input: ['type', 'format'],
  step: [
    'stepId',
    'description',
    'operationId',
    'parameters',
    'requestBody',
    'successCriteria',
    'outputs',
    'x-case',
    'x-clean-up',
    'x-held-by',
    'x-presupposes',
    'x-assumed',
  ],
  parameter: ['name', 'in', 'value'],
  requestBody: ['contentType', 'payload'],
  criterion: ['condition', 'context', 'type'],
} as const;

const inputNames: readonly string[] = [
  'name',
  ...callerNames,
  ...callerNames.map((name) => inputFor(name, 'user_id')),
  ...knownNames,
];

/** Reads an operand of a condition; undefined when it is none. */
function readOperand(text: string): Operand | undefined {
  const [, quoted] = /^'([^']*)'$/.exec(text) ?? [];
  if (quoted !== undefined) return { kind: 'literal', value: quoted };
  if (/^(-?\d+(\.\d+)?|true|false|null)$/.test(text))
    return { kind: 'literal', value: JSON.parse(text) as Json };
  return expressionIn(text, ['status', 'body', 'input', 'output']);
}

/** The expression that a text is, if it is one of these. */
function expressionIn<Kind extends Expression['kind']>(
  text: unknown,
  kinds: readonly Kind[],
): Extract<Expression, { readonly kind: Kind }> | undefined {
  const template = typeof text === 'string' ? readTemplate(text) : undefined;
  if (template?.kind !== 'expression' || template.optional) return undefined;
  const { expression } = template;
  const isOneOf = (kinds as readonly string[]).includes(expression.kind);
  return isOneOf ? (expression as Extract<Expression, { readonly kind: Kind }>) : undefined;
}

const expressions = '$statusCode, $response.body#/…, $inputs.… or $steps.….outputs.…';
const conditionForm = `write LEFT == RIGHT or LEFT != RIGHT, of ${expressions}, numbers, 'texts', true, false and null`;
const pathForm =
  'write $..LIST[?@.FIELD == {VALUE}] or $..[?count($..LIST[?@.FIELD == {VALUE}]) == 0]';

function readCriterion({
  condition,
  type,
}: {
  condition: string;
  type?: unknown;
}): Criterion | undefined {
  if (type === 'jsonpath') {
    const rows = String.raw`\$\.\.(\w+)\[\?@(?:\.(\w+))? == \{([^{}]+)\}\]`;
    const some = new RegExp(`^${rows}$`).exec(condition);
    const none = new RegExp(String.raw`^\$\.\.\[\?count\(${rows}\) == 0\]$`).exec(condition);
    const [, list = '', field, text = ''] = some ?? none ?? [];
    const value = readOperand(text);
    return (
      value && {
        kind: some ? 'some' : 'none',
        list,
        ...(field === undefined ? {} : { field }),
        value,
        text: condition,
      }
    );
  }
  const [, first = '', sign, second = ''] =
    /^(\S+|'[^']*') (==|!=) (\S+|'[^']*')$/.exec(condition) ?? [];
  const [left, right] = [readOperand(first), readOperand(second)];
  return left && right && sign
    ? { kind: sign === '==' ? 'equal' : 'unequal', left, right, text: condition }
    : undefined;
}

/** Adds to `problems`; what is returned means nothing when there are any. */
export function readLifecycles(
  spec: Spec,
  text: string,
  file: string,
  problems: Problem[],
): readonly Lifecycle[] {
  const parsed = parseContract(text, file);
  problems.push(...parsed.problems);
  return new Reader(spec, parsed, problems).document(parsed.value);
}

type Node = Record<string, unknown>;

class Reader {
  readonly #spec: Spec;
  readonly #file: ParsedYaml;
  readonly #report: Report;
  readonly #names: NameCheck;

  constructor(spec: Spec, file: ParsedYaml, problems: Problem[]) {
    this.#spec = spec;
    this.#file = file;
    this.#report = reportTo(problems, file);
    this.#names = new NameCheck(spec, this.#report);
  }

  document(value: unknown): readonly Lifecycle[] {
    const document = this.#map(value, '', keys.document);
    if (!/^1\.0\.\d+$/.test(String(document.arazzo)))
      this.#report(
        '/arazzo',
        `Arazzo ${shown(document.arazzo)} is not understood`,
        'write arazzo: 1.0.1',
      );
    this.#map(document.info, '/info', keys.info);
    const sources = this.#list(document.sourceDescriptions, '/sourceDescriptions');
    if (sources.length !== 1)
      this.#report(
        '/sourceDescriptions',
        `${sources.length} sources are described`,
        'describe one, the OpenAPI document',
      );
    for (const [i, node] of sources.entries()) {
      const source = this.#map(node, `/sourceDescriptions/${i}`, keys.source);
      if (source.type !== 'openapi')
        this.#report(
          `/sourceDescriptions/${i}/type`,
          `a source of type ${shown(source.type)} is not understood`,
          'use openapi',
        );
    }
    const ids = new Set<string>();
    return this.#list(document.workflows, '/workflows').map((node, i) =>
      this.#workflow(node, `/workflows/${i}`, ids),
    );
  }

  #workflow(value: unknown, pointer: string, ids: Set<string>): Lifecycle {
    const node = this.#map(value, pointer, keys.workflow);
    const id = this.#name(node.workflowId, `${pointer}/workflowId`, 'workflowId', ids);
    ids.add(id);
    const summary = this.#text(node.summary, `${pointer}/summary`, 'a sentence');
    const inputs = this.#map(node.inputs, `${pointer}/inputs`, keys.inputs);
    const names = Object.entries(
      this.#named(inputs.properties, `${pointer}/inputs/properties`),
    ).map(([name, input]) => {
      this.#known(name, `${pointer}/inputs/properties/${name}`, 'input', inputNames);
      this.#map(input, `${pointer}/inputs/properties/${name}`, keys.input);
      return name;
    });
    // Inputs that seem to be missing may stand behind the place where the syntax breaks.
    const mayHaveMore = node.inputs === undefined && !this.#file.isSound(pointer);
    const scope: Scope = { inputs: mayHaveMore ? inputNames : names, outputs: new Map() };
    const common = this.#list(node.parameters ?? [], `${pointer}/parameters`).map((parameter, i) =>
      this.#parameter(parameter, `${pointer}/parameters/${i}`, scope),
    );
    const steps = this.#list(node.steps, `${pointer}/steps`);
    if (steps.length === 0)
      this.#report(`${pointer}/steps`, 'the workflow has no steps', 'add one');
    const read = steps.map((step, i) => this.#step(step, `${pointer}/steps/${i}`, scope, common));
    const place = this.#place(pointer);
    return { id, summary, steps: read, place, source: node as Lifecycle['source'] };
  }

  #step(
    value: unknown,
    pointer: string,
    scope: Scope,
    common: readonly (Parameter | undefined)[],
  ): LifecycleStep {
    const node = this.#map(value, pointer, keys.step);
    const id = this.#name(
      node.stepId,
      `${pointer}/stepId`,
      'stepId',
      new Set(scope.outputs.keys()),
    );
    const operations = [...this.#spec.operations.keys()];
    const operation = this.#known(
      node.operationId,
      `${pointer}/operationId`,
      'operation',
      operations,
    )
      ? this.#spec.operations.get(node.operationId as OperationId)
      : undefined;
    const own = this.#list(node.parameters ?? [], `${pointer}/parameters`).map((parameter, i) =>
      this.#parameter(parameter, `${pointer}/parameters/${i}`, scope),
    );
    const sent: Record<'path' | 'query', Record<string, Json>> = { path: {}, query: {} };
    let caller: CallerName = 'none';
    for (const parameter of [...common, ...own]) {
      if (!parameter) continue;
      if (parameter.in === 'header')
        caller = parameter.value.slice('$inputs.'.length) as CallerName;
      else sent[parameter.in][parameter.name] = parameter.value;
    }
    if (operation) this.#parametersOf(operation, { sent, own, common }, pointer);
    const body = this.#body(node.requestBody, `${pointer}/requestBody`, scope);
    const asked = this.#list(node.successCriteria, `${pointer}/successCriteria`).map(
      (criterion, i) => this.#criterion(criterion, `${pointer}/successCriteria/${i}`, scope),
    );
    const criteria = asked.flatMap((criterion) => criterion ?? []);
    const allowed = operation ? casesOf(operation, criteria) : [];
    if (operation && allowed.length === 0 && criteria.length === asked.length)
      this.#report(
        `${pointer}/successCriteria`,
        `${operation.id} documents no case that these criteria allow`,
        `ask for a $statusCode of ${[...operation.responses.keys()].join(', ')}, and its error code if it has one`,
      );
    const named = node['x-case'];
    if (named !== undefined)
      this.#known(named, `${pointer}/x-case`, 'case that these criteria allow', allowed);
    const expected = named === undefined ? allowed : [named as string];
    const outputs = this.#outputs(node.outputs, `${pointer}/outputs`);
    if (operation) this.#lookedAt(operation, { expected, asked, outputs }, pointer);
    scope.outputs.set(id, Object.keys(outputs));
    const cleanUp = this.#mark(node, 'x-clean-up', pointer);
    const heldBy = this.#list(node['x-held-by'] ?? [], `${pointer}/x-held-by`).filter(
      (holder, i): holder is CallerName =>
        this.#known(holder, `${pointer}/x-held-by/${i}`, 'caller', callerNames),
    );
    const presupposed = node['x-presupposes'];
    if (presupposed !== undefined)
      this.#known(presupposed, `${pointer}/x-presupposes`, 'name of known', knownNames);
    const assumed =
      node['x-assumed'] === undefined
        ? undefined
        : this.#text(node['x-assumed'], `${pointer}/x-assumed`, 'a source');
    return {
      id,
      request: {
        call: operation?.id ?? (node.operationId as OperationId),
        caller,
        path: readTemplates(sent.path),
        query: readTemplates(sent.query),
        implied: [],
        ...(body === undefined ? {} : { body: readTemplate(body) }),
      },
      criteria,
      expected,
      outputs,
      cleanUp,
      heldBy,
      ...(presupposed === undefined ? {} : { presupposes: presupposed as string }),
      ...(assumed === undefined ? {} : { assumed }),
      place: this.#place(pointer),
    };
  }

  #mark(node: Node, key: string, pointer: string): boolean {
    const mark = node[key] ?? false;
    if (typeof mark !== 'boolean')
      this.#report(`${pointer}/${key}`, 'is neither true nor false', 'write true, or nothing');
    return mark === true;
  }

  #parameter(value: unknown, pointer: string, scope: Scope): Parameter | undefined {
    const node = this.#map(value, pointer, keys.parameter);
    const name = this.#text(node.name, `${pointer}/name`, 'the name of a parameter');
    if (!this.#known(node.in, `${pointer}/in`, 'place of a parameter', ['path', 'query', 'header']))
      return undefined;
    if (node.in === 'header') {
      if (name.toLowerCase() !== API_KEY.toLowerCase())
        this.#report(
          `${pointer}/name`,
          `the header ${name} is not understood`,
          `only ${API_KEY} is`,
        );
      const caller = expressionIn(node.value, ['input'])?.name;
      if (caller === undefined)
        this.#report(
          `${pointer}/value`,
          'the credential is no input',
          'write $inputs.owner, or another caller',
        );
      if (caller === undefined || !this.#known(caller, `${pointer}/value`, 'caller', callerNames))
        return undefined;
    }
    this.#value(node.value, `${pointer}/value`, scope);
    return { name, in: node.in as Parameter['in'], value: node.value as string };
  }

  #parametersOf(operation: Operation, { sent, own, common }: Parameters, pointer: string): void {
    const check = (parameter: Parameter | undefined, place: string): void => {
      if (!parameter || parameter.in === 'header') return;
      const names = operation.parameters
        .filter((known) => known.in === parameter.in)
        .map(({ name }) => name);
      this.#known(parameter.name, place, `${parameter.in} parameter of ${operation.id}`, names);
    };
    for (const [i, parameter] of own.entries()) check(parameter, `${pointer}/parameters/${i}/name`);
    for (const parameter of common) check(parameter, pointer);
    for (const { name, in: where } of operation.parameters.filter(({ required }) => required)) {
      if (sent[where][name] !== undefined) continue;
      this.#report(
        pointer,
        `${operation.id} needs the ${where} parameter ${name}`,
        `add { in: ${where}, name: ${name}, value: … }`,
      );
    }
  }

  #body(value: unknown, pointer: string, scope: Scope): Json | undefined {
    if (value === undefined) return undefined;
    const node = this.#map(value, pointer, keys.requestBody);
    if ((node.contentType ?? 'application/json') !== 'application/json')
      this.#report(
        `${pointer}/contentType`,
        `${shown(node.contentType)} is not understood`,
        'use application/json',
      );
    this.#value(node.payload, `${pointer}/payload`, scope);
    return node.payload as Json;
  }

  #criterion(value: unknown, pointer: string, scope: Scope): Criterion | undefined {
    const node = this.#map(value, pointer, keys.criterion);
    if (
      node.type !== undefined &&
      !this.#known(node.type, `${pointer}/type`, 'type of criterion', ['simple', 'jsonpath'])
    )
      return undefined;
    if (node.type === 'jsonpath' ? node.context !== '$response.body' : node.context !== undefined)
      this.#report(
        `${pointer}/context`,
        'this context is not understood',
        'write $response.body with jsonpath, and none otherwise',
      );
    const criterion = readCriterion({ condition: String(node.condition), type: node.type });
    if (!criterion) {
      const form = node.type === 'jsonpath' ? pathForm : conditionForm;
      this.#report(
        `${pointer}/condition`,
        `the condition ${shown(node.condition)} is not understood`,
        form,
      );
      return undefined;
    }
    const operands = 'value' in criterion ? [criterion.value] : [criterion.left, criterion.right];
    for (const operand of operands) this.#operand(operand, `${pointer}/condition`, scope);
    return criterion;
  }

  /**
   * What is looked for stands in an answer that is expected, and is something that its case speaks
   * for.
   */
  #lookedAt(operation: Operation, { expected, asked, outputs }: LookedFor, pointer: string): void {
    const cases = expected.flatMap((name) => operation.cases.get(name) ?? []);
    const answers = answersIn(operation, cases);
    for (const [i, criterion] of asked.entries()) {
      if (!criterion) continue;
      const place = `${pointer}/successCriteria/${i}/condition`;
      this.#promised(criterion, cases, place);
      if ('list' in criterion) this.#names.rows(place, criterion, answers);
      for (const operand of 'list' in criterion
        ? [criterion.value]
        : [criterion.left, criterion.right])
        if (operand.kind === 'body') this.#names.pointer(place, operand.pointer, answers);
    }
    for (const [name, there] of Object.entries(outputs))
      this.#names.pointer(`${pointer}/outputs/${name}`, there, answers);
  }

  /**
   * Status and code also pick the case; whatever else a criterion asks for must be something that a
   * case speaks for.
   */
  #promised(criterion: Criterion, cases: readonly Case[], pointer: string): void {
    for (const operand of 'left' in criterion ? [criterion.left, criterion.right] : []) {
      if (operand.kind !== 'body' || operand.pointer === errorAt('code') || cases.length === 0)
        continue;
      if (cases.some((documented) => vouchesFor(documented, operand.pointer))) continue;
      const names = cases.map(({ name }) => name).join(' and ');
      this.#report(
        pointer,
        `${names} does not vouch for ${operand.pointer}`,
        'leave the criterion out: nobody documented the value',
      );
    }
  }

  #outputs(value: unknown, pointer: string): Record<string, string> {
    const outputs: Record<string, string> = {};
    for (const [name, expression] of Object.entries(this.#named(value, pointer))) {
      const value = expressionIn(expression, ['body']);
      if (value) outputs[name] = value.pointer;
      else
        this.#report(
          `${pointer}/${name}`,
          `the output ${shown(expression)} is not understood`,
          'write $response.body#/…',
        );
    }
    return outputs;
  }

  /** Every text in a value is an expression or holds none. */
  #value(value: unknown, pointer: string, scope: Scope): void {
    if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value))
        this.#value(item, `${pointer}/${key}`, scope);
    } else if (value === undefined) {
      this.#report(pointer, 'has no value', 'write one');
    } else if (typeof value === 'string' && value.includes('$')) {
      const expression = expressionIn(value, ['input', 'output']);
      if (expression) this.#operand(expression, pointer, scope);
      else
        this.#report(
          pointer,
          `the expression ${value} is not understood`,
          'write $inputs.… or $steps.….outputs.…, and nothing else',
        );
    }
  }

  #operand(operand: Operand, pointer: string, scope: Scope): void {
    if (operand.kind === 'input')
      this.#known(operand.name, pointer, 'input of this workflow', scope.inputs);
    if (operand.kind !== 'output') return;
    const outputs = scope.outputs.get(operand.step);
    if (this.#known(operand.step, pointer, 'step before this one', [...scope.outputs.keys()]))
      this.#known(operand.name, pointer, `output of ${operand.step}`, outputs ?? []);
  }

  #name(value: unknown, pointer: string, what: string, taken: ReadonlySet<string>): string {
    const id = this.#text(value, pointer, `a ${what}`);
    if (!/^[\w-]+$/.test(id))
      this.#report(pointer, `${id} is no ${what}`, 'use letters, digits, _ and -');
    if (taken.has(id)) this.#report(pointer, `${id} is there twice`, 'give each its own');
    return id;
  }

  #text(value: unknown, pointer: string, what: string): string {
    if (typeof value === 'string' && value !== '') return value;
    this.#report(pointer, `${pointer.split('/').at(-1)} is not a text`, `write ${what}`);
    return '';
  }

  #map(value: unknown, pointer: string, known: readonly string[]): Node {
    if (!isJsonObject(value)) {
      this.#report(
        pointer,
        `${pointer.split('/').at(-1) || 'the file'} is not a map`,
        `write one with ${known.join(', ')}`,
      );
      return {};
    }
    for (const key of Object.keys(value))
      this.#known(key, `${pointer}/${key.replaceAll('/', '~1')}`, 'key', known);
    return value as Node;
  }

  /** A map with names of the writer's own; it need not be there. */
  #named(value: unknown, pointer: string): Node {
    if (isJsonObject(value)) return value;
    if (value !== undefined)
      this.#report(
        pointer,
        `${pointer.split('/').at(-1)} is not a map`,
        'write one with a value for each name',
      );
    return {};
  }

  #list(value: unknown, pointer: string): readonly unknown[] {
    if (Array.isArray(value)) return value;
    this.#report(pointer, `${pointer.split('/').at(-1)} is not a list`, 'write one');
    return [];
  }

  #known(word: unknown, pointer: string, what: string, words: readonly string[]): boolean {
    return this.#names.isKnown(pointer, what, word, words);
  }

  #place(pointer: string): string {
    const { file, line, column } = this.#file.at(pointer, '', '');
    return `${file}:${line}:${column}`;
  }
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly value: string;
}

/**
 * Those of a step: its own, those of its workflow, and what comes of them. One that could not be
 * read is undefined.
 */
interface Parameters {
  readonly sent: Readonly<Record<'path' | 'query', Readonly<Record<string, Json>>>>;
  readonly own: readonly (Parameter | undefined)[];
  readonly common: readonly (Parameter | undefined)[];
}

/** What a step looks for in its answer, which is one of the expected cases. */
interface LookedFor {
  readonly expected: readonly string[];
  readonly asked: readonly (Criterion | undefined)[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** What a step may refer to. */
interface Scope {
  readonly inputs: readonly string[];
  /** By step, those before. */
  readonly outputs: Map<string, readonly string[]>;
}

/** The expressions that the conditions of a step compare. */
export const comparedIn = ({ criteria }: LifecycleStep): readonly Expression[] =>
  criteria
    .flatMap((criterion) =>
      'list' in criterion ? [criterion.value] : [criterion.left, criterion.right],
    )
    .filter((operand): operand is Expression => operand.kind !== 'literal');

/** The documented cases that fit the status and the error code that the criteria ask for. */
function casesOf(operation: Operation, criteria: readonly Criterion[]): readonly string[] {
  const asked = (is: (operand: Operand) => boolean): Json | undefined => {
    const found = criteria.find((criterion) => criterion.kind === 'equal' && is(criterion.left));
    return found?.kind === 'equal' && found.right.kind === 'literal'
      ? found.right.value
      : undefined;
  };
  const status = asked(({ kind }) => kind === 'status');
  const code = asked((operand) => operand.kind === 'body' && operand.pointer === errorAt('code'));
  return [...operation.cases.values()]
    .filter((documented) => documented.reached_by === 'state' && documented.status === status)
    .filter(({ value }) => code === undefined || errorIn(value)?.code === code)
    .map(({ name }) => name);
}
