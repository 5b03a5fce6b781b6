// The lists of a scenario, noun by noun.
import type { Row } from '../world/indexes.js';
import type { Draft, Given, Noun, Placed } from '../world/noun.js';
import { nouns } from '../world/nouns.js';
import type { TableName, World } from '../world/world.js';
import type { Scenario } from './scenario.js';

// biome-ignore lint/suspicious/noExplicitAny: what goes for every noun cannot know the items of each.
export type AnyNoun = Noun<any, any, any>;

/** What holds lists: a scenario, or an item in it. */
interface Lists {
  readonly [section: string]: unknown;
}

/** The nouns that a scenario lists. */
export interface ListedNoun extends AnyNoun {
  readonly section: string;
}

export const allNouns: readonly AnyNoun[] = Object.values(nouns);
export const listedNouns = allNouns.filter(
  (noun): noun is ListedNoun => noun.section !== undefined,
);

const tables = new Map(
  Object.entries(nouns).map(([name, noun]): [AnyNoun, TableName] => [noun, name as TableName]),
);
export const tableOf = (noun: AnyNoun): TableName => tables.get(noun) as TableName;

/** The lists at the top. */
export const sections: readonly string[] = listedNouns.flatMap(({ within, section }) =>
  within === undefined ? [section] : [],
);

const listOf = (holder: unknown, section: string): readonly never[] =>
  ((holder as Lists)[section] ?? []) as readonly never[];

const holderOf = ({ within }: AnyNoun): ListedNoun | undefined =>
  within === undefined ? undefined : (nouns[within as TableName] as ListedNoun);

/** The items of a noun, each with its place. */
export function placedItems(
  scenario: Draft<Scenario>,
  noun: ListedNoun,
): readonly Placed<Row, unknown>[] {
  const within = holderOf(noun);
  const holders = within
    ? placedItems(scenario, within).map(({ item, pointer }) => ({ holder: item, pointer }))
    : [];
  const all = within ? holders : [{ holder: undefined, pointer: '' }];
  return all.flatMap(({ holder, pointer }) =>
    listOf(holder ?? scenario, noun.section).map((item, i) => ({
      item,
      holder,
      pointer: `${pointer}/${noun.section}/${i}`,
    })),
  );
}

/** The items of a noun, each with the row that it stands in, oldest row first. */
export function givenItems(
  world: World,
  scenario: Scenario,
  noun: AnyNoun,
): readonly Given<unknown, unknown>[] {
  const { section, within } = noun;
  if (section === undefined) return [];
  const holders = holderOf(noun);
  if (!holders) return listOf(scenario, section).map((item) => ({ item, holder: undefined }));
  const items = new Map(placedItems(scenario, holders).map(({ item }) => [item.id, item]));
  const rows: readonly Row[] = world[within as TableName].all();
  return rows.flatMap((holder) =>
    listOf(items.get(holder.id), section).map((item) => ({ item, holder })),
  );
}
