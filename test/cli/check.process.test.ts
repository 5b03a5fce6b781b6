import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { codes } from '../../src/contract/judge/codes.js';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { run, runBuilt, start } from '../support/cli.js';
import { runCommand } from '../support/processes.js';
import { itInFull, whole } from '../support/sample.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-check-'));
afterAll(() => rmSync(folder, { recursive: true }));
const open: Understudy[] = [];
afterEach(() => Promise.all(open.splice(0).map((understudy) => understudy.close())));

async function serve(drift?: string): Promise<string> {
  const understudy = createUnderstudy(drift === undefined ? {} : { drift });
  open.push(understudy);
  return (await understudy.listen({ port: 0 })).url;
}

let reports = 0;
/** Each with a report folder of its own. */
const checkBy =
  (runs: typeof run) =>
  async (...args: readonly string[]) => {
    const reportDir = join(folder, `report-${++reports}`);
    const finished = await runs(['check', ...args, '--report-dir', reportDir]);
    const results = () =>
      JSON.parse(readFileSync(join(reportDir, 'results.json'), 'utf8')) as Record<string, never>;
    return { ...finished, reportDir, results };
  };
const check = checkBy(run);
const checkBuilt = checkBy(runBuilt);
const only = (...ids: readonly string[]) => ids.flatMap((id) => ['--include-operation-id', id]);
const spaces = only('createSpace', 'getSpace', 'deleteSpace');
const smoke = ['--level', 'smoke'];

describe('understudy check', () => {
  it('holds the mock server in process when no server is named, and is clean', async () => {
    const { code, stdout, stderr, results } = await check(...spaces, ...smoke);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^Cases of the document: \d+ right, 0 wrong/),
    ]);
    expect(stderr).toMatch(/^\d+\/\d+ {2}createSpace: \d+ right$/m);
    expect(results()).toMatchObject({
      target: 'the mock server in this process',
      findings: [],
      leftovers: [],
    });
  });

  it('is the same as a program of its own, which the other tests do not start', async () => {
    const said = ({
      code,
      stdout,
      stderr,
      reportDir,
      results,
    }: Awaited<ReturnType<typeof check>>) => {
      const { started, finished, ...rest } = results();
      const untimed = rest as { rows?: readonly object[] };
      return {
        code,
        stdout: stdout.replaceAll(reportDir, ''),
        stderr: stderr.replaceAll(reportDir, ''),
        results: untimed,
      };
    };
    for (const args of [[...only('getSpace'), ...smoke], only('getSpce')])
      expect(said(await checkBuilt(...args))).toEqual(said(await check(...args)));
  });

  it('ends with 1 on a failure, which it prints with the row, the contract line and a chain', async () => {
    const { code, stdout, reportDir } = await check(
      await serve('hand:getSpace.stores_unknown'),
      ...only('addVectorStoreToSpace'),
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/^failure STATE_WRONG {2}getSpace/m);
    expect(stdout).toMatch(/^ {2}contract {2}contracts\/space-vector-stores\.yaml:\d+:\d+$/m);
    expect(stdout).toMatch(/^ {4}: "\$\{OWNER_CREDENTIAL:\?the API key of owner\}"$/m);
    expect(readFileSync(join(reportDir, 'junit.xml'), 'utf8')).toContain(
      '<failure message="STATE_WRONG: ',
    );
    const end = stdout.slice(stdout.lastIndexOf('Failed, exit code 1:'));
    expect(end).toMatch(
      /^ {2}STATE_WRONG .*, got .*\n {4}\d+×, addVectorStoreToSpace, contracts\/space-vector-stores\.yaml:\d+:\d+$/m,
    );
    expect(end.trimEnd().split('\n').at(-1)).toBe(`Report: ${join(reportDir, 'index.html')}`);
  });

  it('fails on questions and on notices only when asked to', async () => {
    const asking = await serve('status:createSpace.invalid_body');
    const creating = [...only('createSpace'), ...smoke];
    expect((await check(asking, ...creating)).code).toBe(0);
    expect((await check(asking, ...creating, '--fail-on', 'question')).code).toBe(1);
    const telling = await serve('vary:extra_fields');
    const reading = [...only('getSpace'), ...smoke];
    expect((await check(telling, ...reading, '--fail-on', 'question')).code).toBe(0);
    expect((await check(telling, ...reading, '--fail-on', 'notice')).code).toBe(1);
  });

  it('says first what the profile does not give', async () => {
    const profile = join(folder, 'owner.yaml');
    writeFileSync(
      profile,
      'callers:\n  owner: { api_key: ak_owner, user_id: usr_owner1 }\nknown: { organization_id: org_xyz789 }\n',
    );
    const { code, stderr, stdout } = await check(
      await serve(),
      '--profile',
      profile,
      ...only('updateSpace'),
      ...smoke,
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^The profile does not have these, so the rows that need them are not exercised:\n {2}callers\.\w+ {2}\d+ rows?\n/,
    );
    expect(stdout).toMatch(/^ {2}\d+ × the profile has no callers\.editor$/m);
  });

  // edges.process.test.ts shows one of its seeds.
  itInFull('plays the same with the same seed, and other values with another', async () => {
    const titles = async (seed: string) =>
      [
        ...readFileSync(
          join((await check(...only('createSpace'), '--seed', seed)).reportDir, 'junit.xml'),
          'utf8',
        ).matchAll(/ name="([^"]*)"/g),
      ].join();
    const second = await titles('2');
    expect(await titles('2')).toBe(second);
    expect(await titles('3')).not.toBe(second);
  });

  it('keeps in its results what was asked to be played, also of a run that could not begin', async () => {
    const flags = [
      '--include-operation-id',
      'getSpace',
      '--exclude-operation-id',
      'updateSpace',
      '--exclude-tag',
      'Threads',
    ];
    const filters = {
      include_operation_ids: ['getSpace'],
      exclude_operation_ids: ['updateSpace'],
      include_tags: [],
      exclude_tags: ['Threads'],
    };
    const { code, results } = await check(...flags, '--seed', '3');
    expect([code, results()]).toEqual([
      0,
      expect.objectContaining({ filters, seed: 3, run_id: '3', fail_on: 'failure' }),
    ]);
    const unbegun = await check('https://staging.example.com', ...flags, '--run-id', 'night');
    expect([unbegun.code, unbegun.results()]).toEqual([
      2,
      expect.objectContaining({ filters, run_id: 'night' }),
    ]);
  });

  itInFull('ends in time, inconclusive', async () => {
    const { code, stdout, results } = await checkBuilt(
      '--max-time',
      '1',
      '--include-tag',
      'Spaces',
    );
    expect([code, stdout]).toEqual([
      3,
      expect.stringContaining('Stopped early: the time of 1 s was over'),
    ]);
    expect(results()).toMatchObject({ stopped: 'the time of 1 s was over' });
  });

  it.each([
    ['nothing is left to call', ['--exclude-tag', 'Spaces', '--include-tag', 'Spaces']],
    [
      'no row has what it needs',
      ['--include-operation-id', 'archiveSlice', '--exclude-operation-id', 'createSlice'],
    ],
  ])('is not green where %s', async (_, flags) => {
    const { code, stdout } = await check(...flags);
    expect([code, stdout]).toEqual([
      3,
      expect.stringContaining('Inconclusive: no row could be played by a caller of the profile'),
    ]);
  });

  it('sends the mock server’s keys to nobody else', async () => {
    const { code, stderr } = await check('https://staging.example.com');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /No credentials for https:.*\n {2}fix: Pass --profile FILE with its credentials/,
      ),
    ]);
  });

  it.each([
    'http://me:s3cret@127.0.0.1:4010',
    'https://me:s3cret@staging.example.com',
    'http://me:s3@cret@127.0.0.1:4010/v1',
  ])('refuses %s without printing its password', async (url) => {
    const { code, stdout, stderr } = await check(url);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^https?:\/\/…@.* holds a credential\.\n {2}fix: write it below callers/,
      ),
    ]);
    expect(stdout + stderr).not.toMatch(/s3|cret@/);
  });

  it('says before the run that a report cannot be written', async () => {
    const reportDir = join(folder, 'taken');
    mkdirSync(join(reportDir, 'results.json'), { recursive: true });
    const { code, stderr } = await run(['check', '--report-dir', reportDir]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /taken cannot be written: it is a folder \(EISDIR\)\n {2}fix: name another folder/,
      ),
    ]);
  });

  it('says so too where the system takes no folders', async () => {
    const { code, stderr } = await run(['check', '--report-dir', '/proc/taken/deeper']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /deeper cannot be written: there is no such file or folder \(ENOENT\)\n {2}fix: name another folder/,
      ),
    ]);
  });

  it('keeps its verdict when its reader hangs up', async () => {
    const flags = [...only('getSpace'), ...smoke, '--report-dir', join(folder, 'hung-up')];
    const piped = (drift: string) =>
      serve(drift).then((url) =>
        runCommand(
          'bash',
          [
            '-c',
            `"$0" dist/cli/main.js check "$@" 2>&1 | head -1 >&2; echo "\${PIPESTATUS[0]}"`,
            process.execPath,
            url,
            ...flags,
          ],
          {
            cwd: process.cwd(),
            withinMs: 60_000,
          },
        ),
      );
    expect((await piped('guard:getSpace.view_access_required')).stdout.trim()).toBe('1');
    if (whole) expect((await piped('vary:key_order')).stdout.trim()).toBe('0');
  });

  it('never calls what it is told to leave out', async () => {
    const { results } = await check(
      '--exclude-operation-id',
      'createSpace',
      '--include-tag',
      'Spaces',
      ...smoke,
    );
    expect(JSON.stringify(results().coverage)).toContain(
      'needs createSpace, which this run may not call',
    );
  });

  itInFull(
    'is ended by an interrupt with 130, and leaves nothing behind',
    {
      timeout: 30_000,
    },
    async () => {
      const understudy = createUnderstudy();
      open.push(understudy);
      const { url } = await understudy.listen({ port: 0 });
      const before = understudy.world.spaces.all().filter(({ deleted_at }) => !deleted_at).length;
      const running = start(['check', url, '--report-dir', join(folder, 'interrupted')]);
      await expect.poll(() => understudy.journal.length, { timeout: 60_000 }).toBeGreaterThan(200);
      running.process.kill('SIGINT');
      const { code, stdout } = await running.finished;
      expect([code, stdout]).toEqual([130, expect.stringContaining('Stopped early: interrupted')]);
      expect(understudy.world.spaces.all().filter(({ deleted_at }) => !deleted_at)).toHaveLength(
        before,
      );
    },
  );

  it.each<[string, string[], RegExp]>([
    [
      'an operation that is not there',
      ['--include-operation-id', 'getSpce'],
      /the document has no such name\.\n {2}fix: did you mean getSpace\?/,
    ],
    ['a tag that is not there', ['--exclude-tag', 'Space'], /did you mean Spaces\?/],
    [
      'an address that is none',
      ['localhost:4010'],
      /is not the URL of a server\.\n {2}fix: write it whole/,
    ],
    [
      'a profile that is not there',
      ['--profile', 'nowhere.yaml'],
      /^nowhere\.yaml:1:1 {2}there is no such file/,
    ],
    [
      'a severity that is none',
      ['--fail-on', 'warning'],
      /Allowed choices are failure, question, notice/,
    ],
    ['a time that is none', ['--max-time', '0'], /whole number from 1/],
    ['a flag that is not there', ['--sed', '1'], /Did you mean --seed\?/],
  ])('refuses %s with 2', async (_, args, message) => {
    const { code, stderr } = await run(['check', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it('refuses a report folder that it cannot write, with 2', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const { code, stderr } = await run(['check', ...spaces, '--report-dir', file]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${file} cannot be written`)]);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

describe('understudy contracts', () => {
  it('lists every operation and lifecycle with its rows or steps', async () => {
    const { code, stdout } = await run(['contracts', 'list']);
    expect(code).toBe(0);
    expect(stdout.match(/^ *\d+ \w+$/gm)).toHaveLength(loadSpec().operations.size);
    expect(stdout).toMatch(/^ *\d+ steps of the lifecycle sixty_spaces$/m);
  });

  it('shows the rows of an operation, or the steps of a lifecycle, as sentences with their places', async () => {
    const { stdout } = await run(['contracts', 'show', 'addVectorStoreToSpace']);
    expect(stdout).toMatch(
      /^addVectorStoreToSpace by owner with a space and its own dedicated store answers own_dedicated_store {2}\(contracts\/space-vector-stores\.yaml:\d+:\d+\)$/m,
    );
    expect((await run(['contracts', 'show', 'store_in_a_space'])).stdout).toMatch(
      /^ {2}attach_again: addVectorStoreToSpace answers already_attached {2}\(/m,
    );
    const { code, stderr } = await run(['contracts', 'show', 'getSpce']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean getSpace?')]);
  });

  itInFull('checks them, and exports them with what was left out', async () => {
    expect((await run(['contracts', 'lint'])).stdout).toMatch(
      /^(\w+: no row sees whether .*\n)*\d+ rows, every case that can be reached by state has one; \d+ lifecycles\n$/,
    );
    const output = join(folder, 'export.arazzo.yaml');
    const { code, stderr } = await run(['contracts', 'export', '--output', output]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^\d+ lifecycles and \d+ rows exported, \d+ rows left out\n/),
    ]);
    expect(readFileSync(output, 'utf8')).toMatch(/^arazzo: 1\.0\.1$/m);
  });
});

describe('understudy explain', () => {
  it('says what a kind of finding means and what to do, lists them all, and knows what was meant', async () => {
    expect((await run(['explain', 'CASE_WRONG'])).stdout).toMatch(
      /^CASE_WRONG\n {2}For this state.*\n {2}next: /,
    );
    expect((await run(['explain'])).stdout.match(/^[A-Z_]+ {2,}\S/gm)).toHaveLength(
      Object.keys(codes).length,
    );
    const { code, stderr } = await run(['explain', 'CASE_WRNG']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean CASE_WRONG?')]);
  });
});
