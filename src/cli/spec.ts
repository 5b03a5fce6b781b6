// `understudy spec`: prints the bundled document.
import { Command, Option } from 'commander';
import { stringifyYaml } from '../files/yaml.js';
import { loadSpec } from '../shipped/document.js';
import type { Io } from './io.js';

export function specCommand({ stdout }: Io): Command {
  return new Command('spec')
    .description('print the OpenAPI document')
    .addOption(new Option('--format <format>', 'json or yaml').choices(['json', 'yaml']).default('json'))
    .allowExcessArguments(false)
    .action(({ format }: { format: 'json' | 'yaml' }) => {
      const spec = loadSpec();
      stdout.write(format === 'yaml' ? stringifyYaml(JSON.parse(spec.text)) : `${spec.text.trimEnd()}\n`);
    });
}
