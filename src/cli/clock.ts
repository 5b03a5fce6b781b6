// `understudy clock`: shows, moves and stops the clock of a world of a running server.
import type { Command } from 'commander';
import type { ClockMove } from '../worlds/time.js';
import { controlCommand, type Told } from './control.js';
import type { Io } from './io.js';

const still = (frozen: boolean): string => (frozen ? '  it stands still' : '');

function moved(data: ClockMove & { readonly frozen: boolean }): Told {
  const embeddings = data.embeddings.map(
    ({ message_id, space_id, status }) => `  ${message_id} in ${space_id}: ${status}\n`,
  );
  const expired = data.expired.map((credential) => `  ${credential} has expired\n`);
  const lines = [`${data.now}${still(data.frozen)}\n`, ...embeddings, ...expired];
  return { data, text: lines.join('') };
}

/** `-5s` is read as an option, and is none. */
const forwardOnly = (text: string): string =>
  text.replace(
    /^error: unknown option '(-\d.*)'$/m,
    'error: a clock goes forward only, not by $1; to go back, rewind or reset the world, or restore a snapshot of it',
  );

export function clockCommand(io: Io): Command {
  const { command, add, examples } = controlCommand(
    'clock',
    'show, move and stop the clock of a world of a running server',
    io,
  );
  add(
    'show',
    'its time, and whether it stands still; also without a command',
    async (control, _, { world }) => {
      const { now, frozen } = await control.world(world);
      return { data: { now, frozen }, text: `${now}${still(frozen)}\n` };
    },
    { isDefault: true },
  );
  add(
    'advance <duration>',
    'move it on by 90s, 15m, 2h or 1d12h, and say what came of it',
    async (control, [advance = ''], { world }) =>
      moved(await control.moveClock(world, { advance })),
  ).configureOutput({ outputError: (text, write) => write(forwardOnly(text)) });
  add('set <time>', 'move it on to a time', async (control, [to = ''], { world }) =>
    moved(await control.moveClock(world, { to })),
  );
  add('freeze', 'it stands still, whatever is written', async (control, _, { world }) =>
    moved(await control.moveClock(world, { frozen: true })),
  );
  add('unfreeze', 'it goes on from where it stands', async (control, _, { world }) =>
    moved(await control.moveClock(world, { frozen: false })),
  );
  examples('clock', 'clock advance 2h --world checkout', 'clock set 2026-03-01T09:00:00Z');
  return command;
}
