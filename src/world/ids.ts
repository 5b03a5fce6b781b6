// The world's only source of ids: the seed and a counter go in, the same ids come out on every
// machine.
import { fnv1a } from '../spec/hash.js';

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * Letters that look random and are not: a hash of the text, stretched by xorshift. Two texts may
 * share them.
 */
export function scramble(text: string, length: number): string {
  let state = fnv1a(text);
  let letters = '';
  while (letters.length < length) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    letters += alphabet[(state >>> 8) % alphabet.length];
  }
  return letters;
}

/** Each step can be undone, so two numbers of 32 bits never become the same one. */
function shuffled(number: number): number {
  let bits = number ^ (number >>> 16);
  bits = Math.imul(bits, 0x7feb352d);
  bits ^= bits >>> 15;
  bits = Math.imul(bits, 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Seven letters hold any number of 32 bits. */
const NUMBER_LETTERS = 7;

/**
 * Sixteen letters for a number. The last seven are the number itself, shuffled by the seed, so that
 * no two numbers have the same letters; the others only look alike random.
 */
export function lettersOf(seed: number, prefix: string, number: number): string {
  const own = shuffled((number ^ fnv1a(String(seed))) >>> 0);
  return (
    scramble(`${seed}/${prefix}/${number}`, 9) +
    own.toString(alphabet.length).padStart(NUMBER_LETTERS, '0')
  );
}

export interface IdMaker {
  /** How many ids were minted so far. */
  readonly minted: number;
  /** A fresh id, `<prefix>_` and sixteen letters; no two are the same. */
  next(prefix: string): string;
  /** Mints on from an earlier count, when what was made since is taken back. */
  rewind(minted: number): void;
  fork(): IdMaker;
}

export const createIdMaker = (seed: number, minted = 0): IdMaker => new Minting(seed, minted);

class Minting implements IdMaker {
  readonly #seed: number;
  #count: number;

  constructor(seed: number, minted: number) {
    this.#seed = seed;
    this.#count = minted;
  }

  get minted(): number {
    return this.#count;
  }

  next(prefix: string): string {
    return `${prefix}_${lettersOf(this.#seed, prefix, this.#count++)}`;
  }

  rewind(minted: number): void {
    this.#count = minted;
  }

  fork(): IdMaker {
    return new Minting(this.#seed, this.#count);
  }
}

/** Passes over the ids that are taken, such as one that a scenario file brought. */
export const avoiding = (ids: IdMaker, isTaken: (id: string) => boolean): IdMaker =>
  new Avoiding(ids, isTaken);

class Avoiding implements IdMaker {
  readonly #ids: IdMaker;
  readonly #isTaken: (id: string) => boolean;

  constructor(ids: IdMaker, isTaken: (id: string) => boolean) {
    this.#ids = ids;
    this.#isTaken = isTaken;
  }

  get minted(): number {
    return this.#ids.minted;
  }

  next(prefix: string): string {
    let id = this.#ids.next(prefix);
    while (this.#isTaken(id)) id = this.#ids.next(prefix);
    return id;
  }

  rewind(minted: number): void {
    this.#ids.rewind(minted);
  }

  fork(): IdMaker {
    return this.#ids.fork();
  }
}
