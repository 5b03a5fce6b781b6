// The three ways in which the seeds show a request being sent: curl, Python's requests,
// JavaScript's fetch.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';
import type { JsonObject } from '../../src/spec/message.js';
import { runCommand } from '../support/processes.js';

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What the Python and JavaScript samples hand over as an object. */
  readonly body?: JsonObject;
  /** What the cURL sample hands over as text. */
  readonly curl_data?: string;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
}

export interface Sender {
  readonly name: string;
  /**
   * What this way of sending needs on the machine: a program, and arguments with which it ends well
   * when it is there.
   */
  readonly tool?: {
    readonly name: string;
    readonly program: string;
    readonly trial: readonly string[];
  };
  send(url: string, request: SentRequest): Promise<Answer>;
}

const script = fileURLToPath(new URL('send.py', import.meta.url));

export const curl: Sender = {
  name: 'cURL',
  tool: { name: 'curl', program: 'curl', trial: ['--version'] },
  send: async (url, { method, path, headers, curl_data }) => {
    // `-q` leaves the user's own curl settings out; the last line is ours and says what the body cannot.
    const told = [
      '-q',
      '--silent',
      '--show-error',
      '--write-out',
      '\\n%{http_code} %{content_type}',
    ];
    const named = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const data = curl_data === undefined ? [] : ['-d', curl_data];
    const printed = await outputOf('curl', [
      ...told,
      '-X',
      method,
      `${url}${path}`,
      ...named,
      ...data,
    ]);
    const end = printed.lastIndexOf('\n');
    const [status, contentType] = printed.slice(end + 1).split(' ', 2);
    return {
      status: Number(status),
      contentType: contentType || null,
      text: printed.slice(0, end),
    };
  },
};

const python: Sender = {
  name: 'Python',
  tool: {
    name: 'python3 with the requests package',
    program: 'python3',
    trial: ['-c', 'import requests'],
  },
  send: async (url, { method, path, headers, body }) => {
    const input = JSON.stringify({
      method,
      url: `${url}${path}`,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return JSON.parse(await pythonAnswer(input)) as Answer;
  },
};

export const javascript: Sender = {
  name: 'JavaScript',
  send: async (url, { method, path, headers, body }) => {
    const data = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, { method, headers, ...data });
    return {
      status: response.status,
      contentType: response.headers.get('content-type'),
      text: await response.text(),
    };
  },
};

export const senders: readonly Sender[] = [curl, python, javascript];

/** A missing tool is a visible skip on a developer's machine and a failure in CI. */
export async function needs({ tool }: Sender, context: TestContext): Promise<void> {
  if (!tool || (await isThere(tool))) return;
  const reason = `This machine has no ${tool.name}.`;
  if (process.env.CI) throw new Error(`${reason} CI has to have it.`);
  context.skip(reason);
}

const tried = new Map<string, Promise<boolean>>();

function isThere({ program, trial }: NonNullable<Sender['tool']>): Promise<boolean> {
  const found =
    tried.get(program) ??
    runCommand(program, trial).then(
      ({ code }) => code === 0,
      () => false,
    );
  tried.set(program, found);
  return found;
}

/**
 * One line for each that is given; Python is started for the first of them and kept, since its
 * start takes longest. It ends with this process, which it reads from.
 */
const pythonAnswer = (() => {
  let ask: ((line: string) => Promise<string>) | undefined;
  return (line: string): Promise<string> => {
    ask ??= startPython();
    return ask(line);
  };
})();

function startPython(): (line: string) => Promise<string> {
  const child = spawn('python3', [script], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NO_PROXY: '*' },
  });
  child.unref();
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  child.stdin.on('error', () => {}); // its end is told below
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (line) => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`python3 has ended: ${complaints}`);
    return value;
  };
}

async function outputOf(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args);
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr}`);
  return stdout;
}
