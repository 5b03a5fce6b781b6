// The shipped scenarios and contracts, parsed and checked.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isPair, isSeq, LineCounter, parse, parseDocument, visit } from 'yaml';
import { root } from './project.mjs';
import { scenarioSchema } from './schemas.mjs';
import { compiler } from './validators.mjs';

/**
 * As src/shipped/ finds them again: by name, or by the hash of their text. A file that breaks its
 * schema stops here.
 */
export function scenarios() {
  const validate = compiler({ allErrors: true }).compile(scenarioSchema());
  return readdirSync(path.join(root, 'fixtures'))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => {
      const text = readFileSync(path.join(root, 'fixtures', file), 'utf8');
      const scenario = parse(text);
      if (!validate(scenario)) {
        console.error(
          `fixtures/${file} breaks its schema: ${JSON.stringify(validate.errors, null, 2)}`,
        );
        process.exit(2);
      }
      return { name: path.basename(file, '.yaml'), sha256: sha256(text), scenario };
    });
}

/** @param {string} text */
function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** As src/contract/tables/shipped.ts finds them again: by the hash of their text. */
export function contracts() {
  // What every run names by its place: tables, rows, workflows and steps.
  const placed =
    /^(\/(?:everywhere|tables|tables\/\d+\/rows|workflows|workflows\/\d+\/steps))\/\d+$/;
  return readdirSync(path.join(root, 'contracts'))
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('profile.yaml'))
    .map((file) => {
      const text = readFileSync(path.join(root, 'contracts', file), 'utf8');
      const lines = new LineCounter();
      const parsed = parseDocument(text, { lineCounter: lines, merge: true });
      const faults = parsed.errors.map(({ message }) => message);
      if (faults.length > 0) {
        console.error(`contracts/${file}: ${faults.join('\n')}`);
        process.exit(2);
      }
      const places = {};
      visit(parsed, {
        Node: (key, node, path) => {
          if (!isSeq(path.at(-1))) return;
          const { line, col } = lines.linePos(node.range[0]);
          const pointer = pointerOf([...path, node], key);
          const [, list] = placed.exec(pointer) ?? [];
          if (list === undefined) return;
          // Of each item, how many lines it is below the one before, and its column.
          const { all, last } = places[list] ?? { all: [], last: 0 };
          places[list] = { all: [...all, line - last, col], last: line };
        },
      });
      return {
        sha256: sha256(text),
        value: parsed.toJS(),
        places: Object.fromEntries(Object.entries(places).map(([list, { all }]) => [list, all])),
      };
    });
}

/** The JSON pointer of a node, from the nodes and pairs above it. */
function pointerOf(nodes, key) {
  const tokens = nodes.flatMap((node, i) => {
    if (isPair(node)) return [String(node.key)];
    const parent = nodes[i - 1];
    return isSeq(parent) ? [i === nodes.length - 1 ? key : parent.items.indexOf(node)] : [];
  });
  return tokens
    .map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
