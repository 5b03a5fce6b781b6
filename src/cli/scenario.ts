// `understudy scenario`: look at scenario files without serving them.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { FileError, type Problem, ScenarioError, withoutRepeats } from '../files/problem.js';
import type { Io } from './io.js';

/** Loaded only when a scenario is looked at. */
const room = async () => ({
  ...(await import('../scenario/load.js')),
  ...(await import('../scenario/read.js')),
});

export function scenarioCommand({ stdout }: Io): Command {
  const lint = new Command('lint')
    .description('check scenario files: every fault at once, exit code 2 if there is one')
    .argument(
      '<file...>',
      'a file, a folder of .yaml files, the name of a shipped scenario, or - for stdin',
    )
    .action(async (given: readonly string[]) => {
      const { checkedScenario, parseScenario, readScenario } = await room();
      const files = given.flatMap(filesOf);
      const problems = files.flatMap((file) => {
        const read = () =>
          file === '-' ? parseScenario(readFileSync(0, 'utf8'), 'stdin') : readScenario(file);
        return problemsOf(() => checkedScenario(read()));
      });
      if (problems.length > 0) throw new ScenarioError(withoutRepeats(problems));
      for (const file of files) stdout.write(`${file}: no faults\n`);
    });
  const list = new Command('list')
    .description('list the scenarios that come with Understudy')
    .action(async () => {
      const { shippedScenarios } = await room();
      for (const { name, description } of shippedScenarios())
        stdout.write(`${name.padEnd(23)} ${description}\n`);
    });
  const command = new Command('scenario').description(
    'check scenario files, or list those that come with Understudy',
  );
  return command.addCommand(lint).addCommand(list.allowExcessArguments(false));
}

/** The YAML files of a folder; anything else as it is. */
function filesOf(given: string): readonly string[] {
  if (!statSync(given, { throwIfNoEntry: false })?.isDirectory()) return [given];
  const files = readdirSync(given).filter((file) => /\.ya?ml$/.test(file));
  if (files.length > 0) return files.sort().map((file) => join(given, file));
  const what = 'the folder holds no scenarios';
  throw new ScenarioError([
    { file: given, line: 1, column: 1, what, fix: 'name a folder with .yaml files, or a file' },
  ]);
}

function problemsOf(check: () => unknown): readonly Problem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof FileError) return error.problems;
    throw error;
  }
}
