// Flags that several commands have.
import { DEFAULT_HOST, DEFAULT_PORT } from '../../http/listen.js';
import { DEFAULT_WORLD } from '../../world/world-names.js';
import { choice, type Flag, number, several, text, toggle } from './flag.js';
import { reportFile } from './values.js';

/** The bounds and the default of a seed. */
export const SEEDS = { low: 0, high: 2 ** 31, default: 1 } as const;

export const profile = text('--profile <file>', 'credentials and known IDs of the server', {
  env: 'UNDERSTUDY_PROFILE',
});

export const allowWrites = toggle(
  '--allow-writes',
  'objects may be created and deleted on a server that is not on this machine; the same as UNDERSTUDY_ALLOW_WRITES=1',
);

/** How requests get to a server. */
export const connectionFlags = {
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
export const startFlags = {
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
export const serverFlags = {
  url: text('--url <url>', 'address of the server', {
    env: 'UNDERSTUDY_URL',
    default: `http://${DEFAULT_HOST}:${DEFAULT_PORT}`,
  }),
  adminToken: text('--admin-token <token>', 'token of its control plane', {
    env: 'UNDERSTUDY_ADMIN_TOKEN',
  }),
} as const;

/** Of a command that prints what a running server answers. */
export const answerFlags = {
  ...serverFlags,
  json: toggle('--json', 'print the answer as JSON'),
} as const;

/** The same, of one of its worlds. */
export const worldFlags = {
  world: text('--world <name>', 'name of the world', {
    env: 'UNDERSTUDY_WORLD',
    default: DEFAULT_WORLD,
  }),
  ...answerFlags,
} as const;

/** What a lint asks, and what fails it. */
export const lintFlags = {
  failOn: choice(
    '--fail-on <severity>',
    'the least severe finding that ends with 1; none to end with 0 whatever is found',
    ['error', 'warning', 'info', 'none'],
    { default: 'error' },
  ),
  minCoverage: number(
    '--min-coverage <percent>',
    'end with 1 where fewer of the documented cases of the called operations were met',
    { low: 1, high: 100 },
  ),
  ignore: several('--ignore <rule>', 'a rule to leave out; may be repeated'),
  report: {
    name: '--report <file>',
    help: 'write the findings to this file too: .json, or .xml for JUnit; may be repeated',
    parse: reportFile,
  } as Flag<readonly string[] | undefined>,
} as const;

/** `value` is the default, which differs between commands. */
export const keepRequests = (value: number) =>
  number(
    '--keep-requests <number>',
    'requests that are kept for `understudy lint` beyond the journals, also those of worlds that are gone; the oldest go first',
    { env: 'UNDERSTUDY_KEEP_REQUESTS', default: value, low: 0, high: 10_000_000 },
  );
