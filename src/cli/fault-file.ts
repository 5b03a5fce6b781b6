// The file of `serve --fault`: faults on purpose, with the line of each problem.
import { FileError } from '../files/problem.js';
import { readText } from '../files/read.js';
import { type ParsedYaml, parseYaml } from '../files/yaml.js';
import type { Fault } from '../scenario/faults.js';

export interface FaultFile {
  readonly faults: readonly Fault[];
  /** Runs what looks at the faults; its problems get the lines of the file. */
  placing<Result>(work: () => Result): Result;
}

const FORM = 'write `faults:` and below it a list, each with `when` and `does`';

/** Throws a FileError for what is no file of faults. */
export function readFaultFile(file: string): FaultFile {
  const refuse = (what: string, fix: string): never => {
    throw new FileError([{ file, line: 1, column: 1, what, fix }]);
  };
  const read = readText(file);
  if ('unreadable' in read) return refuse(read.unreadable, 'name a file of faults');
  const parsed: ParsedYaml = parseYaml(read.text, file);
  if (parsed.problems.length > 0) throw new FileError(parsed.problems);
  const { faults, ...others } = (parsed.value ?? {}) as { readonly faults?: unknown };
  if (!Array.isArray(faults)) return refuse('the file has no list of faults', FORM);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new FileError([parsed.at(`/${unknown}`, `${unknown} is not a known key`, FORM)]);
  return {
    faults: faults as Fault[],
    placing: (work) => {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof FileError) || error.problems[0]?.file !== 'faults') throw error;
        throw new FileError(
          error.problems.map(({ pointer = '', what, fix }) => parsed.at(pointer, what, fix)),
        );
      }
    },
  };
}
