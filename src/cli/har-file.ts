// run.har, whole at every moment: each entry takes the place of the end, which is written again after
// it. A run that is killed leaves what it has sent so far.
import { closeSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Target } from '../client/target.js';
import { isForCredentials } from '../contract/dialect.js';
import { type Mask, masking } from '../contract/report/redact.js';
import type { Profile } from '../contract/run/profile.js';
import { harAround, harEntry } from '../har/entry.js';
import type { PlainRequest } from '../spec/message.js';
import { version } from './version.js';

/** A mask remembers what it has read; bodies need not be remembered for long. */
const RENEWED = 200;

export class HarFile {
  readonly path: string;
  readonly #fd: number;
  readonly #tail: string;
  /** Where the tail begins. */
  #end = 0;
  #entries = 0;
  #mask: Mask = (text) => text;
  #problem: string | undefined;

  /** Replaces that of an older run. Throws what the file system throws. */
  constructor(folder: string) {
    this.path = join(folder, 'run.har');
    const temporary = `${this.path}.${process.pid}.tmp`;
    const [head, tail] = harAround(version);
    this.#tail = tail;
    this.#fd = openSync(temporary, 'w');
    this.#write(head);
    renameSync(temporary, this.path);
  }

  /** The same target, of which each exchange is recorded. */
  over(target: Target, base: string, secrets: Profile['secrets']): Target {
    const send: Target['send'] = async (request, signal) => {
      const started = new Date();
      const began = performance.now();
      const record = (came: Came): void => {
        if (this.#entries % RENEWED === 0) this.#mask = masking(secrets);
        const milliseconds = performance.now() - began;
        const { method, target } = request;
        const told = { started, milliseconds, base, method, target, ...messagesOf(request, came) };
        this.#add(harEntry(told, { mask: this.#mask, isSecret: isForCredentials }));
      };
      try {
        const response = await target.send(request, signal);
        record({ response });
        return response;
      } catch (error) {
        record({ error: error instanceof Error ? error.message : String(error) });
        throw error;
      }
    };
    return { ...target, send };
  }

  /** Why it is not complete; nothing where it is. */
  end(): string | undefined {
    closeSync(this.#fd);
    return this.#problem;
  }

  /** On a disk that is full, what has been written stays whole, and nothing more is recorded. */
  #add(entry: object): void {
    if (this.#problem !== undefined) return;
    const before = this.#end;
    try {
      this.#write(`${this.#entries > 0 ? ',\n' : ''}${JSON.stringify(entry)}`);
      this.#entries += 1;
    } catch (error) {
      this.#problem = `${this.path} has only the first ${this.#entries} requests: ${(error as Error).message}`;
      ftruncateSync(this.#fd, before);
      writeSync(this.#fd, this.#tail, before);
    }
  }

  #write(text: string): void {
    const bytes = Buffer.from(`${text}${this.#tail}`);
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.#fd, bytes, done, bytes.length - done, this.#end + done);
    this.#end += bytes.length - this.#tail.length;
  }
}

/** An answer, or why there is none. */
interface Came {
  readonly response?: Answer;
  readonly error?: string;
}

function messagesOf({ headers, body }: PlainRequest, { response, error }: Came) {
  const request = { headers, body: Buffer.from(body).toString(), bytes: body.length };
  if (!response) return { request, comment: error };
  const { status, body: text = '', repeated } = response;
  const bytes = Buffer.byteLength(text);
  return {
    request,
    response: { status, headers: response.headers, body: text, bytes },
    comment: repeated,
  };
}
