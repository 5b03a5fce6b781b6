// What each kind of finding means, and what to do next; the words of `understudy explain`.
import type { FindingCode } from './judge.js';

export const codes: Readonly<Record<FindingCode, { readonly means: string; readonly next: string }>> = {
  STATUS_UNDOCUMENTED: {
    means: 'The operation answered with a status that the document does not list for it.',
    next: 'Correct the server, or document the status with a case of its own.',
  },
  MEDIA_TYPE_WRONG: {
    means: 'The Content-Type differs from the documented one; parameters such as charset are not compared.',
    next: 'Send the documented media type. HTML here often comes from a proxy in between.',
  },
  BODY_UNREADABLE: {
    means: 'The body is no JSON, or cut short.',
    next: 'Look at the raw answer; something in between may have replaced it.',
  },
  BODY_UNEXPECTED: { means: 'A status that is documented without a body came with one.', next: 'Send no body, or document it.' },
  HEADER_MISSING: { means: 'A header that the document requires on this status is missing.', next: 'Send it.' },
  SCHEMA_BROKEN: {
    means: 'A field is missing, or has a value that its schema does not allow. The pointer says which.',
    next: 'Compare with the schema of the operation in the document.',
  },
  FIELD_UNDOCUMENTED: {
    means: 'The answer has a field that the document does not know. Clients that ignore unknown fields do not notice.',
    next: 'Nothing, or document the field. This is a notice and never fails a run by itself.',
  },
  CASE_WRONG: {
    means:
      'Given this state, caller and input, the contract expects another documented case: status, code, type or details keys differ.',
    next: 'Look at the calls before; either the rule of the server differs, or the contract is wrong.',
  },
  RELATION_BROKEN: {
    means:
      'Two parts of one exchange contradict each other: an echoed id, the order of a list, a page larger than its limit, times that run backwards.',
    next: 'The relation stands in the document as x-relations of the response.',
  },
  STATE_WRONG: {
    means: 'The answer was right, but what was read afterwards does not fit: created and not found, deleted and still there.',
    next: 'The write was not effective, or the read comes from elsewhere.',
  },
  REFUSAL_CHANGED_STATE: {
    means: 'A refused request changed something. The vendor’s own client repeats a 409 three times, so this does harm.',
    next: 'Check everything before the first write.',
  },
  ANSWER_MISSING: {
    means: 'No whole answer came: connection refused or reset, time over, body too large.',
    next: 'Check that the server is up and reachable; raise --request-timeout if it is only slow.',
  },
};
