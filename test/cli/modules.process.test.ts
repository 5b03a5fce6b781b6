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
  return urls.flatMap((url) => /^((?!.*node_modules).*)\/dist\/(.*\.js)$/.exec(url)?.[2] ?? []);
}

/** Classes and functions that stand in one room alone, and so show whether it is loaded. */
const shownBy: Readonly<Record<string, readonly string[]>> = {
  'src/engine/engine.ts': ['Engine'],
  'src/rules/paging.ts': ['cursorPage'],
  'src/drift/plant.ts': ['plant'],
  'src/drift/drifts.ts': ['describeDrifts', 'UnknownDrift'],
  'src/faults/book.ts': ['FaultBook'],
  'src/faults/limits.ts': ['LimitBook'],
  'src/contract/run/run.ts': ['runContracts'],
  'src/contract/edges/edges.ts': ['withEdges'],
  'src/user-document/prism.ts': ['createPrism'],
};

/** The files of that list whose code is in what was loaded. */
function sourcesIn(modules: readonly string[]): string[] {
  const code = modules.map((file) => readFileSync(join('dist', file), 'utf8')).join('\n');
  const isDeclared = (name: string): boolean =>
    new RegExp(`\\b(?:(?:class|function) ${name}\\b|${name}=class\\b)`).test(code);
  return Object.entries(shownBy).flatMap(([file, names]) =>
    names.every(isDeclared) ? [file] : [],
  );
}

const chunksOf = (...names: readonly string[]): string[] =>
  names.map((name) => `chunks/${name}.js`);
const started = [
  'cli/main.js',
  ...chunksOf('base', 'command-line', 'files', 'program', 'rolldown-runtime'),
];
const serving = [...started, ...chunksOf('http', 'log', 'server', 'mock-server')];

describe('the modules that a command loads', () => {
  it('are few for --version: no engine, no rules, no drift', async () => {
    const modules = await modulesOf(['--version']);
    expect(modules.sort()).toEqual(started.sort());
    expect(sourcesIn(modules)).toEqual([]);
  });

  it('hold no drift, no fault and nothing of the kit for a plain serve', async () => {
    const modules = await modulesOf(['serve', '--port', '0'], /"ready"/);
    expect(modules.sort()).toEqual(serving.sort());
    expect(sourcesIn(modules)).toEqual(['src/engine/engine.ts', 'src/rules/paging.ts']);
  });

  it('hold faults and limits where a scenario has some', async () => {
    const modules = await modulesOf(['serve', '--port', '0', '--scenario', 'slow'], /"ready"/);
    expect(sourcesIn(modules)).toEqual([
      'src/engine/engine.ts',
      'src/rules/paging.ts',
      'src/faults/book.ts',
      'src/faults/limits.ts',
    ]);
  });

  it('hold the drifts when one is planted', async () => {
    const modules = await modulesOf(['serve', '--port', '0', '--drift', 'vary:slow'], /"ready"/);
    expect(sourcesIn(modules)).toEqual([
      'src/engine/engine.ts',
      'src/rules/paging.ts',
      'src/drift/plant.ts',
      'src/drift/drifts.ts',
    ]);
  });

  it('hold the kit for check', async () => {
    const modules = await modulesOf(['check', '--include-tag', 'nothing-has-this-tag']);
    expect(sourcesIn(modules)).toEqual(
      expect.arrayContaining(['src/contract/run/run.ts', 'src/contract/edges/edges.ts']),
    );
  });
});
