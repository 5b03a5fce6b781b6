// The YAML language server that editors run, asked over stdio as they ask it. Installed under
// .venv/ by the first test.
import { type ChildProcess, spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { projectFolder } from './processes.js';
import { installYamlLanguageServer } from './tools.js';

export interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly uri?: string;
    readonly diagnostics?: readonly Diagnostic[];
    readonly items?: readonly { section?: string }[];
  };
  readonly result?: unknown;
}

export interface Editor {
  /** What is marked in a file of this text. */
  readonly diagnostics: (file: string, text: string) => Promise<readonly Diagnostic[]>;
  /** What is offered at a place of the file that was opened last, counted from 0. */
  readonly completions: (
    file: string,
    line: number,
    character: number,
  ) => Promise<readonly string[]>;
  readonly close: () => void;
}

export async function startEditor(): Promise<Editor> {
  const child = spawn(process.execPath, [await installYamlLanguageServer(), '--stdio'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting = new Map<string, (message: Message) => void>();
  const answered = (key: string): Promise<Message> =>
    new Promise((resolve) => waiting.set(key, resolve));
  receive(child, (message) => {
    if (message.method === 'workspace/configuration') {
      const result = message.params?.items?.map(({ section }) =>
        section === 'yaml' ? settings : {},
      );
      send(child, { id: message.id, result });
    } else if (message.method === 'client/registerCapability')
      send(child, { id: message.id, result: null });
    const key =
      message.method === 'textDocument/publishDiagnostics'
        ? (message.params?.uri ?? '')
        : `${message.id}`;
    if (message.method === undefined || message.params?.uri !== undefined)
      waiting.get(key)?.(message);
  });
  let last = 0;
  const ask = (method: string, params: object): Promise<Message> => {
    last += 1;
    send(child, { id: last, method, params });
    return answered(`${last}`);
  };
  const capabilities = { workspace: { configuration: true }, textDocument: { completion: {} } };
  await ask('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(projectFolder).href,
    capabilities,
  });
  send(child, { method: 'initialized', params: {} });
  return {
    diagnostics: async (file, text) => {
      const uri = pathToFileURL(file).href;
      const published = answered(uri);
      send(child, {
        method: 'textDocument/didOpen',
        params: { textDocument: { uri, languageId: 'yaml', version: 1, text } },
      });
      return (await published).params?.diagnostics ?? [];
    },
    completions: async (file, line, character) => {
      const params = {
        textDocument: { uri: pathToFileURL(file).href },
        position: { line, character },
      };
      const { items } = (await ask('textDocument/completion', params)).result as {
        items: { label: string }[];
      };
      return items.map(({ label }) => label);
    },
    close: () => child.kill(),
  };
}

const settings = { validate: true, completion: true, hover: true, schemaStore: { enable: false } };

function send(child: ChildProcess, message: object): void {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message });
  child.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

function receive(child: ChildProcess, take: (message: Message) => void): void {
  let held = Buffer.alloc(0);
  child.stdout?.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      const head = /^(?:[^\r\n]+\r\n)*?Content-Length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(
        held.toString('latin1'),
      );
      const end = head ? head[0].length + Number(head[1]) : Number.POSITIVE_INFINITY;
      if (!head || held.length < end) return;
      const text = held.subarray(head[0].length, end).toString('utf8');
      held = held.subarray(end);
      take(JSON.parse(text) as Message);
    }
  });
}
