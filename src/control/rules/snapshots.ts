// Snapshots of a world, and what puts them back.

import type { Verdict } from '../../decide/rule.js';
import type { WorldSnapshot } from '../../world/world.js';
import { isWorldName, WORLD_NAMES } from '../../world/world-names.js';
import { MAX_SNAPSHOTS } from '../control.js';
import { type ControlRules, type Request, rule, told, unknown_world } from './form.js';

const asSnapshot = (name: string, { now }: WorldSnapshot) => ({ name, now });

const unknown_snapshot = ({ world, path }: Request): Verdict => {
  const snapshots = world.snapshots(path.world);
  const name = path.name as string;
  if (snapshots.has(name)) return true;
  return { details: { field: 'name', name, snapshots: [...snapshots.keys()] } };
};
const ofSnapshot = { unknown_world, unknown_snapshot };
const snapshotOf = ({ world, path }: Request) =>
  world.snapshots(path.world).get(path.name as string) as WorldSnapshot;

export const snapshotRules: ControlRules = {
  listSnapshots: rule({
    guards: { unknown_world },
    accept: ({ world, path }) => {
      const snapshots = [...world.snapshots(path.world)];
      return ['listed', { snapshots: snapshots.map(([name, one]) => asSnapshot(name, one)) }];
    },
  }),

  getSnapshot: rule({
    guards: ofSnapshot,
    accept: (known) => ['found', asSnapshot(known.path.name as string, snapshotOf(known))],
  }),

  takeSnapshot: rule({
    guards: {
      unknown_world,
      bad_name: ({ path }: Request) =>
        isWorldName(path.name as string) || { details: { field: 'name', allowed: WORLD_NAMES } },
      too_many_snapshots: ({ world, path }: Request) => {
        const snapshots = world.snapshots(path.world);
        return (
          snapshots.size < MAX_SNAPSHOTS ||
          snapshots.has(path.name as string) || { details: { field: 'name', limit: MAX_SNAPSHOTS } }
        );
      },
    },
    accept: ({ world, path }) => {
      const snapshot = world.worlds.snapshot(path.world);
      world.snapshots(path.world).set(path.name as string, snapshot);
      return ['taken', asSnapshot(path.name as string, snapshot)];
    },
  }),

  deleteSnapshot: rule({
    guards: ofSnapshot,
    accept: (known) => {
      const last = asSnapshot(known.path.name as string, snapshotOf(known));
      known.world.snapshots(known.path.world).delete(last.name);
      return ['deleted', last];
    },
  }),

  restoreSnapshot: rule({
    guards: ofSnapshot,
    accept: (known) => {
      known.world.worlds.restore(known.path.world, snapshotOf(known));
      return told('restored', known, known.path.world);
    },
  }),
};
