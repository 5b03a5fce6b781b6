// The flags of `serve` and `check`: help, defaults and environment variables come from here. A flag wins over its variable,
// which wins over the default.
import { InvalidArgumentError, Option } from 'commander';
import type { FailOn } from '../contract/report/report.js';
import { DEFAULT_BODY_LIMIT } from '../http/body.js';
import { DEFAULT_HOST, DEFAULT_PORT } from '../http/listen.js';
import { KEEP_DELETED } from '../world/world.js';

export { UsageError } from '../spec/usage-error.js';

export interface ServeFlags {
  readonly port: number;
  readonly host: string;
  readonly scenario: string;
  readonly spec?: string;
  readonly seed: number;
  readonly clock: 'real' | 'virtual';
  readonly keepDeleted: number;
  readonly selfCheck: 'strict' | 'report' | 'off';
  readonly drift?: string;
  readonly bodyLimit: number;
  readonly logFormat?: 'pretty' | 'json';
  readonly readyFile?: string;
}

export interface CheckFlags {
  readonly profile?: string;
  readonly includeOperationId?: readonly string[];
  readonly excludeOperationId?: readonly string[];
  readonly includeTag?: readonly string[];
  readonly excludeTag?: readonly string[];
  readonly seed: number;
  readonly failOn: FailOn;
  readonly runId?: string;
  readonly minCases?: number;
  readonly maxTime?: number;
  readonly requestTimeout: number;
  readonly reportDir: string;
  readonly header?: readonly string[];
  readonly proxy?: string;
  readonly caCert?: string;
  readonly clientCert?: string;
  readonly clientKey?: string;
}

export const wholeNumber = (low: number, high: number) => (text: string) => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < low || value > high) {
    throw new InvalidArgumentError(`It takes a whole number from ${low} to ${high}.`);
  }
  return value;
};

export const serveFlags = (): Option[] => [
  new Option('-p, --port <number>', 'port to listen on; 0 picks a free one')
    .env('UNDERSTUDY_PORT')
    .default(DEFAULT_PORT)
    .argParser(wholeNumber(0, 65535)),
  new Option('--host <address>', 'address to listen on').env('UNDERSTUDY_HOST').default(DEFAULT_HOST),
  new Option('--scenario <name|file>', 'starting world: a shipped name, or a file of your own')
    .env('UNDERSTUDY_SCENARIO')
    .default('default'),
  new Option('--spec <file>', 'serve another OpenAPI document; Prism answers what has no rule here').env('UNDERSTUDY_SPEC'),
  new Option('--seed <number>', 'seed for generated IDs: the same seed, the same IDs')
    .env('UNDERSTUDY_SEED')
    .default(1)
    .argParser(wholeNumber(0, 2 ** 31)),
  new Option(
    '--keep-deleted <number>',
    'deleted spaces and threads that are kept for lists that include them; the oldest go first',
  )
    .env('UNDERSTUDY_KEEP_DELETED')
    .default(KEEP_DELETED)
    .argParser(wholeNumber(0, 2 ** 31)),
  new Option('--clock <kind>', "real time, or virtual: starts at the scenario's time and moves one second per write")
    .env('UNDERSTUDY_CLOCK')
    .choices(['real', 'virtual'])
    .default('real'),
  new Option('--self-check <mode>', "if our response breaks the document: fail (500), log it, or don't check")
    .env('UNDERSTUDY_SELF_CHECK')
    .choices(['strict', 'report', 'off'])
    .default('strict'),
  new Option(
    '--drift <name>',
    'plant one fault by name, to see that a pipeline turns red; list prints the names, list:getSpace* those like it',
  ).env('UNDERSTUDY_DRIFT'),
  new Option('--body-limit <bytes>', 'largest request body, decompressed')
    .env('UNDERSTUDY_BODY_LIMIT')
    .default(DEFAULT_BODY_LIMIT)
    .argParser(wholeNumber(1, 2 ** 30)),
  new Option('--log-format <format>', 'pretty or json; pretty on a terminal')
    .env('UNDERSTUDY_LOG_FORMAT')
    .choices(['pretty', 'json']),
  new Option('--ready-file <file>', 'write the URL here once requests are answered').env('UNDERSTUDY_READY_FILE'),
];
