// `understudy scenario`: look at scenario files without serving them, and write one of a running
// server's worlds.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { FileError, type Problem, ScenarioError, withoutRepeats } from '../files/problem.js';
import { isFolder } from '../files/read.js';
import type { ReadScenario } from '../scenario/form.js';
import { ExitCode } from '../spec/exit-code.js';
import type { World } from '../world/world.js';
import { DEFAULT_WORLD } from '../world/world-names.js';
import { type FlagValues, withFlags } from './flags.js';
import type { Io } from './io.js';
import { withControl } from './running-server.js';
import { writeOutput } from './write-output.js';

/** Loaded only when a scenario is looked at. */
const room = async () => ({
  ...(await import('../scenario/load.js')),
  ...(await import('../scenario/read.js')),
});

export function scenarioCommand(io: Io): Command {
  const { stdout } = io;
  const lint = new Command('lint')
    .description('check scenario files: every fault at once, exit code 2 if there is one')
    .argument(
      '<file...>',
      'a file, a folder of .yaml files, the name of a shipped scenario, or - for stdin',
    )
    .action(async (given: readonly string[]) => {
      const files = given.flatMap(filesOf);
      const problems: Problem[] = [];
      for (const file of files) problems.push(...(await problemsIn(file)));
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
  const show = new Command('show')
    .description('print a scenario with all its rows, those that it extends and those it counts')
    .argument('<scenario>', GIVEN)
    .action(async (given: string) => {
      const { checkedScenario } = await room();
      const { scenarioText } = await import('./world-files.js');
      const { extends: _, ...scenario } = checkedScenario(await read(given));
      stdout.write(scenarioText(scenario));
    });
  const diff = new Command('diff')
    .description('print what is different in the second; exit code 1 if anything is')
    .argument('<before>', GIVEN)
    .argument('<after>', GIVEN)
    .action(async (before: string, after: string) => {
      const { compareWorlds, describeDifference } = await import('../world/compare.js');
      const [first, second] = [await worldOf(before), await worldOf(after)];
      const text = describeDifference(compareWorlds(first.snapshot(), second.snapshot()));
      stdout.write(text);
      if (text !== describeDifference({ rows: [] })) io.exitCode = ExitCode.failures;
    });
  const exported = new Command('export')
    .description('print a world of a running server as a scenario, which loads to the same world')
    .argument('[world]', 'its name; the default world without one', DEFAULT_WORLD);
  withFlags(exported, 'scenario export').action(
    async (world: string, { output, ...server }: FlagValues<'scenario export'>) => {
      const { scenarioText } = await import('./world-files.js');
      const text = scenarioText(
        await withControl(server, (control) => control.exportScenario(world)),
      );
      if (output === undefined) stdout.write(text);
      else writeOutput(output, text);
    },
  );
  const command = new Command('scenario').description(
    'list, show, check and compare scenarios, or export one from a running server',
  );
  for (const sub of [list, show, lint, exported, diff])
    command.addCommand(sub.allowExcessArguments(false));
  return command;
}

const GIVEN = 'a file, the name of a shipped scenario, or - for stdin';

async function read(given: string): Promise<ReadScenario> {
  const { parseScenario, readScenario } = await room();
  return given === '-' ? parseScenario(readFileSync(0, 'utf8'), 'stdin') : readScenario(given);
}

/** What is wrong with a scenario, the names in its faults included. */
async function problemsIn(given: string): Promise<readonly Problem[]> {
  const { checkedScenario } = await room();
  let scenario: ReadScenario | undefined;
  const problems = await problemsOf(async () => {
    scenario = await read(given);
    checkedScenario(scenario);
  });
  const { faults } = scenario?.scenario ?? {};
  if (!scenario || !faults) return problems;
  const { at } = scenario;
  const { checkFaults } = await import('../scenario/fault-check.js');
  const { faultsForm } = await import('../shipped/scenarios.js');
  // What is left of faults whose form is wrong says nothing of names.
  if (scenario.problems.length > 0 && !faultsForm.validate({ faults })) return problems;
  const { loadSpec } = await import('../shipped/document.js');
  const world = problems.length === 0 ? await builtFrom(scenario) : undefined;
  const found: Problem[] = [];
  checkFaults({ faults }, faultsForm, { spec: loadSpec(), world }, (pointer, what, fix) =>
    found.push(at(pointer, what, fix)),
  );
  return [...problems, ...found];
}

/** The world that it loads to. */
const worldOf = async (given: string): Promise<World> => builtFrom(await read(given));

async function builtFrom(scenario: ReadScenario): Promise<World> {
  const { buildScenario } = await room();
  const { virtualClock } = await import('../world/clock.js');
  const { createIdMaker } = await import('../world/ids.js');
  return buildScenario(scenario, { clock: virtualClock, ids: createIdMaker(1) }).world;
}

/** The YAML files of a folder; anything else as it is. */
function filesOf(given: string): readonly string[] {
  if (!isFolder(given)) return [given];
  const files = readdirSync(given).filter((file) => /\.ya?ml$/.test(file));
  if (files.length > 0) return files.sort().map((file) => join(given, file));
  const what = 'the folder holds no scenarios';
  throw new ScenarioError([
    { file: given, line: 1, column: 1, what, fix: 'name a folder with .yaml files, or a file' },
  ]);
}

async function problemsOf(check: () => Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await check();
    return [];
  } catch (error) {
    if (error instanceof FileError) return error.problems;
    throw error;
  }
}
