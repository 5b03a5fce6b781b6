// `understudy worlds`: lists and changes the worlds of a running server, through its control plane.
import type { Command } from 'commander';
import { UsageError } from '../spec/failure.js';
import { isWorldName, WORLD_NAMES } from '../world/world-names.js';
import type { WorldSummary } from '../worlds/form.js';
import { controlCommand, lineOf, type Told } from './control.js';
import type { Io } from './io.js';

/** The server would say the same in the words of its document. */
function newName(name: string): string {
  if (isWorldName(name)) return name;
  throw new UsageError(
    `${JSON.stringify(name)} cannot be the name of a world.\n  fix: use ${WORLD_NAMES}`,
  );
}

const one = (world: WorldSummary): Told => ({ data: world, text: lineOf(world) });

export function worldsCommand(io: Io): Command {
  const { command, add, examples } = controlCommand(
    'worlds',
    'list and change the worlds of a running server',
    io,
  );
  add(
    'list',
    'the default world, then the others, the one used last at the end; also without a command',
    async (control) => {
      const worlds = await control.worlds();
      return { data: worlds, text: worlds.map(lineOf).join('') };
    },
    { isDefault: true },
  );
  add('create <name> [scenario]', 'make a world', async (control, [name = '', scenario]) =>
    one(await control.createWorld(newName(name), scenario)),
  );
  add(
    'fork <from> <to>',
    'make a world that starts where another is now',
    async (control, [from = '', to = '']) => one(await control.forkWorld(from, newName(to))),
  );
  add('reset <name>', 'set a world back to its scenario', async (control, [name = '']) =>
    one(await control.resetWorld(name)),
  );
  add(
    'rewind <name> <request>',
    'as if a request and all after it had never been',
    async (control, [name = '', request = '']) => {
      if (!/^\d{1,15}$/.test(request))
        throw new UsageError(
          `${request} is no request.\n  fix: give its number, as the journal has it`,
        );
      return one(await control.rewindWorld(name, Number(request)));
    },
  );
  add(
    'compare <before> <after>',
    'print what is different in the second',
    async (control, [before = '', after = '']) => {
      const data = await control.compareWorlds(before, after);
      return { data, text: data.text };
    },
  );
  add('delete <name>', 'delete a world', async (control, [name = '']) =>
    one(await control.deleteWorld(name)),
  );
  examples(
    'worlds create checkout crowded',
    'worlds compare default checkout',
    'worlds list --json',
  );
  return command;
}
