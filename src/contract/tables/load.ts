// Reads the contracts and checks them against the document, in both directions. Every problem with file, line and fix, all at once.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decidedBy } from '../../spec/case.js';
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { nearest } from '../../spec/nearest.js';
import { FileError, type Problem } from '../../spec/problem.js';
import { type ProblemAt, parseYaml } from '../../spec/yaml-file.js';
import { readLifecycles } from './arazzo.js';
import { callerNames, knownNames, rowCallers } from './caller.js';
import type { Contracts, Look, Recipe, Row, Table } from './table.js';

export class ContractError extends FileError {}

export const shippedContracts = fileURLToPath(new URL('../../../contracts/', import.meta.url));
/** The callers and ids of the stand-in's default world. */
export const standInProfile = join(shippedContracts, 'understudy.profile.yaml');

const callKeys = ['call', 'caller', 'path', 'query', 'body'];
const keys = {
  file: ['tables', 'recipes', 'slots', 'everywhere'],
  table: ['operation', 'given', 'body', 'query', 'observe', 'makes', 'coupled', 'rows'],
  row: [
    'caller',
    'expect',
    'assumed',
    'documented',
    'path',
    'query',
    'body',
    'raw_body',
    'hex_body',
    'nested',
    'content_type',
    'before',
    'pause',
    'answer',
    'then',
    'given',
    'observe',
  ],
  call: callKeys,
  observation: [...callKeys, 'rows'],
  look: [
    ...callKeys,
    'when',
    'expect',
    'includes',
    'excludes',
    'present',
    'absent',
    'count',
    'unique',
    'equals',
    'assumed',
    'documented',
  ],
  recipe: ['from', 'repeat', 'value', 'then', 'held_by', 'undo', ...callKeys],
};

const expressionRoots = ['$known', '$callers', '$slot', '$name', '$unique', '$response'];

interface Source {
  readonly content: Record<string, unknown>;
  readonly at: ProblemAt;
}

/** Loads every contract of a folder. Throws a ContractError that lists all problems. */
export function loadContracts(
  spec: Spec,
  folder = shippedContracts,
  { complete = true }: { readonly complete?: boolean } = {},
): Contracts {
  const problems: Problem[] = [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml') && !file.endsWith('profile.yaml'));
  const read = (file: string): [text: string, shown: string] => {
    const shown = relative(process.cwd(), join(folder, file));
    return [readFileSync(join(folder, file), 'utf8'), shown.startsWith('..') ? join(folder, file) : shown];
  };
  const isLifecycle = (file: string): boolean => file.endsWith('.arazzo.yaml');
  const sources = files
    .filter((file) => !isLifecycle(file))
    .map((file) => {
      const parsed = parseYaml(...read(file));
      problems.push(...parsed.problems);
      return { content: (parsed.value ?? {}) as Record<string, unknown>, at: parsed.at };
    });
  if (problems.length > 0) throw new ContractError(problems);
  const check = createCheck(spec, problems);
  const recipes: Record<string, Recipe> = Object.assign({}, ...sources.map(({ content }) => content.recipes ?? {}));
  const slots: Record<string, string> = Object.assign({}, ...sources.map(({ content }) => content.slots ?? {}));
  for (const source of sources) {
    check.keys(source, '', keys.file);
    for (const [name, recipe] of Object.entries((source.content.recipes ?? {}) as Record<string, Recipe>)) {
      check.recipe(source, `/recipes/${name}`, recipe, recipes);
    }
  }
  const lifecycles = files.filter(isLifecycle).flatMap((file) => readLifecycles(spec, ...read(file), problems));
  const everywhere = sources.flatMap((source) => rowsOf(source, '/everywhere', source.content.everywhere, check, recipes));
  const tables = sources.flatMap((source) =>
    listOf(source.content.tables).map((table, i) => readTable(source, `/tables/${i}`, table as Table, check, recipes)),
  );
  if (complete) problems.push(...uncovered(spec, tables, everywhere, folder));
  for (const row of everywhere) {
    const known = [...spec.operations.values()].some((operation) =>
      [row.expect].flat().every((name) => operation.cases.has(name)),
    );
    if (!known)
      problems.push(placed(row.place, `no operation documents ${[row.expect].flat().join(' or ')}`, 'name a documented case'));
  }
  if (problems.length > 0) throw new ContractError(problems.sort(byPlace));
  return { tables, everywhere, recipes, slots, lifecycles };
}

type Check = ReturnType<typeof createCheck>;

function createCheck(spec: Spec, problems: Problem[]) {
  const known = (source: Source, pointer: string, what: string, word: unknown, words: readonly string[]): boolean => {
    if (typeof word === 'string' && words.includes(word)) return true;
    const close = typeof word === 'string' ? nearest(word, words) : undefined;
    problems.push(
      source.at(
        pointer,
        word === undefined ? `there is no ${what}` : `there is no ${what} ${String(word)}`,
        close ? `did you mean ${close}?` : `use one of ${words.join(', ')}`,
      ),
    );
    return false;
  };
  const check = {
    known,
    /** False where there is no map to look into. */
    keys: (source: Source, pointer: string, allowed: readonly string[]): boolean => {
      const node = pointer === '' ? source.content : at(source.content, pointer);
      if (typeof node !== 'object' || node === null || Array.isArray(node)) {
        problems.push(source.at(pointer, 'is not a map', `write one with ${allowed.join(', ')}`));
        return false;
      }
      for (const key of Object.keys(node)) known(source, `${pointer}/${key}`, 'key', key, allowed);
      return true;
    },
    operation: (source: Source, pointer: string, id: unknown): Operation | undefined =>
      known(source, pointer, 'operation', id, [...spec.operations.keys()]) ? spec.operations.get(id as OperationId) : undefined,
    caller: (source: Source, pointer: string, name: unknown): void => {
      known(source, pointer, 'caller', name, rowCallers);
    },
    given: (source: Source, pointer: string, given: unknown, recipes: Readonly<Record<string, Recipe>>): void => {
      for (const [slot, recipe] of Object.entries((given ?? {}) as object))
        known(source, `${pointer}/${slot}`, 'recipe', recipe, Object.keys(recipes));
    },
    cases: (source: Source, pointer: string, operation: Operation | undefined, expect: unknown): void => {
      for (const name of operation ? [expect].flat() : [])
        known(source, pointer, `case of ${operation?.id}`, name, [...(operation?.cases.keys() ?? [])]);
    },
    /** Every `$` begins an expression, and what it names is there. Where no slots are given, any may be filled. */
    expressions: (source: Source, pointer: string, value: unknown, slots?: readonly string[]): void => {
      if (typeof value === 'object' && value !== null) {
        for (const [key, item] of Object.entries(value)) check.expressions(source, `${pointer}/${key}`, item, slots);
        return;
      }
      if (typeof value !== 'string' || value.startsWith('$response.body#')) return;
      for (const [, root = '', first = '', second = ''] of value.matchAll(/\$(\w*)(?:\.(\w+))?(?:\.(\w+))?/g)) {
        if (!known(source, pointer, 'expression', `$${root}`, expressionRoots)) continue;
        if (root === 'known') known(source, pointer, 'id in profiles', first, knownNames);
        if (root === 'callers' && known(source, pointer, 'caller', first, callerNames))
          known(source, pointer, 'field of callers', second, ['user_id', 'organization_id']);
        if (root === 'slot' && slots) known(source, pointer, 'slot that is filled here', first, slots);
      }
    },
    calls: (source: Source, pointer: string, calls: unknown, allowed: readonly string[]): void => {
      for (const [i, call] of listOf(calls).entries()) {
        const place = `${pointer}/${i}`;
        check.keys(source, place, allowed);
        const { call: id, caller = 'owner', expect } = call as { call?: string; caller?: string; expect?: unknown };
        const operation = check.operation(source, `${place}/call`, id);
        check.caller(source, `${place}/caller`, caller);
        if (expect !== undefined) check.cases(source, `${place}/expect`, operation, expect);
      }
    },
    recipe: (source: Source, pointer: string, recipe: Recipe, recipes: Readonly<Record<string, Recipe>>): void => {
      check.keys(source, pointer, keys.recipe);
      if (recipe.from !== undefined) known(source, `${pointer}/from`, 'recipe', recipe.from, Object.keys(recipes));
      if (recipe.call !== undefined) check.operation(source, `${pointer}/call`, recipe.call);
      if (recipe.undo !== undefined) check.operation(source, `${pointer}/undo`, recipe.undo);
      if (recipe.repeat !== undefined && !(Number.isInteger(recipe.repeat) && recipe.repeat > 0))
        problems.push(source.at(`${pointer}/repeat`, 'is not a whole number above 0', 'write how many times, such as 20'));
      if (recipe.value === undefined && recipe.from === undefined)
        problems.push(source.at(pointer, 'the recipe has no value', 'add `value`, such as $response.body#/id'));
      check.calls(source, `${pointer}/then`, recipe.then, keys.call);
      for (const [i, holder] of listOf(recipe.held_by).entries()) check.caller(source, `${pointer}/held_by/${i}`, holder);
      if (recipe.held_by !== undefined && listOf(recipe.then).length === 0)
        problems.push(
          source.at(`${pointer}/held_by`, 'nothing shows whose it is', 'add to `then` a call that its holder may make'),
        );
      for (const part of ['path', 'query', 'body', 'value', 'then'] as const)
        check.expressions(source, `${pointer}/${part}`, recipe[part]);
    },
  };
  return check;
}

function readTable(
  source: Source,
  pointer: string,
  table: Table,
  check: Check,
  recipes: Readonly<Record<string, Recipe>>,
): Table {
  check.keys(source, pointer, keys.table);
  const operation = check.operation(source, `${pointer}/operation`, table.operation);
  check.given(source, `${pointer}/given`, table.given, recipes);
  check.given(source, `${pointer}/makes`, table.makes, recipes);
  if (table.observe !== undefined && check.keys(source, `${pointer}/observe`, keys.observation)) {
    check.operation(source, `${pointer}/observe/call`, table.observe.call);
    check.caller(source, `${pointer}/observe/caller`, table.observe.caller ?? 'owner');
  }
  const rows = rowsOf(source, `${pointer}/rows`, table.rows, check, recipes);
  const filled = Object.keys({ ...table.given, ...table.makes });
  for (const part of ['body', 'query', 'observe'] as const) check.expressions(source, `${pointer}/${part}`, table[part], filled);
  for (const [i, row] of rows.entries()) {
    const place = `${pointer}/rows/${i}`;
    check.cases(source, `${place}/expect`, operation, row.expect);
    const slots = [...filled, ...Object.keys(row.given ?? {})];
    for (const part of ['path', 'query', 'body', 'before', 'answer', 'then'] as const)
      check.expressions(source, `${place}/${part}`, row[part], slots);
    for (const [n, look] of listOf(row.then).entries()) {
      const { when } = look as Look;
      if (when !== undefined)
        check.known(source, `${place}/then/${n}/when`, 'case that the row expects', when, [row.expect].flat());
    }
  }
  return { ...table, given: table.given ?? {}, rows, place: placeOf(source, pointer) };
}

function rowsOf(source: Source, pointer: string, rows: unknown, check: Check, recipes: Readonly<Record<string, Recipe>>): Row[] {
  return listOf(rows).map((node, i) => {
    const place = `${pointer}/${i}`;
    const row = node as Row;
    if (!check.keys(source, place, keys.row)) return { caller: 'owner', expect: [], place: placeOf(source, place) };
    check.caller(source, `${place}/caller`, row.caller);
    check.given(source, `${place}/given`, row.given, recipes);
    check.calls(source, `${place}/before`, row.before, keys.call);
    check.calls(source, `${place}/then`, row.then, keys.look);
    return { ...row, place: placeOf(source, place) };
  });
}

/** A row that applies to every operation counts for those that document its case. */
function uncovered(spec: Spec, tables: readonly Table[], everywhere: readonly Row[], folder: string): Problem[] {
  const covered = new Set(
    tables.flatMap((table) => table.rows.flatMap((row) => [row.expect].flat().map((name) => `${table.operation}.${name}`))),
  );
  const general = new Set(everywhere.flatMap((row) => [row.expect].flat()));
  const file = relative(process.cwd(), folder);
  return [...spec.operations.values()].flatMap((operation) => {
    const table = tables.find((candidate) => candidate.operation === operation.id);
    const missing = [...operation.cases.values()].filter(
      (c) => decidedBy(c) !== 'nothing' && !general.has(c.name) && !covered.has(`${operation.id}.${c.name}`),
    );
    return missing.map((c) =>
      placed(
        table?.place ?? `${file}:1:1`,
        `no row expects ${operation.id}.${c.name}, which is reached by state`,
        `add a row, or correct ${spec.place(operation.id, c.name)}`,
      ),
    );
  });
}

const byPlace = (a: Problem, b: Problem): number => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;

const listOf = (node: unknown): readonly unknown[] => (Array.isArray(node) ? node : []);

function at(content: unknown, pointer: string): unknown {
  let node = content;
  for (const token of pointer.split('/').slice(1)) node = (node as Record<string, unknown> | undefined)?.[token];
  return node;
}

function placeOf(source: Source, pointer: string): string {
  const { file, line, column } = source.at(pointer, '', '');
  return `${file}:${line}:${column}`;
}

function placed(place: string, what: string, fix: string): Problem {
  const [file, line, column] = place.split(':') as [string, string, string];
  return { file, line: Number(line), column: Number(column), what, fix };
}
