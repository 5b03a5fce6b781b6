// The flags of every command: name, variable of the environment, default, what is taken, help.
// Commander's options, the types of the values and the test of the docs come from here. A flag wins
// over its variable, which wins over the default.

import { type Command, Option } from 'commander';
import { checkFlags } from './flags/check.js';
import { choice, type Flag, number, several, text, toggle } from './flags/flag.js';
import { serveFlags } from './flags/serve.js';
import {
  allowWrites,
  answerFlags,
  connectionFlags,
  keepRequests,
  lintFlags,
  profile,
  SEEDS,
  serverFlags,
  startFlags,
  worldFlags,
} from './flags/shared.js';
import { idPairs, origins } from './flags/values.js';

/** By command; the keys are what Commander calls the values. */
export const flags = {
  serve: serveFlags,
  check: checkFlags,
  sweep: {
    profile,
    allowWrites,
    ...connectionFlags,
  },
  doctor: {
    profile,
    ...connectionFlags,
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
    ...startFlags,
    lint: toggle(
      '--lint',
      "say afterwards what the command's requests tell of its bugs, and what they have not met",
    ),
    ...lintFlags,
    keepRequests: keepRequests(50_000),
  },
  worlds: answerFlags,
  'scenario export': {
    ...serverFlags,
    output: text('--output <file>', 'write to this file instead of stdout', {}),
  },
  'har export': {
    world: worldFlags.world,
    ...serverFlags,
    output: text('--output <file>', 'write to this file instead of stdout', {}),
  },
  'har replay': {
    ...worldFlags,
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
  reset: worldFlags,
  snapshot: worldFlags,
  clock: worldFlags,
  state: {
    where: several(
      '--where <field=value>',
      'rows with this value; JSON is taken as such, as in pinned_at=null; may be repeated',
    ),
    patch: text('--patch <json>', 'new values for the fields of one row; null takes one away', {}),
    limit: number('--limit <number>', 'most rows to show', {
      default: 100,
      low: 1,
      high: 1000,
    }),
    ...worldFlags,
  },
  why: worldFlags,
  lint: {
    world: text('--world <name>', 'name of the world; all worlds by default', {
      env: 'UNDERSTUDY_WORLD',
    }),
    ...lintFlags,
    ...answerFlags,
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
