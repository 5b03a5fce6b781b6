// A world → the scenario that it could have been loaded from.
import { atPointer } from '../spec/pointer.js';
import type { Row } from '../world/indexes.js';
import type { World } from '../world/world.js';
import { brokenReferences } from './references.js';
import type { Scenario } from './scenario.js';
import { type ListedNoun, listedNouns, tableOf } from './sections.js';

/**
 * It loads to the same world, which makes the same IDs next. What a scenario cannot say: where the
 * cursors of a list stood, so they are counted anew.
 */
export function writeScenario(
  world: World,
  description = `The world ${world.scenario}, as it was.`,
): Scenario {
  const lists = listedNouns
    .filter(({ within }) => within === undefined)
    .map((noun) => [noun.section, itemsIn(world, noun)] as const);
  const scenario = {
    scenario: world.scenario,
    description,
    time: world.clock.now(),
    ...(world.clock.frozen ? { frozen: true } : {}),
    ids_made: world.ids.minted,
    ...(world.backfill === 'immediate' ? {} : { backfill: world.backfill }),
    ...Object.fromEntries(lists.filter(([, items]) => items.length > 0)),
  };
  const [external_ids, order] = [unknownIds(scenario), orderOf(world)];
  return {
    ...scenario,
    ...(order.length > 0 ? { order } : {}),
    ...(external_ids.length > 0 ? { external_ids } : {}),
  };
}

/** Rows that stand in the lists of others: which row that is, and when they came there. */
const inLists = [
  { table: 'messages', holders: 'threads', holder: 'thread_id', time: 'created_at' },
  { table: 'spaceVectorStores', holders: 'spaces', holder: 'space_id', time: 'added_at' },
  { table: 'spaceThreads', holders: 'spaces', holder: 'space_id', time: 'added_at' },
] as const;

/** The IDs of those that were made within one second, and not list after list. */
function orderOf(world: World): readonly string[] {
  return inLists.flatMap(({ table, holders, holder, time }) => {
    const place = new Map(world[holders].all().map(({ id }, i) => [id, i]));
    const seconds: Row[][] = [];
    let before: unknown;
    for (const row of world[table].all() as readonly Row[]) {
      const at = Reflect.get(row, time);
      if (at === before) seconds.at(-1)?.push(row);
      else seconds.push([row]);
      before = at;
    }
    const placeOf = (row: Row): number => place.get(Reflect.get(row, holder)) as number;
    return seconds
      .filter((rows) => rows.some((row, i) => i > 0 && placeOf(row) < placeOf(rows[i - 1] as Row)))
      .flatMap((rows) => rows.map(({ id }) => id));
  });
}

/** The items of a noun, with the lists that stand in them. */
function itemsIn(world: World, noun: ListedNoun, holder?: Row): readonly object[] {
  const table = tableOf(noun);
  const parts = listedNouns.filter(({ within }) => within === table);
  const items = (noun.write?.(world, holder) ?? []) as readonly Row[];
  return items.map((item) => {
    const lists = parts.map(
      (part) => [part.section, itemsIn(world, part, world[table].get(item.id))] as const,
    );
    return { ...item, ...Object.fromEntries(lists.filter(([, list]) => list.length > 0)) };
  });
}

/** The API takes users into access lists without looking them up. */
function unknownIds(scenario: Scenario): readonly string[] {
  const problems = brokenReferences(
    { scenario, problems: [], lost: new Set(), damaged: new Set() },
    (pointer, what, fix) => ({
      file: '',
      pointer,
      line: 1,
      column: 1,
      what,
      fix,
    }),
  );
  const ids = problems.map(({ pointer }) => atPointer(scenario as never, pointer as string));
  return [...new Set(ids.filter((id) => typeof id === 'string'))].sort();
}
