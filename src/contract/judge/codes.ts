// What each kind of finding means, and what to do next; the words of `understudy explain`.
import type { FindingCode } from './deviation.js';

export const codes: Readonly<
  Record<FindingCode, { readonly means: string; readonly next: string }>
> = {
  SERVER_ERROR: {
    means:
      'The server answered with a 5xx. No request may bring that about, whichever answer was due instead.',
    next: 'Look for this request in the log of the server; the trace_id of the answer may help.',
  },
  STATUS_UNDOCUMENTED: {
    means: 'The operation answered with a status that the document does not list for it.',
    next: 'Correct the server, or document the status with a case of its own.',
  },
  MEDIA_TYPE_WRONG: {
    means:
      'The Content-Type differs from the documented one; parameters such as charset are not compared.',
    next: 'Send the documented media type. HTML here often comes from a proxy in between.',
  },
  BODY_UNREADABLE: {
    means: 'The body is not JSON, or it was cut short.',
    next: 'Look at the raw response; a proxy may have replaced it.',
  },
  BODY_UNEXPECTED: {
    means: 'The document says that this status has no body, but there was one.',
    next: 'Send no body, or document it.',
  },
  HEADER_MISSING: {
    means: 'A header that the document requires with this status is missing.',
    next: 'Send it.',
  },
  SCHEMA_BROKEN: {
    means:
      'A field is missing, or has a value that its schema does not allow. The pointer says which.',
    next: 'Compare with the schema of the operation in the document.',
  },
  FIELD_UNDOCUMENTED: {
    means: 'The response has a field that is not in the document. Most clients ignore it.',
    next: 'Nothing, or document the field. This is a notice; it fails a run only with --fail-on notice.',
  },
  VALUE_UNDOCUMENTED: {
    means:
      'A value is none of those that are known of an open set, such as a new error.type. Clients that branch on it miss it.',
    next: 'Nothing, or add the value to x-known-values in the document. This is a notice and never fails a run by itself.',
  },
  JSON_AMBIGUOUS: {
    means:
      'The body can be read, but not every reader of JSON reads the same: it begins with a byte order mark, or an object has two members of one name.',
    next: 'Send no byte order mark, and each member once. This is a notice and never fails a run by itself.',
  },
  CASE_WRONG: {
    means:
      'For this state, caller and input the contract expects another documented case: the status, code, type or keys of details differ.',
    next: 'Look at the requests before it. Either the server follows another rule, or the contract is wrong.',
  },
  RELATION_BROKEN: {
    means:
      'Two parts of one exchange contradict each other: an echoed id, the order of a list, a page larger than its limit, times that run backwards.',
    next: 'See x-relations of this response in the document.',
  },
  STATE_WRONG: {
    means:
      'The response was right, but a later read does not fit: created but not found, deleted but still there.',
    next: 'The write had no effect, or the read came from another place, such as a cache.',
  },
  REFUSAL_CHANGED_STATE: {
    means:
      'A refused request changed something. The vendor’s own client repeats a 409 three times, so this does harm.',
    next: 'Make the server check everything before its first write.',
  },
  ANSWER_MISSING: {
    means:
      'No complete response arrived: the connection was refused or reset, the time was up, the body was too large, or it was no HTTP. A write is not sent again, since it may have been carried out; the report lists it as possibly made.',
    next: 'Check that the server is up and can be reached; raise --request-timeout if it is only slow. Look for what was possibly made by its name.',
  },
  REQUEST_REPEATED: {
    means:
      'A request was sent once more: after a 429, because no byte of it had been sent, or because the server had closed the connection of a read. No write that may have been carried out is ever repeated.',
    next: 'Nothing. This is a notice and never fails a run by itself.',
  },
  PREPARATION_FAILED: {
    means:
      'A call that should bring about the state of a row failed, so that the row was not exercised and the run is inconclusive. A 5xx, and an answer without an id that can be used, is a failure; another refusal a question.',
    next: 'Mend the operation that prepares, or give the caller the right to use it. To do without, leave it out with --exclude-operation-id.',
  },
  REQUEST_BROKEN: {
    means:
      'The client sent what the document does not allow: a field or parameter with a wrong value or missing, no credential, or a body without its content type. Only the matchers for tests look at the requests of a client.',
    next: 'Correct the client. A test that sends it on purpose expects the refusal: with a 401 or 422 nothing is said of it; `request: false` leaves it out.',
  },
  REQUEST_UNDOCUMENTED: {
    means:
      'The client asked for a path or a method, or sent a parameter or a field, that the document does not have. A server may refuse it, or ignore it without a word.',
    next: 'Look for a slip of the pen, or document it.',
  },
};
