// "Did you mean …?": the known word that a mistyped one is closest to.

/** The nearest of the known words, or nothing when none is close. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const ranked = words.map((candidate) => ({
    candidate,
    distance: distance(word.toLowerCase(), candidate.toLowerCase()),
  }));
  ranked.sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  const near =
    best &&
    best.distance < word.length &&
    best.distance <= Math.max(2, Math.floor(word.length / 3));
  return near ? best.candidate : undefined;
}

/** What to do about a word that is not known. */
export function fixOf(word: unknown, words: readonly string[]): string {
  const close = typeof word === 'string' ? nearest(word, words) : undefined;
  if (close !== undefined) return `did you mean ${close}?`;
  return words.length > 0 ? `use one of ${words.join(', ')}` : 'there are none';
}

/** Levenshtein's distance, a row at a time. */
export function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const swap = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
