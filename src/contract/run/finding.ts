// A finding is data: what deviated, where, on what evidence, and how to repeat it. Equal ones are
// merged.
import type { Basis } from '../../spec/case.js';
import type { OperationId } from '../../spec/document.js';
import { fnv1a } from '../../spec/hash.js';
import type { Deviation, FindingCode, Severity } from '../judge/deviation.js';
import { type Exchanged, thin } from './exchanged.js';
import type { Level } from './level.js';
import type { Subject } from './subject.js';

/** An entry of a file of known deviations: what somebody has accepted for now. */
export interface KnownFinding {
  readonly fingerprint: string;
  readonly reason: string;
  readonly owner: string;
  /** The last day on which it is accepted, in UTC. */
  readonly expires: string;
  /** Of the call that deviates. */
  readonly operation?: string;
  /** The title of a row that shows it. */
  readonly row?: string;
  /** The level of the run that has found it; lower ones look at less. */
  readonly level?: Level;
  readonly file: string;
  readonly line: number;
}

/** How often a finding was asked for again, and how often it came. */
export interface AskedAgain {
  readonly times: number;
  readonly came: number;
}

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Of the call that deviated. */
  readonly operation: OperationId;
  /** That the row is about: for a call that only prepared or looked, another one. */
  readonly rowOperation: OperationId;
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
  /** The entry of the known deviations that accepts it for now. */
  readonly known?: KnownFinding;
  /** What became of it when it was asked for again. */
  readonly again?: AskedAgain;
}

export const isFlaky = ({ again }: Pick<Finding, 'again'>): boolean =>
  again !== undefined && again.came < again.times;

export function findingOf(
  subject: Subject,
  exchanged: Exchanged,
  all: readonly Exchanged[],
  expected?: readonly string[],
): Finding[] {
  const at = all.findIndex((candidate) => candidate.request === exchanged.request);
  // What a look found belongs to the row, whose case is no case of the operation that was looked
  // with.
  const isLook = expected === subject.expected && exchanged.operation !== subject.operation;
  const base = {
    operation: exchanged.operation,
    rowOperation: subject.operation,
    case: isLook ? '' : (expected?.[0] ?? ''),
    place: subject.place,
    title: subject.title,
    count: 1,
  };
  const seenBy = isLook ? `${subject.operation}.${expected[0]}` : base.case;
  const callsOf = (calls: readonly Exchanged[]): readonly Exchanged[] =>
    calls.filter((call) => call.request === exchanged.request || !call.sentAgain).map(thin);
  // One list for all findings of an exchange, of which there may be thousands.
  const calls = callsOf(all.slice(0, at + 1));
  const finish = (deviation: Deviation, unreachable = false): Finding => ({
    ...base,
    // What a refusal changed shows in the look after it, which is the last call so far.
    calls: deviation.code === 'REFUSAL_CHANGED_STATE' ? callsOf(all) : calls,
    ...deviation,
    ...(unreachable ? { unreachable: true as const } : {}),
    // How a method that no path has is refused, a server decides once for all paths.
    fingerprint: fingerprint(
      identity(deviation, subject.kind === 'method' ? '' : exchanged.operation, seenBy),
    ),
  });
  const again = exchanged.sentAgain ?? exchanged.response?.repeated ?? exchanged.error?.repeated;
  const repeated = again === undefined ? [] : [finish(repetition(again))];
  if (exchanged.error) {
    const { kind, message } = exchanged.error;
    return [
      ...repeated,
      finish(
        {
          code: 'ANSWER_MISSING',
          // A gateway that stumbles once says nothing of the server; the watch counts.
          severity: kind === 'gateway' ? 'notice' : 'failure',
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
  return [
    ...repeated,
    ...(exchanged.judged?.deviations ?? []).map((deviation) => finish(deviation)),
  ];
}

/** Nothing is wrong with it; whoever counts the target's requests should know. */
const repetition = (why: string): Deviation => ({
  code: 'REQUEST_REPEATED',
  severity: 'notice',
  pointer: '',
  expected: 'an answer to the first request',
  got: why,
  basis: 'docs',
  source: '',
});

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

/**
 * What makes two findings the same one: nothing that another run would make anew, such as an id. A
 * field that the document does not know is one piece of news, in whichever case it shows. Another
 * status in place of the same case is another piece, and a question never stands for a failure.
 */
function identity(
  { code, severity, pointer, got }: Deviation,
  operation: string,
  name: string,
): string {
  // One new field is one piece of news, in how many answers it may stand.
  if (code === 'FIELD_UNDOCUMENTED')
    return [code, pointer.slice(pointer.lastIndexOf('/'))].join('|');
  const status =
    code === 'CASE_WRONG' || code === 'SERVER_ERROR' ? (/^\d+/.exec(got)?.[0] ?? '') : '';
  return [
    code,
    severity,
    operation,
    severity === 'notice' ? '' : name,
    pointer.replace(/\/\d+(?=\/|$)/g, '/*'),
    status,
  ].join('|');
}

/** Eight hex digits. */
const fingerprint = (text: string): string => (fnv1a(text) >>> 0).toString(16).padStart(8, '0');
