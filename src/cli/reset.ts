// `understudy reset`: sets a world of a running server back to its scenario.
import type { Command } from 'commander';
import { controlCommand, lineOf } from './control.js';
import type { Io } from './io.js';

export function resetCommand(io: Io): Command {
  const { command, asking, examples } = controlCommand(
    'reset',
    'set a world of a running server back to its scenario, with an empty journal',
    io,
  );
  command.argument('[world]', 'which one; that of --world when it is left out');
  examples('reset', 'reset checkout --url http://127.0.0.1:4010');
  return asking(command, async (control, [name], { world }) => {
    const data = await control.resetWorld(name ?? world);
    return { data, text: lineOf(data) };
  });
}
