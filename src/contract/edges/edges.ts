// The edges of every schema, from the document and a seed: what keeps a schema is accepted, what breaks one constraint of it is
// refused with the case that the document has for that. One constraint at a time, so that a finding says which.
import type { OpenAPIV3_1 } from 'openapi-types';
import type { Operation, Spec } from '../../spec/document.js';
import { isJsonObject, type JsonObject } from '../../spec/message.js';
import type { Problem } from '../../spec/problem.js';
import type { Violation } from '../../validation/violation.js';
import { ContractError } from '../tables/load.js';
import type { Contracts, Row, Table } from '../tables/table.js';
import { brokenRequests } from './broken.js';
import { drawFrom, within } from './draw.js';
import { freeTexts, keptRequests, wholeRequests } from './kept.js';
import { type RequestSchema, requestSchemas, violationsOf } from './request-schema.js';
import { isAccepted, readSaid } from './said.js';

/**
 * The contracts with rows for the edges of every request schema added to each table that has an accepted row, whose request is
 * varied. The same seed gives the same rows. Throws a ContractError that names every schema for which they cannot be made.
 */
export function withEdges(spec: Spec, contracts: Contracts, { seed = 1 }: { readonly seed?: number } = {}): Contracts {
  const document = JSON.parse(spec.text) as OpenAPIV3_1.Document;
  const problems: Problem[] = [];
  const tables = contracts.tables.map((table) => {
    const operation = spec.operations.get(table.operation) as Operation;
    const base = baseOf(operation, table, contracts);
    if (!base) return table;
    const [file, line = '1'] = spec.place(operation.id).split(':') as [string, string?];
    const fault = (what: string, fix: string): void => void problems.push({ file, line: Number(line), column: 1, what, fix });
    const attempt = <T>(name: string, make: () => readonly T[]): readonly T[] => {
      try {
        return make();
      } catch (error) {
        fault(`${name} cannot be sampled: ${(error as Error).message}`, 'see whether its bounds contradict each other');
        return [];
      }
    };
    const edges = attempt(operation.id, () => requestSchemas(document, operation)).flatMap((request) =>
      attempt(request.name, () => edgesOf({ operation, table, base, request, seed, fault })),
    );
    return { ...table, rows: [...table.rows, ...edges.map((edge) => ({ ...edge, place: `${file}:${line}:1` }))] };
  });
  if (problems.length > 0) throw new ContractError(problems);
  return { ...contracts, tables };
}

/** The row whose request is varied: an accepted one, the owner's if there is one, whose texts are not what the target has already. */
function baseOf(operation: Operation, table: Table, { recipes }: Contracts): Row | undefined {
  const accepted = table.rows.filter(
    (row) => row.raw_body === undefined && [row.expect].flat().every((name) => isAccepted(operation, name)),
  );
  const own = accepted.filter((row) => row.caller === 'owner');
  const candidates = own.length > 0 ? own : accepted;
  const isFresh = (row: Row): boolean => {
    const body = row.body ?? table.body;
    const given = { ...table.given, ...row.given };
    const texts = freeTexts.map((field) => (isJsonObject(body) ? body[field] : undefined));
    const slots = texts.flatMap((text) => (typeof text === 'string' ? [...text.matchAll(/\$slot\.(\w+)/g)] : []));
    return slots.every(([, slot]) => recipes[given[slot as string] ?? '']?.call === undefined);
  };
  return candidates.find(isFresh) ?? candidates[0];
}

interface Varied {
  readonly operation: Operation;
  readonly table: Table;
  readonly base: Row;
  readonly request: RequestSchema;
  readonly seed: number;
  /** Told of a sample that is not what it should be; it is never sent, for no row is made at all then. */
  readonly fault: (what: string, fix: string) => void;
}

type Edge = Omit<Row, 'place'>;

function edgesOf({ operation, table, base, request, seed, fault }: Varied): readonly Edge[] {
  const { part, name } = request;
  const { then: _, place: __, answer: ___, pause: ____, ...rest } = base;
  const sent = base[part] ?? table[part];
  const held: JsonObject = isJsonObject(sent) ? sent : {};
  const draw = within(drawFrom(seed), `${operation.id} ${part}`);
  const said = readSaid(operation, table, base, request, held);
  const edge = (about: string, value: JsonObject, cases: readonly string[]): Edge => {
    const [first, ...others] = cases;
    if (first === undefined)
      fault(`${operation.id} has no case for ${name}, where ${about}`, `give one \`violation: { in: ${part} }\``);
    return { ...rest, [part]: value, expect: first !== undefined && others.length === 0 ? first : cases, edge: about };
  };
  const kept = [
    ...keptRequests(request, held, table.coupled ?? [], draw),
    ...wholeRequests(request, held, table.coupled ?? [], seed),
  ];
  for (const { about, value } of kept) {
    const [violation] = violationsOf(request, value);
    if (violation) fault(`${name}, where ${about}, should be kept: ${inWords(violation)}`, 'correct src/contract/edges/kept.ts');
  }
  const broken = brokenRequests(request, held, draw);
  for (const { about, value, keywords, pointer } of broken) {
    const [violation] = violationsOf(request, value);
    if (violation?.pointer === pointer && keywords.includes(violation.keyword)) continue;
    const meant = `${name}, where ${about}, should break ${keywords.join(' and ')} at ${pointer}`;
    fault(`${meant}: ${violation ? inWords(violation) : 'nothing breaks'}`, 'correct src/contract/edges/broken.ts');
  }
  return [
    ...kept.map(({ about, value }) => edge(about, value, said.kept(value))),
    ...broken.map((one) => {
      const documented = said.documented(one);
      return { ...edge(one.about, one.value, said.broken(one)), ...(documented === undefined ? {} : { documented }) };
    }),
  ];
}

const inWords = ({ pointer, keyword, expected }: Violation): string =>
  `${keyword} (${expected}) breaks at ${pointer || 'the top'}`;
