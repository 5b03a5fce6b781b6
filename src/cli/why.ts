// `understudy why`: why a request of a running server was answered as it was.
import type { Command } from 'commander';
import type { ControlClient, WaysOut } from '../control/client.js';
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
  return asking(command, async (control, [given], { world, url }) => {
    const request = given ?? (await latestRefusal(control, world));
    const of = given?.includes('~') ? undefined : world;
    const why = await control.why(request, of);
    if (why.verdict === 'passed') return { data: why, text: why.text };
    const out = await control.waysOut(request, of);
    return { data: { ...why, ways_out: out }, text: why.text + wayInWords(out, url) };
  });
}

/** The calls, as they can be pasted into a shell. */
function wayInWords({ way, reason, scripts }: WaysOut, url: string): string {
  if (!way || !scripts) return `No way out: ${reason}\n`;
  const changed = way.changed.map(({ name, from, to }) => {
    const was = from === '' ? 'none' : JSON.stringify(from);
    return `  with ${name} ${to === null ? 'left out' : JSON.stringify(to)}, where it was ${was}`;
  });
  const head = `A way out, tried in a copy of the world${changed.length > 0 ? ', of the request' : ''}:`;
  const curl = scripts.curl.replace(/^TARGET=.*$/m, `TARGET=${url}`);
  return `${[head, ...changed].join('\n')}\n\n${curl}`;
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
