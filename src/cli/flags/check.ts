// The flags of `understudy check`.
import type { RateLimit } from '../../client/rate.js';
import { levels, MOST_UNTIL_LIMITED } from '../../contract/run/level.js';
import type { Shard } from '../../contract/run/options.js';
import { choice, type Flag, number, several, text, toggle, wholeNumber } from './flag.js';
import { allowWrites, connectionFlags, profile, SEEDS } from './shared.js';
import { rateLimit, runId, shard } from './values.js';

/** The keys are what Commander calls the values. */
export const checkFlags = {
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
      'part of every name that the run gives; a new one in every run by default',
      {},
    ),
    parse: runId,
  },
  minCases: number(
    '--min-cases <number>',
    'with fewer cases right, the run is inconclusive: exit code 3',
    {
      low: 1,
      high: 1_000_000,
    },
  ),
  canary: toggle(
    '--no-canary',
    'leave out the test of the check itself: one answer is made wrong on purpose, and must be found',
  ),
  maxTime: number('--max-time <seconds>', 'time limit of the whole run', {
    low: 1,
    high: 86_400,
  }),
  level: choice(
    '--level <level>',
    'how much is tested: smoke (at most 600 requests), standard (3,000) or full (10,000)',
    levels,
    { default: 'standard' },
  ),
  concurrency: number(
    '--concurrency <number>',
    'rows of the contracts that are tested at the same time; by default 8 on this machine and 4 elsewhere',
    { low: 1, high: 64 },
  ),
  rateLimit: {
    name: '--rate-limit <limit>',
    help: "most requests in a second, minute or hour: 60/m; off; auto keeps to the server's headers, or to 100/m",
    parse: rateLimit,
  } as Flag<RateLimit | undefined>,
  includeRateLimits: {
    name: '--include-rate-limits [number]',
    help: `at the end, test the rate limit of every operation too, with at most so many requests each (${MOST_UNTIL_LIMITED}); the mock server in this process gets a limit for it`,
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
    help: 'test one part of the rows, such as 1/4',
    parse: shard,
  } as Flag<Shard | undefined>,
  askAgain: number(
    '--ask-again <number>',
    'how often a row with a failure is tested again, to tell what is flaky',
    { low: 0, high: 10, default: 2 },
  ),
  known: text('--known <file>', 'deviations that are accepted for now: they fail nothing', {}),
  knownAdd: text(
    '--known-add <file>',
    'add what this run found to that file; you fill in the reasons',
    {},
  ),
  compare: several(
    '--compare <results.json>',
    'report of an earlier run: says what is new and what is fixed; may be repeated',
  ),
  lastFailed: toggle('--last-failed', 'test only the rows that were wrong in the last run'),
  allowWrites,
  readOnly: toggle('--read-only', 'send nothing but GET and HEAD'),
  ...connectionFlags,
  reportDir: text('--report-dir <folder>', 'folder for results.json and junit.xml', {
    default: 'contract-report',
  }),
  ledger: text(
    '--ledger <file>',
    'file in which the run notes each object before it creates it; ledger.jsonl in the report folder by default',
    {},
  ),
} as const;
