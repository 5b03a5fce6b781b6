// The world's only source of time. Times are whole seconds in UTC, written as the seeds write them.

export type ClockKind = 'real' | 'virtual';

/** Where a clock stands, to be put back. */
export interface ClockState {
  readonly milliseconds: number;
  /** How far a real clock is ahead of the machine's. */
  readonly offset: number;
  readonly frozen: boolean;
}

export interface Clock {
  readonly kind: ClockKind;
  /** Nothing but `advance` moves it. */
  readonly frozen: boolean;
  readonly state: ClockState;
  /** ISO 8601, whole seconds, `Z`. Never earlier than the answer before. */
  now(): string;
  /** An accepted write happened; virtual time moves on by one second. */
  tick(): void;
  advance(milliseconds: number): void;
  freeze(): void;
  /** Goes on from where it stands. */
  thaw(): void;
  /** Goes to where it stood before; a real clock then goes on as the machine's does. */
  restore(state: ClockState): void;
  fork(): Clock;
}

/** The last second that has a year of four digits; a clock stays there. */
export const LATEST = Date.parse('9999-12-31T23:59:59Z');

export const toTimestamp = (milliseconds: number): string =>
  `${new Date(Math.min(milliseconds, LATEST)).toISOString().slice(0, 19)}Z`;

/** Starts at a scenario's own time and stands still between writes. */
export const virtualClock = (start: string): Clock =>
  standingClock({ milliseconds: Date.parse(start), offset: 0, frozen: false });

function standingClock({ milliseconds, frozen }: ClockState): Clock {
  const write = timestamps();
  return {
    kind: 'virtual',
    get frozen() {
      return frozen;
    },
    get state() {
      return { milliseconds, offset: 0, frozen };
    },
    now: () => write(milliseconds),
    tick: () => {
      if (!frozen) milliseconds += 1000;
    },
    advance: (by) => {
      milliseconds += by;
    },
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      frozen = false;
    },
    restore: (state) => {
      ({ milliseconds, frozen } = state);
    },
    fork: () => standingClock({ milliseconds, offset: 0, frozen }),
  };
}

/** Every request asks for the time, and most of them for a second in the same minute as the one before. */
function timestamps(): typeof toTimestamp {
  let second: number | undefined;
  let minute: number | undefined;
  let upToMinute = '';
  let text = '';
  return (milliseconds) => {
    const asked = Math.floor(Math.min(milliseconds, LATEST) / 1000);
    if (asked === second) return text;
    const inMinute = Math.floor(asked / 60);
    if (inMinute !== minute) {
      upToMinute = toTimestamp(milliseconds).slice(0, -'00Z'.length);
      minute = inMinute;
    }
    second = asked;
    text = `${upToMinute}${String(asked - inMinute * 60).padStart(2, '0')}Z`;
    return text;
  };
}

/**
 * The machine's time. Where a scenario's own, in which rows were made already, is later than that, it
 * goes on from there: a world that was exported with a clock ahead does not stand still.
 */
export function realClock(start?: string): Clock {
  const milliseconds = start === undefined ? 0 : Date.parse(start);
  const offset = Math.max(0, milliseconds - Date.now());
  return runningClock({ milliseconds, offset, frozen: false });
}

function runningClock({ milliseconds: latest, offset, frozen }: ClockState): Clock {
  const write = timestamps();
  const read = (): number => {
    // The machine's clock may be set back; what was created later must not look older.
    if (!frozen) latest = Math.max(latest, Date.now() + offset);
    return latest;
  };
  const goOnFrom = (milliseconds: number): void => {
    latest = milliseconds;
    offset = milliseconds - Date.now();
  };
  return {
    kind: 'real',
    get frozen() {
      return frozen;
    },
    get state() {
      return { milliseconds: latest, offset, frozen };
    },
    now: () => write(read()),
    tick: () => {},
    advance: (by) => goOnFrom(read() + by),
    freeze: () => {
      read();
      frozen = true;
    },
    thaw: () => {
      if (frozen) goOnFrom(latest);
      frozen = false;
    },
    restore: (state) => {
      ({ milliseconds: latest, offset, frozen } = state);
    },
    fork: () => runningClock({ milliseconds: latest, offset, frozen }),
  };
}
