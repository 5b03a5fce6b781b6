// `understudy worlds`: lists and changes the worlds of a running server, through its control plane.
import { Command } from 'commander';
import type { ControlClient } from '../control/client.js';
import { UsageError } from '../spec/failure.js';
import type { WorldSummary } from '../worlds/worlds.js';
import { type FlagValues, withFlags } from './flags.js';
import type { Io } from './io.js';
import { withControl } from './running-server.js';

export function worldsCommand({ stdout }: Io): Command {
  const command = new Command('worlds').description(
    'list and change the worlds of a running server',
  );
  const lines = (...worlds: readonly WorldSummary[]): void => {
    for (const { name, scenario, now, requests } of worlds)
      stdout.write(`${name.padEnd(23)} ${scenario.padEnd(23)} ${now}  ${requests} requests\n`);
  };
  const add = (
    usage: string,
    description: string,
    act: (control: ControlClient, ...names: readonly string[]) => Promise<void>,
  ): void => {
    const [name = '', ...names] = usage.split(' ');
    const sub = new Command(name).description(description).allowExcessArguments(false);
    for (const one of names) sub.argument(one);
    sub.configureHelp({ showGlobalOptions: true });
    sub.action(async () => {
      await withControl(command.opts<FlagValues<'worlds'>>(), (control) =>
        act(control, ...(sub.processedArgs as string[])),
      );
    });
    command.addCommand(sub);
  };

  add('list', 'the default world, then the others, the one used last at the end', async (control) =>
    lines(...(await control.worlds())),
  );
  add('create <name> [scenario]', 'make a world', async (control, name = '', scenario) =>
    lines(await control.createWorld(name, scenario)),
  );
  add(
    'fork <from> <to>',
    'make a world that starts where another is now',
    async (control, from = '', to = '') => lines(await control.forkWorld(from, to)),
  );
  add('reset <name>', 'set a world back to its scenario', async (control, name = '') =>
    lines(await control.resetWorld(name)),
  );
  add(
    'rewind <name> <request>',
    'as if a request and all after it had never been',
    async (control, name = '', request = '') => {
      if (!/^\d{1,15}$/.test(request))
        throw new UsageError(
          `${request} is no request.\n  fix: give its number, as the journal has it`,
        );
      lines(await control.rewindWorld(name, Number(request)));
    },
  );
  add(
    'compare <before> <after>',
    'print what is different in the second',
    async (control, before = '', after = '') => {
      stdout.write((await control.compareWorlds(before, after)).text);
    },
  );
  add('delete <name>', 'delete a world', async (control, name = '') =>
    lines(await control.deleteWorld(name)),
  );
  return withFlags(command, 'worlds');
}
