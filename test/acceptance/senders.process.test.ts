// The senders are our own; here it is seen that what leaves the machine is what the seeds' samples
// send.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requestOf, samplesOf, seeds } from './samples.js';
import { curl, needs, senders } from './senders.js';

interface Arrived {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const arrived: Arrived[] = [];
const server = createServer(async (request, response) => {
  const { method, url: path, headers } = request;
  arrived.push({ method, path, headers, body: await text(request) });
  response.writeHead(209, { 'content-type': 'application/json' }).end('{"ö": "\\n"}\n');
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

it.for(senders)(
  '$name sends the requests of the seeds as they are, and gives the answer back as it is',
  async (sender, context) => {
    await needs(sender, context);
    const { port } = server.address() as AddressInfo;
    for (const sample of seeds.flatMap(samplesOf)) {
      const request = requestOf(sample);
      arrived.length = 0;

      const answer = await sender.send(`http://127.0.0.1:${port}`, request);

      expect(answer).toEqual({
        status: 209,
        contentType: 'application/json',
        text: '{"ö": "\\n"}\n',
      });
      const [got] = arrived as [Arrived];
      expect(arrived.length).toBe(1);
      expect({ method: got.method, path: got.path }).toEqual({
        method: request.method,
        path: request.path,
      });
      for (const [name, value] of Object.entries(request.headers))
        expect(got.headers[name.toLowerCase()]).toBe(value);
      if (request.body === undefined) expect(got.body).toBe('');
      else if (sender === curl) expect(got.body).toBe(request.curl_data);
      else expect(JSON.parse(got.body)).toEqual(request.body);
    }
  },
);
