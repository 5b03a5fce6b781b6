// The package as a user gets it: packed, and installed into an empty folder.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, projectFolder, runCommand } from './processes.js';
import { MissingTool } from './tools.js';

export interface Packed {
  readonly tarball: string;
  /** Bytes of the tarball. */
  readonly size: number;
  /** Bytes of its files. */
  readonly unpackedSize: number;
  readonly files: readonly {
    readonly path: string;
    readonly size: number;
    readonly mode: number;
  }[];
}

const folders: string[] = [];

export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  folders.push(folder);
  return folder;
}

/**
 * A project with the package in its node_modules/, copied without npm, and with the packages of this
 * project, which are above it. Test runners take packages as they are, and compile what lies elsewhere.
 */
export function makeProject(name: string): string {
  mkdirSync(join(projectFolder, '.venv'), { recursive: true });
  const folder = mkdtempSync(join(projectFolder, '.venv', name));
  folders.push(folder);
  // Without one it would be a part of the package above it, and import that by its own name.
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  );
  putPackage(folder);
  return folder;
}

/** Copies the package into the node_modules/ of a folder, without npm. */
export function putPackage(folder: string): void {
  const { files } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
    readonly files: readonly string[];
  };
  const copied = files
    .map((file) => file.replace(/\/\*.*/, ''))
    .filter((file) => !/^!|docs|\.md$/.test(file));
  for (const part of ['package.json', ...copied])
    cpSync(join(projectFolder, part), join(folder, 'node_modules/understudy', part), {
      recursive: true,
    });
}

/** Removes all folders that were made here. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];

/** Packs what is built, into a folder of its own. `prepare` has run: this is about what it left. */
export async function packProject(): Promise<Packed> {
  const folder = makeFolder('understudy-pack-');
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder, ...quiet];
  const { code, stdout, stderr } = await runCommand('npm', args, { withinMs: 60_000 });
  if (code !== 0) throw new Error(`npm pack ended with ${code}:\n${stderr}`);
  const [packed] = JSON.parse(stdout) as (Omit<Packed, 'tarball'> & {
    readonly filename: string;
  })[];
  if (!packed) throw new Error(`npm pack packed nothing:\n${stdout}`);
  return { ...packed, tarball: join(folder, packed.filename) };
}

/** An empty project with nothing but the package and what it depends on. */
export async function installPacked({ tarball }: Packed): Promise<string> {
  const folder = makeFolder('understudy-consumer-');
  mkdirSync(join(folder, 'src'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  );
  await npmInstall(folder, [tarball]);
  return folder;
}

/**
 * Throws a MissingTool where the registry cannot be reached. It is only asked for what npm has not in
 * its cache.
 */
export async function npmInstall(folder: string, args: readonly string[]): Promise<void> {
  const all = ['install', '--prefer-offline', ...quiet, ...args];
  const { code, stderr } = await runCommand('npm', all, { cwd: folder, withinMs: 720_000 });
  if (code === 0) return;
  if (
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|E5\d\d)\b/.test(
      stderr,
    )
  ) {
    throw new MissingTool(
      `npm install could not reach its registry: ${stderr.trim().split('\n').slice(0, 3).join('\n')}`,
    );
  }
  throw new Error(`npm install ${args.join(' ')} ended with ${code}:\n${stderr}`);
}

/** Runs the program of a development dependency, by its file under the project's folder. */
export function runTool(file: string, args: readonly string[]): Promise<Finished> {
  return runCommand(process.execPath, [join(projectFolder, file), ...args], { withinMs: 120_000 });
}
