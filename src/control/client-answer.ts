// Reads an answer of the control plane: its data, or an error that says what was refused.
import { isJsonObject, type JsonObject } from '../spec/message.js';

/** The control plane has refused a request, and nothing has changed. */
export class ControlError extends Error {
  readonly status: number;
  readonly code: string;
  /** What to do instead. */
  readonly fix: string;
  readonly details: JsonObject;

  constructor(status: number, { code, message, fix, details }: Refusal) {
    const about = typeof details.message === 'string' ? details.message : undefined;
    super(about === undefined ? message : `${message.replace(/\.$/, '')}: ${about}`);
    this.name = 'ControlError';
    this.status = status;
    this.code = code;
    this.fix = fix;
    this.details = details;
  }
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly details: JsonObject;
}

/** A file that is an answer by itself, and known by one of its names. */
export async function fileIn<File>(response: Response, name: string): Promise<File> {
  const file: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return response.ok && isJsonObject(file) && name in file ? (file as File) : dataOf(response);
}

/** Throws a ControlError where there is none. */
export async function dataOf<Data>(response: Response): Promise<Data> {
  const answer = await answerOf<Data>(response);
  if ('error' in answer) throw new ControlError(response.status, answer.error);
  return answer.data;
}

/** Whatever does not answer as the control plane does is none. */
async function answerOf<Data>(
  response: Response,
): Promise<{ readonly data: Data } | { readonly error: Refusal }> {
  const text = await response.text();
  try {
    const answer = JSON.parse(text);
    if (response.ok ? 'data' in answer : typeof answer.error?.fix === 'string') return answer;
  } catch {
    // A page of some other server.
  }
  return {
    error: {
      code: 'NO_CONTROL_PLANE',
      message: `There is no control plane at ${response.url || 'this address'}: it answered ${response.status}.`,
      fix: 'Give the address that `understudy serve` printed, and start it without --no-admin.',
      details: {},
    },
  };
}
