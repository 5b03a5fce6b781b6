// `understudy why`: why a request of a running server was answered as it was.
import type { Command } from 'commander';
import type { ControlClient } from '../control/client.js';
import { UsageError } from '../spec/failure.js';
import { controlCommand } from './control.js';
import type { Io } from './io.js';

export function whyCommand(io: Io): Command {
  const { command, asking, examples } = controlCommand(
    'why',
    'explain why a request was answered as it was, and what would have passed',
    io,
  );
  command.argument(
    '[request]',
    'its X-Understudy-Request, number or trace ID; the latest refusal when it is left out',
  );
  examples('why', 'why 7', 'why 7~checkout --json');
  return asking(command, async (control, [given], { world }) => {
    const data = given?.includes('~')
      ? await control.why(given)
      : await control.why(given ?? (await latestRefusal(control, world)), world);
    return { data, text: data.text };
  });
}

async function latestRefusal(control: ControlClient, world: string): Promise<number> {
  let latest: number | undefined;
  for (let after: number | null = 0; after !== null; ) {
    const page = await control.requests(world, { after, limit: 1000 });
    latest = page.requests.findLast(({ status }) => status >= 400)?.number ?? latest;
    after = page.next_after;
  }
  if (latest === undefined)
    throw new UsageError(
      `No request to the world ${world} was refused.\n  fix: name a request, as in \`understudy why 7\`; or another world with --world`,
    );
  return latest;
}
