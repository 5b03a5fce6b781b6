// What a command loads: nothing of a planted drift, unless one is asked for.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { start } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-modules-'));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * The modules of the package that a command has loaded when it ends, as Node itself lists them for
 * a coverage report.
 */
async function modulesOf(args: readonly string[], ready?: RegExp): Promise<string[]> {
  const report = mkdtempSync(join(folder, 'run-'));
  const running = start(args, { NODE_V8_COVERAGE: report });
  if (ready) {
    await running.saw(ready);
    running.process.kill('SIGTERM');
  }
  await running.finished;
  const urls = readdirSync(report).flatMap((file) =>
    (JSON.parse(readFileSync(join(report, file), 'utf8')).result as { url: string }[]).map(
      ({ url }) => url,
    ),
  );
  return urls.flatMap((url) => /\/dist\/(.*\.js)$/.exec(url)?.[1] ?? []);
}

const roomsOf = (modules: readonly string[]): string[] =>
  [...new Set(modules.map((file) => file.split('/')[0] as string))].sort();

describe('the modules that a command loads', () => {
  it('are few for --version: no engine, no rules, no drift', async () => {
    const modules = await modulesOf(['--version']);
    expect(modules).toContain('cli/program.js');
    for (const room of ['drift', 'engine', 'rules', 'scenario', 'user-document'])
      expect(roomsOf(modules)).not.toContain(room);
    // The names of the levels, which a flag has.
    expect(modules.filter((file) => file.startsWith('contract/'))).toEqual([
      'contract/run/level.js',
    ]);
  });

  it('hold no drift and no fault for a plain serve', async () => {
    const modules = await modulesOf(['serve', '--port', '0'], /"ready"/);
    expect(roomsOf(modules)).toEqual(expect.arrayContaining(['engine', 'rules', 'http']));
    expect(modules.filter((file) => /^(drift|faults)\//.test(file))).toEqual([]);
  });

  it('hold faults and limits where a scenario has some', async () => {
    const modules = await modulesOf(['serve', '--port', '0', '--scenario', 'slow'], /"ready"/);
    expect(modules.filter((file) => file.startsWith('faults/')).sort()).toEqual(
      readdirSync('src/faults')
        .map((file) => `faults/${file.replace(/\.ts$/, '.js')}`)
        .sort(),
    );
  });

  it('hold all of it when one is planted', async () => {
    const modules = await modulesOf(['serve', '--port', '0', '--drift', 'vary:slow'], /"ready"/);
    expect(modules.filter((file) => file.startsWith('drift/')).sort()).toEqual(
      readdirSync('src/drift')
        .map((file) => `drift/${file.replace(/\.ts$/, '.js')}`)
        .sort(),
    );
  });
});
