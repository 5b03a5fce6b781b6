// `understudy spec`: prints the bundled document.
import { Command } from 'commander';
import { stringifyYaml } from '../files/yaml.js';
import { loadSpec } from '../shipped/document.js';
import { type FlagValues, withFlags } from './flags.js';
import type { Io } from './io.js';

export function specCommand({ stdout }: Io): Command {
  const command = new Command('spec').description('print the OpenAPI document');
  return withFlags(command, 'spec').action(({ format }: FlagValues<'spec'>) => {
    const spec = loadSpec();
    stdout.write(
      format === 'yaml' ? stringifyYaml(JSON.parse(spec.text)) : `${spec.text.trimEnd()}\n`,
    );
  });
}
