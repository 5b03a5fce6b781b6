// The files and folders that a person names.

import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileReason } from './file-error.js';
import { nearest } from './nearest.js';

/** A file as the person at the command line would name it. */
export function shownPath(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return fromHere.startsWith('..') ? file : fromHere;
}

/** What a name in another file means: a path from the folder of that file. */
export const pathFrom = (folder: string, name: string): string =>
  isAbsolute(name) ? name : join(folder, name);

/** Nothing where it cannot be looked at; why not is told by whoever reads it. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/**
 * A pipe is one too: `--scenario <(…)`. So is what is there and cannot be looked at: whoever reads it
 * tells why.
 */
export function isFile(path: string): boolean {
  try {
    return !statSync(path).isDirectory();
  } catch (error) {
    // `throwIfNoEntry: false` lets Node 26 be silent of a path below a file as well.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}
export const isFolder = (path: string): boolean => statOf(path)?.isDirectory() === true;

/** The whole path, for telling whether two names mean the same file. */
export const wholePath = resolve;
export const folderOf = dirname;

/** Files that were read, or looked for, while somebody wanted to know. */
let seen: Set<string> | undefined;

/** Adds every file that the work reads, also where it throws. */
export function seeingFiles<Result>(files: Set<string>, work: () => Result): Result {
  const before = seen;
  seen = files;
  try {
    return work();
  } finally {
    seen = before;
  }
}

export type Text = { readonly text: string } | { readonly unreadable: string };

/**
 * The text of a file, without the mark at its beginning that some editors write; or why it cannot
 * be read.
 */
export function readText(file: string): Text {
  seen?.add(wholePath(file));
  try {
    if (isFolder(file)) return { unreadable: 'is a folder' };
    return { text: readFileSync(file, 'utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return {
      unreadable: isAbsent ? 'there is no such file' : `cannot be read: ${fileReason(error)}`,
    };
  }
}

/**
 * The name of a file that is there and nearly called like this; both as they are written from the
 * folder.
 */
export function nearestFile(name: string, folder: string): string | undefined {
  const close = nearest(basename(name), namesIn(dirname(pathFrom(folder, name))));
  return close === undefined ? undefined : join(dirname(name), close);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
