// The world's only source of ids: the seed and a counter go in, the same ids come out on every machine.

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * Letters that look random and are not: FNV-1a over the text, stretched by xorshift.
 * Collisions do not matter here, since whoever mints an id asks for another when it is taken.
 */
export function scramble(text: string, length: number): string {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  let letters = '';
  while (letters.length < length) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    letters += alphabet[(state >>> 8) % alphabet.length];
  }
  return letters;
}

export interface IdMaker {
  /** How many ids were minted so far. */
  readonly minted: number;
  /** A fresh id, `<prefix>_` and sixteen letters. */
  next(prefix: string): string;
  fork(): IdMaker;
}

export function createIdMaker(seed: number, minted = 0): IdMaker {
  let count = minted;
  return {
    get minted() {
      return count;
    },
    next: (prefix) => `${prefix}_${scramble(`${seed}/${prefix}/${count++}`, 16)}`,
    fork: () => createIdMaker(seed, count),
  };
}
