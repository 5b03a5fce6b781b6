// The tables of flags in docs/ and the flags that the commands really take are the same, both ways.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { casesCommand } from '../../src/cli/cases.js';
import { checkCommand } from '../../src/cli/check.js';
import { clockCommand } from '../../src/cli/clock.js';
import { contractsCommand } from '../../src/cli/contracts.js';
import { doctorCommand } from '../../src/cli/doctor.js';
import { execCommand } from '../../src/cli/exec.js';
import { explainCommand } from '../../src/cli/explain.js';
import { flags } from '../../src/cli/flags.js';
import { harCommand } from '../../src/cli/har.js';
import { initCommand } from '../../src/cli/init.js';
import { lintCommand } from '../../src/cli/lint.js';
import { resetCommand } from '../../src/cli/reset.js';
import { scenarioCommand } from '../../src/cli/scenario.js';
import { serveCommand } from '../../src/cli/serve.js';
import { snapshotCommand } from '../../src/cli/snapshot.js';
import { specCommand } from '../../src/cli/spec.js';
import { stateCommand } from '../../src/cli/state.js';
import { sweepCommand } from '../../src/cli/sweep.js';
import { whyCommand } from '../../src/cli/why.js';
import { worldsCommand } from '../../src/cli/worlds.js';

interface FlagRow {
  readonly flag: string;
  readonly environment: string;
  readonly default: string;
}

/** The rows of the table under `## Flags`. */
function documented(file: string): FlagRow[] {
  const page = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const [, section = ''] = /^## Flags\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(page) ?? [];
  return section.split('\n').flatMap((line) => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
    const [, flag = '', environment = '', fallback = '', meaning = ''] = cells;
    if (!flag.startsWith('`-')) return [];
    expect(meaning, `${file}: say what ${flag} does`).not.toBe('');
    return [{ flag: bare(flag), environment: bare(environment), default: bare(fallback) }];
  });
}

const bare = (cell: string): string => cell.replace(/^`(.*)`$/, '$1');

function real(command: Command): FlagRow[] {
  return command.options
    .filter(({ hidden }) => !hidden)
    .map(({ flags, envVar = '', defaultValue }) => ({
      flag: flags,
      environment: envVar,
      default: defaultValue === undefined ? '' : String(defaultValue),
    }));
}

describe.each([
  ['docs/serve.md', serveCommand(process)],
  ['docs/check.md', checkCommand(process)],
] as const)('%s', (file, command) => {
  it(`has a row for each flag of \`understudy ${command.name()}\`, with its variable and default`, () => {
    const fix = `Make the table under "## Flags" in ${file} match \`understudy ${command.name()} --help\`: add, correct or remove rows.`;
    expect(documented(file), fix).toEqual(real(command));
  });
});

describe('the table of flags', () => {
  const commands = [
    serveCommand,
    checkCommand,
    specCommand,
    sweepCommand,
    doctorCommand,
    initCommand,
    contractsCommand,
    scenarioCommand,
    explainCommand,
    worldsCommand,
    resetCommand,
    snapshotCommand,
    stateCommand,
    clockCommand,
    whyCommand,
    lintCommand,
    harCommand,
    casesCommand,
    execCommand,
  ].map((make) => make(process));
  const all = commands.flatMap((command) => [
    [command.name(), command] as const,
    ...command.commands.map((sub) => [`${command.name()} ${sub.name()}`, sub] as const),
  ]);

  it('is where every flag of every command comes from, under the name that Commander gives its value', () => {
    const taken = all
      .filter(([, { options }]) => options.length > 0)
      .map(
        ([name, { options }]) => [name, options.map((option) => option.attributeName())] as const,
      );
    const table = Object.entries(flags).map(([name, of]) => [name, Object.keys(of)] as const);
    expect(Object.fromEntries(taken)).toEqual(Object.fromEntries(table));
  });

  it('has one variable for each flag at most, named after it', () => {
    for (const of of Object.values(flags))
      for (const { name, env } of Object.values<{ readonly name: string; readonly env?: string }>(
        of,
      )) {
        const written = /--([\w-]+)/.exec(name)?.[1] as string;
        if (env !== undefined)
          expect(env).toBe(`UNDERSTUDY_${written.toUpperCase().replaceAll('-', '_')}`);
      }
  });
});
