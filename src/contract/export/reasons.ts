// What Arazzo and Respect cannot say of a row, and why a row is left out.

/** Why a row cannot be exported; the keys are stable, so that their numbers can be asserted. */
export const reasonsLeftOut = {
  raw_body:
    'a body that is no JSON object, or not labelled as one: Arazzo sends what its payload says',
  repeated_parameter: 'a parameter that is sent twice: Arazzo gives each one value',
  required_left_out: 'a required parameter is left out: Respect fills it in from the document',
  no_body: 'no body where the operation takes one: Respect sends the example of the document',
  either_way: 'success and refusal are both allowed, and what follows depends on which it was',
  whole_list: 'a look compares a whole list or object: the simple conditions of Respect do not',
  later_page: 'a look walks through small pages for a row: Arazzo has no loops',
  odd_text:
    'a text with $, {, }, a quote, or blanks around an expression, which Respect would read otherwise',
} as const;

export type ReasonLeftOut = keyof typeof reasonsLeftOut;

/** What is left out of a workflow that is exported. */
export const reasonsInPart = {
  unchanged:
    'that a refusal changed nothing: the whole answer before and after would have to be compared',
  details:
    'which keys the details of a refusal have: the conditions of Arazzo cannot ask for a key',
  later_pages:
    'that a row may stand on a later page: Arazzo has no loops, so the first page is looked at',
} as const;

export type ReasonInPart = keyof typeof reasonsInPart;

export class LeftOut extends Error {
  readonly reason: ReasonLeftOut;

  constructor(reason: ReasonLeftOut) {
    super(reason);
    this.reason = reason;
  }
}
