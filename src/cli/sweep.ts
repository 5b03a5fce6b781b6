// `understudy sweep`: takes away what a run has left behind that was killed.
import { Command } from 'commander';
import { type SweepFlags, withFlags } from './flags.js';
import type { Io } from './io.js';

export function sweepCommand(io: Io): Command {
  const command = new Command('sweep')
    .description('delete what a killed run of check has left on a server, as its ledger has it')
    .argument('<ledger>', 'the ledger of the run, contract-report/ledger.jsonl by default')
    .argument(
      '[url]',
      'base URL of the server, as the run had it; wins over base_url in the profile',
    );
  return withFlags(command, 'sweep').action(
    async (file: string, url: string | undefined, flags: SweepFlags) => {
      const { sweep } = await import('./run-sweep.js');
      await sweep(file, url, flags, io);
    },
  );
}
