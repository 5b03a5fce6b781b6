// The findings as SARIF 2.1.0, which code scanning of GitHub, GitLab and editors read.
import { codes } from '../judge/codes.js';
import type { Severity } from '../judge/deviation.js';
import type { Finding } from '../run/finding.js';
import { isFlaky } from '../run/finding.js';
import { FAULT_LIST, faultsOf } from './faults.js';
import type { Mask } from './redact.js';
import type { Telling } from './telling.js';
import { acceptanceOf } from './text.js';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  failure: 'error',
  question: 'warning',
  notice: 'note',
};

export function toSarif({ report, mask }: Telling): object {
  const used = [...new Set(report.findings.map(({ code }) => code))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Understudy',
            rules: used.map((code) => ({
              id: code,
              shortDescription: { text: codes[code].means },
              help: { text: codes[code].next },
            })),
          },
        },
        taxonomies: [
          {
            ...FAULT_LIST,
            taxa: numbersIn(report.findings).map((fault) => ({ id: String(fault) })),
          },
        ],
        automationDetails: { id: `understudy/${report.runId}` },
        invocations: [
          {
            executionSuccessful: report.stopped === undefined,
            startTimeUtc: report.started,
            ...(report.finished === undefined ? {} : { endTimeUtc: report.finished }),
          },
        ],
        results: report.findings.map((finding) => resultOf(finding, mask)),
      },
    ],
  };
}

const numbersIn = (findings: readonly Finding[]): readonly number[] =>
  [...new Set(findings.flatMap(faultsOf))].sort((a, b) => a - b);

function resultOf(finding: Finding, mask: Mask): object {
  const { code, severity, operation, rowOperation, case: name, pointer, title, count } = finding;
  const [, file = finding.place, line = '1', column = '1'] =
    /^(.*?):(\d+)(?::(\d+))?$/s.exec(finding.place) ?? [];
  const where = pointer === '' ? '' : ` at ${mask(pointer)}`;
  const text = `${title}. ${operation}${where}: expected ${mask(finding.expected)}, got ${mask(finding.got)}`;
  return {
    ruleId: code,
    level: levels[severity],
    message: { text },
    // The row of the contracts: the code of the server is not known here.
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(file) },
          region: { startLine: Number(line), startColumn: Number(column) },
        },
        logicalLocations: [
          {
            fullyQualifiedName: name === '' ? operation : `${operation}.${name}`,
            kind: 'function',
          },
        ],
      },
    ],
    partialFingerprints: { 'understudy/v1': finding.fingerprint },
    occurrenceCount: count,
    taxa: faultsOf(finding).map((fault) => ({
      id: String(fault),
      toolComponent: { name: FAULT_LIST.name },
    })),
    properties: { row_operation: rowOperation, ...(isFlaky(finding) ? { flaky: true } : {}) },
    // Code scanning closes what is accepted, and opens it again when it is not.
    ...(finding.known
      ? { suppressions: [{ kind: 'external', justification: acceptanceOf(finding.known) }] }
      : {}),
  };
}
