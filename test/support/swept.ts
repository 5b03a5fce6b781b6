// A run of `check` on the second server that is killed with SIGKILL, and a sweep after it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { loadSpec } from '../../src/shipped/document.js';
import type { OperationId } from '../../src/spec/document.js';
import { createServer, type SecondServer } from '../targets/second-server/server.mjs';
import { run, start } from './cli.js';
import { servedBySecond, toolsOfSecond } from './second-server.js';

const excluded = [...loadSpec().operations.keys()]
  .filter((id) => !servedBySecond.includes(id) && !toolsOfSecond.includes(id))
  .flatMap((id) => ['--exclude-operation-id', id]);

/** Every row, by table and id, save for what is deleted softly. */
function rowsOf({ state }: SecondServer): ReadonlyMap<string, string> {
  const { spaces, stores, slices, threads, messages, storeLinks, threadLinks } = state;
  const tables = { spaces, stores, slices, threads };
  const rows: [string, string][] = [
    ...Object.entries(tables).flatMap(([table, rows]) =>
      [...rows].map(([id, row]): [string, string] => [`${table} ${id}`, JSON.stringify(row)]),
    ),
    ...[...messages, ...storeLinks, ...threadLinks].map((row): [string, string] => {
      const text = JSON.stringify(row);
      return [text, text];
    }),
  ];
  return new Map(rows.filter(([, text]) => !text.includes('"deleted_at":"')));
}

interface Killed {
  /** Which operations are played. */
  readonly operations: readonly OperationId[];
  /** The request at which the process is killed. */
  readonly at: number;
  /** Before the request is answered, or after. */
  readonly when: 'asked' | 'answered';
  /** How many requests are under way at a time; one, where it is not said. */
  readonly lanes?: number;
}

/** Returns how many requests a run makes, when nobody disturbs it. */
async function requestsOf(operations: readonly OperationId[], lanes = 1): Promise<number> {
  let requests = 0;
  await withServer(async (server, flags) => {
    const before = rowsOf(server);
    server.server.prependListener('request', () => {
      requests += 1;
    });
    const { stdout } = await run(['check', ...flags, ...played(operations, lanes)]);
    expect(stdout).not.toContain('Left behind');
    expectNothingLeft(server, before);
  });
  return requests;
}

/** Kills a run, sweeps once, and expects that nothing of it is left, and nothing else gone. */
async function expectSweptAfterKill({ operations, at, when, lanes = 1 }: Killed): Promise<void> {
  await withServer(async (server, flags, folder) => {
    const before = rowsOf(server);
    const running = start(['check', ...flags, ...played(operations, lanes)]);
    let requests = 0;
    const onRequest = (_: IncomingMessage, response: ServerResponse): void => {
      requests += 1;
      if (requests !== at) return;
      const kill = () => running.process.kill('SIGKILL');
      if (when === 'asked') kill();
      else response.once('finish', kill);
    };
    server.server.prependListener('request', onRequest);
    expect((await running.finished).code).toBe(null);
    // The requests that were in hand are carried out all the same.
    await new Promise((resolve) => setTimeout(resolve, 20));
    server.server.off('request', onRequest);
    const [profile = ''] = flags.slice(1);
    const ledger = join(folder, 'report', 'ledger.jsonl');
    const swept = await run(['sweep', ledger, '--profile', profile]);
    expect([swept.code, swept.stdout, swept.stderr]).toEqual([0, expect.any(String), '']);
    expectNothingLeft(server, before);
    const again = await run(['sweep', ledger, '--profile', profile]);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing is left') });
  });
}

/** Side by side, a run may need a few requests less than another. */
const WITHIN = 0.97;

/** The same at points all along a run, by chance, every other one before an answer and after it. */
export async function expectSweptWherever({
  operations,
  lanes = 1,
  points,
}: Pick<Killed, 'operations' | 'lanes'> & { readonly points: number }): Promise<void> {
  const requests = await requestsOf(operations, lanes);
  expect(requests).toBeGreaterThan(5 * points);
  const most = requests * (lanes === 1 ? 1 : WITHIN);
  for (let point = 0; point < points; point++)
    await expectSweptAfterKill({
      operations,
      at: 1 + Math.floor(((point + Math.random()) * most) / points),
      when: point % 2 === 0 ? 'asked' : 'answered',
      lanes,
    });
}

const played = (operations: readonly OperationId[], lanes: number): readonly string[] => [
  ...operations.flatMap((id) => ['--include-operation-id', id]),
  ...excluded,
  '--concurrency',
  String(lanes),
];

function expectNothingLeft(server: SecondServer, before: ReadonlyMap<string, string>): void {
  const after = rowsOf(server);
  expect([...before].filter(([name, text]) => after.get(name) !== text)).toEqual([]);
  const left = [...after].filter(
    ([name, text]) =>
      !before.has(name) && !(name.startsWith('slices ') && text.includes('"status":"archived"')),
  );
  expect(left).toEqual([]);
}

async function withServer(
  play: (server: SecondServer, flags: readonly string[], folder: string) => Promise<void>,
): Promise<void> {
  const server = createServer();
  const folder = mkdtempSync(join(tmpdir(), 'understudy-swept-'));
  await server.listen(0);
  try {
    const profile = join(folder, 'profile.yaml');
    writeFileSync(profile, JSON.stringify(server.profile));
    await play(server, ['--profile', profile, '--report-dir', join(folder, 'report')], folder);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
}
