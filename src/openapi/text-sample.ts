// A text that keeps its pattern or format, where Prism would send the word "string".
import { generateSync, type JsonSchema } from 'json-schema-faker';
import type { Node } from './shape.js';

/** Formats of which Prism makes no value. */
const formats: Readonly<Record<string, string>> = { byte: 'c3RyaW5n', duration: 'P1D' };

const TRIES = 5;
const drawn = new Map<string, string | undefined>();

/** Undefined where Prism's own will do, and where none is found. */
export function sampleOfText({
  pattern,
  format,
  minLength = 0,
  maxLength = Number.POSITIVE_INFINITY,
}: Node): string | undefined {
  if (typeof pattern !== 'string') return formats[format as string];
  const [min, max] = [Number(minLength), Number(maxLength)];
  const key = JSON.stringify([pattern, minLength, maxLength]);
  if (!drawn.has(key)) drawn.set(key, draw(pattern, min, max));
  return drawn.get(key);
}

function draw(pattern: string, minLength: number, maxLength: number): string | undefined {
  const expression = new RegExp(pattern, 'u');
  const fits = (text: unknown): text is string =>
    typeof text === 'string' &&
    text.length >= minLength &&
    text.length <= maxLength &&
    expression.test(text);
  const own = 'string'
    .repeat(Math.ceil(minLength / 6) || 1)
    .slice(0, Math.max(minLength, Math.min(6, maxLength)));
  if (fits(own)) return undefined;
  const schema: JsonSchema = {
    type: 'string',
    pattern,
    minLength,
    ...(Number.isFinite(maxLength) ? { maxLength } : {}),
  };
  for (let seed = 1; seed <= TRIES; seed++) {
    const text = generateSync(schema, { seed });
    if (fits(text)) return text;
  }
  return undefined;
}
