// What the commands for a running server have in common: they ask its control plane, and print what it
// answers, for people or as JSON.
import { Command } from 'commander';
import type { ControlClient } from '../control/client.js';
import type { WorldSummary } from '../worlds/form.js';
import { type FlagValues, withFlags } from './flags.js';
import type { Io } from './io.js';
import { withControl } from './running-server.js';

type ControlCommand = 'worlds' | 'reset' | 'snapshot' | 'state' | 'clock' | 'why' | 'lint';

/** What the server has answered, and the same for people. */
export interface Told {
  readonly data: unknown;
  readonly text: string;
}

type Ask<Name extends ControlCommand> = (
  control: ControlClient,
  args: readonly string[],
  flags: FlagValues<Name>,
) => Promise<Told>;

/** A command, and ways to say what it and its subcommands ask the server. */
export function controlCommand<const Name extends ControlCommand>(
  name: Name,
  description: string,
  { stdout }: Io,
) {
  const command = new Command(name).description(description);
  const asking = (target: Command, ask: Ask<Name>): Command =>
    target.action(async () => {
      const flags = command.opts<FlagValues<Name>>();
      const { data, text } = await withControl(flags, (control) =>
        ask(control, target.processedArgs as string[], flags),
      );
      stdout.write(flags.json ? `${JSON.stringify(data, null, 2)}\n` : text);
    });
  return {
    command: withFlags(command, name),
    asking,
    /** `rewind <name> <request>`. One that is the default answers for the command without a word. */
    add(usage: string, about: string, ask: Ask<Name>, options?: { isDefault: true }): Command {
      const [word = '', ...names] = usage.split(' ');
      const sub = new Command(word).description(about).allowExcessArguments(false);
      for (const one of names) sub.argument(one);
      sub.configureHelp({ showGlobalOptions: true });
      command.addCommand(asking(sub, ask), options);
      if (!options) return sub;
      // Whatever is no subcommand gets here too.
      sub.allowExcessArguments(true).hook('preAction', () => {
        const [word] = sub.args;
        if (word !== undefined) command.error(`error: unknown command '${word}'`);
      });
      return sub;
    },
    examples(...lines: readonly string[]): void {
      const shown = lines.map((line) => `  understudy ${line}`).join('\n');
      command.addHelpText('after', `\nExamples:\n${shown}`);
    },
  };
}

/** A line for each world, or for what is like one. */
export const lineOf = ({ name, scenario, now, requests }: WorldSummary): string =>
  `${name.padEnd(23)} ${scenario.padEnd(23)} ${now}  ${requests} requests\n`;
