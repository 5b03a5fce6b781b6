// `describeContracts` as a user meets it: test files of its own, run by vitest in a child process.
// All of them at once, since a start of vitest takes longer than most of them: those that pass in
// one run, those that fail in another.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KnownFinding } from '../../src/contract/run/finding.js';
import { loadContracts } from '../../src/contract/tables/load.js';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { driftedRun, spec } from '../support/drifted-run.js';
import { makeProject, removeFolders } from '../support/package-consumer.js';
import { projectFolder, runCommand } from '../support/processes.js';
import { whole } from '../support/sample.js';

const folder = makeProject('describe-');
afterAll(removeFolders);

interface Assertion {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

/** What vitest says of one test file. */
interface Outcome {
  readonly status: 'passed' | 'failed';
  readonly message: string;
  readonly assertionResults: readonly Assertion[];
}

interface Fixture {
  /** The options of `describeContracts`. */
  readonly options: string;
  /** Its target; the mock server in that process unless told otherwise. */
  readonly target?: string;
  /** How vitest is to run it. */
  readonly sequence?: {
    readonly concurrent?: boolean;
    readonly shuffle?: { readonly tests: boolean };
  };
}

const textOf = ({
  options,
  target = mockServer(),
}: Fixture) => `import { createUnderstudy } from 'understudy';
import { handlerTarget, httpTarget, parseProfile, TargetError } from 'understudy/kit';
import { describeContracts } from 'understudy/vitest';
const include = (id) => ['getSpace', 'deleteSpace'].includes(id);
describeContracts(${target}, ${options});
`;
const mockServer = (options = '') =>
  `handlerTarget('the mock server', createUnderstudy(${options}).fetch)`;

/** Runs vitest on these test files, by name. */
async function play(fixtures: Readonly<Record<string, Fixture>>) {
  for (const [name, fixture] of Object.entries(fixtures))
    writeFileSync(join(folder, `${name}.test.mjs`), textOf(fixture));
  const inOrder = Object.keys(fixtures).filter((name) => !fixtures[name]?.sequence);
  const project = (name: string, names: readonly string[], own: object) => ({
    test: { name, include: names.map((file) => `${file}.test.mjs`), ...own },
  });
  const projects = [
    // In one process, which saves each of them loading the kit. The others have theirs for
    // themselves, as is usual.
    project('in order', inOrder, { isolate: false }),
    ...Object.entries(fixtures).flatMap(([name, { sequence }]) =>
      sequence ? [project(name, [name], { sequence })] : [],
    ),
  ];
  // The project's own configuration looks for other files.
  const config = join(folder, 'vitest.config.mjs');
  writeFileSync(
    config,
    `export default ${JSON.stringify({ test: { projects, sequence: { seed: 7 } } })};\n`,
  );
  const output = join(folder, 'output.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const vitest = join(projectFolder, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--root', folder, '--config', config, ...reporters];
  const { code, stdout, stderr } = await runCommand(process.execPath, args, {
    cwd: folder,
    withinMs: 240_000,
  });
  const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as {
    testResults: (Outcome & { readonly name: string })[];
  };
  const outcomes = new Map(
    testResults.map((outcome) => [basename(outcome.name, '.test.mjs'), outcome as Outcome]),
  );
  return { code, printed: `${stdout}${stderr}`, outcomes };
}
type Played = Awaited<ReturnType<typeof play>>;

const outcomeIn = ({ outcomes }: Played, name: string): Outcome => outcomes.get(name) as Outcome;
const titles = ({ assertionResults }: Outcome, wanted: string): readonly string[] =>
  assertionResults.filter(({ status }) => status === wanted).map(({ title }) => title);
const failures = ({ assertionResults }: Outcome): readonly string[] =>
  assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ failureMessages }) => failureMessages.join());

const profileOf = (text: string) => `profile: parseProfile(${JSON.stringify(text)}, 'p.yaml', {})`;
const organization = 'known: { organization_id: org_xyz789 }';
const getSpace = "include: (id) => id === 'getSpace'";

const servers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of servers) await close();
});
/** A mock server that listens, on which another run is at work where there is a lock. */
async function serve(lock = false): Promise<{ url: string; world: Understudy['world'] }> {
  const understudy = createUnderstudy();
  const { url, close } = await understudy.listen({ port: 0 });
  servers.push(close);
  const headers = { 'x-api-key': 'ak_owner', 'content-type': 'application/json' };
  const name = 'understudy-lock-other-until-2999-01-01T00:00:00Z';
  const body = JSON.stringify({ organization_id: 'org_xyz789', name });
  if (lock)
    expect((await understudy.fetch('/v1/spaces/', { method: 'POST', headers, body })).status).toBe(
      201,
    );
  return { url, world: understudy.world };
}
const byHttp = (url: string) => `httpTarget('${url}')`;
const byHandler = (url: string) =>
  `handlerTarget('', (request) => fetch(request.url.replace(/^http:..[^/]*/, '${url}'), { method: request.method, headers: request.headers, body: request.body, duplex: 'half' }))`;

const fault = 'drop:getSpace.200/name';
/** Entries for all that a server with the fault deviates in. */
async function accepted(): Promise<readonly KnownFinding[]> {
  const { findings } = await driftedRun(fault, ['getSpace'], {
    level: 'smoke',
    contracts: loadContracts(spec),
    include: (id) => id === 'getSpace',
  });
  return findings.map(({ fingerprint, title }) => ({
    fingerprint,
    reason: 'API-7',
    owner: 'us',
    expires: '2999-12-31',
    operation: 'getSpace',
    row: title,
    level: 'smoke',
    file: 'known.yaml',
    line: 3,
  }));
}

describe('describeContracts, where all is well,', () => {
  const more = whole ? 'getThread|addVectorStore' : 'addVectorStore';
  const wide = `{ include: (id) => /${more}/.test(id) || include(id) }`;
  const orders = {
    ...(whole && {
      concurrently: { concurrent: true },
      'in-any-order': { shuffle: { tests: true } },
    }),
    'concurrently-and-in-any-order': { concurrent: true, shuffle: { tests: true } },
  };
  let listening: Awaited<ReturnType<typeof serve>>;
  let handled: Awaited<ReturnType<typeof serve>>;
  let played: Played;
  beforeAll(async () => {
    listening = await serve();
    handled = await serve();
    played = await play({
      plain: { options: '{ include }' },
      some: {
        options: `{ include, ${profileOf(`callers: { owner: { api_key: ak_owner, user_id: usr_owner1 } }\n${organization}`)} }`,
      },
      listening: { options: `{ ${getSpace} }`, target: byHttp(listening.url) },
      handled: { options: `{ ${getSpace} }`, target: byHandler(handled.url) },
      smoke: { options: "{ include, level: 'smoke', rateLimit: '1000000/s' }" },
      part: { options: '{ include, shard: { index: 2, count: 2 } }' },
      known: {
        options: `{ ${getSpace}, level: 'smoke', known: ${JSON.stringify(await accepted())} }`,
        target: mockServer(`{ drift: '${fault}' }`),
      },
      ...Object.fromEntries(
        Object.entries(orders).map(([name, sequence]) => [name, { options: wide, sequence }]),
      ),
    });
  });

  it('passes', () => {
    expect([played.code, [...played.outcomes.values()].map(({ status }) => status)]).toEqual([
      0,
      Array(7 + Object.keys(orders).length).fill('passed'),
    ]);
  });

  it('makes a test of every row, named by a sentence, and needs nothing but a target', () => {
    const { assertionResults } = outcomeIn(played, 'plain');
    expect(assertionResults.length).toBeGreaterThan(50);
    expect(assertionResults).toContainEqual(
      expect.objectContaining({
        title: 'getSpace by member with a space answers view_access_required',
        status: 'passed',
      }),
    );
    expect(assertionResults).toContainEqual(
      expect.objectContaining({ title: 'the credential of owner is accepted', status: 'passed' }),
    );
  });

  it('tests as much as it is told to', () => {
    const count = (name: string) => outcomeIn(played, name).assertionResults.length;
    expect(count('smoke')).toBeLessThan(count('plain') / 2);
    expect(count('part')).toBeLessThan(count('plain'));
    // What is accepted fails nothing, though it is there.
    expect(titles(outcomeIn(played, 'known'), 'failed')).toEqual([]);
  });

  it('skips what the profile cannot feed', () => {
    const some = outcomeIn(played, 'some');
    expect(titles(some, 'skipped')).toContain(
      'getSpace by member with a space answers view_access_required',
    );
    expect(titles(some, 'passed').length).toBeGreaterThan(20);
  });

  it.each(Object.keys(orders))('passes where the project runs its tests %s', (name) => {
    const outcome = outcomeIn(played, name);
    expect(titles(outcome, 'failed')).toEqual([]);
    expect(outcome.assertionResults.length).toBeGreaterThan(100);
    expect(outcome.assertionResults[0]?.title).toBe('the credential of owner is accepted');
  });

  it('takes the lock of a server and gives it back; in this process, where nobody else is, it takes none', () => {
    const locksOf = ({ world }: typeof listening) => {
      const locks = world.spaces.all().filter(({ name }) => name.startsWith('understudy-lock-'));
      return [locks.length, locks.every(({ deleted_at }) => deleted_at !== null)];
    };
    expect(locksOf(listening)).toEqual([1, true]);
    expect(locksOf(handled)).toEqual([0, true]);
  });
});

describe('describeContracts, where something is wrong,', () => {
  const key = 'ak_s3cret-of-the-owner';
  const echo =
    "async (request) => new Response(JSON.stringify({ key: request.headers.get('x-api-key') }), { status: 418, headers: { 'content-type': 'application/json' } })";
  const losing = `(() => {
  const understudy = createUnderstudy();
  const inner = handlerTarget('', understudy.fetch);
  let made = 0;
  const send = (request, signal) =>
    request.method === 'POST' && request.target === '/v1/spaces/' && ++made === 3 ? Promise.reject(new TargetError('broken', 'cut')) : inner.send(request, signal);
  return { ...inner, send };
})()`;
  const silent =
    "{ name: 'a silent server', send: (...request) => handlerTarget('', () => new Promise(() => {}), { timeout: 50 }).send(...request) }";
  const hanging = `(() => {
  const inner = handlerTarget('', createUnderstudy().fetch);
  return { ...inner, send: (request, signal) => (request.method === 'PATCH' ? new Promise(() => {}) : inner.send(request, signal)) };
})()`;
  let played: Played;
  beforeAll(async () => {
    played = await play({
      drifting: {
        options: '{ include }',
        target: mockServer("{ drift: 'guard:getSpace.view_access_required' }"),
      },
      refused: {
        options: `{ include, ${profileOf(`callers: { owner: { api_key: ak_wrong } }\n${organization}`)} }`,
      },
      none: { options: `{ include, ${profileOf('')} }` },
      unheard: {
        options: '{ include }',
        target: "httpTarget('http://127.0.0.1:9', { timeout: 5000 })",
      },
      silent: { options: '{ include }', target: silent },
      throwing: {
        options: '{ include }',
        target: "handlerTarget('', async () => { throw new TypeError('planted') })",
      },
      busy: { options: `{ ${getSpace} }`, target: byHttp((await serve(true)).url) },
      'busy-handler': {
        options: `{ ${getSpace}, lock: true }`,
        target: byHandler((await serve(true)).url),
      },
      losing: {
        options: "{ include: (id) => id === 'getSpace', allow: (id) => id !== 'listSpaces' }",
        target: losing,
      },
      hanging: {
        options: "{ include: (id) => id === 'updateSpace', timeout: 2000 }",
        target: hanging,
      },
      leaking: {
        options: `{ include, ${profileOf(`callers: { owner: { api_key: ${key} } }\n${organization}`)} }`,
        target: `handlerTarget('at ${key}', ${echo})`,
      },
      stale: {
        options: `{ ${getSpace}, level: 'smoke', known: ${JSON.stringify(await accepted())} }`,
      },
      short: { options: '{ include, maxRequests: 30 }' },
      typo: { options: '{ inclde: () => true }' },
      wrong: {
        options:
          "{ level: 'high', shard: { index: 3, count: 2 }, rateLimit: 'slow', maxRequests: 0, known: 'k.yaml' }",
      },
    });
  });

  it('fails', () => {
    expect([played.code, [...played.outcomes.values()].map(({ status }) => status)]).toEqual([
      1,
      Array(15).fill('failed'),
    ]);
  });

  it('fails the tests that a drift concerns, with the finding and the chain that repeats it', () => {
    const drifting = outcomeIn(played, 'drifting');
    expect(titles(drifting, 'failed')).toContain(
      'getSpace by member with a space answers view_access_required',
    );
    for (const message of failures(drifting))
      expect(message).toMatch(
        /failure (CASE|STATE)_WRONG[\s\S]*contract {2}[\s\S]*TARGET:\?the base URL/,
      );
  });

  it('fails the suite where an entry of the known deviations matches nothing', () => {
    const stale = outcomeIn(played, 'stale');
    expect([stale.status, titles(stale, 'failed')]).toEqual(['failed', []]);
    expect(played.printed).toMatch(/known\.yaml:3 the entry \w{8} of us matches nothing/);
  });

  it('ends where its requests do, and refuses options that it cannot take', () => {
    expect(failures(outcomeIn(played, 'short'))).toEqual([
      expect.stringContaining('all 30 requests were sent'),
    ]);
    for (const option of ['level', 'shard', 'rateLimit', 'maxRequests', 'known'])
      expect(outcomeIn(played, 'wrong').message).toContain(`describeContracts: ${option} must be `);
  });

  it('says once that a credential is refused, and asks nothing more', () => {
    const refused = outcomeIn(played, 'refused');
    expect(titles(refused, 'failed')).toEqual(['the credential of owner is accepted']);
    expect(titles(refused, 'passed')).toEqual([]);
  });

  it('fails where the profile can feed nothing', () => {
    const none = outcomeIn(played, 'none');
    expect([none.status, titles(none, 'failed')]).toEqual(['failed', []]);
  });

  it.each([
    ['nobody listens', 'unheard', /cannot be reached: .*ECONNREFUSED/],
    ['nobody answers', 'silent', /gives no answer: .*50 ms/],
    ['every request throws', 'throwing', /gives no answer: .*planted/],
  ])('says once that %s, and asks nothing more', (_, name, reason) => {
    const outcome = outcomeIn(played, name);
    expect(failures(outcome)).toEqual([expect.stringMatching(reason)]);
    expect(titles(outcome, 'passed')).toEqual([]);
  });

  it.each([
    ['a server', 'busy'],
    ['a handler, where it is asked for', 'busy-handler'],
  ])(
    'says once that another run is at work with the accounts of %s, and asks nothing more',
    (_, name) => {
      const outcome = outcomeIn(played, name);
      expect(failures(outcome)).toEqual([
        expect.stringMatching(/another run is at work with these accounts/),
      ]);
      expect(
        titles(outcome, 'passed').filter((title) => !/credential|token|organization/.test(title)),
      ).toEqual([]);
    },
  );

  it('ends with a test that takes too long, and deletes what it made', () => {
    const outcome = outcomeIn(played, 'hanging');
    expect(titles(outcome, 'failed')).toEqual([expect.stringMatching(/^updateSpace /)]);
    expect(
      titles(outcome, 'passed').filter((title) => !/credential|token|organization/.test(title)),
    ).toEqual([]);
    // The space that the request without an answer was for is gone.
    const left = played.printed.match(/(?<=Left behind: )[a-z].*/g) ?? [];
    expect(left.filter((line) => !line.startsWith('possibly '))).toEqual([]);
  });

  it('fails where something is left behind, or possibly made', () => {
    expect(played.printed).toMatch(
      /Left behind: possibly POST \/v1\/spaces\/ with understudy-1-\d+-\d+: no answer/,
    );
  });

  it('shows a credential in no failure and in no reason', () => {
    const text = JSON.stringify(outcomeIn(played, 'leaking'));
    expect(text).toContain('callers.owner.api_key');
    expect(text + played.printed).not.toContain(key.slice(3, 11));
  });

  it('refuses an option that it does not know, with the nearest one', () => {
    expect(outcomeIn(played, 'typo').message).toMatch(/inclde.*include/s);
  });
});
