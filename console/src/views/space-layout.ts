// Where the parts of a space's picture stand: on wide pages the space between its threads and its
// stores, on narrow ones above them.

export const NODE = { height: 46, gap: 14 };
const SPACE = { width: 136, height: 68 };

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodeWidth: number;
  /** Characters that a node's name may have. */
  readonly longest: number;
  /** The upper left corner of the space. */
  readonly space: { readonly x: number; readonly y: number } & typeof SPACE;
  /** From the top of the picture to that of each thread, and of each store. */
  readonly threads: readonly number[];
  readonly stores: readonly number[];
  /** The line between the space and a node whose top is given. */
  readonly edge: (side: 'threads' | 'stores', top: number) => Edge;
}

export interface Edge {
  readonly path: string;
  /** Where a number may stand on it. */
  readonly at: { readonly x: number; readonly y: number };
}

interface Counts {
  readonly threads: number;
  readonly stores: number;
}

export const layoutOf = (isNarrow: boolean, counts: Counts): Layout =>
  isNarrow ? narrow(counts) : wide(counts);

const heightOf = (count: number): number => count * (NODE.height + NODE.gap);

const topsFrom = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => first + heightOf(at));

function wide({ threads, stores }: Counts): Layout {
  const width = 600;
  const nodeWidth = 172;
  const height = heightOf(Math.max(threads, stores, 1)) + NODE.gap + 24;
  const middle = height / 2;
  const centred = (count: number) => topsFrom(middle - (heightOf(count) - NODE.gap) / 2, count);
  const space = { ...SPACE, x: (width - SPACE.width) / 2, y: middle - SPACE.height / 2 };
  return {
    width,
    height,
    nodeWidth,
    longest: 18,
    space,
    threads: centred(threads),
    stores: centred(stores),
    edge: (side, top) => {
      const [from, to] =
        side === 'threads' ? [nodeWidth, space.x] : [width - nodeWidth, space.x + SPACE.width];
      const half = (from + to) / 2;
      const end = top + NODE.height / 2;
      return {
        path: `M${from} ${end}C${half} ${end} ${half} ${middle} ${to} ${middle}`,
        at: { x: half, y: (end + middle) / 2 - 6 },
      };
    },
  };
}

function narrow({ threads, stores }: Counts): Layout {
  const width = 316;
  const nodeWidth = 140;
  const below = SPACE.height + 2 * NODE.gap;
  const middle = width / 2;
  return {
    width,
    height: below + heightOf(Math.max(threads, stores, 1)),
    nodeWidth,
    longest: 15,
    space: { ...SPACE, x: middle - SPACE.width / 2, y: 1 },
    threads: topsFrom(below, threads),
    stores: topsFrom(below, stores),
    edge: (side, top) => {
      const end = top + NODE.height / 2;
      const to = side === 'threads' ? nodeWidth : width - nodeWidth;
      return {
        path: `M${to} ${end}Q${middle} ${end} ${middle} ${SPACE.height + 1}`,
        at: { x: (to + middle) / 2, y: end - 4 },
      };
    },
  };
}
