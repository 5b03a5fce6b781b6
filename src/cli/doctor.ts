// `understudy doctor`: checks a profile against its server, without writing.
import { Command } from 'commander';
import { type DoctorFlags, withFlags } from './flags.js';
import type { Io } from './io.js';

export function doctorCommand(io: Io): Command {
  const command = new Command('doctor')
    .description('say what check can exercise with a profile, and what is missing; only reads')
    .argument('[url]', 'base URL of the server, without /v1; wins over base_url in the profile');
  return withFlags(command, 'doctor').action(
    async (url: string | undefined, flags: DoctorFlags) => {
      const { doctor } = await import('./run-doctor.js');
      await doctor(url, flags, io);
    },
  );
}
