// `understudy explain`: what a kind of finding means, or what a case is and which request provokes it.
import { Command } from 'commander';
import { nearest } from '../files/nearest.js';
import { loadSpec } from '../shipped/document.js';
import { UsageError } from '../spec/failure.js';
import { tellCases } from './cases.js';
import type { Io } from './io.js';

export function explainCommand({ stdout }: Io): Command {
  return new Command('explain')
    .description(
      'explain a kind of finding, or a case with the requests that provoke it; without a name, list the findings',
    )
    .argument(
      '[name]',
      'such as CASE_WRONG, own_dedicated_store, addVectorStoreToSpace.own_dedicated_store or addVectorStoreToSpace',
    )
    .allowExcessArguments(false)
    .action(async (given: string | undefined) => {
      const { codes } = await import('../contract/judge/codes.js');
      const names = Object.keys(codes) as (keyof typeof codes)[];
      if (given === undefined) {
        for (const name of names) stdout.write(`${name.padEnd(24)}${codes[name].means}\n`);
        return;
      }
      const code = names.find((name) => name === given.toUpperCase());
      if (code) {
        stdout.write(`${code}\n  ${codes[code].means}\n  next: ${codes[code].next}\n`);
        return;
      }
      const text = await tellCases(given);
      if (text === undefined) {
        const { nearestCase } = await import('./explain-case.js');
        const close = nearest(given.toUpperCase(), names) ?? nearestCase(loadSpec(), given);
        const fix = close
          ? `did you mean ${close}?`
          : '`understudy explain` lists the codes, `understudy cases` the cases';
        throw new UsageError(
          `${given} is neither the code of a finding nor a case of the document.\n  fix: ${fix}`,
        );
      }
      stdout.write(text);
    });
}
