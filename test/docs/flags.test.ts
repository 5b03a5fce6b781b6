// The tables of flags in docs/ and the flags that the commands really take are the same, both ways.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { checkCommand } from '../../src/cli/check.js';
import { serveCommand } from '../../src/cli/serve.js';

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
