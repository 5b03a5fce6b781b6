// Sends a described request to an in-process mock server.
import type { Understudy } from '../../src/index.js';
import type { Sent } from './requests.js';

export interface Received {
  readonly status: number;
  /** `operation.case`, as the mock server names its answer. */
  readonly case: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any;
  readonly headers: Headers;
}

export async function call(
  understudy: Understudy,
  { method, target, headers = {}, body }: Sent,
): Promise<Received> {
  const response = await understudy.fetch(`http://understudy.local${target}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    case: response.headers.get('x-understudy-case'),
    body: text === '' ? undefined : JSON.parse(text),
    headers: response.headers,
  };
}
