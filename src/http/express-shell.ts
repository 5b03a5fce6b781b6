// Express around the answerer: bytes in, plain request; plain response, bytes out. It decides nothing.
import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import express, { type Express, type Request, type Response } from 'express';
import { type Answerer, BODY_LIMIT } from '../mock/answer.js';
import type { PlainRequest, PlainResponse } from '../spec/message.js';

export function createExpressApp(answer: Answerer): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(async (request: Request, response: Response) => {
    const body = await readBody(request);
    if (body) send(response, answer(toPlainRequest(request, body)));
  });
  return app;
}

/**
 * A server whose requests and responses already have Express's prototypes. Express would otherwise swap both for
 * every request, which costs Node 20 and 22 most of their speed.
 */
export function createExpressServer(app: Express): Server {
  class ShellRequest extends IncomingMessage {}
  class ShellResponse extends ServerResponse {}
  Object.setPrototypeOf(ShellRequest.prototype, app.request);
  Object.setPrototypeOf(ShellResponse.prototype, app.response);
  app.request = ShellRequest.prototype as unknown as Request;
  app.response = ShellResponse.prototype as unknown as Response;
  return createServer({ IncomingMessage: ShellRequest, ServerResponse: ShellResponse }, app);
}

/** Reads at most one byte over the limit, which is enough for the answerer to refuse; undefined when the client left. */
function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      if (length > BODY_LIMIT) return; // the rest is read and dropped, so that the client sees the answer
      length += chunk.length;
      chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.on('close', () => resolve(undefined));
  });
}

function toPlainRequest(request: IncomingMessage, body: Uint8Array): PlainRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { method: request.method as string, target: request.url as string, headers, body };
}

function send(response: ServerResponse, { status, headers, body }: PlainResponse): void {
  response.writeHead(status, body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
