// YAML (and so JSON) with the place of every node at hand.
import type * as Yaml from 'yaml';
import { pointerTokens } from '../spec/pointer.js';
import { requireInPackage } from './package.js';
import type { Problem, Report } from './problem.js';

/**
 * A problem at the node a pointer names, such as `/spaces/0/vector_store_id`; where it is missing,
 * at its nearest parent.
 */
export type ProblemAt = (pointer: string, what: string, fix: string) => Problem;

export interface ParsedYaml {
  /** After a syntax error, what the parser could make of the file. */
  readonly value: unknown;
  readonly at: ProblemAt;
  /** What is wrong with the YAML itself. */
  readonly problems: readonly Problem[];
  /**
   * Can this node be trusted although the syntax breaks somewhere? It can if the row of a list that
   * holds it ends before that place. So can a finished key of a row that breaks only inside one of
   * the rows below it.
   */
  readonly isSound: (pointer: string) => boolean;
}

/**
 * Takes problems of a file; those at a node that may only be wrong because the syntax breaks before
 * it are left out.
 */
export function reportTo(
  problems: Problem[],
  { at, isSound }: Pick<ParsedYaml, 'at' | 'isSound'>,
): Report {
  return (pointer, what, fix) => {
    if (isSound(pointer)) problems.push(at(pointer, what, fix));
  };
}

/**
 * Loaded when the first file is read: the shipped scenarios come parsed, and a start should not
 * wait for a parser.
 */
function yaml(): typeof Yaml {
  return requireInPackage('yaml') as typeof Yaml;
}

export function stringifyYaml(value: unknown): string {
  return yaml().stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}

/** A list with more items below those that it has; what stands there stays, comments too. */
export function withItems(text: string, items: readonly object[]): string {
  const { parseDocument, isSeq } = yaml();
  const document = parseDocument(text);
  if (!isSeq(document.contents)) {
    const comments = text.trim() === '' ? '' : `${text.trimEnd()}\n`;
    return `${comments}${stringifyYaml(items)}`;
  }
  if (document.contents.items.length === 0) document.contents.flow = false;
  for (const item of items) document.add(document.createNode(item));
  return document.toString({ lineWidth: 0 });
}

/** Errors of the parser that can be said more plainly than it does, by its code. */
const inWords: Readonly<Partial<Record<Yaml.ErrorCode, readonly [what: string, fix: string]>>> = {
  DUPLICATE_KEY: ['this key stands here a second time', 'keep one of them'],
  MULTIPLE_DOCS: [
    'a second document begins here',
    'keep one document in a file, and remove the line ---',
  ],
  TAB_AS_INDENT: ['this line is indented with a tab', 'indent with spaces'],
};

/** Without the place that the parser adds. */
const firstLine = (message: string): string =>
  (message.split('\n', 1)[0] as string).replace(/ at line \d+, column \d+:$/, '');

/**
 * The parser notices a quote that is never closed only at the end of what it takes for the text.
 */
function plainly(message: string): readonly [what: string, fix: string] {
  const [, quote] = /^Missing closing (['"])quote/.exec(message) ?? [];
  if (quote === undefined) return [message, 'correct the YAML'];
  return [
    `the text before this place has no closing ${quote}`,
    `close it in the line where it begins`,
  ];
}

/** JSON cannot have it. */
function isEndless(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return false;
  } catch {
    return true;
  }
}

export function parseYaml(text: string, file: string): ParsedYaml {
  const { isCollection, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const problem = (offset: number, what: string, fix: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, what, fix };
  };
  const startOf = (node: unknown): number | undefined =>
    isNode(node) && node.range ? node.range[0] : undefined;
  // After the first syntax error the parser reports errors that are not there, so only the first
  // one counts. A key that stands twice is an error of its own and causes no others.
  const [broken] = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY');
  const problems = document.errors
    .filter(
      (error) =>
        error === broken ||
        (error.code === 'DUPLICATE_KEY' && !(broken && error.pos[0] > broken.pos[0])),
    )
    .map(({ code, pos, message }) =>
      problem(pos[0], ...(inWords[code] ?? plainly(firstLine(message)))),
    );
  let value: unknown;
  try {
    value = document.toJS();
    if (isEndless(value))
      throw new Error('an alias refers to a node that it stands in, so the value has no end');
  } catch (error) {
    value = undefined;
    if (!broken)
      problems.push(
        problem(
          0,
          firstLine((error as Error).message),
          'correct the anchors and aliases of the YAML',
        ),
      );
  }
  const nodeAt = (tokens: readonly string[]): unknown => document.getIn(tokens, true);
  /** Where a value begins in a line below its key: the place of the key. */
  const keyAbove = (tokens: readonly string[], start: number): number | undefined => {
    const parent = nodeAt(tokens.slice(0, -1));
    if (tokens.length === 0 || !isMap(parent)) return undefined;
    const pair = parent.items.find(
      ({ key }) => isScalar(key) && String(key.value) === tokens.at(-1),
    );
    const key = startOf(pair?.key);
    return key !== undefined && lines.linePos(key).line < lines.linePos(start).line
      ? key
      : undefined;
  };
  const endsBefore = (node: unknown, offset: number): boolean =>
    isNode(node) && !!node.range && node.range[1] < offset;
  const breaksInRowBelow = (row: unknown, offset: number): boolean =>
    isMap(row) &&
    row.items.some(({ value }) => {
      const begins = startOf(value);
      return (
        isSeq(value) &&
        value.items.some(isCollection) &&
        begins !== undefined &&
        begins < offset &&
        !endsBefore(value, offset)
      );
    });
  return {
    value,
    problems,
    isSound: (pointer) => {
      if (!broken) return value !== undefined || problems.length === 0;
      const [offset] = broken.pos;
      const tokens = pointerTokens(pointer);
      const depths = tokens.map((_, i) => i + 1).reverse();
      const isRow = (depth: number): boolean =>
        isCollection(nodeAt(tokens.slice(0, depth))) && isSeq(nodeAt(tokens.slice(0, depth - 1)));
      const depth = depths.find(isRow);
      if (depth === undefined) return endsBefore(nodeAt(tokens.slice(0, 2)), offset);
      const row = nodeAt(tokens.slice(0, depth));
      if (endsBefore(row, offset)) return true;
      return (
        breaksInRowBelow(row, offset) && endsBefore(nodeAt(tokens.slice(0, depth + 1)), offset)
      );
    },
    at: (pointer, what, fix) => {
      const tokens = pointerTokens(pointer);
      for (let depth = tokens.length; depth >= 0; depth--) {
        const start = startOf(nodeAt(tokens.slice(0, depth)));
        if (start !== undefined)
          return problem(keyAbove(tokens.slice(0, depth), start) ?? start, what, fix);
      }
      return problem(0, what, fix);
    },
  };
}
