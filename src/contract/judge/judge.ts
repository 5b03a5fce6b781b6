// Judges one exchange by the document: status, media type, headers, body, the expected case, the
// envelope, the relations. What the document does not vouch for is not judged; a field it does not
// know is a notice.
import { type Basis, type Case, vouchesFor } from '../../spec/case.js';
import type { DocumentedResponse, HttpMethod, Operation } from '../../spec/document.js';
import { fieldsOf } from '../../spec/fields.js';
import { isJsonObject, type Json, type PlainResponse } from '../../spec/message.js';
import { brokenRelations, type Exchange } from '../../spec/relation.js';
import { valuesAt } from '../../spec/values.js';
import type { CheckedSpec, Validator } from '../../validation/validators.js';
import { type ErrorField, errorAt, errorIn } from '../dialect.js';
import { type ReadJson, readJson } from './json.js';
import { violationsOf } from './schema-errors.js';

export type Severity = 'failure' | 'question' | 'notice';

/** More than a notice: what shows it is wrong. */
export const isSerious = ({ severity }: { readonly severity: Severity }): boolean =>
  severity !== 'notice';

/** A stable code for each kind of finding; `understudy explain CODE` says more. */
export type FindingCode =
  | 'SERVER_ERROR'
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
  | 'PREPARATION_FAILED'
  | 'REQUEST_BROKEN'
  | 'REQUEST_UNDOCUMENTED';

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
  /**
   * Where it is documented that the request is refused, although the form of the refusal is
   * assumed: to accept it is a failure.
   */
  readonly documented?: string;
}

export interface Judged {
  readonly deviations: readonly Deviation[];
  /** The documented case that the answer is, when it is one. */
  readonly documented?: Case;
  readonly body: Json | undefined;
}

const RFC_8259 = 'RFC 8259, 4 and 8.1';

/** Deviations that harm no client which follows the document. */
const notices: readonly FindingCode[] = [
  'FIELD_UNDOCUMENTED',
  'VALUE_UNDOCUMENTED',
  'JSON_AMBIGUOUS',
];

const severityOf = (basis: Basis): Severity => (basis === 'assumed' ? 'question' : 'failure');

/** An exchange, as it is judged. */
export interface ToJudge {
  readonly spec: CheckedSpec;
  readonly operation: Operation;
  readonly asked: AskedFor;
  readonly response: PlainResponse;
  /** Its body, where somebody has read it already. */
  readonly read?: ReadJson;
}

export function judge(exchange: ToJudge, expectation: Expectation = {}): Judged {
  return new Judgement(exchange, expectation).judged();
}

/** What deviates, before it is known how severe that is. */
interface Reported extends Pick<Deviation, 'code' | 'pointer' | 'expected' | 'got'> {
  /**
   * What the expectation rests on; the case that is most like the answer, unless told otherwise.
   */
  readonly basis?: Basis;
  readonly source?: string | undefined;
}

class Judgement {
  readonly #exchange: ToJudge;
  readonly #expectation: Expectation;
  readonly #read: ReadJson;
  /** The cases that are expected. */
  readonly #wanted: readonly Case[];
  /** Of several expected cases, the one most like the answer decides how severe a deviation is. */
  readonly #leading: Case | undefined;
  /** The case that the answer is. */
  readonly #actual: Case | undefined;
  readonly #deviations: Deviation[] = [];

  constructor(exchange: ToJudge, expectation: Expectation) {
    const { operation, response, read = readBody(response) } = exchange;
    const all = [...operation.cases.values()];
    this.#exchange = exchange;
    this.#expectation = expectation;
    this.#read = read;
    this.#wanted = (expectation.cases ?? []).flatMap((name) => operation.cases.get(name) ?? []);
    const hasStatus = ({ status }: Case): boolean => status === response.status;
    this.#leading = this.#wanted.find(hasStatus) ?? this.#wanted[0] ?? all.find(hasStatus);
    // Cases can look alike, such as archived and already_archived: an expected one goes first.
    this.#actual = [...this.#wanted, ...all].find((candidate) =>
      isCase(candidate, response.status, read.body),
    );
  }

  judged(): Judged {
    for (const oddity of this.#read.oddities)
      this.#report({ code: 'JSON_AMBIGUOUS', ...oddity, basis: 'docs', source: RFC_8259 });
    const isWrong =
      this.#wanted.length > 0 && !(this.#actual && this.#wanted.includes(this.#actual));
    if (isWrong) this.#wrongCase();
    // What is no case at all would break every line of a schema that it was never meant for.
    if (!isWrong || this.#actual) this.#againstResponse();
    const documented = this.#actual ? { documented: this.#actual } : {};
    return { deviations: this.#deviations, body: this.#read.body, ...documented };
  }

  /** Whatever was due: a server that fails has failed. */
  #crashed(): void {
    const { spec, operation, response } = this.#exchange;
    this.#report({
      code: 'SERVER_ERROR',
      pointer: '',
      expected: 'no 5xx, whatever is sent',
      got: describeAnswer(response, this.#read.body),
      basis: 'docs',
      source: spec.place(operation.id),
    });
  }

  #wrongCase(): void {
    const { response } = this.#exchange;
    if (isCrash(response)) {
      this.#crashed();
      return;
    }
    const { assumed, documented } = this.#expectation;
    const accepted = response.status < 400 && this.#wanted.every(({ status }) => status >= 400);
    const told = accepted ? documented : undefined;
    const own = this.#leading?.basis ?? 'docs';
    const rests = told !== undefined ? 'docs' : accepted ? (this.#leading?.rule ?? own) : own;
    this.#report({
      code: 'CASE_WRONG',
      pointer: '',
      expected: this.#wanted.map(describeCase).join(' or '),
      got: describeAnswer(response, this.#read.body),
      basis: assumed === undefined || told !== undefined ? rests : 'assumed',
      source: told ?? assumed,
    });
  }

  #againstResponse(): void {
    const { operation, response } = this.#exchange;
    // A case whose status is open has the form of its response, whichever status of the class
    // comes.
    const described =
      operation.responses.get(response.status) ??
      (this.#actual && operation.responses.get(this.#actual.status));
    if (!described) {
      this.#undocumentedStatus();
      return;
    }
    this.#body(described);
    for (const name of described.requiredHeaders)
      if (response.headers[name] === undefined)
        this.#report({
          code: 'HEADER_MISSING',
          pointer: `/${name}`,
          expected: 'the header',
          got: 'none',
        });
    if (!this.#deviations.some(isSerious)) this.#relations(described);
  }

  /**
   * With an expected case, the wrong case was reported already. Only without one is an undocumented
   * status a finding of its own.
   */
  #undocumentedStatus(): void {
    const { operation, response } = this.#exchange;
    if (this.#wanted.length > 0) return;
    if (isCrash(response)) {
      this.#crashed();
      return;
    }
    this.#report({
      code: 'STATUS_UNDOCUMENTED',
      pointer: '',
      expected: `one of ${[...operation.responses.keys()].join(', ')}`,
      got: String(response.status),
      // An undocumented refusal is only a question, since the document may not list all refusals.
      basis: response.status >= 400 ? 'assumed' : 'docs',
    });
  }

  #body({ schema, mediaType = 'none' }: DocumentedResponse): void {
    const { spec, response } = this.#exchange;
    const { problem } = this.#read;
    if (schema === undefined) {
      if (response.body !== undefined)
        this.#report({
          code: 'BODY_UNEXPECTED',
          pointer: '',
          expected: 'no body',
          got: shorten(response.body),
        });
    } else if (problem) {
      this.#report({ code: 'BODY_UNREADABLE', pointer: '', expected: 'JSON', got: problem });
    } else {
      const got = response.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? 'none';
      if (got !== mediaType)
        this.#report({
          code: 'MEDIA_TYPE_WRONG',
          pointer: '/content-type',
          expected: mediaType,
          got,
        });
      this.#schema(spec.validators(`closed_${schema}`));
      if (response.status < 400) this.#beginnings(schema);
      if (response.status >= 400) this.#errorType();
    }
  }

  #errorType(): void {
    const { errorTypes } = this.#exchange.spec;
    const type = errorIn(this.#read.body)?.type;
    if (typeof type !== 'string' || errorTypes.includes(type)) return;
    this.#report({
      code: 'VALUE_UNDOCUMENTED',
      pointer: errorAt('type'),
      expected: `one of ${errorTypes.join(', ')}`,
      got: type,
      basis: 'client',
      source: knownTypesSource,
    });
  }

  /** Of ids, of which no page says more than its samples show. */
  #beginnings(schema: string): void {
    const { spec } = this.#exchange;
    for (const { pointer, begins } of fieldsOf(spec, schema)) {
      if (!begins) continue;
      const isOther = (value: Json): boolean =>
        typeof value === 'string' && value !== '' && !begins.some((one) => value.startsWith(one));
      const other = valuesAt(this.#read.body, pointer).find(isOther);
      if (other !== undefined)
        this.#report({
          code: 'SCHEMA_BROKEN',
          pointer,
          expected: `an id that begins with ${begins.join(' or ')}, as in every sample`,
          got: show(other),
          basis: 'assumed',
          source: 'the samples of the vendor’s pages',
        });
    }
  }

  #schema(validate: Validator): void {
    const { body } = this.#read;
    const documented = this.#actual ?? this.#leading;
    for (const { pointer, keyword, expected } of violationsOf(validate, body)) {
      const got = keyword === 'required' ? 'absent' : show(at(body, pointer));
      if (keyword === 'additionalProperties')
        this.#report({
          code: 'FIELD_UNDOCUMENTED',
          pointer,
          expected: 'no such field',
          got,
          basis: 'docs',
        });
      // The envelope holds for every refusal, also for one whose words are not vouched for.
      else if (isPromised(documented, pointer) || isOfEnvelope(documented, keyword))
        this.#report({ code: 'SCHEMA_BROKEN', pointer, expected: `${keyword} ${expected}`, got });
    }
  }

  #relations({ relations, schema }: DocumentedResponse): void {
    const { asked, response } = this.#exchange;
    const exchange: Exchange = { ...asked, status: response.status, responseBody: this.#read.body };
    for (const breach of brokenRelations(relations, exchange)) {
      const { pointer, expected, got, isNull } = breach;
      if (!isPromised(this.#actual ?? this.#leading, pointer)) continue;
      if (isNull && !this.#mayBeNull(schema, pointer)) continue;
      const assumed = breach.assumed ?? this.#tolerated();
      const rests = assumed === undefined ? {} : { basis: 'assumed' as const, source: assumed };
      this.#report({ code: 'RELATION_BROKEN', pointer, expected, got: show(got), ...rests });
    }
  }

  /** Of a value that the answer cannot have, such as null, the server has made what it will. */
  #mayBeNull(schema: string | undefined, pointer: string): boolean {
    const fields = schema === undefined ? [] : fieldsOf(this.#exchange.spec, schema);
    const field = fields.find((one) => one.pointer === pointer);
    return field === undefined || field.types.length === 0 || field.types.includes('null');
  }

  /**
   * Why less is promised of a success that is accepted in place of a refusal: what a request means
   * that should have been refused, such as one for a page of no rows, nobody says.
   */
  #tolerated(): string | undefined {
    const [first] = this.#wanted;
    const isRefusal = (first?.status ?? 0) >= 400;
    return isRefusal && (this.#actual?.status ?? 500) < 400
      ? `ours, since ${first?.name} was as likely`
      : undefined;
  }

  #report({ basis = this.#leading?.basis ?? 'docs', source, ...reported }: Reported): void {
    const { spec, operation } = this.#exchange;
    const severity = notices.includes(reported.code) ? 'notice' : severityOf(basis);
    const place = source ?? this.#leading?.source ?? spec.place(operation.id);
    this.#deviations.push({ ...reported, severity, basis, source: place });
  }
}

/**
 * The answer to a method that the path does not have, where these are allowed. Of its body nothing
 * is known.
 */
export function judgeRefusedMethod(
  allowed: readonly HttpMethod[],
  response: PlainResponse,
): Judged {
  const deviations: Deviation[] = [];
  const report = (deviation: Omit<Deviation, 'severity'>): void => {
    deviations.push({ ...deviation, severity: severityOf(deviation.basis) });
  };
  const { body } = readBody(response);
  const { allow } = response.headers;
  const methods = allowed.join(', ');
  const source = 'RFC 9110, 15.5.6';
  if (response.status === 405 && allow === undefined)
    report({
      code: 'HEADER_MISSING',
      pointer: '/allow',
      expected: methods,
      got: 'none',
      basis: 'docs',
      source,
    });
  const said = (allow ?? '').split(',').map((method) => method.trim().toUpperCase());
  if (allow !== undefined && !allowed.every((method) => said.includes(method))) {
    const expected = `${methods}, which the document has`;
    report({
      code: 'RELATION_BROKEN',
      pointer: '/allow',
      expected,
      got: allow,
      basis: 'assumed',
      source,
    });
  }
  if (response.status !== 405)
    report({
      code: 'CASE_WRONG',
      pointer: '',
      expected: '405 method_not_allowed',
      got: describeAnswer(response, body),
      basis: 'client',
      source: 'vendor QA notes 2026-03',
    });
  return { deviations, body };
}

const isOfEnvelope = (documented: Case | undefined, keyword: string): boolean =>
  keyword === 'type' || (keyword === 'required' && (documented?.status ?? 0) >= 400);

/** The body as JSON, for whoever looks at it before it is judged. */
export function readBody({ body }: PlainResponse): ReadJson {
  return body === undefined
    ? { body: undefined, problem: 'no body', oddities: [] }
    : readJson(body);
}

/**
 * A status that is never intended, such as a 5xx: it is a failure even where nothing is documented.
 */
const isCrash = ({ status }: PlainResponse): boolean => status >= 500;

/**
 * Whether an answer is this case, by all that the case vouches for: status, code, type and the keys
 * of its details.
 */
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
    !vouchesFor(documented, errorAt(field)) ||
    JSON.stringify(error[field]) === JSON.stringify(example[field]);
  if (!same('code') || !same('type')) return false;
  if (!vouchesFor(documented, errorAt('details'))) return true;
  const [sent, wanted] = [error.details, example.details];
  return (
    !isJsonObject(wanted) ||
    (isJsonObject(sent)
      ? Object.keys(wanted).every((key) => Object.hasOwn(sent, key))
      : Object.keys(wanted).length === 0)
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
    value = Array.isArray(value)
      ? value[Number(token)]
      : isJsonObject(value)
        ? value[token]
        : undefined;
  }
  return value;
}

const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);
const show = (value: Json | undefined): string =>
  value === undefined ? 'absent' : shorten(JSON.stringify(value));
