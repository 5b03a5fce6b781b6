// Writing what people keep: a file whole or not at all, and the folder for it.
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Whoever reads the file has all of the text, or what was there before. Beside it, because a rename
 * from one disk to another is not atomic. With `lasting` that holds if the machine goes down, too.
 */
export function replaceFile(path: string, text: string, { lasting = false } = {}): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(beside, text, { flush: lasting });
    renameSync(beside, path);
  } catch (error) {
    if (existsSync(beside)) rmSync(beside, { force: true });
    throw error;
  }
}

/**
 * One folder at a time: Node's recursive way never ends where the system takes no folders, as below
 * /proc.
 */
export function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
