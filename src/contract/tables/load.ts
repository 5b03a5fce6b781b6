// Reads the contracts and checks them against the document, in both directions. Every problem with
// file, line and fix, all at once.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileReason } from '../../files/file-error.js';
import { packageFile } from '../../files/package.js';
import { FileError, type Problem, type Report } from '../../files/problem.js';
import { type ProblemAt, reportTo } from '../../files/yaml.js';
import { loadSpec } from '../../shipped/document.js';
import { decidedBy } from '../../spec/case.js';
import type { Spec } from '../../spec/document.js';
import { oncePer } from '../../spec/once-per.js';
import { pointerToken } from '../../spec/pointer.js';
import { readLifecycles } from './arazzo.js';
import { ContractCheck } from './check.js';
import { type ContractFile, type Draft, readForm } from './form.js';
import { parseContract } from './shipped.js';
import type { Contracts, Row, Table } from './table.js';

export class ContractError extends FileError {}

export const shippedContracts = packageFile('contracts/');
/** The callers and ids of the mock server's default world. */
export const mockServerProfile = join(shippedContracts, 'understudy.profile.yaml');

interface Source {
  readonly content: Draft<ContractFile>;
  readonly at: ProblemAt;
  readonly report: Report;
}

interface LoadOptions {
  /** Whether every case that is reached by state must have a row. Default true. */
  readonly complete?: boolean;
  /** Checks what the build has checked once more. Default false. */
  readonly anew?: boolean;
}

/** Loads every contract of a folder. Throws a ContractError that lists all problems. */
export function loadContracts(
  spec: Spec,
  folder = shippedContracts,
  options: LoadOptions = {},
): Contracts {
  const { complete = true, anew = false } = options;
  return folder === shippedContracts && complete && !anew
    ? readShipped(spec)
    : readContracts(spec, folder, { complete, anew });
}

/** Nobody may change them. */
const readShipped = oncePer((spec: Spec) =>
  readContracts(spec, shippedContracts, { complete: true, anew: false }),
);

function readContracts(
  spec: Spec,
  folder: string,
  { complete, anew }: Required<LoadOptions>,
): Contracts {
  const problems: Problem[] = [];
  const texts = readTexts(folder, problems);
  const isLifecycle = ({ file }: Text): boolean => file.endsWith('.arazzo.yaml');
  const parsed = texts
    .filter((text) => !isLifecycle(text))
    .map(({ text, file }) => parseContract(text, file));
  for (const { problems: broken } of parsed) problems.push(...broken);
  // The check takes a quarter of a second, which is most of the start of a short run.
  const isChecked =
    !anew && complete && spec === loadSpec() && parsed.every(({ isAsBuilt }) => isAsBuilt);
  // What is missing may stand in a file that cannot be read whole.
  const isWhole = problems.length === 0;
  const sources = parsed.map((file): Source => {
    const report = reportTo(problems, file);
    return { content: readForm(file.value, report), at: file.at, report };
  });
  const recipes = merged(sources, 'recipes', 'recipe');
  const slots = merged(sources, 'slots', 'slot of');
  for (const { content, report } of isChecked ? [] : sources) {
    const check = new ContractCheck({ spec, recipes, slots, isWhole }, report);
    check.slots('/slots', content.slots ?? {});
    for (const [name, recipe] of Object.entries(content.recipes ?? {}))
      check.recipe(`/recipes/${pointerToken(name)}`, recipe);
    for (const [i, row] of (content.everywhere ?? []).entries())
      check.anywhere(`/everywhere/${i}`, row);
    for (const [i, table] of (content.tables ?? []).entries()) check.table(`/tables/${i}`, table);
  }
  const lifecycles = texts
    .filter(isLifecycle)
    .flatMap(({ text, file }) => readLifecycles(spec, text, file, problems));
  const everywhere = sources.flatMap((source) =>
    rowsOf(source, '/everywhere', source.content.everywhere),
  );
  const tables = sources.flatMap((source) =>
    (source.content.tables ?? []).map((table, i): Table => {
      const rows = rowsOf(source, `/tables/${i}/rows`, table.rows);
      return { ...table, given: table.given ?? {}, rows, place: placeOf(source, `/tables/${i}`) };
    }),
  );
  problems.push(...twice(tables));
  if (complete && isWhole && !isChecked)
    problems.push(...uncovered(spec, tables, everywhere, folder));
  if (problems.length > 0) throw new ContractError(problems);
  return { tables, everywhere, recipes, slots, lifecycles };
}

interface Text {
  readonly text: string;
  /** As a reader knows it. */
  readonly file: string;
}

/**
 * The files of a folder that hold contracts; what cannot be read, or would be passed over, is a
 * problem.
 */
function readTexts(folder: string, problems: Problem[]): readonly Text[] {
  const shown = (file: string): string => {
    const near = relative(process.cwd(), join(folder, file));
    return near.startsWith('..') ? join(folder, file) : near;
  };
  const wrong = (file: string, what: string, fix: string): void => {
    problems.push({ file: shown(file), line: 1, column: 1, what, fix });
  };
  const reading = <T>(file: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      wrong(
        file,
        `cannot be read: ${fileReason(error)}`,
        'name a folder of files that can be read',
      );
      return undefined;
    }
  };
  const names = reading('', () => readdirSync(folder)) ?? [];
  const others = names.filter(
    (file) => /(?<!profile)\.ya?ml$/i.test(file) && !file.endsWith('.yaml'),
  );
  for (const file of others) wrong(file, 'is not read for its name', 'rename it to end in .yaml');
  const files = names.filter((file) => file.endsWith('.yaml') && !file.endsWith('profile.yaml'));
  if (problems.length === 0 && files.length === 0)
    wrong('', 'the folder holds no contracts', 'add a file that ends in .yaml');
  return files.flatMap((file) => {
    const text = reading(file, () => readFileSync(join(folder, file), 'utf8'));
    return text === undefined ? [] : [{ text, file: shown(file) }];
  });
}

/** The entries of all files; one that two files have is a problem of the later. */
function merged<Key extends 'recipes' | 'slots'>(
  sources: readonly Source[],
  key: Key,
  what: string,
): ContractFile[Key] {
  const places = new Map<string, () => string>();
  const entries = sources.flatMap((source) =>
    Object.entries(source.content[key] ?? {}).map(([name, value]) => {
      const pointer = `/${key}/${pointerToken(name)}`;
      const earlier = places.get(name);
      if (earlier)
        source.report(
          pointer,
          `there is a ${what} ${name} already, at ${earlier()}`,
          'keep one of them',
        );
      places.set(name, () => placeOf(source, pointer));
      return [name, value] as const;
    }),
  );
  return Object.fromEntries(entries) as ContractFile[Key];
}

/** What is missing in a row has been reported by then. */
function rowsOf(source: Source, pointer: string, rows: readonly Draft<Row>[] = []): readonly Row[] {
  return rows.map((row, i) => {
    const { caller = 'owner', expect = [] } = row;
    return { ...row, caller, expect, place: placeOf(source, `${pointer}/${i}`) } as Row;
  });
}

/** A second table of an operation: the general rows would be played with each. */
function twice(tables: readonly Table[]): Problem[] {
  return tables.flatMap(({ operation, place }, i) => {
    const earlier = tables
      .slice(0, i)
      .find((table) => operation !== undefined && table.operation === operation);
    return earlier
      ? [
          placed(
            place,
            `there is a table of ${operation} already, at ${earlier.place}`,
            'put the rows together',
          ),
        ]
      : [];
  });
}

/** A row that applies to every operation counts for those that document its case. */
function uncovered(
  spec: Spec,
  tables: readonly Table[],
  everywhere: readonly Row[],
  folder: string,
): Problem[] {
  const covered = new Set(
    tables.flatMap((table) =>
      table.rows.flatMap((row) => [row.expect].flat().map((name) => `${table.operation}.${name}`)),
    ),
  );
  const general = new Set(everywhere.flatMap((row) => [row.expect].flat()));
  const file = relative(process.cwd(), folder);
  return [...spec.operations.values()].flatMap((operation) => {
    const table = tables.find((candidate) => candidate.operation === operation.id);
    const missing = [...operation.cases.values()].filter(
      (c) =>
        decidedBy(c) !== 'nothing' &&
        !general.has(c.name) &&
        !covered.has(`${operation.id}.${c.name}`),
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

function placeOf(source: Source, pointer: string): string {
  const { file, line, column } = source.at(pointer, '', '');
  return `${file}:${line}:${column}`;
}

function placed(place: string, what: string, fix: string): Problem {
  const [, file = '', line, column] = /^(.*):(\d+):(\d+)$/s.exec(place) ?? [];
  return { file, line: Number(line), column: Number(column), what, fix };
}
