// Small things about words that every rendering of a report does alike.

export const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}…` : text;

/** The first of them, and how many more there are. */
export function namesOf(operations: readonly string[]): string {
  const more = operations.length - 3;
  return `${operations.slice(0, 3).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Calls in their order; one that comes again at once, or a pair that does, is told with how often. */
export function callsInWords(operations: readonly string[]): string {
  const told: string[] = [];
  for (let at = 0; at < operations.length; ) {
    const [length, times] = repetitionAt(operations, at);
    const calls = operations.slice(at, at + length).join(' · ');
    told.push(times === 1 ? calls : `${length === 1 ? calls : `(${calls})`} ${times}×`);
    at += length * times;
  }
  return told.join(' · ');
}

/** How many of them come again at once, and how often they come in all. */
function repetitionAt(operations: readonly string[], at: number): readonly [number, number] {
  for (const length of [1, 2]) {
    let times = 1;
    const comesAgain = (i: number): boolean =>
      operations[at + i] === operations[at + times * length + i];
    while (
      at + (times + 1) * length <= operations.length &&
      [...Array(length).keys()].every(comesAgain)
    )
      times += 1;
    if (times > 1) return [length, times];
  }
  return [1, 1];
}

/**
 * Text from a server must not break the layout of the report, or contain commands for a terminal or
 * a CI.
 */
export const oneLine = (text: string): string =>
  text.replace(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/gu, (character) => {
    const [, short] = /^"(\\[a-z])"$/.exec(JSON.stringify(character)) ?? [];
    return short ?? `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`;
  });
