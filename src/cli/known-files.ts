// The files that a check compares its findings with: known deviations, and reports of earlier runs.

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Earlier, readEarlier } from '../contract/report/compare.js';
import { addKnown } from '../contract/report/known-add.js';
import type { Telling } from '../contract/report/telling.js';
import type { KnownFinding } from '../contract/run/finding.js';
import { readKnown } from '../contract/run/known-findings.js';
import { fileReason } from '../files/file-error.js';
import { FileError, type Problem } from '../files/problem.js';
import { isFolder, readText } from '../files/read.js';
import { replaceFile } from '../files/write.js';
import { UsageError } from '../spec/failure.js';
import type { CheckFlags } from './flags.js';

export interface KnownFiles {
  readonly known: readonly KnownFinding[];
  /** What stands already in the file that is added to. */
  readonly before: readonly KnownFinding[];
  readonly earlier: readonly Earlier[];
}

type Named = Pick<CheckFlags, 'known' | 'knownAdd' | 'compare'>;

/**
 * Reads the reports at once, since a run replaces that of its own folder; what it returns throws a
 * FileError with all that is wrong with all files.
 */
export function knownFilesOf({ known, knownAdd, compare = [] }: Named): () => KnownFiles {
  const reports = compare.map((file) => [file, readText(file)] as const);
  return () => {
    const problems: Problem[] = [];
    const read = <Value>(of: () => Value, otherwise: Value): Value => {
      try {
        return of();
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        problems.push(...error.problems);
        return otherwise;
      }
    };
    if (knownAdd !== undefined) checkFolder(knownAdd);
    const files = {
      known: known === undefined ? [] : read(() => readKnown(known), []),
      // What is wrong with one file is told once.
      before:
        knownAdd !== undefined && knownAdd !== known && existsSync(knownAdd)
          ? read(() => readKnown(knownAdd, { draft: true }), [])
          : [],
      earlier: reports.flatMap(([file, text]) => read(() => [readEarlier(file, text)], [])),
    };
    if (problems.length > 0) throw new FileError(problems);
    return knownAdd === known ? { ...files, before: files.known } : files;
  };
}

/** Said before a run of an hour rather than after it. */
function checkFolder(file: string): void {
  const folder = dirname(file);
  const isThere = isFolder(folder);
  if (!isThere || isFolder(file))
    throw new UsageError(
      `--known-add ${file}: ${isThere ? 'is a folder' : `there is no folder ${folder}`}\n  fix: name a file in a folder that is there`,
    );
}

/** Adds what a run has found, and says so. Throws a UsageError where it cannot be written. */
export function writeKnown(
  file: string,
  telling: Telling,
  before: readonly KnownFinding[],
): string {
  const read = existsSync(file) ? readText(file) : undefined;
  const isJson = file.endsWith('.json');
  const text = read && 'text' in read ? read.text : isJson ? '' : undefined;
  const added = addKnown(telling, before, text === undefined ? undefined : { text, isJson });
  if (added.count === 0) return `${file}: nothing to add\n`;
  try {
    replaceFile(file, added.text);
  } catch (error) {
    throw new UsageError(
      `--known-add ${file} cannot be written: ${fileReason(error)}\n  fix: name another file`,
    );
  }
  return `${file}: ${added.count} added; fill in each TODO before --known can read it\n`;
}
