// Small things about words that every rendering of a report does alike.

export const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}…` : text;

/** The first of them, and how many more there are. */
export function namesOf(operations: readonly string[]): string {
  const more = operations.length - 3;
  return `${operations.slice(0, 3).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
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
