// One fault of a server shows in many rows: a header that is gone is missing from every answer.
// Findings with the same cause are one headline, with the operations that it touches.
import type { OperationId } from '../../spec/document.js';
import { isInError } from '../dialect.js';
import type { FindingCode, Severity } from '../judge/deviation.js';
import type { Finding, KnownFinding } from '../run/finding.js';
import { isFlaky } from '../run/finding.js';

export interface Headline {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** What is wrong, in a line: where, what was expected and what came. From the target, unmasked. */
  readonly what: string;
  /** Those that the cause touches, in the order in which it showed. */
  readonly operations: readonly OperationId[];
  /** How often it showed. */
  readonly count: number;
  /** At least one; those that are told of at length come first. */
  readonly findings: readonly Finding[];
  /** The entry that accepts the first of them; then all of them are accepted. */
  readonly known?: KnownFinding;
  /** Whether one of them did not come every time it was asked for. */
  readonly isFlaky: boolean;
}

/** Findings of one cause that are told of at length; of the others, only how many there are. */
export const EXAMPLES = 3;

/** The most serious first, then those that touch most operations. */
export function headlinesOf(findings: readonly Finding[]): readonly Headline[] {
  const byCause = new Map<string, Finding[]>();
  for (const finding of findings) {
    const cause = `${causeOf(finding)}|${finding.known ? 'known' : ''}`;
    const known = byCause.get(cause);
    if (known) known.push(finding);
    else byCause.set(cause, [finding]);
  }
  const order: readonly Severity[] = ['failure', 'question', 'notice'];
  return [...byCause.values()]
    .map(headlineOf)
    .sort(
      (a, b) =>
        order.indexOf(a.severity) - order.indexOf(b.severity) ||
        b.operations.length - a.operations.length,
    );
}

function headlineOf(findings: readonly Finding[]): Headline {
  const operations = [...new Set(findings.map(({ rowOperation }) => rowOperation))];
  // An example for each operation, as long as there are some left.
  const firsts = operations.flatMap(
    (id) => findings.find(({ rowOperation }) => rowOperation === id) ?? [],
  );
  const ordered = [...new Set([...firsts, ...findings])];
  const [first] = ordered as [Finding, ...Finding[]];
  const { code, severity, known } = first;
  const count = findings.reduce((sum, finding) => sum + finding.count, 0);
  return {
    code,
    severity,
    what: wordsOf(first),
    operations,
    count,
    findings: ordered,
    ...(known ? { known } : {}),
    isFlaky: findings.some(isFlaky),
  };
}

const wordsOf = ({ pointer, expected, got }: Finding): string =>
  `${pointer === '' ? '' : `${pointer}: `}expected ${expected}, got ${got}`;

/**
 * What two findings of one cause have in common. Where in doubt it is different, since a fault that
 * hides behind another is worse than one that is told of twice.
 */
function causeOf(finding: Finding): string {
  const { code, severity, operation, rowOperation, case: name, pointer, expected, got } = finding;
  const status = /^\d{3}\b/.exec(got)?.[0] ?? '';
  const cause = [code, severity];
  // Whatever was asked, the server broke.
  if (status.startsWith('5')) return [severity, status].join('|');
  switch (code) {
    case 'ANSWER_MISSING':
    case 'REQUEST_REPEATED':
    case 'PREPARATION_FAILED':
      return [...cause, got.replace(/\d+/g, '0')].join('|');
    case 'CASE_WRONG':
    case 'STATUS_UNDOCUMENTED':
      return [...cause, name, status].join('|');
    case 'STATE_WRONG':
    case 'REFUSAL_CHANGED_STATE':
      return [...cause, rowOperation, fieldOf(pointer)].join('|');
    case 'SCHEMA_BROKEN':
    case 'RELATION_BROKEN':
    case 'FIELD_UNDOCUMENTED':
    case 'VALUE_UNDOCUMENTED': {
      // Every refusal has the same envelope.
      const noun = isInError(pointer) ? '' : nounOf(operation);
      return [...cause, noun, fieldOf(pointer), expected].join('|');
    }
    default:
      // A media type, a header, a body that cannot be read: the same for all operations.
      return [...cause, pointer, expected].join('|');
  }
}

/** Of a field below an item of a list, the path from the item on. */
const fieldOf = (pointer: string): string => pointer.replace(/^.*\/(\d+|\*)(?=\/|$)/, '');

/** `Space` of listSpaces, getSpace and updateSpace. */
const nounOf = (operation: OperationId): string =>
  operation.replace(/^[a-z]+/, '').replace(/s$/, '');
