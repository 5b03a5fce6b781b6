// YAML (and so JSON) with the place of every node at hand.
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import type { Problem } from './problem.js';
import { pointerTokens } from './relation.js';

/** A problem at the node a pointer names, such as `/spaces/0/vector_store_id`; where it is missing, at its nearest parent. */
export type ProblemAt = (pointer: string, what: string, fix: string) => Problem;

export interface ParsedYaml {
  readonly value: unknown;
  readonly at: ProblemAt;
  /** What is wrong with the YAML itself; the value means nothing then. */
  readonly problems: readonly Problem[];
}

/** Loaded when the first file is read: the shipped scenarios come parsed, and a start should not wait for a parser. */
function yaml(): typeof Yaml {
  return createRequire(import.meta.url)('yaml') as typeof Yaml;
}

export function stringifyYaml(value: unknown): string {
  return yaml().stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}

export function parseYaml(text: string, file: string): ParsedYaml {
  const { isNode, LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problem = (offset: number, what: string, fix: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, what, fix };
  };
  // Behind the first place where the syntax breaks, the parser finds more that nobody wrote; keys that stand twice are each their own.
  const [broken] = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY');
  const problems = document.errors
    .filter((error) => error === broken || error.code === 'DUPLICATE_KEY')
    .map((error) => problem(error.pos[0], error.message.split('\n', 1)[0] as string, 'correct the YAML'));
  let value: unknown;
  try {
    value = problems.length > 0 ? undefined : document.toJS();
    // An anchor that holds itself cannot be written as JSON, and nothing else here could carry it.
    JSON.stringify(value);
  } catch (error) {
    problems.push(
      problem(0, (error as Error).message.split('\n', 1)[0] as string, 'correct the anchors and aliases of the YAML'),
    );
  }
  return {
    value,
    problems,
    at: (pointer, what, fix) => {
      const tokens = pointerTokens(pointer);
      for (let depth = tokens.length; depth >= 0; depth--) {
        const node = document.getIn(tokens.slice(0, depth), true);
        if (isNode(node) && node.range) return problem(node.range[0], what, fix);
      }
      return problem(0, what, fix);
    },
  };
}
