// What `understudy har replay` does: the file, the world, and what came of it in words.
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { accessTo } from '../client/access.js';
import { decodedAtOnce } from '../client/content-encoding.js';
import { httpTarget } from '../client/http-target.js';
import { type Target, TargetError } from '../client/target.js';
import type { ControlClient } from '../control/client.js';
import { ControlError } from '../control/client-answer.js';
import { nearest } from '../files/nearest.js';
import { FileError } from '../files/problem.js';
import { readText, statOf } from '../files/read.js';
import { Callers, type SentAs, type WorldCredential } from '../har/credentials.js';
import type { Difference } from '../har/differences.js';
import type { LeftOut } from '../har/plan.js';
import { MOST_OF_A_FILE, type RecordedExchange, readHar } from '../har/read.js';
import { type Replay, type ReplayedExchange, replay } from '../har/replay.js';
import { loadSpec } from '../shipped/document.js';
import type { Case } from '../spec/case.js';
import { ExitCode } from '../spec/exit-code.js';
import { Failure, UsageError } from '../spec/failure.js';
import { show } from '../spec/json.js';
import type { Routable } from '../spec/match.js';
import { isJsonObject, type JsonObject } from '../spec/message.js';
import type { FlagValues } from './flags.js';
import type { Io } from './io.js';

/** Bytes of a body, decompressed. */
const MOST_OF_A_BODY = 8 * 1024 * 1024;

type ReplayFlags = FlagValues<'har replay'>;

/** Throws a FileError that lists every problem. */
export function recordingIn(file: string): readonly RecordedExchange[] {
  const name = file === '-' ? 'stdin' : file;
  const refuse = (what: string, fix: string): never => {
    throw new FileError([{ file: name, line: 1, column: 1, what, fix }]);
  };
  const size = file === '-' ? 0 : (statOf(file)?.size ?? 0);
  const tooLarge = (bytes: number): void => {
    if (bytes > MOST_OF_A_FILE)
      refuse(
        `the file has ${Math.ceil(bytes / 2 ** 20)} MiB, and at most ${MOST_OF_A_FILE / 2 ** 20} are read`,
        'record less, or save it without the content of images and scripts',
      );
  };
  tooLarge(size);
  const read = file === '-' ? { text: readFileSync(0, 'utf8') } : readText(file);
  if ('unreadable' in read) return refuse(read.unreadable, 'name a HAR file');
  tooLarge(read.text.length);
  return readHar(read.text, name, {
    attached: (attached) => beside(file, attached),
    inflate: (bytes, coding) => decodedAtOnce(bytes, coding, MOST_OF_A_BODY),
  });
}

/** Playwright may write bodies into files of their own, which stand beside the HAR. */
function beside(file: string, name: string): string | undefined {
  if (file === '-' || basename(name) !== name) return undefined;
  const read = readText(join(dirname(file), name));
  return 'text' in read ? read.text : undefined;
}

export interface WorldReplay extends Replay {
  readonly world: string;
}

/** The server answered before, and does no longer. */
class Gone extends Failure {
  override readonly exitCode = ExitCode.inconclusive;
}

/** Asks the control plane first, so that nothing goes to a server that is no mock server. */
export async function replayIn(
  control: ControlClient,
  recording: readonly RecordedExchange[],
  flags: ReplayFlags,
  { env }: Io,
): Promise<WorldReplay> {
  const { world, url } = flags;
  const permission = accessTo({ server: new URL(url) }, flags, env);
  const operations = operationsIn(await control.product());
  await prepared(control, flags);
  const credentials = (await credentialsOf(control, world)) as unknown as WorldCredential[];
  checkCaller(credentials, flags);
  const target = inWorld(
    httpTarget(url, { ...permission, allowWrites: !permission.readOnly }),
    world,
  );
  const { caller, id: ids, origin: origins } = flags;
  const options = { target, operations, credentials, caller, ids, origins, casesOf };
  try {
    return { world, ...(await replay(recording, options)) };
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    throw new Gone(`${error.message}\n  fix: start the server again, and replay with --reset`);
  }
}

/** A world that is not there is made. */
async function prepared(control: ControlClient, { world, reset }: ReplayFlags): Promise<void> {
  try {
    if (reset) await control.resetWorld(world);
    else await control.world(world);
  } catch (error) {
    if (!(error instanceof ControlError) || error.status !== 404) throw error;
    await control.createWorld(world);
  }
}

async function credentialsOf(
  control: ControlClient,
  world: string,
): Promise<readonly JsonObject[]> {
  const all: JsonObject[] = [];
  for (let offset: number | null = 0; offset !== null; ) {
    const page = await control.state(world, 'credentials', { offset, limit: 1000 });
    all.push(...page.rows);
    offset = page.next_offset;
  }
  return all;
}

function checkCaller(
  credentials: readonly WorldCredential[],
  { caller, world }: ReplayFlags,
): void {
  if (caller === undefined) return;
  const { users } = new Callers(credentials, undefined);
  if (users.includes(caller)) return;
  const close = nearest(caller, users);
  throw new UsageError(
    `${caller} has no credential in the world ${world}.\n  fix: ${close === undefined ? `name one of ${users.join(', ')}` : `did you mean ${close}?`}`,
  );
}

/** The header goes before whatever named the world in the recording. */
const inWorld = (target: Target, world: string): Target => ({
  ...target,
  send: (request, signal) =>
    target.send(
      { ...request, headers: { ...request.headers, 'x-understudy-world': world } },
      signal,
    ),
});

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'] as const;

const operationsIn = ({ paths }: JsonObject): readonly Routable[] =>
  Object.entries(isJsonObject(paths) ? paths : {}).flatMap(([template, item]) =>
    METHODS.filter((method) => isJsonObject(item) && isJsonObject(item[method])).map((method) => ({
      method: method.toUpperCase(),
      template,
    })),
  );

/** Those of our document; another one has none. */
function casesOf({ method, template }: Routable): readonly Case[] {
  const { operations, unrouted } = loadSpec();
  const operation = [...operations.values()].find(
    (one) => one.method === method && one.template === template,
  );
  return operation ? [...operation.cases.values(), ...unrouted.values()] : [];
}

// In words

/** Exchanges, and differences of one, that are printed. */
const MOST_EXCHANGES = 50;
const MOST_DIFFERENCES = 10;

const reasons: Readonly<Record<LeftOut, string>> = {
  other_origin: 'to other servers',
  no_operation: 'for no operation of the document',
  asset: 'for pages, scripts, images and the like',
  preflight: 'that a browser sends ahead',
  body_missing: 'whose body the file does not have, or not all of it',
  write: 'that may write (--read-only)',
};

export function told(result: WorldReplay): string {
  const { exchanges, different, world, origins, unanswered, ids } = result;
  const differing = exchanges.filter(({ differences }) => differences.length > 0);
  const shown = differing.slice(0, MOST_EXCHANGES).map(exchangeInWords);
  const more = differing.length - shown.length;
  const unread = exchanges.filter((one) => one.unread !== undefined).length;
  const count = (number: number): string => `${number} request${number === 1 ? '' : 's'}`;
  const lines = [
    ...shown,
    ...(more > 0 ? [`and ${more} more; --json has all of them`] : []),
    `${count(exchanges.length)}${origins.length > 0 ? ` of ${origins.join(', ')}` : ''} replayed in the world ${world}: ${exchanges.length - different} answered alike, ${different} not`,
    ...callersInWords(exchanges),
    ...(ids > 0
      ? [`${ids} ID${ids === 1 ? ' stands' : 's stand'} for another one in the world`]
      : []),
    ...(unanswered > 0
      ? [`${count(unanswered)} had no answer in the file, and nothing to differ from`]
      : []),
    ...(unread > 0
      ? [`${count(unread)}: the body was not compared, since the file does not have all of it`]
      : []),
    ...leftOutInWords(result),
    ...(exchanges.length === 0
      ? ['Inconclusive: the file has no request for the API, so nothing was compared.']
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function exchangeInWords({
  entry,
  request,
  sent,
  number,
  differences,
  error,
}: ReplayedExchange): string {
  const where = [`entry ${entry}`, ...(number === undefined ? [] : [`request ${number} here`])];
  const shown = differences.slice(0, MOST_DIFFERENCES).map(differenceInWords);
  const more = differences.length - shown.length;
  return [
    `${request} (${where.join(', ')})`,
    ...(sent === undefined ? [] : [`  sent as ${sent}`]),
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(error === undefined ? [] : [`  ${error}`]),
    '',
  ].join('\n');
}

const differenceInWords = ({ at, recorded, here }: Difference): string =>
  `  ${at === '' ? 'body' : at}: ${show(recorded, { absent: 'nothing' })} in the file, ${show(here, { absent: 'nothing' })} here`;

/** Every caller whose credential took the place of another. */
function callersInWords(exchanges: readonly ReplayedExchange[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { as } of exchanges) {
    const words = asInWords(as);
    if (words !== undefined) counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].map(([words, number]) => `${number} ${words}`);
}

function asInWords({ credential, user_id }: SentAs): string | undefined {
  if (credential === 'known') return undefined;
  const what = `whose credential is ${credential === 'unknown' ? 'not known in the world' : `${credential} in the file`}`;
  return user_id === null ? `${what}: sent as recorded` : `${what}: sent as ${user_id}`;
}

function leftOutInWords({ leftOut, otherOrigins, withoutBody }: Replay): readonly string[] {
  const lines = Object.entries(leftOut).map(([why, number]) => {
    const more =
      why === 'other_origin' && otherOrigins.length > 0
        ? `; --origin takes in ${otherOrigins.join(', ')}`
        : why === 'body_missing'
          ? `: entry ${withoutBody.slice(0, 10).join(', ')}${withoutBody.length > 10 ? ', …' : ''}`
          : '';
    return `left out: ${number} ${reasons[why as LeftOut]}${more}`;
  });
  return lines;
}
