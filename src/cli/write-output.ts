// The file of `--output`.
import { fileReason } from '../files/file-error.js';
import { replaceFile } from '../files/write.js';
import { UsageError } from '../spec/failure.js';

/** Whole or not at all; throws a UsageError. */
export function writeOutput(file: string, text: string): void {
  try {
    replaceFile(file, text, { lasting: true });
  } catch (error) {
    throw new UsageError(
      `${file} cannot be written: ${fileReason(error)}\n  fix: name a file in a folder that is there and may be written`,
    );
  }
}
