// Finds the commands of a Markdown page that are marked to be tried: a `sh` block after `<!--
// tested -->`, and the
// `json` block after it, if there is one before the next block, heading or mark, with what the commands print.

export interface TestedBlock {
  /** Where the commands begin, counted from 1. */
  readonly line: number;
  readonly commands: string;
  /** The text of the `json` block. */
  readonly output?: string;
}

interface Fence {
  readonly language: string;
  readonly line: number;
  readonly text: string;
}

type Part = 'mark' | 'heading' | Fence;

export function testedBlocks(markdown: string): TestedBlock[] {
  const parts = partsOf(markdown.split(/\r?\n/));
  const blocks: TestedBlock[] = [];
  for (const [i, { part, line }] of parts.entries()) {
    if (part !== 'mark') continue;
    const [commands, after] = [parts[i + 1]?.part, parts[i + 2]?.part];
    if (!isFence(commands) || commands.language !== 'sh') {
      throw new Error(`Line ${line}: what follows \`<!-- tested -->\` is no \`\`\`sh block.`);
    }
    const output = isFence(after) && after.language === 'json' ? { output: after.text } : {};
    blocks.push({ line: commands.line, commands: commands.text, ...output });
  }
  return blocks;
}

function isFence(part: Part | undefined): part is Fence {
  return typeof part === 'object';
}

function partsOf(lines: readonly string[]): { part: Part; line: number }[] {
  const parts: { part: Part; line: number }[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [text, line] = [lines[i] as string, i + 1];
    const opening = /^ {0,3}(`{3,}|~{3,})\s*(\w*)/.exec(text);
    if (/^\s*<!--\s*tested\s*-->\s*$/.test(text)) parts.push({ part: 'mark', line });
    else if (/^#{1,6}\s/.test(text)) parts.push({ part: 'heading', line });
    else if (opening) {
      const [, mark, language] = opening as unknown as [string, string, string];
      const length = lines
        .slice(i + 1)
        .findIndex((later) => later.trim().startsWith(mark) && /^[`~]+$/.test(later.trim()));
      if (length < 0) throw new Error(`Line ${line}: this block is never closed.`);
      const inside = lines.slice(i + 1, i + 1 + length);
      parts.push({ part: { language, line: line + 1, text: inside.join('\n') }, line });
      i += length + 1;
    }
  }
  return parts;
}
