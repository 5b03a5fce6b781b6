// Writing a file whole or not at all: beside it first, then renamed.
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';

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
