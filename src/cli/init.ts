// `understudy init`: writes a profile for `check`.
import { Command } from 'commander';
import { type InitFlags, withFlags } from './flags.js';
import type { Io } from './io.js';

export function initCommand(io: Io): Command {
  const command = new Command('init')
    .description('write a profile for check, by asking for what the flags do not say')
    .argument('[file]', 'the profile to write', 'understudy.profile.yaml');
  return withFlags(command, 'init').action(async (file: string, flags: InitFlags) => {
    const { init } = await import('./run-init.js');
    await init(file, flags, io);
  });
}
