// What worlds may be called.

/** The world of requests that name none. */
export const DEFAULT_WORLD = 'default';

/** Names go into paths and headers, and people type them. */
export const isWorldName = (name: string): boolean => /^[A-Za-z\d][\w.-]{0,63}$/.test(name);

export const WORLD_NAMES =
  '1 to 64 letters, digits, dots, hyphens and underscores, the first a letter or a digit';
