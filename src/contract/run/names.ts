// The names that a run gives: by them its objects are told from all others, and found again.

/** Every name and id that a run invents carries this. */
const MARK = 'understudy-';

export const isInvented = (name: string): boolean => name.includes(MARK);

/** Of what a play makes; no two are alike. */
export const nameOf = (runId: string, play: number, count: number): string =>
  `${MARK}${runId}-${play}-${count}`;

/** Such a name anywhere in a text; what is captured tells those of one play apart. */
export const NAME_IN_TEXT = new RegExp(`${MARK}[a-z\\d]+-\\d+-(\\d+)`);

/** Of the lock of a run, until that time. */
export const lockName = (runId: string | number, until: string): string =>
  `${MARK}lock-${runId}-until-${until}`;

/** Until when a lock holds; undefined where the name is not that of a lock. */
export const lockedUntil = (name: string): string | undefined =>
  new RegExp(`^${MARK}lock-[a-z\\d]+-until-(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)$`).exec(
    name,
  )?.[1];

/** The name in the JSON text of a request that only this run can have given. */
export const nameIn = (text: string, runId: string): string | undefined =>
  new RegExp(`"(${MARK}(?:${runId}-\\d+-\\d+|lock-${runId}-until-[\\w:-]+))"`).exec(text)?.[1];
