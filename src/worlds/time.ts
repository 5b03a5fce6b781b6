// Moving the clock of a world, and what comes of it.
import { settle } from '../rules/memory.js';
import { UsageError } from '../spec/failure.js';
import { LATEST, toTimestamp } from '../world/clock.js';
import { secondsOf } from '../world/duration.js';
import { stateAt } from '../world/nouns/credentials.js';
import type { Embedding } from '../world/nouns/embeddings.js';
import type { World } from '../world/world.js';

/** A time or a duration that a clock cannot be moved by. */
export class ClockError extends UsageError {}

const BACK = 'to go back, rewind or reset the world, or restore a snapshot of it';

/** What became of a world when its clock was moved. */
export interface ClockMove {
  readonly before: string;
  readonly now: string;
  /** Those that it has moved, as they are now. */
  readonly embeddings: readonly Embedding[];
  /** Keys and tokens that have expired meanwhile. */
  readonly expired: readonly string[];
}

/** By a duration such as `2h`. Throws a ClockError, as `moveTo` does. */
export function moveBy(world: World, duration: string): ClockMove {
  if (/^\s*-/.test(duration))
    throw new ClockError(
      `A clock goes forward only, not by ${JSON.stringify(duration)}.\n  fix: ${BACK}`,
    );
  const seconds = secondsOf(duration);
  if (!seconds)
    throw new ClockError(
      `${JSON.stringify(duration)} is nothing that a clock can be advanced by.\n  fix: write a duration such as 90s, 15m, 2h or 1d12h`,
    );
  const { clock } = world;
  const now = Date.parse(clock.now());
  if (now + seconds * 1000 > LATEST)
    throw new ClockError(
      `${duration} after ${clock.now()} is later than a clock can show.\n  fix: advance it by less`,
    );
  return moved(world, seconds * 1000);
}

/** To a time, which must not be earlier than that of the clock. */
export function moveTo(world: World, time: string): ClockMove {
  const milliseconds = Date.parse(time);
  if (!/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/i.test(time) || Number.isNaN(milliseconds))
    throw new ClockError(
      `${JSON.stringify(time)} is no time.\n  fix: write a date and time such as 2026-02-26T15:30:00Z`,
    );
  const now = world.clock.now();
  const by = Math.floor(milliseconds / 1000) * 1000 - Date.parse(now);
  if (by < 0)
    throw new ClockError(
      `The clock is at ${now} and does not go back to ${toTimestamp(milliseconds)}.\n  fix: name a later time; ${BACK}`,
    );
  return moved(world, by);
}

function moved(world: World, by: number): ClockMove {
  const before = world.clock.now();
  settle(world);
  if (by > 0) world.clock.advance(by);
  const now = world.clock.now();
  return { before, now, embeddings: settle(world), expired: expiredBetween(world, before, now) };
}

const expiredBetween = ({ credentials }: World, before: string, now: string): readonly string[] =>
  credentials
    .all()
    .filter((one) => stateAt(one, before) !== stateAt(one, now))
    .map(({ id }) => id);
