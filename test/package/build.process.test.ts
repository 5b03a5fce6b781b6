// The build: it never leaves a checkout without a program, and does nothing where nothing has changed.
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeeper, projectFolder, runCommand } from '../support/processes.js';

const keeper = createKeeper();
let checkout: string;
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'understudy-build-'));
  const parts = [
    'src',
    'openapi',
    'fixtures',
    'schemas',
    'scripts',
    'docs',
    'contracts',
    'dist',
    'generated',
    'tsconfig.json',
    'package.json',
  ];
  for (const part of parts)
    cpSync(join(projectFolder, part), join(checkout, part), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(projectFolder, 'node_modules'), join(checkout, 'node_modules'));
  const soon = new Date(Date.now() + 1000);
  utimesSync(join(checkout, 'dist'), soon, soon); // fresh, whatever the project's own is
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

const script = (name: string, ...args: string[]) =>
  runCommand(process.execPath, [join(checkout, 'scripts', name), ...args], { cwd: checkout, withinMs: 150_000 });
const version = () => runCommand(process.execPath, ['dist/cli/main.js', '--version'], { cwd: checkout });
const beside = () => readdirSync(checkout).filter((name) => name.startsWith('dist.'));
const touch = (file: string) => {
  const later = new Date(Date.now() + 5000);
  utimesSync(join(checkout, file), later, later);
};
/** Of every file under a folder, when it was written. */
const timesOf = (folder: string) =>
  readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => `${name} ${statSync(join(checkout, folder, name)).mtimeMs}`);

describe('a build', () => {
  it('is not made when npm only prepares, and dist/ is newer than every source', async () => {
    const before = timesOf('dist');
    expect(await script('build.mjs', '--if-stale')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(timesOf('dist')).toEqual(before);
  });

  it.each(['src/spec/nearest.ts', 'openapi/common.yaml', 'package.json', 'src/rules'])(
    'that is interrupted after %s has changed leaves the old program, and nothing beside it',
    async (changed) => {
      touch(changed);
      const building = keeper.start(process.execPath, [join(checkout, 'scripts/build.mjs'), '--if-stale'], { cwd: checkout });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(await building.stop('SIGTERM')).toMatchObject({ code: 143 });
      expect(await version()).toMatchObject({ code: 0 });
      expect(beside()).toEqual([]);
    },
  );

  it('that fails leaves the old program', async () => {
    const file = join(checkout, 'src/spec/nearest.ts');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}\nexport const broken: number = 'text';\n`);
    expect((await script('build.mjs')).code).not.toBe(0);
    writeFileSync(file, text);
    expect(await version()).toMatchObject({ code: 0 });
    expect(beside()).toEqual([]);
  });

  it('that was killed is made anew, and what it left is taken away', async () => {
    const building = keeper.start(process.execPath, [join(checkout, 'scripts/build.mjs')], { cwd: checkout });
    await building.until('the new dist/', () => beside()[0], 60_000);
    await building.stop('SIGKILL');
    expect(beside()).toHaveLength(1);
    expect(await version()).toMatchObject({ code: 0 });
    rmSync(join(checkout, 'dist'), { recursive: true });
    expect(await script('build.mjs', '--if-stale')).toMatchObject({ code: 0 });
    expect(beside()).toEqual([]);
    expect(await version()).toMatchObject({ code: 0 });
    expect(existsSync(join(checkout, 'dist/index.d.ts'))).toBe(true);
  });
});

describe('the check of generated files', () => {
  it('writes nothing', async () => {
    const before = [...timesOf('generated'), ...timesOf('src'), ...timesOf('docs')];
    expect(await script('gen.mjs', '--check')).toMatchObject({ code: 0 });
    expect([...timesOf('generated'), ...timesOf('src'), ...timesOf('docs')]).toEqual(before);
  });

  it('names a committed file that is stale, and leaves it', async () => {
    const file = join(checkout, 'docs/assumptions.md');
    writeFileSync(file, 'old');
    const { code, stderr } = await script('gen.mjs', '--check');
    expect([code, stderr]).toEqual([1, expect.stringContaining('docs/assumptions.md')]);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });
});
