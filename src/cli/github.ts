// What GitHub Actions shows of a run: the summary on the page of the job, and an annotation for
// each cause that failed it.

import { appendFileSync } from 'node:fs';
import { toMarkdown } from '../contract/report/markdown.js';
import type { Telling } from '../contract/report/telling.js';
import { failsRun } from '../contract/report/verdict.js';
import { fileReason } from '../files/file-error.js';
import type { Io } from './io.js';

/** GitHub shows ten of each kind for a step. */
const MOST_ANNOTATIONS = 10;

/** Does nothing where the environment is not that of GitHub Actions. */
export function tellGitHub(telling: Telling, { env, stdout, stderr }: Io): void {
  const file = env.GITHUB_STEP_SUMMARY;
  if (file) {
    try {
      appendFileSync(file, toMarkdown(telling));
    } catch (error) {
      // The verdict is whole without it.
      stderr.write(`GITHUB_STEP_SUMMARY cannot be written: ${fileReason(error)}\n`);
    }
  }
  if (env.GITHUB_ACTIONS !== 'true') return;
  const { report, headlines, failOn, mask } = telling;
  const failed = headlines.filter((headline) => failsRun(headline, failOn));
  for (const { file: known, line, what, fix } of report.knownFaults ?? [])
    stdout.write(
      `::error file=${escapeProperty(known)},line=${line}::${escapeData(`${what}; ${fix}`)}\n`,
    );
  for (const { code, what, operations, count } of failed.slice(0, MOST_ANNOTATIONS)) {
    const said = `${mask(what)} (${count}× in ${operations.join(', ')})`;
    stdout.write(`::error title=${escapeProperty(code)}::${escapeData(said)}\n`);
  }
}

/** As GitHub's own toolkit writes them: a line break would end the command. */
const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
