// `understudy snapshot`: keeps a world of a running server as it is, and puts it back.
import type { Command } from 'commander';
import type { SnapshotSummary } from '../control/client-types.js';
import { controlCommand, lineOf, type Told } from './control.js';
import type { Io } from './io.js';

const shown = ({ name, now }: SnapshotSummary): string =>
  `${name.padEnd(23)} ${now === 'real' ? 'by a real clock' : now}\n`;
const one = (data: SnapshotSummary): Told => ({ data, text: shown(data) });

export function snapshotCommand(io: Io): Command {
  const { command, add, examples } = controlCommand(
    'snapshot',
    'keep a world of a running server as it is, and put it back',
    io,
  );
  add(
    'take <name>',
    'keep the world as it is now; a snapshot of that name is replaced',
    async (control, [name = ''], { world }) => one(await control.takeSnapshot(world, name)),
  );
  add(
    'list',
    'the snapshots of the world, oldest first; also without a command',
    async (control, _, { world }) => {
      const data = await control.snapshots(world);
      return { data, text: data.map(shown).join('') || `There is no snapshot of ${world}.\n` };
    },
    { isDefault: true },
  );
  add(
    'restore <name>',
    'the world is again as it was; its journal stays',
    async (control, [name = ''], { world }) => {
      const data = await control.restoreSnapshot(world, name);
      return { data, text: lineOf(data) };
    },
  );
  add(
    'delete <name>',
    'forget a snapshot; the world stays as it is',
    async (control, [name = ''], { world }) => one(await control.deleteSnapshot(world, name)),
  );
  examples('snapshot take before', 'snapshot restore before --world checkout');
  return command;
}
