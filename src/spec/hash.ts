// FNV-1a: a whole number of 32 bits for a text. Quick, and the same on every machine; it keeps no
// secret.

export function fnv1a(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return state;
}
