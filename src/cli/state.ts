// `understudy state`: shows the rows of a world of a running server, and changes one.
import type { Command } from 'commander';
import type { ControlClient } from '../control/client.js';
import { UsageError } from '../spec/failure.js';
import { isJsonObject, type Json, type JsonObject } from '../spec/message.js';
import type { TableName } from '../world/world.js';
import { controlCommand, type Told } from './control.js';
import type { FlagValues } from './flags.js';
import type { Io } from './io.js';

export function stateCommand(io: Io): Command {
  const { command, asking, examples } = controlCommand(
    'state',
    'show the rows of a world of a running server, and change one',
    io,
  );
  command
    .argument(
      '[noun]',
      'which rows: spaces, threads, messages, users, …; without it, how many there are of each',
    )
    .argument('[id]', 'that row alone');
  examples(
    'state',
    'state spaces',
    'state threads --where user_id=usr_owner1 --where pinned_at=null',
    `state spaces space_abc123 --patch '{"access_mode":"organization"}'`,
  );
  return asking(command, async (control, [noun, id], flags) => {
    if (noun === undefined) return countsIn(control, flags);
    const table = noun as TableName;
    const patch = patchIn(flags.patch);
    const where = { ...filterIn(flags.where), ...(id === undefined ? {} : { id }) };
    if (patch) {
      const row = id ?? (await onlyOne(control, table, flags.world, where));
      return rowOf(await control.patchRow(flags.world, table, row, patch));
    }
    if (id !== undefined && flags.where === undefined)
      return rowOf(await control.row(flags.world, table, id));
    const data = await control.state(flags.world, table, { where, limit: flags.limit });
    const more = data.total - data.rows.length;
    const lines = data.rows.map((row) => `${JSON.stringify(row)}\n`);
    if (more > 0) lines.push(`and ${more} more; --limit takes up to 1000, --where chooses\n`);
    return { data, text: lines.join('') || `No ${noun} like that in ${flags.world}.\n` };
  });
}

/** All tables, so that one can be named. */
async function countsIn(control: ControlClient, flags: FlagValues<'state'>): Promise<Told> {
  const given = flags.patch !== undefined ? '--patch' : flags.where && '--where';
  if (given)
    throw new UsageError(
      `${given} is about the rows of one table, and none is named.\n  fix: name it, as in \`understudy state spaces ${given} …\``,
    );
  const { nounNames } = await import('../control/state.js');
  const data: Record<string, number> = {};
  for (const noun of nounNames)
    data[noun] = (await control.state(flags.world, noun, { limit: 1 })).total;
  const lines = Object.entries(data).map(([noun, total]) => `${noun.padEnd(20)} ${total}\n`);
  return { data, text: lines.join('') };
}

const rowOf = (data: JsonObject): Told => ({ data, text: `${JSON.stringify(data, null, 2)}\n` });

/** The row to patch, where a filter names it. */
async function onlyOne(
  control: ControlClient,
  noun: TableName,
  world: FlagValues<'state'>['world'],
  where: JsonObject,
): Promise<string> {
  const { rows, total } = await control.state(world, noun, { where, limit: 10 });
  const [row] = rows;
  if (row && total === 1) return String(row.id);
  const ids = rows.map((one) => one.id).join(', ');
  const which = total === 0 ? 'fit none' : `fit ${total}: ${ids}${total > 10 ? ', …' : ''}`;
  throw new UsageError(
    `One row is patched at a time, and these ${which}.\n  fix: give its ID, as in \`understudy state ${noun} ID --patch …\``,
  );
}

/** `name=value`; a value that is JSON is taken as such. */
function filterIn(where: readonly string[] = []): JsonObject {
  const pairs = where.map((text): [string, Json] => {
    const [, field, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
    if (field === undefined || value === undefined)
      throw new UsageError(
        `${text} is no filter.\n  fix: write a field and its value, as in --where organization_id=org_xyz789`,
      );
    return [field, jsonOr(value, value) as Json];
  });
  return Object.fromEntries(pairs);
}

function patchIn(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  const patch = jsonOr(text, undefined);
  if (isJsonObject(patch)) return patch;
  throw new UsageError(
    `${text} is no JSON object.\n  fix: write fields and their new values, as in --patch '{"name":"Other"}'`,
  );
}

function jsonOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}
