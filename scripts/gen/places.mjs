// Where each operation and each case stands in the files of openapi/.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { root } from './project.mjs';

/**
 * The line of each operation and of each of its named examples, by source file, operation and name; that of
 * an operation itself by an empty name.
 */
export function placesOfCases() {
  const places = {};
  const add = ({ file, line }, operation, name) => {
    places[file] ??= {};
    places[file][operation] ??= {};
    places[file][operation][name] = line;
  };
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
        add(at(method.key), operationId, '');
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
          for (const example of named) add(source.at(example.key), operationId, example.key.value);
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
    at: (node) => ({
      file,
      line: isScalar(node) && node.range ? lines.linePos(node.range[0]).line : 1,
    }),
  };
}
