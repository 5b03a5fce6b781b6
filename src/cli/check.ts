// `understudy check`: tests a server against the document. Plays every row of the contracts and checks every response.
import { Command, InvalidArgumentError, Option } from 'commander';
import { type CheckFlags, wholeNumber } from './flags.js';
import type { Io } from './io.js';

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const runId = (value: string): string => {
  if (!/^[a-z\d]{1,32}$/.test(value)) throw new InvalidArgumentError('It takes 1 to 32 lower-case letters and digits.');
  return value;
};

export function checkCommand(io: Io): Command {
  return new Command('check')
    .description('test a server against the OpenAPI document; without a URL, the mock server in this process')
    .argument('[url]', 'base URL of the server, without /v1; wins over base_url in the profile')
    .addOption(new Option('--profile <file>', 'credentials and known IDs of the server').env('UNDERSTUDY_PROFILE'))
    .addOption(new Option('--include-operation-id <id>', 'test this operation only; may be repeated').argParser(several))
    .addOption(
      new Option(
        '--exclude-operation-id <id>',
        'never call this operation, not even to prepare a test; may be repeated',
      ).argParser(several),
    )
    .addOption(new Option('--include-tag <tag>', 'test the operations with this tag only; may be repeated').argParser(several))
    .addOption(new Option('--exclude-tag <tag>', 'never call an operation with this tag; may be repeated').argParser(several))
    .addOption(
      new Option('--seed <number>', 'seed for generated names and edge values').default(1).argParser(wholeNumber(0, 2 ** 31)),
    )
    .addOption(
      new Option('--fail-on <severity>', 'the least severe finding that fails the run')
        .choices(['failure', 'question', 'notice'])
        .default('failure'),
    )
    .addOption(new Option('--run-id <text>', 'in every name that the run gives; new in every run by default').argParser(runId))
    .addOption(
      new Option('--min-cases <number>', 'fewer cases right: inconclusive, exit code 3').argParser(wholeNumber(1, 1_000_000)),
    )
    .addOption(new Option('--max-time <seconds>', 'time limit of the whole run').argParser(wholeNumber(1, 86_400)))
    .addOption(
      new Option('--request-timeout <ms>', 'time limit of one response').default(10_000).argParser(wholeNumber(1, 600_000)),
    )
    .addOption(new Option('--header <line>', "sent with every request: 'Name: value'; may be repeated").argParser(several))
    .addOption(new Option('--proxy <url>', 'HTTP proxy for every request; wins over HTTP_PROXY, HTTPS_PROXY and NO_PROXY'))
    .addOption(new Option('--ca-cert <file>', 'certificates to trust as well, PEM'))
    .addOption(new Option('--client-cert <file>', 'certificate to show to the server, PEM; needs --client-key'))
    .addOption(new Option('--client-key <file>', 'key of --client-cert, PEM, without a passphrase'))
    .addOption(new Option('--report-dir <folder>', 'gets results.json and junit.xml').default('contract-report'))
    .allowExcessArguments(false)
    .action(async (url: string | undefined, flags: CheckFlags) => {
      const { check } = await import('./run-check.js');
      await check(url, flags, io);
    });
}
