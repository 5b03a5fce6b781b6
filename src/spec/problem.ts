// What is wrong with a file that a person wrote: where, what, and what to do. All problems at once.

export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly what: string;
  readonly fix: string;
}

/** Takes a problem at the node that a pointer names. */
export type Report = (pointer: string, what: string, fix: string) => void;

/** A file that cannot be used as it is. */
export class FileError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ file, line, column, what, fix }) => `${file}:${line}:${column}  ${what}\n  fix: ${fix}`).join('\n'));
    this.name = new.target.name;
    this.problems = problems;
  }
}

export class ScenarioError extends FileError {}

export class DocumentError extends FileError {}
