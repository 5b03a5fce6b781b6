// The world's only source of time. Times are whole seconds in UTC, written as the seeds write them.

export type ClockKind = 'real' | 'virtual';

export interface Clock {
  readonly kind: ClockKind;
  /** ISO 8601, whole seconds, `Z`. Never earlier than the answer before. */
  now(): string;
  /** An accepted write happened; virtual time moves on by one second. */
  tick(): void;
  /** Goes to a time at which it was before; the machine's time does not. */
  set(time: string): void;
  fork(): Clock;
}

export const toTimestamp = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** Starts at a scenario's own time and stands still between writes. */
export const virtualClock = (start: string): Clock => standingClock(Date.parse(start));

function standingClock(start: number): Clock {
  let milliseconds = start;
  const write = timestamps();
  return {
    kind: 'virtual',
    now: () => write(milliseconds),
    tick: () => {
      milliseconds += 1000;
    },
    set: (time) => {
      milliseconds = Date.parse(time);
    },
    fork: () => standingClock(milliseconds),
  };
}

/** Every request asks for the time, and most of them for the same second as the one before. */
function timestamps(): typeof toTimestamp {
  let second: number | undefined;
  let text = '';
  return (milliseconds) => {
    const asked = Math.floor(milliseconds / 1000);
    if (asked !== second) [second, text] = [asked, toTimestamp(milliseconds)];
    return text;
  };
}

/** The machine's time, but never earlier than a scenario's own, in which rows were made already. */
export function realClock(start?: string): Clock {
  let latest = start === undefined ? 0 : Date.parse(start);
  const write = timestamps();
  return {
    kind: 'real',
    now: () => {
      // The machine's clock may be set back; what was created later must not look older.
      latest = Math.max(latest, Date.now());
      return write(latest);
    },
    tick: () => {},
    set: () => {},
    fork: () => realClock(toTimestamp(latest)),
  };
}
