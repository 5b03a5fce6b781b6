// Reads a body as JSON, with bounds, and reports what different JSON parsers may read differently.
import type { Json, PlainResponse } from '../../spec/message.js';
import { pointerToken } from '../../spec/pointer.js';

export interface ReadJson {
  readonly body: Json | undefined;
  /** Why it is no JSON that can be read. */
  readonly problem?: string;
  readonly oddities: readonly Oddity[];
}

/** https://www.rfc-editor.org/rfc/rfc8259 warns of it; the body can be read all the same. */
export interface Oddity {
  readonly pointer: string;
  readonly expected: string;
  readonly got: string;
}

/** No document has an answer nested so deeply, and recursive code would overflow its stack. */
const MAX_DEPTH = 500;
/** Nor one of so many lists and objects, each of which takes far more memory than text. */
const MAX_NODES = 100_000;
/** More warnings of one kind are not reported. */
const MOST_ODDITIES = 100;

/** The body of an answer, which may have none. */
export function readBody({ body }: PlainResponse): ReadJson {
  return body === undefined
    ? { body: undefined, problem: 'no body', oddities: [] }
    : readJson(body);
}

export function readJson(text: string): ReadJson {
  const hasMark = text.charCodeAt(0) === 0xfeff;
  const json = hasMark ? text.slice(1) : text;
  const size = problemOfSize(json);
  if (size !== undefined) return { body: undefined, problem: size, oddities: [] };
  try {
    const mark = {
      pointer: '',
      expected: 'no byte order mark',
      got: 'a byte order mark before the JSON',
    };
    const body = JSON.parse(json) as Json;
    // What is written as it came has lost nothing; to look for repeated members takes longer.
    const repeated = JSON.stringify(body) === json ? [] : repeatedMembers(json);
    return { body, oddities: [...(hasMark ? [mark] : []), ...repeated] };
  } catch {
    const shown = json.length > 200 ? `${json.slice(0, 200)}…` : json;
    return { body: undefined, problem: shown === '' ? 'nothing' : shown, oddities: [] };
  }
}

function problemOfSize(text: string): string | undefined {
  // Too short for either.
  if (text.length <= MAX_DEPTH) return undefined;
  let depth = 0;
  let nodes = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') i = endOfString(text, i);
    else if (character === '[' || character === '{') {
      depth += 1;
      nodes += 1;
    } else if (character === ']' || character === '}') depth -= 1;
    if (depth > MAX_DEPTH) return `JSON that is nested more than ${MAX_DEPTH} deep`;
    if (nodes > MAX_NODES) return `JSON of more than ${MAX_NODES} lists and objects`;
  }
  return undefined;
}

/** Where the quotes that open at a place close. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

/** An object or a list that is open: its members so far, or the index it has come to. */
interface Open {
  readonly members?: Set<string>;
  at: string | number;
}

/**
 * Members of one object with the same name, of which each reader keeps another one. The text is
 * JSON.
 */
function repeatedMembers(text: string): readonly Oddity[] {
  const found: Oddity[] = [];
  const open: Open[] = [];
  let isName = false;
  for (let i = 0; i < text.length && found.length < MOST_ODDITIES; i++) {
    const character = text[i];
    const inner = open.at(-1);
    if (character === '"') {
      const end = endOfString(text, i);
      if (isName && inner?.members) {
        inner.at = JSON.parse(text.slice(i, end + 1)) as string;
        if (inner.members.has(inner.at))
          found.push({
            pointer: pointerTo(open),
            expected: 'each member once',
            got: 'a member of the same name before it',
          });
        inner.members.add(inner.at);
        isName = false;
      }
      i = end;
    } else if (character === '{') {
      open.push({ members: new Set(), at: '' });
      isName = true;
    } else if (character === '[') {
      open.push({ at: 0 });
      isName = false;
    } else if (character === '}' || character === ']') {
      open.pop();
      isName = false;
    } else if (character === ',' && inner) {
      isName = inner.members !== undefined;
      if (typeof inner.at === 'number') inner.at += 1;
    }
  }
  return found;
}

const pointerTo = (open: readonly Open[]): string =>
  open.map(({ at }) => `/${pointerToken(String(at))}`).join('');
