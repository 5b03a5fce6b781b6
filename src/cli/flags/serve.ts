// The flags of `understudy serve`.
import { DEFAULT_BODY_LIMIT } from '../../http/body.js';
import { DEFAULT_HOST, DEFAULT_PORT } from '../../http/listen.js';
import { BACKFILLS, type Backfill } from '../../world/backfill.js';
import { KEEP_DELETED } from '../../world/world.js';
import { MAX_WORLDS } from '../../worlds/rules.js';
import { choice, type Flag, number, text, toggle } from './flag.js';
import { keepRequests, startFlags } from './shared.js';
import { adminToken, backfill, hostNames, rate, worldScenarios } from './values.js';

/** The keys are what Commander calls the values. */
export const serveFlags = {
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
  ...startFlags,
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
    help: 'the scenario that worlds of such names start from, as in checkout-*=crowded; may be repeated, the first that fits decides',
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
    'most worlds beside the default one; beyond that, the one used longest ago is removed',
    { env: 'UNDERSTUDY_MAX_WORLDS', default: MAX_WORLDS, low: 1, high: 1_000_000 },
  ),
  strictWorlds: toggle(
    '--strict-worlds',
    'refuse a request to a world that is not there, in place of making the world',
  ),
  keepRequests: keepRequests(0),
  ownHeaders: toggle('--no-own-headers', 'leave the X-Understudy- headers out of answers'),
  admin: toggle(
    '--no-admin',
    'leave out the control plane under /__admin/, and the console with it',
  ),
  adminToken: {
    ...text(
      '--admin-token <token>',
      'token that the control plane asks for; without one, it is made and printed where other machines can reach the port',
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
    help: `when messages of a thread that a space takes in become embedded: ${BACKFILLS}`,
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
} as const;
