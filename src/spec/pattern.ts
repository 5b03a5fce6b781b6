// Names and paths with `*` in them, which stands for any letters.

export function fits(text: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  if (others.length === 0) return text === pattern;
  const last = others.pop() as string;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

/**
 * A path as people write it: `*` is any letters, `{space_id}` one segment. A final slash makes no
 * difference, as in the API.
 */
export function pathPattern(path: string): RegExp {
  const parts = path.replace(/\/$/, '').split(/(\*|\{[^}/]*\})/);
  const source = parts.map((part, i) => {
    if (i % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return part === '*' ? '.*' : '[^/]+';
  });
  return new RegExp(`^${source.join('')}/?$`);
}
