// How a client reads lists: does it follow the pages, and does it ask one by one for what a list gives?
import type { JournalEntry } from '../../engine/journal.js';
import type { Spec } from '../../spec/document.js';
import { matcherOf } from '../../spec/match.js';
import { type Json, type JsonObject, pathOf } from '../../spec/message.js';
import { oncePer } from '../../spec/once-per.js';
import { waitBetween } from '../../verify/recovery.js';
import { perWorld, type Rule, type Run, type Sighting } from '../rule.js';

/** In these, a client says where a page begins. */
const pagePlaces = ['cursor', 'after', 'before', 'skip', 'offset', 'page'];
/** A person takes longer from one item to the next, and looks at fewer. */
const BURST_MS = 100;
const BURST = 3;

export const lists: readonly Rule[] = [
  {
    name: 'unfollowed-page',
    severity: 'warning',
    fix: 'While has_more is true, ask for the next page.',
    source: 'has_more of the response schema',
    find: unfollowedIn,
  },
  {
    name: 'n-plus-one',
    severity: 'warning',
    fix: 'Use the items of the list: they have all that the single reads give.',
    source: 'both answers have the same schema in the OpenAPI document',
    find: perWorld(singleReadsIn),
  },
];

/**
 * Lists with more, of operations of which the client has asked for no further page anywhere: a
 * client that can follow pages need not do so each time.
 */
function unfollowedIn({ sections, spec }: Run): readonly Sighting[] {
  const reads = sections
    .flatMap(({ entries }) => entries)
    .filter((entry) => !entry.forced && entry.answer.status === 200);
  const followed = new Set(reads.filter(isLaterPage).map(({ operation }) => operation));
  return reads
    .filter(({ has_more, operation }) => has_more && !followed.has(operation))
    .map((entry) => ({
      entries: [entry],
      what: `${entry.operation} has more, and the client asks for no further page.`,
      fix: placeIn(spec, entry),
    }));
}

const queryOf = ({ target }: JournalEntry): URLSearchParams =>
  new URLSearchParams(target.split(/\?(.*)/s)[1] ?? '');

const isLaterPage = (entry: JournalEntry): boolean => {
  const query = queryOf(entry);
  return pagePlaces.some((name) => !['', '0', null].includes(query.get(name)));
};

function placeIn(
  { operations }: Spec<string>,
  { operation = '' }: JournalEntry,
): string | undefined {
  const known = operations.get(operation)?.parameters.map(({ name }) => name) ?? [];
  const name = pagePlaces.find((one) => known.includes(one));
  return name && `While has_more is true, ask for the next page with ?${name}=.`;
}

/** One read after the other, of items of a list that was just read. */
function singleReadsIn(entries: readonly JournalEntry[], spec: Spec<string>): readonly Sighting[] {
  const same = sameItemsOf(spec);
  const found: Sighting[] = [];
  const lists = new Map<string | undefined, JournalEntry>();
  const bursts = new Map<string | undefined, JournalEntry[]>();
  const close = (caller: string | undefined): void => {
    const list = lists.get(caller);
    const burst = bursts.get(caller) ?? [];
    bursts.delete(caller);
    const items = new Set(burst.map((entry) => idIn(entry, spec)));
    if (list && hasItems(list, items))
      found.push({
        entries: [list, ...burst],
        what: `${burst[0]?.operation} is asked for one by one, for items of ${list.operation}, which has them already.`,
        note: `${items.size} reads`,
      });
  };
  for (const entry of entries) {
    const { user_id: caller, operation = '', answer } = entry;
    const list = lists.get(caller);
    const burst = bursts.get(caller) ?? [];
    const previous = burst.at(-1) ?? list;
    const isSingle =
      list !== undefined && answer.status === 200 && same(list.operation ?? '', operation);
    if (isSingle && previous && waitBetween(previous, entry) <= BURST_MS) {
      bursts.set(caller, [...burst, entry]);
      continue;
    }
    const isList = answer.status === 200 && same(operation);
    const isWrite = (entry.changes?.length ?? 0) > 0;
    if (!isSingle && !isList && !isWrite) continue;
    close(caller);
    // The list may have changed.
    if (isWrite) lists.clear();
    else if (isList) lists.set(caller, entry);
    else bursts.set(caller, [entry]);
  }
  for (const caller of [...bursts.keys()]) close(caller);
  return found;
}

/** Several items, or all of a short list; of an answer that the journal has cut, two are enough. */
function hasItems({ answer: { body = '' } }: JournalEntry, ids: ReadonlySet<string>): boolean {
  const shown = [...ids].filter((id) => body.includes(JSON.stringify(id))).length;
  const all = itemsIn(body)?.length;
  return shown >= BURST || (shown > 1 && (all === undefined ? ids.size >= BURST : shown === all));
}

/** Undefined where the body is cut. */
function itemsIn(body: string): readonly Json[] | undefined {
  try {
    const list = JSON.parse(body) as JsonObject | Json[];
    return Array.isArray(list) ? list : (Object.values(list).find(Array.isArray) as Json[]);
  } catch {
    return undefined;
  }
}

function idIn(entry: JournalEntry, spec: Spec<string>): string {
  const matched = matcherOf(spec)('GET', pathOf(entry));
  return matched.kind === 'operation' ? (Object.values(matched.path).at(-1) ?? '') : '';
}

/**
 * Whether an operation lists things that can be read one by one, and whether another one reads one
 * of the things that it lists.
 */
const sameItemsOf = oncePer((spec: Spec<string>) => {
  const { components } = JSON.parse(spec.text) as {
    readonly components?: { readonly schemas?: Readonly<Record<string, JsonObject>> };
  };
  const schemaOf = (id: string): string => {
    const operation = spec.operations.get(id);
    return operation?.method === 'GET' ? (operation.responses.get(200)?.schema ?? '') : '';
  };
  const partsOf = (name: string): readonly JsonObject[] => {
    const { properties = {}, ...whole } = components?.schemas?.[name] ?? {};
    return [whole, ...(Object.values(properties as JsonObject) as JsonObject[])];
  };
  const itemOf = oncePerName((id) =>
    partsOf(schemaOf(id))
      .map(({ items }) => refOf(items))
      .find((name) => name !== undefined),
  );
  const singleOf = oncePerName((id): readonly string[] => {
    const name = schemaOf(id);
    return [name, ...partsOf(name).map((part) => refOf(part) ?? '')].filter((one) => one !== '');
  });
  return (list: string, single?: string): boolean => {
    const item = itemOf(list);
    return item !== undefined && (single === undefined || singleOf(single).includes(item));
  };
});

const refOf = (schema: Json | undefined): string | undefined =>
  (schema as { readonly $ref?: string } | undefined)?.$ref?.split('/').at(-1);

function oncePerName<Value>(make: (name: string) => Value): (name: string) => Value {
  const made = new Map<string, Value>();
  return (name) => {
    if (!made.has(name)) made.set(name, make(name));
    return made.get(name) as Value;
  };
}
