// `understudy lint`: what the requests to a running server tell of their clients.
import type { Command } from 'commander';
import { controlCommand } from './control.js';
import type { Io } from './io.js';

export function lintCommand(io: Io): Command {
  const { command, asking, examples } = controlCommand(
    'lint',
    'say what the requests of a client tell of its bugs, and what they have not met of the API',
    io,
  );
  examples('lint', 'lint --world checkout --json', 'lint --fail-on warning --report lint.xml');
  return asking(command, async (control, _args, flags) => {
    const { checkIgnored, endingOf, writeReports } = await import('./lint-report.js');
    checkIgnored(flags);
    const report = await control.lint(flags);
    writeReports(report, flags);
    const { code, words } = endingOf(report, flags);
    io.exitCode = code;
    return { data: report, text: `${report.text}${words}` };
  });
}
