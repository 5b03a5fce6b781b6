// A page of the documentation as a newcomer follows it: the files that it says to write and the commands to run, in order.

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
  readonly where: 'project' | 'clone';
  readonly commands: string;
}

export type PageStep = WriteStep | RunStep;

/** The blocks marked `<!-- file: NAME -->`, `<!-- run -->` and `<!-- run in the clone -->`. */
export function pageSteps(markdown: string): PageStep[] {
  const block = /^<!-- (?:file: (\S+)|(run(?: in the clone)?)) -->\n(?:```\w+\n([\s\S]*?)^```$)?/gm;
  return [...markdown.matchAll(block)].map(({ 1: file, 2: run, 3: text, index }) => {
    const line = markdown.slice(0, index).split('\n').length + 2;
    if (text === undefined) throw new Error(`Line ${line - 2}: no block of code follows this mark.`);
    if (file !== undefined) return { kind: 'write', line, file, text };
    return { kind: 'run', line, where: run === 'run' ? 'project' : 'clone', commands: text };
  });
}

/** Lines at which a block of code begins that no mark stands before. */
export function unmarkedBlocks(markdown: string): number[] {
  const lines = markdown.split('\n');
  let inside = false;
  return lines.flatMap((line, i) => {
    if (!line.startsWith('```')) return [];
    inside = !inside;
    return inside && !/^<!-- .* -->$/.test(lines[i - 1] ?? '') ? [i + 1] : [];
  });
}
