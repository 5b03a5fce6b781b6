// The table of rooms in ARCHITECTURE.md.

interface Rooms {
  readonly rank: number;
  /** Folders end with a slash. */
  readonly names: readonly string[];
  /** Files of the first of them, to begin reading with. */
  readonly starts: readonly string[];
}

const codes = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);

export function roomsOf(architecture: string): Rooms[] {
  return [...architecture.matchAll(/^\| (\d+) \| (.*?) \| .*? \|(.*)\|$/gm)].map(
    ([, rank, names = '', starts = '']) => ({
      rank: Number(rank),
      names: codes(names),
      starts: codes(starts),
    }),
  );
}
