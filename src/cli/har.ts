// `understudy har`: the requests of a world as a HAR file, and the requests of such a file in a world.
import { Command } from 'commander';
import type { ControlClient } from '../control/client.js';
import { ExitCode } from '../spec/exit-code.js';
import { type FlagValues, withFlags } from './flags.js';
import type { Io } from './io.js';
import { withControl } from './running-server.js';
import { writeOutput } from './write-output.js';

export function harCommand(io: Io): Command {
  const { stdout } = io;
  const exported = new Command('export').description(
    'print the requests of a world of a running server as a HAR 1.2 file, without credentials',
  );
  withFlags(exported, 'har export').action(
    async ({ world, output, ...server }: FlagValues<'har export'>) => {
      const har = await withControl(server, (control) => control.har(world));
      const text = `${JSON.stringify(har, null, 1)}\n`;
      if (output === undefined) stdout.write(text);
      else writeOutput(output, text);
    },
  );
  const replayed = new Command('replay')
    .description(
      'send the requests of a HAR file to a world of a running server, and print where the answers differ; exit code 1 if any does',
    )
    .argument('<file>', 'a HAR file of Understudy, a browser, Playwright or a proxy; - for stdin');
  withFlags(replayed, 'har replay').action(
    async (file: string, flags: FlagValues<'har replay'>) => {
      // Loaded only here: no other command reads recordings.
      const { recordingIn, replayIn, told } = await import('./har-replay.js');
      const recording = recordingIn(file);
      const result = await withControl(flags, (control: ControlClient) =>
        replayIn(control, recording, flags, io),
      );
      stdout.write(flags.json ? `${JSON.stringify({ file, ...result }, null, 2)}\n` : told(result));
      if (result.different > 0) io.exitCode = ExitCode.failures;
      else if (result.exchanges.length === 0) io.exitCode = ExitCode.inconclusive;
    },
  );
  const command = new Command('har').description(
    'write the requests of a running server as a HAR file, or replay those of one',
  );
  for (const sub of [exported, replayed]) command.addCommand(sub.allowExcessArguments(false));
  return command.addHelpText(
    'after',
    `
Examples:
  understudy har export --world checkout --output checkout.har
  understudy har replay checkout.har --world again --reset`,
  );
}
