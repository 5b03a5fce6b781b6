// The build: it never leaves a checkout without a program, and does nothing where nothing has
// changed.
import {
  cpSync,
  existsSync,
  mkdirSync,
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
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createKeeper, projectFolder, runCommand } from '../support/processes.js';
import { itFirst, itInFull } from '../support/sample.js';

const keeper = createKeeper();
let checkout: string;
const place = (name: string) => join(checkout, name);

/** Says that it is held, and waits to be ended, where HOLD names this step. */
const held = (step: string) => `
if (process.env.HOLD === '${step}') {
  console.log('held');
  setTimeout(() => {}, 60_000);
}
`;

const vite = join(projectFolder, 'node_modules/vite/dist/node/index.js');

// A small project around the real build, which can be held at each of its two steps.
const small = {
  'package.json': '{ "type": "module", "bin": { "small": "dist/cli/main.js" }, "exports": {} }',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      rootDir: 'src',
      lib: ['es5'],
      types: [],
      declaration: true,
    },
    include: ['src'],
  }),
  'src/cli/main.ts': `import { version } from '../version.js';
declare const console: { log(text: string): void };
console.log(version);
`,
  'src/shipped/data.cjs': '',
  'src/version.ts': "export const version: string = '1';\n",
  'openapi/openapi.yaml': '',
  'control/openapi.yaml': '',
  'console/index.html': '',
  'console/public/icon.svg': '',
  'console/src/main.tsx': '',
  'console/vite.config.ts': '',
  'contracts/spaces.yaml': '',
  'fixtures/default.yaml': '',
  'schemas/scenario.yaml': '',
  'docs/evidence.md': '',
  'scripts/gen.mjs': `import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('generated', { recursive: true });
for (const name of ['document.json', 'validators.cjs', 'control.json', 'control.cjs', 'scenarios.json', 'contracts.json']) writeFileSync('generated/' + name, '');
${held('generating')}`,
  'src/inside.ts': 'export {};',
  // The console is a page without anything; the program is bundled by Vite itself.
  'node_modules/vite/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/vite/index.js': `export * from ${JSON.stringify(vite)};`,
  'node_modules/vite/bin/vite.js': `import { mkdirSync, writeFileSync } from 'node:fs';
const folder = process.argv[process.argv.indexOf('--outDir') + 1];
if (folder.endsWith('console')) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + '/index.html', '');
} else {
  await import(${JSON.stringify(join(projectFolder, 'node_modules/vite/bin/vite.js'))});
}
`,
  'node_modules/typescript-7/package.json': '{ "type": "module" }',
  'node_modules/typescript-7/bin/tsc': `import { spawnSync } from 'node:child_process';
const tsc = ${JSON.stringify(join(projectFolder, 'node_modules/typescript-7/bin/tsc'))};
process.exitCode = spawnSync(process.execPath, [tsc, ...process.argv.slice(2)], { stdio: 'inherit' }).status;
${held('compiling')}`,
};

beforeAll(async () => {
  checkout = mkdtempSync(join(tmpdir(), 'understudy-build-'));
  for (const [name, text] of Object.entries(small)) {
    mkdirSync(dirname(place(name)), { recursive: true });
    writeFileSync(place(name), text);
  }
  for (const name of ['build.mjs', 'bundle.config.mjs', 'stale.mjs'])
    cpSync(join(projectFolder, 'scripts', name), place(`scripts/${name}`));
  expect(await script('build.mjs')).toMatchObject({ code: 0, stderr: '' });
  const soon = new Date(Date.now() + 1000);
  utimesSync(place('dist'), soon, soon);
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

const script = (name: string, ...args: string[]) =>
  runCommand(process.execPath, [join(checkout, 'scripts', name), ...args], {
    cwd: checkout,
    withinMs: 150_000,
  });
const version = () => runCommand(process.execPath, ['dist/cli/main.js'], { cwd: checkout });
const heldAt = async (step: string, ...args: string[]) => {
  const building = keeper.start(process.execPath, [place('scripts/build.mjs'), ...args], {
    cwd: checkout,
    env: { HOLD: step },
  });
  await building.until(
    'it is held',
    () => (building.stdout.includes('held') ? true : undefined),
    60_000,
  );
  return building;
};
const beside = () => readdirSync(checkout).filter((name) => name.startsWith('dist.'));
const touch = (file: string) => {
  const later = new Date(Date.now() + 5000);
  utimesSync(join(checkout, file), later, later);
};
/** Of every file below, when it was written. */
const timesOf = (folder: string, below: readonly string[]) =>
  below.flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
      .sort()
      .map((file) => `${name}/${file} ${statSync(join(folder, name, file)).mtimeMs}`),
  );

describe('a build', () => {
  it('is not made when npm only prepares, and dist/ is newer than every source', async () => {
    const before = timesOf(checkout, ['dist']);
    expect(await script('build.mjs', '--if-stale')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(timesOf(checkout, ['dist'])).toEqual(before);
  });

  const changes = [
    ['contracts/spaces.yaml', 'generating'],
    ['src/cli', 'compiling'],
    ['src/version.ts', 'generating'],
    ['openapi/openapi.yaml', 'generating'],
    ['package.json', 'compiling'],
  ] as const;
  itFirst(1).each(changes)(
    'that is interrupted after %s has changed, while %s, leaves the old program, and nothing beside it',
    async (changed, step) => {
      touch(changed);
      const building = await heldAt(step, '--if-stale');
      expect(await building.stop('SIGTERM')).toMatchObject({ code: 143 });
      expect(await version()).toMatchObject({ code: 0, stdout: '1\n' });
      expect(beside()).toEqual([]);
    },
  );

  it('that fails leaves the old program', async () => {
    const file = place('src/version.ts');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}\nexport const broken: number = 'text';\n`);
    expect((await script('build.mjs')).code).not.toBe(0);
    writeFileSync(file, text);
    expect(await version()).toMatchObject({ code: 0 });
    expect(beside()).toEqual([]);
  });

  itInFull('that was killed is made anew, and what it left is taken away', async () => {
    await (await heldAt('compiling')).stop('SIGKILL');
    expect(beside()).toHaveLength(1);
    expect(await version()).toMatchObject({ code: 0 });
    rmSync(join(checkout, 'dist'), { recursive: true });
    expect(await script('build.mjs', '--if-stale')).toMatchObject({ code: 0 });
    expect(beside()).toEqual([]);
    expect(await version()).toMatchObject({ code: 0 });
    expect(existsSync(place('dist/version.d.ts'))).toBe(true);
  });
});

const check = (folder: string) =>
  runCommand(process.execPath, [join(folder, 'scripts/gen.mjs'), '--check'], {
    cwd: folder,
    withinMs: 150_000,
  });

itInFull(
  'the check of generated files names a committed file that is stale, and writes nothing',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-gen-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const part of [
      'src/spec',
      'openapi',
      'control',
      'fixtures',
      'contracts',
      'schemas',
      'scripts',
      'docs',
      'package.json',
    ])
      cpSync(join(projectFolder, part), join(folder, part), {
        recursive: true,
        preserveTimestamps: true,
      });
    symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'docs/assumptions.md'), 'old');
    const files = () =>
      timesOf(folder, ['src', 'openapi', 'fixtures', 'schemas', 'scripts', 'docs']);
    const before = files();
    const { code, stderr } = await check(folder);
    expect([code, stderr]).toEqual([
      1,
      'Stale, run `npm run gen` and commit: docs/assumptions.md\n',
    ]);
    expect([files(), existsSync(join(folder, 'generated'))]).toEqual([before, false]);
  },
);
