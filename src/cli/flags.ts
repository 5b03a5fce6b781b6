// The flags of every command, in one table: name, variable of the environment, default, what is
// taken, help. Commander's options, the types of the values and the test of the docs come from
// here. A flag wins over its variable, which wins over the default.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isRate, type RateLimit, readRateLimit } from '../client/rate.js';
import { levels, MOST_UNTIL_LIMITED } from '../contract/run/level.js';
import type { Shard } from '../contract/run/options.js';
import { aToken, isHost } from '../files/options.js';
import { DEFAULT_BODY_LIMIT } from '../http/body.js';
import { DEFAULT_HOST, DEFAULT_PORT } from '../http/listen.js';
import { BACKFILLS, type Backfill, isBackfill } from '../world/backfill.js';
import { KEEP_DELETED } from '../world/world.js';
import { DEFAULT_WORLD } from '../world/world-names.js';
import { MAX_WORLDS } from '../worlds/rules.js';

/** `Value` is what the flag comes to; undefined is part of it where there is no default. */
interface Flag<Value> {
  /** As help shows it, such as `--port <number>`. */
  readonly name: string;
  readonly help: string;
  readonly env?: string;
  readonly default?: Value;
  readonly choices?: readonly string[];
  /** Throws an InvalidArgumentError; `before` is the value of an earlier flag of the same name. */
  parse?(text: string, before?: Value): Value;
}

interface More<Value> {
  readonly env?: string;
  readonly default?: Value;
}

/** A flag with a default always has a value. */
type WithDefault<Value, Given extends More<Value>> = Given extends { readonly default: Value }
  ? Value
  : Value | undefined;

const text = <const Given extends More<string>>(
  name: string,
  help: string,
  more: Given,
): Flag<WithDefault<string, Given>> =>
  ({ name, help, ...more }) as Flag<WithDefault<string, Given>>;

const several = (name: string, help: string): Flag<readonly string[] | undefined> => ({
  name,
  help,
  parse: (value, before = []) => [...before, value],
});

/** True where it is given. */
const toggle = (name: string, help: string): Flag<boolean | undefined> => ({ name, help });

const number = <const Given extends More<number> & { readonly low: number; readonly high: number }>(
  name: string,
  help: string,
  { low, high, ...more }: Given,
): Flag<WithDefault<number, Given>> =>
  ({ name, help, parse: wholeNumber(low, high), ...more }) as unknown as Flag<
    WithDefault<number, Given>
  >;

const choice = <const Choices extends readonly string[], const Given extends More<Choices[number]>>(
  name: string,
  help: string,
  choices: Choices,
  more: Given,
): Flag<WithDefault<Choices[number], Given>> =>
  ({ name, help, choices, ...more }) as unknown as Flag<WithDefault<Choices[number], Given>>;

function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high)
      throw new InvalidArgumentError(`It takes a whole number from ${low} to ${high}.`);
    return value;
  };
}

const runId = (value: string): string => {
  if (!/^[a-z\d]{1,32}$/.test(value))
    throw new InvalidArgumentError('It takes 1 to 32 lower-case letters and digits.');
  return value;
};

function rateLimit(value: string): RateLimit {
  const limit = readRateLimit(value);
  if (limit === undefined)
    throw new InvalidArgumentError(
      'It takes a number a second, minute or hour, such as 60/m; or auto, or off.',
    );
  return limit;
}

function rate(value: string): string {
  if (!isRate(value))
    throw new InvalidArgumentError('It takes a number a second, minute or hour, such as 60/m.');
  return value;
}

function shard(value: string): Shard {
  const [, index = 0, count = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(value) ?? []).map(Number);
  if (index < 1 || index > count)
    throw new InvalidArgumentError('It takes a part and the number of parts, such as 1/4.');
  return { index, count };
}

function backfill(value: string): Backfill {
  if (!isBackfill(value)) throw new InvalidArgumentError(`It takes ${BACKFILLS}.`);
  return value;
}

/** `checkout-*=crowded`, by pattern. */
function worldScenarios(value: string, before: Readonly<Record<string, string>> = {}) {
  const [, pattern, scenario] = /^([\w.*-]+)=(.+)$/.exec(value) ?? [];
  if (pattern === undefined || scenario === undefined)
    throw new InvalidArgumentError(
      'It takes names of worlds and a scenario, such as checkout-*=crowded.',
    );
  return { ...before, [pattern]: scenario };
}

function reportFile(value: string, before: readonly string[] = []): readonly string[] {
  if (!/\.(?:json|xml)$/.test(value))
    throw new InvalidArgumentError('It takes a file that ends with .json or .xml.');
  return [...before, value];
}

/** `org_real=org_xyz789`, by the first. */
function idPairs(value: string, before: Readonly<Record<string, string>> = {}) {
  const [, recorded, here] = /^([^=]+)=(.+)$/.exec(value) ?? [];
  if (recorded === undefined || here === undefined)
    throw new InvalidArgumentError('It takes two IDs, such as org_real=org_xyz789.');
  return { ...before, [recorded]: here };
}

function origins(value: string, before: readonly string[] = []): readonly string[] {
  if (!URL.canParse(value) || !/^https?:/i.test(value))
    throw new InvalidArgumentError('It takes an address such as https://api.example.com.');
  return [...before, new URL(value).origin];
}

const adminToken = (value: string): string => {
  if (!aToken.holds(value)) throw new InvalidArgumentError('It takes a text without blanks.');
  return value;
};

/** `a.test,b.test`: names or addresses, with or without a port. */
function hostNames(value: string): readonly string[] {
  const names = value.split(',');
  if (names.every(isHost)) return names;
  throw new InvalidArgumentError('It takes names of hosts, such as a.test,b.test.');
}

const SEEDS = { low: 0, high: 2 ** 31, default: 1 } as const;

const profile = text('--profile <file>', 'credentials and known IDs of the server', {
  env: 'UNDERSTUDY_PROFILE',
});
const allowWrites = toggle(
  '--allow-writes',
  'objects may be created and deleted on a server that is not on this machine; the same as UNDERSTUDY_ALLOW_WRITES=1',
);
/** How requests get to a server. */
const wire = {
  requestTimeout: number('--request-timeout <ms>', 'time limit of one response', {
    default: 10_000,
    low: 1,
    high: 600_000,
  }),
  header: several('--header <line>', "sent with every request: 'Name: value'; may be repeated"),
  proxy: text(
    '--proxy <url>',
    'HTTP proxy for every request; wins over HTTP_PROXY, HTTPS_PROXY and NO_PROXY',
    {},
  ),
  caCert: text('--ca-cert <file>', 'certificates to trust as well, PEM', {}),
  clientCert: text(
    '--client-cert <file>',
    'certificate to show to the server, PEM; needs --client-key',
    {},
  ),
  clientKey: text('--client-key <file>', 'key of --client-cert, PEM, without a passphrase', {}),
} as const;

/** What a mock server starts from. */
const starting = {
  scenario: text(
    '--scenario <name|file>',
    'starting world: a shipped name, or a file of your own',
    {
      env: 'UNDERSTUDY_SCENARIO',
      default: 'default',
    },
  ),
  seed: number('--seed <number>', 'seed for generated IDs: the same seed, the same IDs', {
    env: 'UNDERSTUDY_SEED',
    ...SEEDS,
  }),
  clock: choice(
    '--clock <kind>',
    "real time, or virtual: starts at the scenario's time and moves one second per write",
    ['real', 'virtual'],
    { env: 'UNDERSTUDY_CLOCK', default: 'real' },
  ),
} as const;

/** A server that is running, and has a control plane. */
const running = {
  url: text('--url <url>', 'address of the server', {
    env: 'UNDERSTUDY_URL',
    default: `http://${DEFAULT_HOST}:${DEFAULT_PORT}`,
  }),
  adminToken: text('--admin-token <token>', 'token of its control plane', {
    env: 'UNDERSTUDY_ADMIN_TOKEN',
  }),
} as const;
const asked = {
  ...running,
  json: toggle('--json', 'print what it answers as JSON'),
} as const;
const inWorld = {
  world: text('--world <name>', 'the world that is meant', {
    env: 'UNDERSTUDY_WORLD',
    default: DEFAULT_WORLD,
  }),
  ...asked,
} as const;

/** What a lint asks, and what fails it. */
const linting = {
  failOn: choice(
    '--fail-on <severity>',
    'the least severe finding that ends with 1; none to end with 0 whatever is found',
    ['error', 'warning', 'info', 'none'],
    { default: 'error' },
  ),
  minCoverage: number(
    '--min-coverage <percent>',
    'fewer of the documented cases of the called operations met: ends with 1',
    { low: 1, high: 100 },
  ),
  ignore: several('--ignore <rule>', 'a rule that is not asked; may be repeated'),
  report: {
    name: '--report <file>',
    help: 'write the findings to this file too: .json, or .xml for JUnit; may be repeated',
    parse: reportFile,
  } as Flag<readonly string[] | undefined>,
} as const;

const keepRequests = (value: number) =>
  number(
    '--keep-requests <number>',
    'requests that are kept for `understudy lint` beside the journals, also those of worlds that are gone; the oldest go first',
    { env: 'UNDERSTUDY_KEEP_REQUESTS', default: value, low: 0, high: 10_000_000 },
  );

/** By command; the keys are what Commander calls the values. */
export const flags = {
  serve: {
    port: number('-p, --port <number>', 'port to listen on; 0 picks a free one', {
      env: 'UNDERSTUDY_PORT',
      default: DEFAULT_PORT,
      low: 0,
      high: 65535,
    }),
    host: text('--host <address>', 'address to listen on', {
      env: 'UNDERSTUDY_HOST',
      default: DEFAULT_HOST,
    }),
    ...starting,
    spec: text(
      '--spec <file>',
      'serve another OpenAPI document; Prism answers what has no rule here',
      {
        env: 'UNDERSTUDY_SPEC',
      },
    ),
    keepDeleted: number(
      '--keep-deleted <number>',
      'deleted spaces and threads that are kept for lists that include them; the oldest go first',
      { env: 'UNDERSTUDY_KEEP_DELETED', default: KEEP_DELETED, low: 0, high: 2 ** 31 },
    ),
    worldScenario: {
      name: '--world-scenario <worlds=scenario>',
      help: 'the scenario of worlds with such names, as in checkout-*=crowded; may be repeated, and the first that fits decides',
      parse: worldScenarios,
    } as Flag<Readonly<Record<string, string>> | undefined>,
    import: text(
      '--import <folder>',
      'make a world of each scenario file in the folder, named after the file',
      { env: 'UNDERSTUDY_IMPORT' },
    ),
    exportOnExit: text(
      '--export-on-exit <folder>',
      'write a scenario file for each world into the folder when a signal ends the server',
      { env: 'UNDERSTUDY_EXPORT_ON_EXIT' },
    ),
    maxWorlds: number(
      '--max-worlds <number>',
      'worlds beside the default one; of more, the one that was used longest ago goes',
      { env: 'UNDERSTUDY_MAX_WORLDS', default: MAX_WORLDS, low: 1, high: 1_000_000 },
    ),
    strictWorlds: toggle(
      '--strict-worlds',
      'refuse requests to worlds that nobody made, where they would make them',
    ),
    keepRequests: keepRequests(0),
    ownHeaders: toggle('--no-own-headers', 'leave the X-Understudy- headers out of answers'),
    admin: toggle('--no-admin', 'take the control plane under /__admin/ off'),
    adminToken: {
      ...text(
        '--admin-token <token>',
        'asked for by the control plane; made and printed where other machines reach the port and there is none',
        { env: 'UNDERSTUDY_ADMIN_TOKEN' },
      ),
      parse: adminToken,
    },
    allowedHosts: {
      name: '--allowed-hosts <names>',
      help: 'names by which the control plane may be called, beside those of this machine: a.test,b.test',
      env: 'UNDERSTUDY_ALLOWED_HOSTS',
      parse: hostNames,
    } as Flag<readonly string[] | undefined>,
    backfill: {
      name: '--backfill <mode>',
      help: `how messages of a thread that a space takes in move on: ${BACKFILLS}`,
      env: 'UNDERSTUDY_BACKFILL',
      parse: backfill,
    } as Flag<Backfill | undefined>,
    fault: text('--fault <file>', 'what goes wrong on purpose, in every world', {
      env: 'UNDERSTUDY_FAULT',
    }),
    watch: toggle(
      '--watch',
      'read the files of scenarios, faults and document again when they change',
    ),
    rateLimit: {
      name: '--rate-limit <rate>',
      help: 'requests that each key may send, by the clock of its world: 60/m; any number by default',
      env: 'UNDERSTUDY_RATE_LIMIT',
      parse: rate,
    } as Flag<string | undefined>,
    selfCheck: choice(
      '--self-check <mode>',
      "if our response breaks the document: fail (500), log it, or don't check",
      ['strict', 'report', 'off'],
      { env: 'UNDERSTUDY_SELF_CHECK', default: 'strict' },
    ),
    drift: text(
      '--drift <name>',
      'plant one fault by name, to see that a pipeline turns red; list prints the names, list:getSpace* those like it',
      { env: 'UNDERSTUDY_DRIFT' },
    ),
    bodyLimit: number('--body-limit <bytes>', 'largest request body, decompressed', {
      env: 'UNDERSTUDY_BODY_LIMIT',
      default: DEFAULT_BODY_LIMIT,
      low: 1,
      high: 2 ** 30,
    }),
    logFormat: choice(
      '--log-format <format>',
      'pretty or json; pretty on a terminal',
      ['pretty', 'json'],
      {
        env: 'UNDERSTUDY_LOG_FORMAT',
      },
    ),
    readyFile: text('--ready-file <file>', 'write the URL here once requests are answered', {
      env: 'UNDERSTUDY_READY_FILE',
    }),
  },
  check: {
    profile,
    includeOperationId: several(
      '--include-operation-id <id>',
      'test this operation only; may be repeated',
    ),
    excludeOperationId: several(
      '--exclude-operation-id <id>',
      'never call this operation, not even to prepare a test; may be repeated',
    ),
    includeTag: several(
      '--include-tag <tag>',
      'test the operations with this tag only; may be repeated',
    ),
    excludeTag: several(
      '--exclude-tag <tag>',
      'never call an operation with this tag; may be repeated',
    ),
    seed: number('--seed <number>', 'seed for generated names and edge values', SEEDS),
    failOn: choice(
      '--fail-on <severity>',
      'the least severe finding that fails the run',
      ['failure', 'question', 'notice'],
      {
        default: 'failure',
      },
    ),
    runId: {
      ...text(
        '--run-id <text>',
        'in every name that the run gives; new in every run by default',
        {},
      ),
      parse: runId,
    },
    minCases: number('--min-cases <number>', 'fewer cases right: inconclusive, exit code 3', {
      low: 1,
      high: 1_000_000,
    }),
    canary: toggle(
      '--no-canary',
      'do not prove with one answer, made wrong after it came, that the check looks',
    ),
    maxTime: number('--max-time <seconds>', 'time limit of the whole run', {
      low: 1,
      high: 86_400,
    }),
    level: choice(
      '--level <level>',
      'how much is played: smoke (at most 600 requests), standard (3,000) or full (10,000)',
      levels,
      { default: 'standard' },
    ),
    concurrency: number(
      '--concurrency <number>',
      'rows that are played at the same time; by default 8 on this machine and 4 elsewhere',
      { low: 1, high: 64 },
    ),
    rateLimit: {
      name: '--rate-limit <limit>',
      help: "most requests in a second, minute or hour: 60/m; off; auto keeps to the server's headers, or to 100/m",
      parse: rateLimit,
    } as Flag<RateLimit | undefined>,
    includeRateLimits: {
      name: '--include-rate-limits [number]',
      help: `play the rate limit of every operation too, at the end, in at most so many requests until it is reached (${MOST_UNTIL_LIMITED}); the mock server in this process gets one`,
      parse: wholeNumber(1, 1_000_000),
    } as Flag<number | true | undefined>,
    maxRequests: number(
      '--max-requests <number>',
      'end the run after so many requests; deletions come on top',
      { low: 1, high: 1_000_000 },
    ),
    failFast: {
      name: '--fail-fast [number]',
      help: 'end the run at the first failure, or at so many rows with one',
      parse: wholeNumber(1, 1_000_000),
    } as Flag<number | true | undefined>,
    dryRun: toggle('--dry-run', 'say what would be sent, and send nothing'),
    shard: {
      name: '--shard <part>',
      help: 'play one part of the rows, such as 1/4',
      parse: shard,
    } as Flag<Shard | undefined>,
    askAgain: number(
      '--ask-again <number>',
      'how often a row with a failure is played again, to tell what is flaky',
      { low: 0, high: 10, default: 2 },
    ),
    known: text('--known <file>', 'deviations that are accepted for now: they fail nothing', {}),
    knownAdd: text(
      '--known-add <file>',
      'adds what this run found to that file, for somebody to fill in why',
      {},
    ),
    compare: several(
      '--compare <results.json>',
      'report of an earlier run: says what is new and what is fixed; may be repeated',
    ),
    lastFailed: toggle('--last-failed', 'play only the rows that were wrong in the last run'),
    allowWrites,
    readOnly: toggle('--read-only', 'send nothing but GET and HEAD'),
    ...wire,
    reportDir: text('--report-dir <folder>', 'gets results.json and junit.xml', {
      default: 'contract-report',
    }),
    ledger: text(
      '--ledger <file>',
      'gets what the run makes, before it is made; ledger.jsonl in the report folder by default',
      {},
    ),
  },
  sweep: {
    profile,
    allowWrites,
    ...wire,
  },
  doctor: {
    profile,
    ...wire,
  },
  init: {
    baseUrl: text('--base-url <url>', 'address of the server, without /v1', {}),
    organizationId: text('--organization-id <id>', 'organization of the test accounts', {}),
    key: several(
      '--key <caller=VARIABLE>',
      'variable of the environment that holds the API key of a caller, such as owner=OWNER_KEY; may be repeated',
    ),
    token: several(
      '--token <caller=VARIABLE>',
      'the same for a token, which is sent as Authorization: Bearer; may be repeated',
    ),
    userId: several(
      '--user-id <caller=id>',
      'ID of a caller, such as owner=usr_1; may be repeated',
    ),
    known: several(
      '--known <name=id>',
      'ID of an object that is there, such as assistant_id=asst_1; may be repeated',
    ),
    force: toggle('--force', 'replace the file if it is there'),
  },
  spec: {
    format: choice('--format <format>', 'json or yaml', ['json', 'yaml'], { default: 'json' }),
  },
  exec: {
    ...starting,
    lint: toggle(
      '--lint',
      "say afterwards what the command's requests tell of its bugs, and what they have not met",
    ),
    ...linting,
    keepRequests: keepRequests(50_000),
  },
  worlds: asked,
  'scenario export': {
    ...running,
    output: text('--output <file>', 'write to this file instead of stdout', {}),
  },
  'har export': {
    world: inWorld.world,
    ...running,
    output: text('--output <file>', 'write to this file instead of stdout', {}),
  },
  'har replay': {
    ...inWorld,
    reset: toggle('--reset', 'set the world back to its scenario first'),
    caller: text(
      '--caller <user>',
      'the user whose credential requests get where that of the file is masked, missing or unknown in the world',
      {},
    ),
    id: {
      name: '--id <recorded=here>',
      help: 'an ID of the file that is another one in the world, such as an organization; may be repeated',
      parse: idPairs,
    } as Flag<Readonly<Record<string, string>> | undefined>,
    origin: {
      name: '--origin <url>',
      help: 'the server of the API in the file; the one with most requests for it by default; may be repeated',
      parse: origins,
    } as Flag<readonly string[] | undefined>,
    allowWrites: toggle(
      '--allow-writes',
      'send writes to a mock server that is not on this machine; the same as UNDERSTUDY_ALLOW_WRITES=1',
    ),
    readOnly: toggle('--read-only', 'send nothing but GET and HEAD'),
  },
  reset: inWorld,
  snapshot: inWorld,
  clock: inWorld,
  state: {
    where: several(
      '--where <field=value>',
      'rows with this value; JSON is taken as such, as in pinned_at=null; may be repeated',
    ),
    patch: text('--patch <json>', 'new values for the fields of one row; null takes one away', {}),
    limit: number('--limit <number>', 'rows that are shown', {
      default: 100,
      low: 1,
      high: 1000,
    }),
    ...inWorld,
  },
  why: inWorld,
  lint: {
    world: text('--world <name>', 'the world that is meant; all of them by default', {
      env: 'UNDERSTUDY_WORLD',
    }),
    ...linting,
    ...asked,
  },
  cases: {
    script: choice(
      '--script <language>',
      'print only the requests of one case, to be copied',
      ['curl', 'fetch', 'python'],
      {},
    ),
  },
  'contracts export': {
    output: text('--output <file>', 'write to this file instead of stdout', {}),
    document: text(
      '--document <url>',
      'address of the OpenAPI document; the bundled file by default',
      {},
    ),
    seed: number('--seed <number>', 'seed for generated names', SEEDS),
  },
} as const;

export type FlaggedCommand = keyof typeof flags;

type ValueOf<F> = F extends Flag<infer Value> ? Value : never;

/** What the flags of a command come to. */
export type FlagValues<Name extends FlaggedCommand> = {
  readonly [Key in keyof (typeof flags)[Name]]: ValueOf<(typeof flags)[Name][Key]>;
};
export type ServeFlags = FlagValues<'serve'>;
/** A flag that is not given may be left out as well. */
export type CheckFlags = FlagValues<'check'>;
export type SweepFlags = FlagValues<'sweep'>;
export type DoctorFlags = FlagValues<'doctor'>;
export type InitFlags = FlagValues<'init'>;

/** Gives a command its flags. */
export function withFlags(command: Command, of: FlaggedCommand): Command {
  for (const flag of Object.values<Flag<unknown>>(flags[of])) command.addOption(optionOf(flag));
  return command.allowExcessArguments(false);
}

function optionOf({ name, help, env, default: value, choices, parse }: Flag<unknown>): Option {
  const option = new Option(name, help);
  if (env !== undefined) option.env(env);
  if (choices) option.choices(choices);
  if (parse) option.argParser(parse);
  return value === undefined ? option : option.default(value);
}

/** What is written to give a flag of `check`, such as `--ca-cert`. */
export const writtenFlag = (key: keyof CheckFlags): string =>
  /--[\w-]+/.exec(flags.check[key].name)?.[0] as string;
