// A folder with the worlds of a server, one scenario file for each: read when it starts, and written
// when it ends.

import { accessSync, constants, existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileReason } from '../files/file-error.js';
import { FileError, type Problem, ScenarioError, withoutRepeats } from '../files/problem.js';
import { makeFolder, replaceFile } from '../files/write.js';
import { stringifyYaml } from '../files/yaml.js';
import { checkedScenario } from '../scenario/load.js';
import { readScenario } from '../scenario/read.js';
import type { Scenario } from '../scenario/scenario.js';
import { UsageError } from '../spec/failure.js';
import { DEFAULT_WORLD, isWorldName, WORLD_NAMES } from '../world/world-names.js';
import type { Worlds } from '../worlds/worlds.js';

export interface WorldStorage {
  /** The file of the default world, if there is one. */
  readonly defaultScenario: string | undefined;
  import(worlds: Worlds): void;
  /** Throws a UsageError where a file cannot be written; it is as it was before. */
  export(worlds: Worlds): void;
}

interface StorageFlags {
  readonly import?: string | undefined;
  readonly exportOnExit?: string | undefined;
  readonly maxWorlds: number;
}

/**
 * Throws a ScenarioError that lists every problem of every file, or a UsageError where a folder
 * cannot be used; then nothing has been made or written.
 */
export function openWorldStorage(flags: StorageFlags): WorldStorage {
  const { import: from, exportOnExit: to } = flags;
  // Before the first run that exports into it, there is nothing to import.
  const isFirst = from !== undefined && to !== undefined && same(from, to) && !existsSync(from);
  const files =
    from === undefined || isFirst ? new Map<string, string>() : find(from, flags.maxWorlds);
  if (to !== undefined) prepareExport(to);
  return {
    defaultScenario: files.get(DEFAULT_WORLD),
    import: (worlds) => {
      for (const [name, file] of files) if (name !== DEFAULT_WORLD) worlds.create(name, file);
    },
    export: (worlds) => {
      if (to === undefined) return;
      const old = from !== undefined && same(from, to) ? [...files.values()] : [];
      exportWorlds(worlds, to, old);
    },
  };
}

const same = (one: string, other: string): boolean => resolve(one) === resolve(other);

/** The file of each world, by name. */
function find(folder: string, maxWorlds: number): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const twice: Problem[] = [];
  for (const file of [...namesIn(folder)].sort()) {
    const [, name] = /^(.+)\.(?:json|ya?ml)$/.exec(file) ?? [];
    if (name === undefined) continue;
    const other = files.get(name);
    if (other === undefined) files.set(name, join(folder, file));
    else twice.push(at(join(folder, file), `${other} is the same world`, 'take one of them away'));
  }
  const broken = [...files].flatMap(([name, file]) => problemsOf(name, file));
  const problems = withoutRepeats([...twice, ...broken]);
  if (problems.length > 0) throw new ScenarioError(problems);
  const named = files.size - (files.has(DEFAULT_WORLD) ? 1 : 0);
  if (named > maxWorlds)
    throw new UsageError(
      `${folder} holds ${named} worlds beside the default one, and there may be ${maxWorlds}.\n  fix: raise --max-worlds, or take files away`,
    );
  return files;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new UsageError(
      `The worlds in ${folder} cannot be read: ${fileReason(error)}\n  fix: name a folder with a scenario file for each world, as --export-on-exit writes it`,
    );
  }
}

const at = (file: string, what: string, fix: string): Problem => ({
  file,
  line: 1,
  column: 1,
  what,
  fix,
});

function problemsOf(name: string, file: string): readonly Problem[] {
  if (!isWorldName(name)) {
    const what = `${name} cannot be the name of a world`;
    return [at(file, what, `rename the file: ${WORLD_NAMES}`)];
  }
  try {
    checkedScenario(readScenario(file));
    return [];
  } catch (error) {
    if (error instanceof FileError) return error.problems;
    throw error;
  }
}

/** Makes the folder, and throws a UsageError where nothing can be written into it. */
function prepareExport(folder: string): void {
  try {
    makeFolder(resolve(folder));
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw cannotExport(folder, error);
  }
}

const cannotExport = (folder: string, error: unknown): UsageError =>
  new UsageError(
    `The worlds cannot be written to ${folder}: ${fileReason(error)}\n  fix: name a folder that may be written, with room in it`,
  );

/** A file for each world, each whole or as it was before. Old ones of worlds that are gone go last. */
function exportWorlds(worlds: Worlds, folder: string, old: readonly string[]): void {
  try {
    const files = new Map(worlds.list().map(({ name }) => [join(folder, `${name}.json`), name]));
    // As JSON, of which no part is whole: a file that was cut off is noticed.
    for (const [file, name] of files)
      replaceFile(file, `${JSON.stringify(worlds.export(name), null, 2)}\n`, { lasting: true });
    for (const file of old) if (!files.has(file)) rmSync(file, { force: true });
  } catch (error) {
    throw cannotExport(folder, error);
  }
}

/** A scenario as a file has it. */
export const scenarioText = (scenario: Scenario): string =>
  `# yaml-language-server: $schema=node_modules/understudy/schemas/scenario.json\n${stringifyYaml(scenario)}`;
