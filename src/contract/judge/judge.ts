// Judges one exchange by the document: status, media type, headers, body, the expected case, the
// envelope, the relations. What the document does not vouch for is not judged; a field it does not
// know is a notice.
import type { Basis, Case } from '../../spec/case.js';
import type { DocumentedResponse, Operation } from '../../spec/document.js';
import { fieldsOf } from '../../spec/fields.js';
import type { Json, PlainResponse } from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import { brokenRelations, type Exchange } from '../../spec/relation.js';
import { valuesAt } from '../../spec/values.js';
import type { CheckedSpec, Validator } from '../../validation/validators.js';
import { errorAt, errorIn } from '../dialect.js';
import { describeAnswer, describeCase, shorten, showValue } from './describe.js';
import { type Deviation, isSerious, notices, severityOf } from './deviation.js';
import { isCase, isCrash, isPromised } from './documented-case.js';
import { type ReadJson, readBody } from './json.js';
import { violationsOf } from './schema-errors.js';

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

const knownTypesSource = 'the vendor’s checker of its documentation, 2026-04';

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
          got: showValue(other),
          basis: 'assumed',
          source: 'the samples of the vendor’s pages',
        });
    }
  }

  #schema(validate: Validator): void {
    const { body } = this.#read;
    const documented = this.#actual ?? this.#leading;
    for (const { pointer, keyword, expected } of violationsOf(validate, body)) {
      const got = keyword === 'required' ? 'absent' : showValue(atPointer(body, pointer));
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
      this.#report({ code: 'RELATION_BROKEN', pointer, expected, got: showValue(got), ...rests });
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

const isOfEnvelope = (documented: Case | undefined, keyword: string): boolean =>
  keyword === 'type' || (keyword === 'required' && (documented?.status ?? 0) >= 400);
