// The ready file: it is there, whole, exactly while requests are answered.
import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { UsageError } from './flags.js';

export interface ReadyFile {
  /** Whole or not at all: whoever waits for the file may read it the moment it is there. */
  write(url: string): void;
  /** Unless another server has written its own since. */
  remove(): void;
}

/** Takes away what an earlier server left behind, so that nobody reads the address of one that is gone. */
export function prepareReadyFile(file: string): ReadyFile {
  let written: string | undefined;
  const attempt = (what: () => void): void => {
    try {
      what();
    } catch (error) {
      throw new UsageError(
        `Cannot write the ready file ${file}: ${(error as Error).message}\n  fix: name a file in a folder that is there and may be written.`,
      );
    }
  };
  attempt(() => {
    const there = lstatSync(file, { throwIfNoEntry: false });
    if (there && !there.isFile()) throw new Error('it is there, and is no ordinary file');
    rmSync(file, { force: true });
  });
  return {
    write: (url) =>
      attempt(() => {
        const beside = `${file}.${process.pid}.tmp`;
        try {
          writeFileSync(beside, `${url}\n`);
          renameSync(beside, file);
        } catch (error) {
          rmSync(beside, { force: true });
          throw error;
        }
        written = `${url}\n`;
      }),
    remove: () => {
      try {
        if (written !== undefined && readFileSync(file, 'utf8') === written) rmSync(file);
      } catch {
        // Somebody else has removed it.
      }
    },
  };
}
