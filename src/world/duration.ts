// How long something takes, as people write it: `90s`, `2h`, `1d12h`.

const units = { d: 86_400, h: 3600, m: 60, s: 1 };
/** More than a clock could show. */
const MOST = 250_000_000_000;

/** In seconds; undefined for what is no duration, or too long for any clock. */
export function secondsOf(text: string): number | undefined {
  const parts = /^(?:(\d+)d)? ?(?:(\d+)h)? ?(?:(\d+)m)? ?(?:(\d+)s)?$/.exec(text.trim());
  if (!parts || text.trim() === '') return undefined;
  const seconds = Object.values(units)
    .map((unit, i) => unit * Number(parts[i + 1] ?? 0))
    .reduce((sum, one) => sum + one);
  return seconds <= MOST ? seconds : undefined;
}
