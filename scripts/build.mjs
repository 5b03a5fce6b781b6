// Builds `generated/` and `dist/`. The new `dist/` is made beside the old one and takes its place
// at the end, so a build that fails or is interrupted leaves a working program behind.
// `--if-stale` (the `prepare` script) builds only when a source is newer than `dist/`: npm and npx run `prepare` often.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStale } from './stale.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, 'dist');
const staged = path.join(root, `dist.new-${process.pid}`);
const replaced = path.join(root, `dist.old-${process.pid}`);

if (!process.argv.includes('--if-stale') || isStale()) await build();

async function build() {
  const started = new Date();
  const typescript = findTypescript();
  removeLeftovers();
  // Node hands a signal over between two steps, so that none can cut the exchange in half.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => process.exit(128 + constants.signals[signal]));
  process.on('exit', () => remove(staged));
  await run([path.join(root, 'scripts/gen.mjs')]);
  const project = ['--project', path.join(root, 'tsconfig.json'), '--outDir', staged];
  // They write different files: one need not wait for another.
  await Promise.all([
    run([typescript, ...project, '--emitDeclarationOnly']),
    bundle(['--config', path.join(root, 'scripts/bundle.config.mjs')], staged),
    bundle([path.join(root, 'console')], path.join(staged, 'console')),
  ]);
  hideInside();
  // It is in no bundle: it is CommonJS, and what it requires stands in files of the package.
  cpSync(path.join(root, 'src/shipped/data.cjs'), path.join(staged, 'shipped/data.cjs'));
  chmodSync(path.join(staged, 'cli/main.js'), 0o755);
  // A run takes it that the shipped contracts agree with the document: it is checked here.
  await run([path.join(staged, 'cli/main.js'), 'contracts', 'lint'], 'ignore');
  // As old as the sources that it was made from: what changes during a build is newer.
  utimesSync(staged, started, started);
  exchange();
}

function findTypescript() {
  try {
    const manifest = createRequire(import.meta.url).resolve('typescript-7/package.json');
    return path.join(path.dirname(manifest), 'bin/tsc');
  } catch {
    console.error('Cannot build: the development dependencies are not installed.');
    console.error(
      '  fix: run `npm install` without --omit=dev; a built checkout needs them no more.',
    );
    process.exit(1);
  }
}

function bundle(what, outDir) {
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  return run([vite, 'build', ...what, '--logLevel', 'warn', '--outDir', outDir]);
}

/**
 * What is not packed: the types of what no other program can import, and what only mutation/ and
 * bench/ use.
 */
function hideInside() {
  const reached = new Set(entryDeclarations());
  for (const file of reached)
    for (const [, to] of readFileSync(file, 'utf8').matchAll(
      /(?:from |import\()['"](\.[^'"]+)\.js['"]/g,
    ))
      reached.add(path.join(path.dirname(file), `${to}.d.ts`));
  const names = readdirSync(staged, { recursive: true, encoding: 'utf8' });
  const hidden = names.filter(
    (name) => name.endsWith('.d.ts') && !reached.has(path.join(staged, name)),
  );
  const ignored = [...hidden, 'inside.js'].map((name) => `/${name}\n`);
  writeFileSync(path.join(staged, '.npmignore'), ignored.join(''));
}

function entryDeclarations() {
  const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return Object.values(exports).flatMap(({ types }) =>
    types ? [path.join(staged, path.relative('dist', types))] : [],
  );
}

function exchange() {
  if (existsSync(dist)) renameSync(dist, replaced);
  renameSync(staged, dist);
  remove(replaced);
}

/** Of builds that were killed; those of a build that still runs stay. */
function removeLeftovers() {
  for (const name of readdirSync(root)) {
    const pid = /^dist\.(?:new|old)-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) remove(path.join(root, name));
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function remove(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Runs a Node program to its end. When it fails so does the build, and when the build ends so does
 * the program.
 */
async function run(args, stdout = /** @type {'ignore' | 'inherit'} */ ('inherit')) {
  const stdio = /** @type {const} */ (['inherit', stdout, 'inherit']);
  const child = spawn(process.execPath, args, { cwd: root, stdio: [...stdio] });
  const end = () => child.kill();
  process.on('exit', end);
  const [status, signal] = await once(child, 'exit');
  process.off('exit', end);
  if (status !== 0) process.exit(status ?? 128 + constants.signals[signal]);
}
