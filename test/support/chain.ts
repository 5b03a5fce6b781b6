// Runs the shell chain of a finding, as a reader would, and reads the answer that it ends with.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Profile } from '../../src/contract/run/profile.js';
import type { PlainResponse } from '../../src/spec/message.js';
import { type Finished, runCommand } from './processes.js';

/** What a chain asks for, by the names that it asks with. */
export function credentialsOf({ callers }: Profile): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(callers).flatMap(([name, { bearer, api_key } = {}]) => [
      [`${name.toUpperCase()}_CREDENTIAL`, api_key ?? bearer ?? ''],
      ...(bearer === undefined ? [] : [[`${name.toUpperCase()}_TOKEN`, bearer]]),
    ]),
  );
}

export async function runChain(
  chain: string,
  target: string,
  credentials: Readonly<Record<string, string>>,
): Promise<Finished & { readonly answer: PlainResponse }> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-chain-'));
  try {
    writeFileSync(join(folder, 'chain.sh'), chain);
    const finished = await runCommand('bash', ['chain.sh'], {
      cwd: folder,
      env: { TARGET: target, ...credentials },
    });
    return { ...finished, answer: answerIn(finished.stdout) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What `curl -i` prints. */
function answerIn(printed: string): PlainResponse {
  const end = printed.indexOf('\r\n\r\n');
  const [first = '', ...lines] = printed.slice(0, end).split('\r\n');
  const body = printed.slice(end + 4);
  return {
    status: Number(first.split(' ')[1]),
    headers: Object.fromEntries(
      lines.map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.replace(/^[^:]*: */, '')]),
    ),
    ...(body === '' ? {} : { body }),
  };
}
