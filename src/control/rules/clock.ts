// The clock of a world: frozen, moved, and what came of moving it.
import type { JsonObject } from '../../spec/message.js';
import type { World } from '../../world/world.js';
import { ClockError, moveBy, moveTo } from '../../worlds/time.js';
import { type ControlRules, type Request, rule, unknown_world } from './form.js';

/** What a clock is told to do. */
interface NewTime {
  readonly advance?: string;
  readonly to?: string;
  readonly frozen?: boolean;
}

const moving = ({ body }: Request) => body as NewTime;

/** Why the clock cannot be moved: it is tried on a copy of the world. */
function faultOfTime(copy: World, { advance, to }: NewTime): JsonObject | undefined {
  try {
    if (advance !== undefined) moveBy(copy, advance);
    if (to !== undefined) moveTo(copy, to);
    return undefined;
  } catch (error) {
    if (!(error instanceof ClockError)) throw error;
    const message = error.message.split('\n', 1)[0] as string;
    return { field: advance === undefined ? 'to' : 'advance', message };
  }
}

export const clockRules: ControlRules = {
  moveClock: rule({
    read: (request) => {
      const { worlds } = request.world;
      const { world } = request.path;
      return {
        fault: worlds.has(world)
          ? faultOfTime(worlds.get(world).fork(), moving(request))
          : undefined,
      };
    },
    guards: {
      unknown_world,
      bad_time: ({ fault }) => fault === undefined || { details: fault },
    },
    accept: (known) => {
      const { worlds } = known.world;
      const { world } = known.path;
      const { advance, to, frozen } = moving(known);
      const before = worlds.get(world).clock.now();
      if (frozen !== undefined) worlds[frozen ? 'freeze' : 'thaw'](world);
      const move =
        advance === undefined ? to && worlds.setTime(world, to) : worlds.advance(world, advance);
      const { clock } = worlds.get(world);
      return [
        'moved',
        { before, now: clock.now(), embeddings: [], expired: [], ...move, frozen: clock.frozen },
      ];
    },
  }),
};
