// What is wrong with a file that a person wrote: where, what, and what to do. All problems at once.
import { Failure } from '../spec/failure.js';
import { shorten } from '../spec/json.js';

export interface Problem {
  readonly file: string;
  /** Where it stands in a value that was no file, in place of the line. */
  readonly pointer?: string;
  readonly line: number;
  readonly column: number;
  readonly what: string;
  readonly fix: string;
}

/** Takes a problem at the node that a pointer names. */
export type Report = (pointer: string, what: string, fix: string) => void;

/** How many problems are printed; the error holds all of them. */
const MOST_PRINTED = 50;
/** Characters of a text that is printed. */
const LONGEST = 1000;

/** A file that cannot be used as it is. */
export class FileError extends Failure {
  /** In the order of the file. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], message?: string) {
    const inOrder = [...problems].sort(byPlace);
    super(message ?? printed(inOrder));
    this.name = new.target.name;
    this.problems = inOrder;
  }
}

export class ScenarioError extends FileError {}

export class DocumentError extends FileError {}

const byPlace = (a: Problem, b: Problem): number =>
  a.file.localeCompare(b.file) ||
  a.line - b.line ||
  a.column - b.column ||
  (a.pointer ?? '').localeCompare(b.pointer ?? '', undefined, { numeric: true });

function printed(problems: readonly Problem[]): string {
  const shown = problems
    .slice(0, MOST_PRINTED)
    .map(
      (problem) => `${placeOf(problem)}  ${oneLine(problem.what)}\n  fix: ${oneLine(problem.fix)}`,
    );
  const more = problems.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

const placeOf = ({ file, pointer, line, column }: Problem): string =>
  pointer === undefined
    ? `${file}:${line}:${column}`
    : `${file} at ${pointer === '' ? 'the top' : oneLine(pointer)}`;

/**
 * What a file says is repeated in its problems: nothing in it may break a line or steer a terminal.
 */
const oneLine = (text: string): string => shorten(text.replace(/\p{Cc}/gu, '\ufffd'), LONGEST);

/** Rows that were made alike, and files that extend the same one, share their faults. */
export const withoutRepeats = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values(),
];
