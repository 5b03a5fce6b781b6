// Texts as base64url (RFC 4648, section 5), in Node and in browsers.

export function toBase64Url(text: string): string {
  return btoa(isAscii(text) ? text : bytesOf(text))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** Most cursors are: each letter is its byte. */
const isAscii = (text: string): boolean => /^[ -~]*$/.test(text);

const bytesOf = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');

/** Undefined for what is not base64. */
export function fromBase64Url(encoded: string): string | undefined {
  try {
    const bytes = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
    return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
