// What is wrong with a scenario that stands for rows, told of the row at fault.
import type { JsonObject } from '../spec/message.js';
import { asWritten, atTokens, pointerOf, pointerTokens } from '../spec/pointer.js';
import { nouns } from '../world/nouns.js';
import type { TableName } from '../world/world.js';
import { type ListedNoun, listedNouns, tableOf } from './sections.js';

/** What is wrong with a scenario, at a pointer into it. */
export interface Fault {
  readonly pointer: string;
  readonly what: string;
  readonly fix: string;
}

/** What would be wrong after the edit, and with which row. */
export interface RowProblem {
  readonly noun: string;
  readonly id: string;
  readonly field: string;
  readonly what: string;
  readonly fix: string;
}

/** The row at fault, in place of where it stands in the scenario. */
export function problemAt(scenario: JsonObject, fault: Fault): RowProblem {
  const tokens = pointerTokens(fault.pointer);
  const inner = listedNouns.some(
    ({ within, section }) => within !== undefined && section === tokens[2],
  );
  const place = tokens.slice(0, inner && tokens[3] !== undefined ? 4 : 2);
  const [section, holder] = [place.at(-2), place.length > 2 ? place[0] : undefined];
  const noun = listedNouns.find(
    (one) =>
      one.section === section &&
      (one.within === undefined
        ? undefined
        : (nouns[one.within as TableName] as ListedNoun).section) === holder,
  );
  const item = atTokens(scenario, place) as Record<string, string | undefined> | undefined;
  return {
    noun: noun ? tableOf(noun) : '',
    id: item?.id ?? item?.api_key ?? item?.token ?? '',
    ...ofRow(pointerOf(place), fault),
  };
}

/** Without the place of the row, which is that of an item nobody has written. */
export const ofRow = (
  place: string,
  { pointer, what, fix }: Fault,
): Pick<RowProblem, 'field' | 'what' | 'fix'> => ({
  // Nothing where it is about the whole.
  field: pointerTokens(pointer.slice(place.length))[0] ?? '',
  what: what.replaceAll(`${asWritten(place)}.`, ''),
  fix,
});
