// How the server and each world are set, and what of it is changed while the server runs.
import { BACKFILLS, type Backfill, isBackfill } from '../../world/backfill.js';
import { type ControlRules, type Request, rule, unknown_world } from './form.js';

const ofWorld = ({ world: { worlds }, path }: Request) => {
  const { clock, backfill, keepDeleted, ids } = worlds.get(path.world);
  return {
    scenario: worlds.scenario(path.world).scenario,
    backfill,
    clock: clock.kind,
    now: clock.now(),
    frozen: clock.frozen,
    keep_deleted: keepDeleted,
    ids_made: ids.minted,
  };
};

export const settingsRules: ControlRules = {
  getSettings: rule({ accept: ({ world }) => ['found', world.settings] }),

  changeSettings: rule({
    accept: ({ world, body }) => {
      const { strict_worlds: strict, max_worlds: max } = body as {
        strict_worlds?: boolean;
        max_worlds?: number;
      };
      world.worlds.limit({ strict, max });
      return ['changed', world.settings];
    },
  }),

  getWorldSettings: rule({
    guards: { unknown_world },
    accept: (request) => ['found', ofWorld(request)],
  }),

  changeWorldSettings: rule({
    guards: {
      unknown_world,
      bad_backfill: ({ body }: Request) =>
        body.backfill === undefined ||
        isBackfill(body.backfill) || {
          details: { field: 'backfill', backfill: body.backfill, message: `it takes ${BACKFILLS}` },
        },
    },
    accept: (request) => {
      const { world, path, body } = request;
      if (body.backfill !== undefined)
        world.worlds.setBackfill(path.world, body.backfill as Backfill);
      return ['changed', ofWorld(request)];
    },
  }),
};
