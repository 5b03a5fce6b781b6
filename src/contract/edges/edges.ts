// Rows for the edge cases of every request schema, made from the document and a seed. A valid
// request must be accepted; a request that breaks one constraint must be refused with the case that
// the document has for it. Only one constraint is broken at a time, so that a finding says which.
import type { OpenAPIV3_1 } from 'openapi-types';
import { isSafe } from '../../client/target.js';
import type { Problem } from '../../files/problem.js';
import type { Operation, OperationId } from '../../spec/document.js';
import { isJsonObject, type JsonObject } from '../../spec/message.js';
import { oncePer } from '../../spec/once-per.js';
import type { CheckedSpec } from '../../validation/validators.js';
import type { Violation } from '../../validation/violation.js';
import { givenTo } from '../tables/compile.js';
import { readTemplate, usesIn } from '../tables/expression.js';
import { ContractError } from '../tables/load.js';
import type { Contracts, Row, Table } from '../tables/table.js';
import { drawFrom, within } from './draw.js';
import { isAccepted, readExpectations, type Varied } from './expectations.js';
import { extremeRequests } from './extremes.js';
import { invalidRequests } from './invalid.js';
import { requestSchemas, violationsOf } from './request-schema.js';
import { freeTexts, together, type ValidRequest, validRequests, wholeRequests } from './valid.js';

/**
 * The contracts with rows for the edges of every request schema added to each table that has an
 * accepted row, whose request is varied. The same seed gives the same rows. Throws a ContractError
 * that names every schema for which they cannot be made.
 */
export function withEdges(
  spec: CheckedSpec,
  contracts: Contracts,
  { seed = 1 }: { readonly seed?: number } = {},
): Contracts {
  const bySeed = madeOf(spec, contracts);
  const made = bySeed.get(seed) ?? makeEdges(spec, contracts, seed);
  bySeed.set(seed, made);
  return made;
}

const madeOf = oncePer((_spec: CheckedSpec, _contracts: Contracts) => new Map<number, Contracts>());

function makeEdges(spec: CheckedSpec, contracts: Contracts, seed: number): Contracts {
  const document = JSON.parse(spec.text) as OpenAPIV3_1.Document;
  const problems: Problem[] = [];
  const tables = contracts.tables.map((table) => {
    const operation = spec.operations.get(table.operation) as Operation;
    const base = baseOf(operation, table, contracts);
    if (!base) return table;
    const [file, line = '1'] = spec.place(operation.id).split(':') as [string, string?];
    const fault = (what: string, fix: string): void =>
      void problems.push({ file, line: Number(line), column: 1, what, fix });
    const attempt = <T>(name: string, make: () => readonly T[]): readonly T[] => {
      try {
        return make();
      } catch (error) {
        fault(
          `${name} cannot be sampled: ${(error as Error).message}`,
          'see whether its bounds contradict each other',
        );
        return [];
      }
    };
    const edges = attempt(operation.id, () =>
      requestSchemas(document, operation, spec.validators),
    ).flatMap((request) =>
      attempt(request.name, () =>
        edgesOf({
          operation,
          table,
          base,
          request,
          seed,
          fault,
          stays: stays(spec, contracts, table),
          isRead: (call) => isSafe(spec.operations.get(call)?.method ?? ''),
        }),
      ),
    );
    return {
      ...table,
      rows: [...table.rows, ...edges.map((edge) => ({ ...edge, place: `${file}:${line}:1` }))],
    };
  });
  if (problems.length > 0) throw new ContractError(problems);
  return { ...contracts, tables };
}

/**
 * The row whose request is varied: one that is accepted, by the owner if possible, whose texts are
 * new to the target.
 */
function baseOf(operation: Operation, table: Table, { recipes }: Contracts): Row | undefined {
  const accepted = table.rows.filter(
    (row) =>
      row.raw_body === undefined &&
      [row.expect].flat().every((name) => isAccepted(operation, name)),
  );
  const own = accepted.filter((row) => row.caller === 'owner');
  const candidates = own.length > 0 ? own : accepted;
  const isFresh = (row: Row): boolean => {
    const body = row.body ?? table.body;
    const given = givenTo({ table, row });
    const uses = freeTexts.flatMap((field) =>
      usesIn(readTemplate((isJsonObject(body) && body[field]) || null)),
    );
    const isMade = (slot: string): boolean => recipes[given[slot] ?? '']?.call !== undefined;
    return uses.every(({ expression }) => expression.kind !== 'slot' || !isMade(expression.name));
  };
  return candidates.find(isFresh) ?? candidates[0];
}

/** Whether what its accepted rows make can never be deleted. */
const stays = (spec: CheckedSpec, { recipes }: Contracts, { makes = {} }: Table): boolean =>
  Object.values(makes).some((recipe) => {
    const undo = recipes[recipe]?.undo;
    return undo !== undefined && spec.operations.get(undo)?.method !== 'DELETE';
  });

interface Making extends Varied {
  readonly seed: number;
  /**
   * Then as few as possible are accepted: values are sent together, and those that may be taken as
   * well as refused are left to the update.
   */
  readonly stays: boolean;
  readonly isRead: (call: OperationId) => boolean;
  /**
   * Reports a generated request that is not as intended. Nothing is sent then: no rows are made at
   * all.
   */
  readonly fault: (what: string, fix: string) => void;
}

/**
 * Of texts the least length, the greatest and one between: the greatest alone. The others are what the
 * update takes as well.
 */
const longest = (requests: readonly ValidRequest[]): readonly ValidRequest[] =>
  requests.slice(1, 2);

type Edge = Omit<Row, 'place'>;

function edgesOf({
  operation,
  table,
  base,
  request,
  seed,
  fault,
  stays,
  isRead,
}: Making): readonly Edge[] {
  const { part, name } = request;
  const { then: _, place: __, answer: ___, pause: ____, before, ...row } = base;
  // What was read before matters to looks alone.
  const writes = before?.filter(({ call }) => !isRead(call));
  const rest = { ...row, ...(writes && writes.length > 0 ? { before: writes } : {}) };
  const sent = base[part] ?? table[part];
  const accepted: JsonObject = isJsonObject(sent) ? sent : {};
  const draw = within(drawFrom(seed), `${operation.id} ${part}`);
  const expectations = readExpectations({ operation, table, base, request }, accepted);
  const edge = (about: string, value: JsonObject, cases: readonly string[]): Edge => {
    const [first, ...others] = cases;
    if (first === undefined)
      fault(
        `${operation.id} has no case for ${name}, where ${about}`,
        `give one \`violation: { in: ${part} }\``,
      );
    return {
      ...rest,
      [part]: value,
      expect: first !== undefined && others.length === 0 ? first : cases,
      edge: about,
    };
  };
  const single = validRequests(request, accepted, table.coupled ?? [], draw);
  const isCertain = ({ value }: ValidRequest): boolean =>
    expectations.ofValid(value).every((name) => isAccepted(operation, name));
  // What can be chosen from a list has rows of its own.
  const isListed = ({ field = '' }: ValidRequest): boolean =>
    request.schema.properties?.[field]?.enum !== undefined;
  const valid = stays
    ? longest(
        together(
          accepted,
          single.filter((one) => isCertain(one) && !isListed(one)),
        ),
      )
    : [...single, ...wholeRequests(request, accepted, table.coupled ?? [], seed)];
  for (const { about, value } of valid) {
    const [violation] = violationsOf(request, value);
    if (violation)
      fault(
        `${name}, where ${about}, should be valid: ${inWords(violation)}`,
        'correct src/contract/edges/valid.ts',
      );
  }
  const all = extremeRequests(request, accepted, table.coupled ?? []);
  const isText = ({ field }: ValidRequest): boolean => freeTexts.includes(field ?? '');
  const extremes = stays
    ? [
        ...all.filter((one) => !isText(one)),
        ...together(
          accepted,
          all.filter((one) => isText(one) && !one.isPlain),
        ),
      ]
    : all;
  const invalid = invalidRequests(request, accepted, draw);
  for (const { about, value, keywords, pointer } of invalid) {
    const [violation] = violationsOf(request, value);
    if (violation?.pointer === pointer && keywords.includes(violation.keyword)) continue;
    const meant = `${name}, where ${about}, should break ${keywords.join(' and ')} at ${pointer}`;
    fault(
      `${meant}: ${violation ? inWords(violation) : 'nothing breaks'}`,
      'correct src/contract/edges/invalid.ts',
    );
  }
  return [
    ...valid.map(({ about, value }) =>
      marked(edge(about, value, expectations.ofValid(value)), value),
    ),
    ...extremes.map(({ about, value, field = '' }) =>
      marked(edge(about, value, expectations.ofExtreme(field)), value),
    ),
    ...invalid.map((one) => {
      const documented = expectations.documented(one);
      return {
        ...edge(one.about, one.value, expectations.ofInvalid(one)),
        ...(documented === undefined ? {} : { documented }),
      };
    }),
  ];
}

/** Texts of so many characters are drawn from all that is hard to keep; much longer ones are one letter. */
const LONG = [100, 1000] as const;

/** An edge that sends such a text says so. */
const marked = (edge: Edge, sent: JsonObject): Edge =>
  hasHardText(sent) ? { ...edge, isHardText: true } : edge;

const hasHardText = (sent: JsonObject): boolean =>
  Object.values(sent).some(
    (one) =>
      (typeof one === 'string' &&
        (/\s\s/.test(one) || (one.length >= LONG[0] && one.length < LONG[1]))) ||
      (isJsonObject(one) && hasHardText(one)),
  );

const inWords = ({ pointer, keyword, expected }: Violation): string =>
  `${keyword} (${expected}) breaks at ${pointer || 'the top'}`;
