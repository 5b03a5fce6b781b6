// One HTTP request over loopback.
import { request } from 'node:http';

export const HOST = '127.0.0.1';

/**
 * Resolves with the status and the body; rejects when the connection fails. Without an agent the
 * connection is its own.
 */
export function ask(
  port,
  { method, path, headers, body = undefined },
  agent = /** @type {import('node:http').Agent | false} */ (false),
) {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: HOST, port, method, path, headers, agent }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk) => {
        text += chunk;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode, text }));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Asks and insists on the status: a figure for a wrong answer would mean nothing. */
export async function askFor(port, step, agent) {
  const answer = await ask(port, step, agent);
  if (answer.status === step.status) return answer;
  throw new Error(
    `${step.method} ${step.path}: wanted ${step.status}, got ${answer.status}: ${answer.text.slice(0, 200)}`,
  );
}
