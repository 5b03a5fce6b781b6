// Where each operation and each case stands in the files of openapi/.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { root } from './project.mjs';

/** Where each operation and each of its named examples stands in the source files. */
export function placesOfCases() {
  const places = {};
  const files = [
    'openapi.yaml',
    'common.yaml',
    ...readdirSync(path.join(root, 'openapi/paths')).map((f) => `paths/${f}`),
  ];
  const trees = new Map(files.map((file) => [`openapi/${file}`, readTree(`openapi/${file}`)]));
  for (const [file, { doc, at }] of trees) {
    for (const item of isMap(doc.contents) ? doc.contents.items : []) {
      for (const method of isMap(item.value) ? item.value.items : []) {
        if (!isMap(method.value)) continue;
        const operationId = String(method.value.get('operationId') ?? '');
        if (operationId === '') continue;
        places[operationId] = at(method.key);
        const responses = /** @type {any} */ (method.value.get('responses'));
        for (const response of responses?.items ?? []) {
          const shared = response.value.get('$ref');
          const [target, pointer] = shared ? shared.split('#') : [];
          const source = shared
            ? trees.get(path.posix.join(path.posix.dirname(file), target))
            : { doc, at: at };
          const node = shared ? source.doc.getIn(pointer.split('/').slice(1)) : response.value;
          const named =
            node.getIn(['content', 'application/json', 'examples'])?.items ??
            node.get('x-cases')?.items ??
            [];
          for (const example of named)
            places[`${operationId}.${example.key.value}`] = source.at(example.key);
        }
      }
    }
  }
  return places;
}

function readTree(file) {
  const lines = new LineCounter();
  const doc = parseDocument(readFileSync(path.join(root, file), 'utf8'), { lineCounter: lines });
  return {
    doc,
    at: (node) => `${file}:${isScalar(node) && node.range ? lines.linePos(node.range[0]).line : 1}`,
  };
}
