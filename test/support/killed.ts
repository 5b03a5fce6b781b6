// A run of `check` that is killed with SIGKILL, which nobody can hear: what it leaves, and how the
// next run goes on.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { run, start } from './cli.js';
import { profile } from './drifted-run.js';
import { REPORT_FILES } from './report-files.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'understudy-killed-'));
const quickly = ['--include-operation-id', 'getSpace', '--level', 'smoke'];

/**
 * What the profile marks as disposable: a run may change these, and the threads of a caller that
 * is.
 */
const mayChange = new Set(
  (profile.disposable ?? []).map((name) => profile.known[name as keyof typeof profile.known]),
);

/** Every row of every table, as text. */
function rowsOf({ world }: Understudy): ReadonlyMap<string, string> {
  const tables = Object.entries(world.snapshot()).filter(([, rows]) => Array.isArray(rows)) as [
    string,
    { id?: string }[],
  ][];
  return new Map(
    tables.flatMap(([table, rows]) =>
      rows.map((row, i) => [`${table} ${row.id ?? i}`, JSON.stringify(row)]),
    ),
  );
}

/** How many requests a run makes that nobody disturbs. */
export async function requestsOfARun(): Promise<number> {
  const understudy = createUnderstudy();
  const { url } = await understudy.listen({ port: 0 });
  const reportDir = folder();
  try {
    expect(await run(['check', url, '--report-dir', reportDir])).toMatchObject({ code: 0 });
    return (
      JSON.parse(readFileSync(join(reportDir, 'results.json'), 'utf8')) as { requests: number }
    ).requests;
  } finally {
    await understudy.close();
    rmSync(reportDir, { recursive: true });
  }
}

/**
 * Kills a run while the target has this request in hand, and expects that nobody's objects have
 * changed, that its report says so, and that the next run either goes on or says which lock to
 * delete, and then goes on.
 */
export async function expectRecoveryFromKillAt(request: number): Promise<void> {
  let seen = 0;
  let kill = (): void => {};
  const understudy = createUnderstudy({
    onExchange: () => {
      seen += 1;
      if (seen === request) kill();
    },
  });
  const { url } = await understudy.listen({ port: 0 });
  const reportDir = folder();
  try {
    const before = rowsOf(understudy);
    const running = start(['check', url, '--report-dir', reportDir]);
    kill = () => void running.process.kill('SIGKILL');
    expect((await running.finished).code).toBe(null);

    const after = rowsOf(understudy);
    const changed = [...before]
      .filter(([name, text]) => after.get(name) !== text)
      .map(([name]) => name);
    expect(changed.filter((name) => !mayChange.has(name.split(' ')[1]))).toEqual([]);
    const results = JSON.parse(readFileSync(join(reportDir, 'results.json'), 'utf8')) as object;
    expect(results).toMatchObject({
      exit_code: 3,
      finished: null,
      stopped: expect.stringContaining('has not ended'),
    });
    expect(readdirSync(reportDir).sort()).toEqual([...REPORT_FILES, 'ledger.jsonl'].sort());

    const next = () => run(['check', url, '--report-dir', reportDir, ...quickly]);
    let again = await next();
    if (again.code === 3) {
      const [, path] =
        /if it was killed, delete its lock: DELETE (\S+) as the owner/.exec(again.stdout) ?? [];
      const headers = { 'x-api-key': profile.callers.owner?.api_key as string };
      expect((await fetch(`${url}${path}`, { method: 'DELETE', headers })).status).toBe(204);
      again = await next();
    }
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/ 0 wrong,/)]);
  } finally {
    await understudy.close();
    rmSync(reportDir, { recursive: true });
  }
}
