// Compiles the schemas of a document to code, ahead of time.

import Ajv, { _ } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import addFormats from 'ajv-formats';
import { transformSync } from 'esbuild';
import ownFormats from '../formats.cjs';
import { operationsOf } from './document.mjs';
import { notice } from './project.mjs';
import { closed } from './schemas.mjs';

/**
 * Requests are judged by the document as it stands: unknown fields pass, save where a schema is
 * closed (S-C27, X1). Our own answers are judged by a closed copy, in which a field the document
 * does not know is a breach. One validator per component, whoever uses it.
 */
export function validators(doc, others = {}) {
  const schemas = withoutDescriptions(doc.components.schemas);
  // One error is enough to refuse a request, and a hostile body could have millions.
  const requests = compiler({ allErrors: false }).addSchema(
    rewriteRefs({ $id: 'open', $defs: schemas }),
  );
  const answers = compiler({ allErrors: true, formats: './formats.cjs' }).addSchema(
    closed(rewriteRefs({ $id: 'closed', $defs: schemas })),
  );
  const exported = new Map([
    [requests, {}],
    [answers, {}],
  ]);
  const add = (ajv, name, schema) => {
    const names = exported.get(ajv);
    if (names[name]) return;
    ajv.addSchema({ $id: `_${name}`, ...withoutDescriptions(schema) });
    names[name] = `_${name}`;
  };
  for (const { operation, parameters, responses } of operationsOf(doc)) {
    const query = parameters.filter((p) => p.in === 'query');
    if (query.length > 0) {
      add(
        requests,
        `query_${operation.operationId}`,
        rewriteRefs(
          {
            type: 'object',
            properties: Object.fromEntries(query.map((p) => [p.name, p.schema])),
            required: query.filter((p) => p.required).map((p) => p.name),
          },
          'open',
        ),
      );
    }
    const body = componentName(operation.requestBody);
    if (body) add(requests, `open_${body}`, { $ref: `open#/$defs/${body}` });
    for (const [, response] of responses) {
      const name = componentName(response);
      if (name) add(answers, `closed_${name}`, { $ref: `closed#/$defs/${name}` });
    }
  }
  for (const [name, schema] of Object.entries(others)) add(answers, name, schema);
  // Two modules in one file, each with names of its own.
  const modules = [...exported].map(
    ([ajv, names]) =>
      `Object.assign(module.exports, (() => {\nconst exports = {};\n${withoutUnusedSchemas(standalone.default(ajv, names))}\nreturn exports;\n})());`,
  );
  // Nobody reads them: they are half as large without blanks and with short names.
  const { code } = transformSync(modules.join('\n'), { minify: true, platform: 'node' });
  return `// ${notice}\n${code}`;
}

/** What schemas say to people, ajv would write into the code. A field may have these names too. */
function withoutDescriptions(schemas) {
  const isWord = (key, value) =>
    (key === 'description' || key === 'title') && typeof value === 'string';
  return JSON.parse(
    JSON.stringify(schemas, (key, value) => (isWord(key, value) ? undefined : value)),
  );
}

/** The code without the schemas that ajv writes into it and nothing reads. */
function withoutUnusedSchemas(code) {
  // A schema is JSON: a text in it may hold anything but its own end.
  return code.replace(/const (schema\d+) = (?:[^";]|"(?:[^"\\]|\\.)*")*;/g, (constant, name) =>
    code.split(new RegExp(`\\b${name}\\b`)).length > 2 ? constant : '',
  );
}

/** @param {{ allErrors: boolean, formats?: string }} options */
export function compiler({ allErrors, formats }) {
  const ajv = new Ajv.default({
    code: { source: true, esm: false, ...(formats ? { formats: _`require(${formats})` } : {}) },
    allErrors,
    strict: true,
    // Nobody reads ajv's words: ours come from keyword and parameters.
    messages: false,
    allowUnionTypes: true,
    inlineRefs: false,
  });
  addFormats.default(ajv);
  if (formats) ajv.addFormat('date-time', ownFormats['date-time']);
  // Marks a field that only April's clients send, and values that are known of an open set; neither
  // changes what is valid.
  ajv.addVocabulary(['x-edition', 'x-known-values', 'x-begins']);
  return ajv;
}

/** Every body of the document is a named component, so that its validator has a name too. */
function componentName(message) {
  const schema = message?.content?.['application/json']?.schema;
  if (!schema) return undefined;
  if (!schema.$ref?.startsWith('#/components/schemas/'))
    throw new Error(`A body without a named schema: ${JSON.stringify(schema)}`);
  return schema.$ref.split('/').at(-1);
}

function rewriteRefs(node, base = '') {
  if (Array.isArray(node)) return node.map((item) => rewriteRefs(item, base));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === '$ref'
        ? value.replace('#/components/schemas/', `${base}#/$defs/`)
        : rewriteRefs(value, base),
    ]),
  );
}
