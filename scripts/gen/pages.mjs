// The texts of src/spec/cases.gen.ts and docs/assumptions.md.
import { casesOf, operationsOf } from './document.mjs';
import { notice } from './project.mjs';

export function caseTypes(doc) {
  const union = (names) => (names.length > 0 ? names.map((n) => `'${n}'`).join(' | ') : 'never');
  const operations = [...operationsOf(doc)].map(({ operation, parameters, responses }) => {
    const cases = responses.flatMap(([status, response]) => casesOf(doc, status, response));
    const refusals = cases.filter(
      (c) => c.status >= 400 && c.status !== 401 && c.reached_by === 'state' && !c.violation,
    );
    const answers = cases.filter((c) => c.status < 400);
    const defaulted = parameters.filter((p) => p.in === 'query' && p.schema.default !== undefined);
    return { id: operation.operationId, cases, refusals, answers, defaulted };
  });
  const unrouted = Object.entries(doc['x-unrouted']).flatMap(([status, response]) =>
    casesOf(doc, status, response),
  );
  return `// ${notice}

/**
 * What each operation's rule decides: the answers it gives and the refusals it must have a guard
 * for.
 */
export interface OperationCases {
${operations.map((o) => `  ${o.id}: {\n    answer: ${union(o.answers.map((c) => c.name))};\n    refusal: ${union(o.refusals.map((c) => c.name))};\n    defaulted: ${union(o.defaulted.map((p) => p.name))};\n  };`).join('\n')}
}

export type OperationId = keyof OperationCases;

/** Cases of requests that reach no operation. */
export type UnroutedCase = ${union(unrouted.map((c) => c.name))};
`;
}

export function assumptions(doc) {
  const rows = [...operationsOf(doc)].flatMap(({ operation, responses }) =>
    responses.flatMap(([status, response]) =>
      casesOf(doc, status, response)
        .filter((c) => c.basis === 'assumed')
        .map((c) => `| \`${operation.operationId}.${c.name}\` | ${status} | ${c.source} |`),
    ),
  );
  const relations = [...operationsOf(doc)].flatMap(({ operation, responses }) =>
    responses.flatMap(([status, response]) =>
      (response['x-relations'] ?? [])
        .filter(({ assumed }) => assumed !== undefined)
        .map(({ assumed, ...relation }) => {
          const [[kind, operands]] = Object.entries(relation);
          return `| \`${operation.operationId}\` | ${status} | ${kind}: ${operands.map((operand) => `\`${operand}\``).join(', ')} | ${assumed} |`;
        }),
    ),
  );
  const unrouted = Object.entries(doc['x-unrouted']).flatMap(([status, response]) =>
    casesOf(doc, status, response)
      .filter((c) => c.basis === 'assumed')
      .map((c) => `| \`${c.name}\` | ${status} | ${c.source} |`),
  );
  return `<!-- ${notice} -->
# Assumptions

Nobody documented these cases; we had to choose. Each is a question to the vendor, and a server that answers otherwise has not failed.

## Operations

| case | status | where the choice comes from |
|---|---|---|
${rows.join('\n')}

## Relations

| operation | status | relation | where the choice comes from |
|---|---|---|---|
${relations.join('\n')}

## Requests that reach no operation

| case | status | where the choice comes from |
|---|---|---|
${unrouted.join('\n')}
`;
}
