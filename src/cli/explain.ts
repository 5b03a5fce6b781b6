// `understudy explain CODE`: what a kind of finding means and what to do next.
import { Command } from 'commander';
import { fixOf } from '../spec/nearest.js';
import { UsageError } from './flags.js';

export function explainCommand(): Command {
  return new Command('explain')
    .description('explain a kind of finding and what to do next; without a code, list them all')
    .argument('[code]', 'such as CASE_WRONG')
    .allowExcessArguments(false)
    .action(async (code: string | undefined) => {
      const { codes } = await import('../contract/judge/codes.js');
      const names = Object.keys(codes) as (keyof typeof codes)[];
      if (code === undefined) {
        for (const name of names) console.log(`${name.padEnd(24)}${codes[name].means}`);
        return;
      }
      const name = names.find((known) => known === code.toUpperCase());
      if (!name) {
        throw new UsageError(`${code} is not the code of a finding.\n  fix: ${fixOf(code.toUpperCase(), names)}`);
      }
      console.log(`${name}\n  ${codes[name].means}\n  next: ${codes[name].next}`);
    });
}
