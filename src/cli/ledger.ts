// The ledger of a run of `check` on disk.

import { existsSync, rmSync } from 'node:fs';
import { isSettled, type LedgerFile, openLedger, readLedger } from '../contract/run/ledger-file.js';
import { fileReason } from '../files/file-error.js';
import { UsageError } from '../spec/failure.js';
import type { Server } from './server.js';

/** Throws a UsageError where the file cannot be written, or is none of ours. */
export function beginLedger(file: string, run: string, { base, target }: Server): LedgerFile {
  try {
    // An older run may have left something that only its lines know of.
    if (existsSync(file) && readLedger(file).every(isSettled)) rmSync(file);
    const ledger = openLedger(file, { isDurable: target.isHere !== true });
    ledger.write({ run, event: 'begun', at: new Date().toISOString(), target: base });
    return ledger;
  } catch (error) {
    throw new UsageError(
      `The ledger ${file} cannot be written: ${fileReason(error)}\n  fix: name another file with --ledger`,
    );
  }
}
