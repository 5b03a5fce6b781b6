// Judges one exchange by the document: status, media type, headers, body, the expected case, the envelope, the relations.
// What the document does not vouch for is not judged; a field it does not know is a notice.
import { type Basis, type Case, vouchesFor } from '../../spec/case.js';
import type { HttpMethod, Operation, Spec } from '../../spec/document.js';
import { isJsonObject, type Json, type PlainResponse } from '../../spec/message.js';
import { brokenRelations, type Exchange } from '../../spec/relation.js';
import { type ErrorField, errorAt, errorIn } from '../dialect.js';
import { type ReadJson, readJson } from './json.js';
import { violationsOf } from './schema-errors.js';

export type Severity = 'failure' | 'question' | 'notice';

/** A stable code for each kind of finding; `understudy explain CODE` says more. */
export type FindingCode =
  | 'STATUS_UNDOCUMENTED'
  | 'MEDIA_TYPE_WRONG'
  | 'BODY_UNREADABLE'
  | 'BODY_UNEXPECTED'
  | 'HEADER_MISSING'
  | 'SCHEMA_BROKEN'
  | 'FIELD_UNDOCUMENTED'
  | 'VALUE_UNDOCUMENTED'
  | 'JSON_AMBIGUOUS'
  | 'CASE_WRONG'
  | 'RELATION_BROKEN'
  | 'STATE_WRONG'
  | 'REFUSAL_CHANGED_STATE'
  | 'ANSWER_MISSING'
  | 'REQUEST_REPEATED'
  | 'PREPARATION_FAILED';

/** One deviation, before it is known in which row it showed. */
export interface Deviation {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly pointer: string;
  readonly expected: string;
  readonly got: string;
  readonly basis: Basis;
  readonly source: string;
}

/** What was asked, as the relations see it. */
export type AskedFor = Pick<Exchange, 'path' | 'query' | 'requestBody'>;

export interface Expectation {
  /** Any of these cases; none where the document alone is asked. */
  readonly cases?: readonly string[];
  /** Where the expectation comes from if nobody documented it: another case is then a question. */
  readonly assumed?: string;
  /** Where it is documented that the request is refused, although the form of the refusal is assumed: to accept it is a failure. */
  readonly documented?: string;
}

export interface Judged {
  readonly deviations: readonly Deviation[];
  /** The documented case that the answer is, when it is one. */
  readonly documented?: Case;
  readonly body: Json | undefined;
}

const RFC_8259 = 'RFC 8259, 4 and 8.1';

type Reporter = (code: FindingCode, pointer: string, expected: string, got: string, basis?: Basis, source?: string) => void;

/** Deviations that harm no client which follows the document. */
const notices: readonly FindingCode[] = ['FIELD_UNDOCUMENTED', 'VALUE_UNDOCUMENTED', 'JSON_AMBIGUOUS'];

const severityOf = (basis: Basis): Severity => (basis === 'assumed' ? 'question' : 'failure');

export function judge(
  spec: Spec,
  operation: Operation,
  asked: AskedFor,
  response: PlainResponse,
  { cases: expected = [], assumed, documented }: Expectation = {},
  read = readBody(response),
): Judged {
  const deviations: Deviation[] = [];
  const wanted = expected.map((name) => operation.cases.get(name)).filter((c) => c !== undefined);
  // Of several expected cases, the one most like the answer decides how severe a deviation is.
  const leading =
    wanted.find((c) => c.status === response.status) ??
    wanted[0] ??
    [...operation.cases.values()].find((c) => c.status === response.status);
  const basis = leading?.basis ?? 'docs';
  const report: Reporter = (
    code,
    pointer,
    expectation,
    got,
    of = basis,
    source = leading?.source ?? spec.place(operation.id),
  ) => {
    const severity = notices.includes(code) ? 'notice' : severityOf(of);
    deviations.push({ code, severity, pointer, expected: expectation, got, basis: of, source });
  };

  for (const { pointer, expected: wants, got } of read.oddities) report('JSON_AMBIGUOUS', pointer, wants, got, 'docs', RFC_8259);
  // Cases can look alike, such as archived and already_archived: an expected one goes first.
  const actual = [...wanted, ...operation.cases.values()].find((candidate) => isCase(candidate, response.status, read.body));
  if (wanted.length > 0 && !(actual && wanted.includes(actual))) {
    const accepted = response.status < 400 && wanted.every(({ status }) => status >= 400);
    const told = isCrash(response) ? spec.place(operation.id) : accepted ? documented : undefined;
    const rests = told === undefined ? (accepted ? (leading?.rule ?? basis) : basis) : 'docs';
    const of = assumed === undefined || told !== undefined ? rests : 'assumed';
    const got = describeAnswer(response, read.body);
    report('CASE_WRONG', '', wanted.map(describeCase).join(' or '), got, of, told ?? assumed);
    // What is no case at all would break every line of a schema that it was never meant for.
    if (!actual) return { deviations, body: read.body };
  }
  // A case whose status is open has the form of its response, whichever status of the class comes.
  const described = operation.responses.get(response.status) ?? (actual && operation.responses.get(actual.status));
  if (!described) {
    // With an expected case, the wrong case was reported already. Only without one is an undocumented status a finding of its own.
    // An undocumented refusal is only a question, since the document may not list all refusals.
    const of = response.status >= 400 && !isCrash(response) ? 'assumed' : 'docs';
    if (wanted.length === 0)
      report('STATUS_UNDOCUMENTED', '', `one of ${[...operation.responses.keys()].join(', ')}`, String(response.status), of);
    return { deviations, body: read.body, ...(actual ? { documented: actual } : {}) };
  }
  const mediaType = response.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (described.schema === undefined) {
    if (response.body !== undefined) report('BODY_UNEXPECTED', '', 'no body', shorten(response.body));
  } else if (read.problem) {
    report('BODY_UNREADABLE', '', 'JSON', read.problem);
  } else {
    if (mediaType !== described.mediaType)
      report('MEDIA_TYPE_WRONG', '/content-type', described.mediaType ?? 'none', mediaType ?? 'none');
    judgeBody(described.schema, read.body, actual ?? leading, report);
    const type = errorIn(read.body)?.type;
    if (response.status >= 400 && typeof type === 'string' && !spec.errorTypes.includes(type))
      report('VALUE_UNDOCUMENTED', errorAt('type'), `one of ${spec.errorTypes.join(', ')}`, type, 'client', knownTypesSource);
  }
  for (const name of described.requiredHeaders) {
    if (response.headers[name] === undefined) report('HEADER_MISSING', `/${name}`, 'the header', 'none');
  }
  const exchange: Exchange = { ...asked, status: response.status, responseBody: read.body };
  if (!deviations.some((d) => d.severity !== 'notice')) {
    for (const { pointer, expected: wants, got, assumed } of brokenRelations(described.relations, exchange)) {
      if (!isPromised(actual ?? leading, pointer)) continue;
      report('RELATION_BROKEN', pointer, wants, show(got), assumed === undefined ? basis : 'assumed', assumed);
    }
  }
  return { deviations, body: read.body, ...(actual ? { documented: actual } : {}) };
}

/** The answer to a method that the path does not have, where these are allowed. Of its body nothing is known. */
export function judgeRefusedMethod(allowed: readonly HttpMethod[], response: PlainResponse): Judged {
  const deviations: Deviation[] = [];
  const report = (code: FindingCode, pointer: string, expected: string, got: string, basis: Basis, source: string): void => {
    deviations.push({ code, severity: severityOf(basis), pointer, expected, got, basis, source });
  };
  const { body } = readBody(response);
  const allow = response.headers.allow;
  if (response.status === 405 && allow === undefined)
    report('HEADER_MISSING', '/allow', allowed.join(', '), 'none', 'docs', 'RFC 9110, 15.5.6');
  const said = (allow ?? '').split(',').map((method) => method.trim().toUpperCase());
  if (allow !== undefined && !allowed.every((method) => said.includes(method)))
    report('RELATION_BROKEN', '/allow', `${allowed.join(', ')}, which the document has`, allow, 'assumed', 'RFC 9110, 15.5.6');
  if (response.status !== 405)
    report('CASE_WRONG', '', '405 method_not_allowed', describeAnswer(response, body), 'client', 'vendor QA notes 2026-03');
  return { deviations, body };
}

function judgeBody(schema: string, body: Json | undefined, documented: Case | undefined, report: Reporter): void {
  for (const violation of violationsOf(`closed_${schema}`, body)) {
    const got = violation.keyword === 'required' ? 'absent' : show(at(body, violation.pointer));
    if (violation.keyword === 'additionalProperties')
      report('FIELD_UNDOCUMENTED', violation.pointer, 'no such field', got, 'docs');
    // The envelope holds for every refusal, also for one whose words are not vouched for.
    else if (isPromised(documented, violation.pointer) || isOfEnvelope(documented, violation.keyword))
      report('SCHEMA_BROKEN', violation.pointer, `${violation.keyword} ${violation.expected}`, got);
  }
}

const isOfEnvelope = (documented: Case | undefined, keyword: string): boolean =>
  keyword === 'type' || (keyword === 'required' && (documented?.status ?? 0) >= 400);

/** The body as JSON, for whoever looks at it before it is judged. */
export function readBody({ body }: PlainResponse): ReadJson {
  return body === undefined ? { body: undefined, problem: 'no body', oddities: [] } : readJson(body);
}

/** A status that is never intended, such as a 5xx: it is a failure even where nothing is documented. */
const isCrash = ({ status }: PlainResponse): boolean => status >= 500;

/** Whether an answer is this case, by all that the case vouches for: status, code, type and the keys of its details. */
function isCase(documented: Case, status: number, body: Json | undefined): boolean {
  const fits = vouchesFor(documented, 'status')
    ? status === documented.status
    : Math.floor(status / 100) === Math.floor(documented.status / 100);
  if (!fits) return false;
  if (documented.status < 400) return true;
  const error = errorIn(body);
  const example = errorIn(documented.value);
  if (!example) return true;
  if (!error) return false;
  const same = (field: ErrorField): boolean =>
    !vouchesFor(documented, errorAt(field)) || JSON.stringify(error[field]) === JSON.stringify(example[field]);
  if (!same('code') || !same('type')) return false;
  if (!vouchesFor(documented, errorAt('details'))) return true;
  const [sent, wanted] = [error.details, example.details];
  return (
    !isJsonObject(wanted) ||
    (isJsonObject(sent) ? Object.keys(wanted).every((key) => Object.hasOwn(sent, key)) : Object.keys(wanted).length === 0)
  );
}

const knownTypesSource = 'the vendor’s checker of its documentation, 2026-04';

/** Without a case, everything in the schema is judged. */
const isPromised = (documented: Case | undefined, pointer: string): boolean =>
  documented === undefined || vouchesFor(documented, pointer);

const describeCase = ({ name, status, value }: Case): string =>
  `${status} ${name}${errorIn(value) ? ` (${String(errorIn(value)?.code)})` : ''}`;

function describeAnswer({ status, body }: PlainResponse, parsed: Json | undefined): string {
  const error = errorIn(parsed);
  return error
    ? `${status} ${String(error.code)} ${show(error.details)}`
    : `${status} ${body === undefined ? 'without a body' : shorten(body)}`;
}

function at(body: Json | undefined, pointer: string): Json | undefined {
  let value: Json | undefined = body;
  for (const token of pointer.split('/').slice(1)) {
    value = Array.isArray(value) ? value[Number(token)] : isJsonObject(value) ? value[token] : undefined;
  }
  return value;
}

const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);
const show = (value: Json | undefined): string => (value === undefined ? 'absent' : shorten(JSON.stringify(value)));
