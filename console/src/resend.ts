// A request of the journal as something that can be sent again, by the console, by curl or in a test.
// The journal has no credential: one of the same kind and caller is taken from the world.
import { base, type Entry, type Row, rowsOf } from './api.js';

export interface Sendable {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Why it cannot be sent as it was. */
class NotSendable extends Error {}

/** What a browser or curl sets by itself. */
const ofTheClient =
  /^(?:host|connection|content-length|origin|referer|cookie|user-agent|accept|accept-.*|sec-.*|te|transfer-encoding|keep-alive|priority|pragma|cache-control|x-understudy-world|x-mock-world)$/;

/** Throws a NotSendable. */
export async function sendableOf(entry: Entry): Promise<Sendable> {
  return sendableWith(entry, await rowsOf(entry.world, 'credentials'));
}

function sendableWith(entry: Entry, credentials: readonly Row[]): Sendable {
  const { method, target, request } = entry;
  const { body, bytes = 0 } = request;
  if (bytes > new TextEncoder().encode(body ?? '').length)
    throw new NotSendable('The journal has only the beginning of its body.');
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !ofTheClient.test(name)),
  );
  for (const name of Object.keys(headers)) {
    if (!headers[name]?.includes('***')) continue;
    headers[name] = credentialFor(entry, name, credentials);
  }
  return { method, target, headers, ...(body === undefined ? {} : { body }) };
}

function credentialFor({ user_id }: Entry, header: string, credentials: readonly Row[]): string {
  const kind = header === 'authorization' ? 'token' : 'api_key';
  const found = credentials.find(
    (one) => one.user_id === user_id && one.kind === kind && one.state === 'active',
  );
  if (!found)
    throw new NotSendable(
      'The journal does not keep credentials, and this one is none of the world.',
    );
  return kind === 'token' ? `Bearer ${found.id}` : found.id;
}

interface Otherwise {
  /** A case that `Prefer` asks for. */
  readonly wanted?: string | undefined;
  /** Another user than that of the request. */
  readonly as?: string | undefined;
}

/** Sends it to its world, as it was or otherwise. */
export async function sendAgain(entry: Entry, { wanted, as }: Otherwise = {}): Promise<number> {
  const sent = as === undefined ? entry : { ...entry, user_id: as };
  const { method, target, headers, body } = await sendableOf(sent);
  const forced: Record<string, string> =
    wanted === undefined ? {} : { prefer: `example=${wanted}` };
  const again = { method, target, headers: { ...headers, ...forced }, body };
  return (await send(entry.world, again)).status;
}

/** To the API, in a world. */
const send = (
  world: string,
  { method, target, headers, body }: Omit<Step, 'made' | 'alongside'>,
): Promise<Response> =>
  fetch(base + target, {
    method,
    headers: { ...headers, 'x-understudy-world': world },
    ...(body === undefined ? {} : { body }),
  });

/** One of several calls, the later of which may name what an earlier one has made. */
export interface Step extends Omit<Sendable, 'body'> {
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
  /** The id that it has made where it was tried; here it makes another one. */
  readonly made?: string | null | undefined;
  readonly alongside?: Readonly<Record<string, string>> | undefined;
}

/** One after the other; the status of the last one. */
export async function carryOut(world: string, steps: readonly Step[]): Promise<number> {
  const ids = new Map<string, string>();
  const named = (text: string): string =>
    [...ids].reduce((so, [there, here]) => so.replaceAll(there, here), text);
  let status = 0;
  for (const { method, target, headers, body, made, alongside = {} } of steps) {
    const response = await send(world, {
      method,
      target: named(target),
      headers,
      body: typeof body === 'string' ? named(body) : body,
    });
    status = response.status;
    const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    const fields = { ...(made ? { id: made } : {}), ...alongside };
    for (const [field, id] of Object.entries(fields)) {
      const here = answer[field];
      if (typeof here === 'string') ids.set(id, here);
    }
  }
  return status;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export function asCurl({ method, target, headers, body }: Sendable, world: string): string {
  const all = { ...headers, ...(world === 'default' ? {} : { 'x-understudy-world': world }) };
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`} ${quoted(base + target)}`,
    ...Object.entries(all).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-raw ${quoted(body)}`]),
  ].join(' \\\n  ');
}

/** With the requests before it that changed the world, so that it stands alone. */
export function asTest(
  entry: Entry,
  { scenario, earlier }: { readonly scenario: string; readonly earlier: readonly Entry[] },
  credentials: readonly Row[],
): string {
  const changing = earlier.filter(({ changes, number }) => changes && number < entry.number);
  const calls = changing.map((one) => `  ${callOf(one, credentials)};`);
  const named = `${entry.operation}.${entry.case}`;
  return `import { createUnderstudy } from 'understudy';
import { expect, it } from 'vitest';

it(${JSON.stringify(`answers ${entry.status} ${entry.case ?? ''}`.trim())}, async () => {
  const understudy = createUnderstudy({ scenario: ${JSON.stringify(scenario)} });
  const call = (method, path, headers, body) => understudy.fetch(path, { method, headers, body });
${calls.length > 0 ? `\n  // What had changed the world before.\n${calls.join('\n')}\n` : ''}
  const response = ${callOf(entry, credentials)};
  expect(response.status).toBe(${entry.status});
${entry.operation ? `  expect(response.headers.get('x-understudy-case')).toBe(${JSON.stringify(named)});\n` : ''}});
`;
}

function callOf(entry: Entry, credentials: readonly Row[]): string {
  const { method, target, headers, body } = sendableWith(entry, credentials);
  const values: unknown[] = [method, target, headers, ...(body === undefined ? [] : [body])];
  return `await call(${values.map((value) => JSON.stringify(value)).join(', ')})`;
}
