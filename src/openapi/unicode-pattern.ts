// JSON Schema's patterns are read with the flag `u`, which refuses escapes and hyphens that most
// authors write without a thought.

/** The same pattern as `u` takes it; undefined where there is none. */
export function unicodePattern(pattern: string): string | undefined {
  if (isValid(pattern)) return pattern;
  const strict = withoutNeedlessEscapes(pattern);
  return isValid(strict) ? strict : undefined;
}

function isValid(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') !== undefined;
  } catch {
    return false;
  }
}

const syntax = /[\^$\\.*+?()[\]{}|/]/;
/** What stands for many characters, so that a hyphen beside it makes no range. */
const setEscape = /^\\[dDsSwW]$/;

function withoutNeedlessEscapes(pattern: string): string {
  const tokens =
    pattern.match(/\\u[\da-f]{4}|\\x[\da-f]{2}|\\c[a-z]|\\[pPk][{<][^}>]*[}>]|\\[\s\S]|[\s\S]/gi) ??
    [];
  let inClass = false;
  return tokens
    .map((token, i) => {
      if (token === '[' && !inClass) inClass = true;
      else if (token === ']' && inClass) inClass = false;
      else if (
        token === '-' &&
        inClass &&
        (setEscape.test(tokens[i - 1] ?? '') || setEscape.test(tokens[i + 1] ?? ''))
      )
        return '\\-';
      else if (
        !inClass &&
        (token === ']' || ((token === '{' || token === '}') && !isQuantifier(tokens, i)))
      )
        return `\\${token}`;
      else if (
        /^\\[^a-z\d]$/i.test(token) &&
        !syntax.test(token[1] as string) &&
        !(inClass && token === '\\-')
      )
        return token[1] as string;
      else if (/^\\[a-z]$/i.test(token) && !/^\\[dDsSwWbBfnrtv]$/.test(token))
        return token[1] as string;
      return token;
    })
    .join('');
}

function isQuantifier(tokens: readonly string[], at: number): boolean {
  const text = tokens.join('\n');
  const offset = tokens.slice(0, at).reduce((sum, token) => sum + token.length + 1, 0);
  const open = tokens[at] === '{' ? offset : text.lastIndexOf('{', offset);
  return open >= 0 && /^\{\n(\d\n)+(,\n(\d\n)*)?\}/.test(text.slice(open));
}
