// `understudy check`: does a server keep the document? Every row of the contracts, every exchange judged, one exit code.
import { Command, Option } from 'commander';
import { type CheckFlags, wholeNumber } from './flags.js';

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function checkCommand(): Command {
  return new Command('check')
    .description('say whether a server keeps the document; without a URL, the stand-in in this process')
    .argument('[url]', 'base URL of the server, without /v1; in place of the profile’s base_url')
    .addOption(new Option('--profile <file>', 'callers and known ids of the server').env('UNDERSTUDY_PROFILE'))
    .addOption(
      new Option('--include-operation-id <id>', 'play this operation only; may be given several times').argParser(several),
    )
    .addOption(
      new Option('--exclude-operation-id <id>', 'never call this operation, not to prepare a row either').argParser(several),
    )
    .addOption(new Option('--include-tag <tag>', 'play the operations of this tag only').argParser(several))
    .addOption(new Option('--exclude-tag <tag>', 'never call an operation of this tag').argParser(several))
    .addOption(
      new Option('--seed <number>', 'feeds the names that the run gives and the values of the edges')
        .default(1)
        .argParser(wholeNumber(0, 2 ** 31)),
    )
    .addOption(
      new Option('--fail-on <severity>', 'what fails the run').choices(['failure', 'question', 'notice']).default('failure'),
    )
    .addOption(new Option('--max-time <seconds>', 'ends the run after that').argParser(wholeNumber(1, 86_400)))
    .addOption(new Option('--request-timeout <ms>', 'for one whole answer').default(10_000).argParser(wholeNumber(1, 600_000)))
    .addOption(new Option('--report-dir <folder>', 'gets results.json and junit.xml').default('contract-report'))
    .allowExcessArguments(false)
    .action(async (url: string | undefined, flags: CheckFlags) => {
      const { check } = await import('./run-check.js');
      await check(url, flags);
    });
}
