// results.json: a report as data, for programs.

import { isFlaky } from '../run/finding.js';
import type { Comparison } from './compare.js';
import { faultsOf } from './faults.js';
import { repeatChain } from './repeat.js';
import type { Telling } from './telling.js';
import { countCoverage } from './verdict.js';

const RESULTS_VERSION = 1;

/** The report as data, in the form of contracts/results.schema.json. */
export function toResults(telling: Telling): object {
  const { report, headlines, failOn, mask, exitCode, verdict, comparison } = telling;
  return {
    version: RESULTS_VERSION,
    target: mask(report.target),
    verdict,
    exit_code: exitCode,
    fail_on: failOn,
    seed: report.seed,
    run_id: report.runId,
    ...(report.filters === undefined ? {} : { filters: report.filters }),
    level: report.level ?? null,
    ...(report.shard === undefined ? {} : { shard: report.shard }),
    started: report.started,
    finished: report.finished ?? null,
    ...(report.stopped === undefined ? {} : { stopped: mask(report.stopped.text) }),
    rows: report.rows.length,
    wrong_rows: report.rows.filter(({ result }) => result === 'wrong').map(({ title }) => title),
    requests: report.requests,
    lacking: report.lacking,
    unseen: report.unseen,
    leftovers: report.leftovers.map(mask),
    possibly_made: report.possiblyMade.map(mask),
    archived: report.archived.map(mask),
    unverified: report.unverified,
    override_held_by: report.override ?? null,
    canary: report.canary ?? null,
    cases: countCoverage(report),
    ...(report.minCases === undefined ? {} : { min_cases: report.minCases }),
    coverage: report.coverage.map((one) =>
      one.reason === undefined ? one : { ...one, reason: mask(one.reason) },
    ),
    causes: headlines.map(
      ({ code, severity, what, operations, count, findings, known, isFlaky }) => ({
        code,
        severity,
        ...(known === undefined ? {} : { known: true }),
        ...(isFlaky ? { flaky: true } : {}),
        what: mask(what),
        operations,
        count,
        fingerprints: findings.map(({ fingerprint }) => fingerprint),
      }),
    ),
    ...(report.knownFaults === undefined ? {} : { known_faults: report.knownFaults }),
    ...(comparison === undefined ? {} : { compared: comparedOf(comparison) }),
    findings: report.findings.map(({ unreachable: _, rowOperation, known, again, ...finding }) => ({
      ...finding,
      faults: faultsOf({ rowOperation, ...finding }),
      ...(known === undefined ? {} : { known }),
      ...(again === undefined ? {} : { asked_again: again }),
      ...(again && isFlaky({ again }) ? { flaky: true } : {}),
      row_operation: rowOperation,
      pointer: mask(finding.pointer),
      expected: mask(finding.expected),
      got: mask(finding.got),
      calls: finding.calls.map(({ operation, caller, request, response, error }) => ({
        operation,
        caller,
        method: request.method,
        target: mask(request.target),
        status: response?.status ?? null,
        ...(error ? { error: mask(error.message) } : {}),
      })),
      repeat: mask(repeatChain(finding)),
    })),
  };
}

const comparedOf = ({ stillThere, notPlayed, ...comparison }: Comparison): object => ({
  ...comparison,
  still_there: stillThere,
  not_played: notPlayed,
});
