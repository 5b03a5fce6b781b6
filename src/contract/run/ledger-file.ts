// The file of a ledger: JSON lines, only ever added to. Several runs may stand in one file, so that
// no run takes away what is known of an older one.

import { closeSync, fdatasyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { fileReason } from '../../files/file-error.js';
import { FileError } from '../../files/problem.js';
import { Ledger, type Line } from './ledger.js';

export interface LedgerFile {
  readonly write: (line: Line) => void;
  readonly close: () => void;
}

/**
 * `isDurable`: a creation is on the disk before its request leaves. What is written survives the
 * end of the process in any case; this is for the end of the machine, and costs a few milliseconds
 * each.
 */
export function openLedger(
  file: string,
  { isDurable }: { readonly isDurable: boolean },
): LedgerFile {
  const descriptor = openSync(file, 'a');
  return {
    write: (line) => {
      writeSync(descriptor, `${JSON.stringify(line)}\n`);
      if (isDurable && line.event === 'sending') fdatasyncSync(descriptor);
    },
    close: () => closeSync(descriptor),
  };
}

/** What one run has written. */
export interface LedgerOfRun {
  readonly run: string;
  /** The address of the server. */
  readonly target: string;
  readonly lines: readonly Line[];
}

/** Throws a FileError for a file that is no ledger. A last line that was cut is passed over. */
export function readLedger(file: string): readonly LedgerOfRun[] {
  const fault = (what: string, line = 1, fix = 'name the ledger of a run'): FileError =>
    new FileError([{ file, line, column: 1, what, fix }]);
  let text: string;
  try {
    // A device may have no end.
    if (!statSync(file).isFile()) throw new Error('it is no file');
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fault(`cannot be read: ${fileReason(error)}`);
  }
  const lines = text.split('\n');
  // Whatever comes after the last line end was being written when the process was killed.
  lines.pop();
  const parsed = lines.map((line, i) => {
    const read = lineIn(line);
    if (read) return read;
    throw fault('is no line of a ledger', i + 1, 'name the ledger of a run, as it was written');
  });
  if (text !== '' && parsed[0]?.event !== 'begun') throw fault('is no ledger: no run begins in it');
  return parsed
    .filter(({ event }) => event === 'begun')
    .map(({ run, target = '' }) => ({
      run,
      target,
      lines: parsed.filter((one) => one.run === run),
    }));
}

/** Whether there is anything in it that may still be there. */
export const isSettled = ({ run, lines }: LedgerOfRun): boolean =>
  Ledger.read(run, lines, () => {}).entries.every(({ state }) =>
    ['refused', 'gone'].includes(state),
  );

function lineIn(text: string): Line | undefined {
  try {
    const { run, event, ...line } = JSON.parse(text) as Line;
    const isLine = /^[a-z\d]{1,32}$/.test(run) && typeof event === 'string';
    return isLine ? { run, event, ...line } : undefined;
  } catch {
    return undefined;
  }
}
