// "Did you mean …?" for paths: the documented path that an unknown one is closest to.
import { distance } from './nearest.js';

/** More is no slip of the pen, and comparing it would take long. */
const MOST_SEGMENTS = 12;
const LONGEST_SEGMENT = 64;

/** A segment too many or too few; two such slips are the most that still name a path. */
const ONE_SEGMENT = 2;
const MOST = 4;

/** What turns one path into the other: how much, and how many names agree on the way. */
interface Slips {
  readonly cost: number;
  readonly agreed: number;
}

const impossible: Slips = { cost: Number.POSITIVE_INFINITY, agreed: 0 };

/** The template nearest to a path, or nothing when the two share no name but the version. */
export function nearestPath(path: string, templates: Iterable<string>): string | undefined {
  const sent = path.split('/').slice(1);
  if (sent.length > MOST_SEGMENTS) return undefined;
  let best: { readonly template: string; readonly cost: number } | undefined;
  for (const template of templates) {
    const { cost, agreed } = slipsBetween(sent, template.split('/').slice(1));
    if (agreed > 0 && cost <= MOST && cost < (best?.cost ?? Number.POSITIVE_INFINITY))
      best = { template, cost };
  }
  return best?.template;
}

/** The edit distance between two lists of segments, a row at a time. */
function slipsBetween(sent: readonly string[], documented: readonly string[]): Slips {
  let row: Slips[] = [{ cost: 0, agreed: 0 }];
  for (const segment of documented)
    row.push(plus(row.at(-1) as Slips, segment === '' ? 0 : ONE_SEGMENT));
  for (const segment of sent) {
    const next = [plus(row[0] as Slips, segment === '' ? 0.5 : ONE_SEGMENT)];
    for (const [i, other] of documented.entries()) {
      const { cost, agreed } = between(segment, other);
      next.push(
        cheapest([
          plus(row[i] as Slips, cost, agreed),
          plus(row[i + 1] as Slips, segment === '' ? 0.5 : ONE_SEGMENT),
          plus(next[i] as Slips, other === '' ? 0 : ONE_SEGMENT),
        ]),
      );
    }
    row = next;
  }
  return row.at(-1) as Slips;
}

/**
 * A parameter takes any segment; a name takes itself, at best, and what is nearly written like it.
 */
function between(sent: string, documented: string): Slips {
  if (documented.startsWith('{')) return sent === '' ? impossible : { cost: 0.25, agreed: 0 };
  if (sent === documented)
    return { cost: 0, agreed: documented === 'v1' || documented === '' ? 0 : 1 };
  if (sent.length > LONGEST_SEGMENT) return impossible;
  const slips = distance(sent.toLowerCase(), documented.toLowerCase());
  const isNear = slips <= Math.max(1, Math.floor(documented.length / 3));
  return isNear ? { cost: Math.max(slips, 1), agreed: documented === 'v1' ? 0 : 1 } : impossible;
}

const plus = (slips: Slips, cost: number, agreed = 0): Slips => ({
  cost: slips.cost + cost,
  agreed: slips.agreed + agreed,
});

function cheapest(all: readonly Slips[]): Slips {
  return all.reduce((best, one) => (one.cost < best.cost ? one : best));
}
