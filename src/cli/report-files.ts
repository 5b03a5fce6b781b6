// The report folder of a run, from its first moment on: a folder never shows the verdict
// of an older run.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../client/target.js';
import { toCoverage } from '../contract/report/coverage-json.js';
import { toJunit } from '../contract/report/junit.js';
import { toMarkdown } from '../contract/report/markdown.js';
import { toHtml } from '../contract/report/page.js';
import { toResults } from '../contract/report/results.js';
import { toSarif } from '../contract/report/sarif.js';
import { type Telling, tell } from '../contract/report/telling.js';
import type { FailOn } from '../contract/report/verdict.js';
import type { Report } from '../contract/run/options.js';
import type { Profile } from '../contract/run/profile.js';
import type { Stopped } from '../contract/run/stopped.js';
import { fileReason } from '../files/file-error.js';
import { makeFolder, replaceFile } from '../files/write.js';
import { UsageError } from '../spec/failure.js';
import { HarFile } from './har-file.js';

/** What each file holds. */
const files: Readonly<Record<string, (telling: Telling) => string>> = {
  'results.json': (telling) => asJson(toResults(telling)),
  'junit.xml': toJunit,
  'results.sarif': (telling) => asJson(toSarif(telling)),
  'coverage.json': (telling) => asJson(toCoverage(telling)),
  'summary.md': toMarkdown,
  'index.html': toHtml,
};
const asJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

export class ReportFiles {
  readonly #folder: string;
  readonly #failOn: FailOn;
  readonly #begun: Omit<Report, 'stopped'>;

  constructor(
    folder: string,
    failOn: FailOn,
    begun: Pick<Report, 'target' | 'seed' | 'runId' | 'filters'>,
  ) {
    const started = new Date().toISOString();
    const none = {
      rows: [],
      findings: [],
      coverage: [],
      lacking: [],
      leftovers: [],
      archived: [],
      unverified: 0,
      possiblyMade: [],
      requests: 0,
      unseen: 0,
    };
    this.#begun = { ...begun, started, secrets: new Map(), ...none };
    this.#folder = folder;
    this.#failOn = failOn;
  }

  #har: HarFile | undefined;

  /** The same target, whose exchanges are kept in run.har. */
  recorded(target: Target, secrets: Profile['secrets']): Target {
    const base = /^https?:/.test(target.name) ? target.name : 'http://in-process';
    return this.#har?.over(target, base, secrets) ?? target;
  }

  /** The file that people open; the others lie beside it. */
  get page(): string {
    return join(this.#folder, 'index.html');
  }

  /** The report of a run before its first request. */
  without(stopped: Stopped): Report {
    return { ...this.#begun, stopped };
  }

  /**
   * Called before the run, so that a report folder that cannot be written stops it at once.
   * Replaces an older run's report.
   */
  begin(): void {
    const text = 'the run has not ended, or was ended before it could write its report';
    try {
      makeFolder(this.#folder);
    } catch (error) {
      throw this.#problem(error);
    }
    this.write(tell(this.without({ why: 'unfinished', text }), this.#failOn));
    try {
      this.#har = new HarFile(this.#folder);
    } catch (error) {
      throw this.#problem(error);
    }
  }

  /** At the end. Throws a UsageError where a file cannot be written, or is not complete. */
  end(telling: Telling): void {
    this.write(telling);
    const problem = this.#har?.end();
    if (problem !== undefined) throw this.#problem(new Error(problem));
  }

  /** Each file whole or not at all. Throws a UsageError where one cannot be written. */
  write(telling: Telling): void {
    for (const [name, toFile] of Object.entries(files))
      this.#replace(join(this.#folder, name), toFile(telling));
  }

  #replace(path: string, text: string): void {
    try {
      replaceFile(path, text);
    } catch (error) {
      throw this.#problem(error);
    }
  }

  #problem(error: unknown): UsageError {
    return new UsageError(
      `${this.#folder} cannot be written: ${fileReason(error)}\n  fix: name another folder with --report-dir`,
    );
  }
}

/** The rows that were wrong in the last run. Throws a UsageError where there are none. */
export function wrongRowsIn(folder: string): readonly string[] {
  const path = join(folder, 'results.json');
  let rows: unknown;
  try {
    rows = (JSON.parse(readFileSync(path, 'utf8')) as { wrong_rows?: unknown }).wrong_rows;
  } catch (error) {
    throw new UsageError(
      `--last-failed: ${path} cannot be read: ${fileReason(error)}\n  fix: run without --last-failed first`,
    );
  }
  if (Array.isArray(rows) && rows.length > 0) return rows as readonly string[];
  throw new UsageError(
    `--last-failed: no row was wrong in the run of ${path}\n  fix: run without --last-failed`,
  );
}
