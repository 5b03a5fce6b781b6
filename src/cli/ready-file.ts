// The ready file: it exists, complete, exactly while the server answers requests.
import { lstatSync, readFileSync, rmSync } from 'node:fs';
import { replaceFile } from '../files/write.js';
import { UsageError } from '../spec/failure.js';

export interface ReadyFile {
  /** Whole, so that nobody who waits for the file reads half of it. */
  write(url: string): void;
  /** Unless another server has written its own since. */
  remove(): void;
}

/** Removes the file of an earlier server, so that nobody reads the address of one that is gone. */
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
        replaceFile(file, `${url}\n`);
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
