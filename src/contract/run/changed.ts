// What a second reading shows otherwise than the first, place by place, in words.
import { same, show } from '../../spec/json.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { pointerToken } from '../../spec/pointer.js';

/** Absent is what was not there. */
interface Change {
  readonly pointer: string;
  readonly before?: Json | undefined;
  readonly now?: Json | undefined;
}

/** Changes that are named; of more, how many there are. */
const MOST = 5;

/** The same places on both sides, in the order of the first reading. */
export function changedBetween(before: Json, now: Json): { expected: string; got: string } {
  const changes = [...changesIn('', before, now)];
  const told = changes.slice(0, MOST);
  const more = changes.length > MOST ? `; ${changes.length - MOST} more` : '';
  const say = (side: 'before' | 'now'): string =>
    told
      .map(({ pointer, [side]: value }) => show(value) + (pointer && ` at ${pointer}`))
      .join(', ') + more;
  return { expected: `${say('before')}, as before the refused request`, got: say('now') };
}

function* changesIn(pointer: string, before: Json, now: Json): Generator<Change> {
  if (Array.isArray(before) && Array.isArray(now)) yield* changesInList(pointer, before, now);
  else if (isJsonObject(before) && isJsonObject(now)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
      const place = `${pointer}/${pointerToken(key)}`;
      const [one, two] = [before[key], now[key]];
      if (one === undefined || two === undefined) yield { pointer: place, before: one, now: two };
      else yield* changesIn(place, one, two);
    }
  } else if (!same(before, now)) yield { pointer, before, now };
}

/** Where items came or went, those; else item by item. */
function* changesInList(
  pointer: string,
  before: readonly Json[],
  now: readonly Json[],
): Generator<Change> {
  if (before.length === now.length) {
    for (const [i, item] of before.entries())
      yield* changesIn(`${pointer}/${i}`, item, now[i] as Json);
    return;
  }
  const lacks = (list: readonly Json[], item: Json): boolean =>
    !list.some((one) => same(one, item));
  const gone = before.filter((item) => lacks(now, item));
  const added = now.filter((item) => lacks(before, item));
  for (const item of gone) yield { pointer: `${pointer}/*`, before: item };
  for (const item of added) yield { pointer: `${pointer}/*`, now: item };
  if (gone.length + added.length === 0)
    yield { pointer, before: `${before.length} items`, now: `${now.length} items` };
}
