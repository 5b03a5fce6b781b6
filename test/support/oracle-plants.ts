// A mock server that does wrong on purpose, so that an oracle can show that it sees.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createUnderstudy } from '../../src/index.js';

export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}
interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
/** The right answer, to the request with other headers if need be. */
type Ask = (asked: Asked, headers?: Readonly<Record<string, string>>) => Promise<Answered>;

/** A fault: the requests that it is about, and what they get. */
export interface Plant {
  readonly on: (asked: Asked) => boolean;
  readonly answer: (asked: Asked, ask: Ask) => Promise<Answered>;
}

/** Changes the right answer, when it is a success. */
export const spoil =
  (change: (answer: Answered) => Partial<Answered>): Plant['answer'] =>
  async (asked, ask) => {
    const answer = await ask(asked);
    return answer.status < 300 ? { ...answer, ...change(answer) } : answer;
  };

/** Serves a world of its own with these faults in it. */
export async function serveWithPlants(
  plants: readonly Plant[],
): Promise<{ url: string; close: () => void }> {
  const understudy = createUnderstudy();
  const ask: Ask = async ({ method, target, headers, body }, others = {}) => {
    const request = {
      method,
      headers: { ...headers, ...others },
      ...(body.length > 0 && method !== 'GET' && method !== 'HEAD' ? { body } : {}),
    };
    const response = await understudy.fetch(`http://understudy.local${target}`, request);
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  };
  const server = createServer(async (request, response) => {
    const asked = await read(request);
    const plant = plants.find(({ on }) => on(asked));
    try {
      send(response, await (plant ? plant.answer(asked, ask) : ask(asked)));
    } catch {
      // `fetch` knows no such method, or no such header.
      send(
        response,
        await ask({ method: 'GET', target: '/v1/nowhere', headers: {}, body: new Uint8Array() }),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: request.method as string,
    target: request.url as string,
    headers: Object.fromEntries(headers),
    body: new Uint8Array(Buffer.concat(chunks)),
  };
}

function send(response: ServerResponse, { status, headers, body }: Answered): void {
  response.writeHead(status, headers);
  response.end(body);
}
