// The load, in a process of its own so that its CPU is not the server's. One keep-alive connection
// per worker, read as bytes: a client that costs less than the servers keeps them busy.
import { createConnection } from 'node:net';
import { HOST } from './ask.mjs';

process.on('message', async ({ port, work, maxCount, maxMs }) => {
  try {
    process.send({ count: await run(port, work, maxCount, maxMs) });
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.once('disconnect', () => process.exit());

/**
 * Repeats every worker's steps until the count or the time is spent; resolves when the last answer
 * is in.
 */
async function run(port, work, maxCount, maxMs) {
  const end = performance.now() + maxMs;
  let count = 0;
  const goesOn = () => {
    if (count >= maxCount || performance.now() >= end) return false;
    count++;
    return true;
  };
  await Promise.all(work.map((steps) => repeat(port, steps, goesOn)));
  return count;
}

/** Always all of the steps: a store left attached would spoil the next window. */
function repeat(port, steps, goesOn) {
  const requests = steps.map(bytesOf);
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: HOST, port, noDelay: true });
    let at = 0;
    let answer = '';
    const next = () => {
      if (at === 0 && !goesOn()) {
        socket.end();
        resolve(undefined);
      } else socket.write(requests[at]);
    };
    // One byte of an answer is one character here, so that lengths can be compared.
    socket.setEncoding('latin1');
    socket.on('connect', next);
    socket.on('data', (chunk) => {
      answer += chunk;
      if (!isWhole(answer)) return;
      const { method, path, status } = steps[at];
      const got = Number(answer.slice(9, 12));
      if (got !== status) {
        socket.destroy();
        reject(new Error(`${method} ${path}: wanted ${status}, got ${got}: ${answer.slice(-200)}`));
        return;
      }
      answer = '';
      at = (at + 1) % steps.length;
      next();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The server has closed a connection.')));
  });
}

function bytesOf({ method, path, headers, body = '' }) {
  const lines = Object.entries({
    host: HOST,
    ...headers,
    ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

function isWhole(answer) {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = answer.slice(0, end).toLowerCase();
  const length = answer.length - end - 4;
  const [, sized] = /\r\ncontent-length: *(\d+)/.exec(head) ?? [];
  if (sized !== undefined) return length >= Number(sized);
  return head.includes('\r\ntransfer-encoding: chunked') ? answer.endsWith('0\r\n\r\n') : true;
}
