// Runs the command line in this process: its streams, its crashes, its end.
import { ExitCode } from '../spec/exit-code.js';
import { runCommandLine } from './command-line.js';

// A CI often sets a variable to an empty text when it has no value for it.
for (const [name, value] of Object.entries(process.env))
  if (name.startsWith('UNDERSTUDY_') && value === '') delete process.env[name];

// A reader of stdout may stop early, as `head` does; that changes no exit code. A full disk does.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit();
  console.error(`stdout cannot be written: ${message}`);
  process.exit(process.exitCode || ExitCode.usage);
});
process.stderr.on('error', () => {});

// Node's exit codes for a crash have another meaning here. A run of `check` handles crashes itself.
process.on('uncaughtException', (error) => {
  if (process.listenerCount('uncaughtException') > 1) return;
  console.error('internal error:', error);
  process.exit(ExitCode.inconclusive);
});

// A server may be open already when something later fails; the failure ends it.
const code = await runCommandLine(process.argv.slice(2), process);
if (code !== undefined) process.exit(code);
