// A finding is data: what deviated, where, on what evidence, and how to repeat it. Equal ones are merged.
import type { Basis } from '../spec/case.js';
import type { OperationId } from '../spec/document.js';
import type { Deviation, FindingCode, Severity } from './judge.js';
import type { Exchanged } from './session.js';
import type { Subject } from './subject.js';

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly operation: OperationId;
  /** The case that was expected; empty for a call that only prepared or looked. */
  readonly case: string;
  readonly pointer: string;
  readonly expected: string;
  readonly got: string;
  readonly basis: Basis;
  readonly source: string;
  /** The row of the contracts, as file:line:column. */
  readonly place: string;
  readonly title: string;
  /** The calls up to and with the one that deviated. */
  readonly calls: readonly Exchanged[];
  /** Equal for equal findings of other runs and rows. */
  readonly fingerprint: string;
  readonly count: number;
  /** The target gave no connection at all. */
  readonly unreachable?: true;
}

export function findingOf(
  { place, title }: Pick<Subject, 'place' | 'title'>,
  exchanged: Exchanged,
  all: readonly Exchanged[],
  expected?: readonly string[],
): Finding[] {
  const at = all.findIndex((candidate) => candidate.request === exchanged.request);
  const base = {
    operation: exchanged.operation,
    case: expected?.[0] ?? '',
    place,
    title,
    calls: all.slice(0, at + 1),
    count: 1,
  };
  const finish = (deviation: Deviation, unreachable = false): Finding => ({
    ...base,
    ...deviation,
    ...(unreachable ? { unreachable: true as const } : {}),
    fingerprint: fingerprint(identity(deviation, exchanged.operation, base.case)),
  });
  if (exchanged.error) {
    const { kind, message } = exchanged.error;
    return [
      finish(
        {
          code: 'ANSWER_MISSING',
          severity: 'failure',
          pointer: '',
          expected: 'a whole answer',
          got: message,
          basis: 'docs',
          source: '',
        },
        kind === 'unreachable',
      ),
    ];
  }
  return (exchanged.judged?.deviations ?? []).map((deviation) => finish(deviation));
}

/** Failures first, then questions, then notices; equal ones once, with their count. */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const known = merged.get(finding.fingerprint);
    merged.set(finding.fingerprint, known ? { ...known, count: known.count + 1 } : finding);
  }
  const order: readonly Severity[] = ['failure', 'question', 'notice'];
  return [...merged.values()].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

/** What makes two findings the same one. A field that the document does not know is one piece of news, in whichever case it shows. */
function identity({ code, severity, pointer }: Deviation, operation: string, name: string): string {
  return [code, operation, severity === 'notice' ? '' : name, pointer.replace(/\/\d+/g, '/*')].join('|');
}

/** FNV-1a, eight hex digits. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
