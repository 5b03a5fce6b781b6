// `understudy check`: tests a server against the document. Plays every row of the contracts and checks every response.
import { Command } from 'commander';
import { type CheckFlags, withFlags } from './flags.js';
import type { Io } from './io.js';

export function checkCommand(io: Io): Command {
  const command = new Command('check')
    .description(
      'test a server against the OpenAPI document; without a URL, the mock server in this process',
    )
    .argument('[url]', 'base URL of the server, without /v1; wins over base_url in the profile');
  return withFlags(command, 'check').action(async (url: string | undefined, flags: CheckFlags) => {
    const { check } = await import('./run-check.js');
    await check(url, flags, io);
  });
}
