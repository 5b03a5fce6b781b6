// A page of the documentation as a newcomer follows it: the files that it says to write and the
// commands to run, in order.
import { parse } from 'yaml';

/** Those that have blocks of code, in the order in which they are followed. */
export const pages = [
  'README.md',
  'docs/scenarios.md',
  'docs/check.md',
  'docs/ci.md',
  'docs/testing.md',
  'docs/serve.md',
  'docs/spec.md',
  'docs/faults-on-purpose.md',
];

export interface WriteStep {
  readonly kind: 'write';
  /** Where the block begins, counted from 1. */
  readonly line: number;
  /** The file's path, below the newcomer's project. */
  readonly file: string;
  readonly text: string;
}

export interface RunStep {
  readonly kind: 'run';
  readonly line: number;
  readonly where: Where;
  readonly commands: string;
}

/** Each line starts a server. */
export interface ServeStep {
  readonly kind: 'serve';
  readonly line: number;
  readonly where: Where;
  readonly commands: readonly string[];
}

/** Something that a command before it has printed. */
export interface OutputStep {
  readonly kind: 'output';
  readonly line: number;
  readonly text: string;
}

export type Where = 'project' | 'clone' | 'another project';
export type PageStep = WriteStep | RunStep | ServeStep | OutputStep;

interface Block {
  readonly mark: string;
  readonly line: number;
  readonly text: string;
}

/**
 * The blocks with a mark before them, in order. Those of the quick start, and the tested ones, have
 * tests of their own.
 */
export function pageSteps(markdown: string): PageStep[] {
  return blocksOf(markdown).flatMap((block): PageStep[] => {
    const { mark, line, text } = block;
    const [, file] = /^file: (\S+)$/.exec(mark) ?? [];
    if (file !== undefined) return [{ kind: 'write', line, file, text }];
    const [, verb, where = 'project'] =
      /^(run|serve)(?: in (?:the )?(clone|another project))?$/.exec(mark) ?? [];
    if (verb === 'run') return [{ kind: 'run', line, where: where as Where, commands: text }];
    if (verb === 'serve')
      return [{ kind: 'serve', line, where: where as Where, commands: text.trim().split('\n') }];
    if (mark === 'output') return [{ kind: 'output', line, text }];
    if (mark === 'steps of a job')
      return [{ kind: 'run', line, where: 'project', commands: commandsOfJob(text) }];
    if (mark === 'tested' || mark === 'quick start') return [];
    throw new Error(`Line ${line - 2}: the mark <!-- ${mark} --> is not known.`);
  });
}

const commandsOfJob = (text: string): string =>
  (parse(text) as { readonly run?: string }[]).flatMap(({ run }) => run ?? []).join('\n');

function blocksOf(markdown: string): Block[] {
  const marked =
    /^<!-- (run\b.*|serve\b.*|file: .*|output|steps of a job|tested|quick start) -->\n(?:```\w+\n([\s\S]*?)^```$)?/gm;
  return [...markdown.matchAll(marked)].map(({ 1: mark = '', 2: text, index }) => {
    const line = markdown.slice(0, index).split('\n').length + 2;
    if (text === undefined)
      throw new Error(`Line ${line - 2}: no block of code follows this mark.`);
    return { mark, line, text };
  });
}

/**
 * Lines at which a block of code begins that no mark stands before; the output of a tested block
 * needs none.
 */
export function unmarkedBlocks(markdown: string): number[] {
  const lines = markdown.split('\n');
  let inside = false;
  let isTested = false;
  return lines.flatMap((line, i) => {
    if (!line.startsWith('```')) return [];
    inside = !inside;
    if (!inside) return [];
    const before = lines[i - 1] ?? '';
    const isOutput = isTested && before === '```' && line === '```json';
    isTested = before === '<!-- tested -->';
    return isOutput || /^<!-- .* -->$/.test(before) ? [] : [i + 1];
  });
}
