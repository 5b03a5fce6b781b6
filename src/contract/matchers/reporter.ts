// A reporter for vitest and for jest: of all expectations of a run, and of the rows of
// `describeContracts`, it writes one coverage.json.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { aText, checkOptions, type OptionRule } from '../../files/options.js';
import { makeFolder } from '../../files/write.js';
import type { OperationId } from '../../spec/document.js';
import type { Showing } from '../run/coverage.js';
import type { Result } from '../run/play.js';
import { coverageOfShowings, RECORD, readRecord } from './recorded.js';

export interface CoverageOptions {
  /** The file that is written; `contract-coverage.json` when absent. */
  readonly output?: string;
  /** Files of the same form, such as that of a run of `check`, which are counted in. */
  readonly merge?: readonly string[];
}

const optionRules: Record<keyof CoverageOptions, OptionRule> = {
  output: aText,
  merge: { expected: 'a list of files', holds: Array.isArray },
};

/** Of a coverage.json, what is read again. */
interface Coverage {
  readonly cases: Readonly<Record<Result, number>>;
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly cases: Readonly<
          Record<string, { readonly result: Result; readonly reason?: string }>
        >;
      }
    >
  >;
}

export default class ContractCoverage {
  readonly #folder = mkdtempSync(join(tmpdir(), 'understudy-'));
  readonly #record = join(this.#folder, 'record.jsonl');
  readonly #options: CoverageOptions;

  /** vitest gives the options alone, jest its own configuration before them. */
  constructor(first: object = {}, second?: CoverageOptions) {
    const options = second ?? first;
    checkOptions('The coverage reporter', options, optionRules);
    this.#options = options;
    // The processes that run the tests are started later, and inherit it.
    process.env[RECORD] = this.#record;
    this.#begin();
    process.on('exit', () => rmSync(this.#folder, { recursive: true, force: true }));
  }

  // vitest

  onTestRunStart(): void {
    this.#begin();
  }

  onTestRunEnd(): void {
    this.#end();
  }

  // jest

  onRunStart(): void {
    this.#begin();
  }

  onRunComplete(): void {
    this.#end();
  }

  /** While files are watched, there are many runs. */
  #begin(): void {
    writeFileSync(this.#record, '');
  }

  #end(): void {
    const { output = 'contract-coverage.json', merge = [] } = this.#options;
    const before = merge.flatMap((file) => showingsIn(file));
    const coverage = coverageOfShowings([...before, ...readRecord(this.#record)]) as Coverage;
    makeFolder(dirname(resolve(output)));
    writeFileSync(output, `${JSON.stringify(coverage, null, 2)}\n`);
    const { right, wrong, not_exercised } = coverage.cases;
    const all = right + wrong + not_exercised;
    process.stdout.write(
      `The contract: ${right} of ${all} documented cases right, ${wrong} wrong; see ${output}.\n`,
    );
  }
}

/** Each case as if a request had shown it. */
function showingsIn(file: string): readonly Showing[] {
  const { operations } = JSON.parse(readFileSync(file, 'utf8')) as Coverage;
  return Object.entries(operations).flatMap(([operation, { cases }]) =>
    Object.entries(cases).map(
      ([name, { result, reason }]): Showing => ({
        operation: operation as OperationId,
        expected: [name],
        result,
        ...(result === 'right' ? { answered: name } : {}),
        ...(reason === undefined ? {} : { reason }),
      }),
    ),
  );
}
