// The schemas of files that people write, each whole and closed.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { inPlainWords } from '../evidence.mjs';
import { casesOf, operationsOf } from './document.mjs';
import { evidence, root } from './project.mjs';

export function scenarioSchema() {
  return schemaOf('schemas/scenario.yaml');
}

/** The names of the document are for whoever writes a contract to choose from. */
export function contractsSchema(doc) {
  const schema = schemaOf('schemas/contracts.yaml');
  const operations = [...operationsOf(doc)];
  const cases = operations.flatMap(({ responses }) =>
    responses.flatMap(([status, response]) =>
      casesOf(doc, status, response).map(({ name }) => name),
    ),
  );
  schema.$defs.operation.enum = operations.map(({ operation }) => operation.operationId);
  schema.$defs.case.enum = [...new Set(cases)];
  return schema;
}

/**
 * A schema of files that people write, closed. What it borrows from the document by file is
 * inlined.
 */
export function schemaOf(file) {
  const inline = (node, base) => {
    if (Array.isArray(node)) return node.map((item) => inline(item, base));
    if (typeof node !== 'object' || node === null) return node;
    if (typeof node.$ref === 'string' && !node.$ref.startsWith('#')) {
      const file = path.posix.join(path.posix.dirname(base), node.$ref);
      return inline(parse(readFileSync(path.join(root, file), 'utf8')), file);
    }
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, inline(value, base)]),
    );
  };
  return inPlainWords(
    closed(inline(parse(readFileSync(path.join(root, file), 'utf8'), { merge: true }), file)),
    evidence,
  );
}

export function closed(node) {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  const types = [copy.type].flat();
  // What is referred to beside it is closed itself.
  const refers = copy.$ref !== undefined || copy.allOf !== undefined;
  const isWhole = !refers && copy.additionalProperties === undefined;
  if (types.includes('object') && copy.properties && isWhole) copy.additionalProperties = false;
  return copy;
}
