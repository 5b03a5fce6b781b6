// Keeps the worlds of several mock servers in Redis (or Valkey), and brings those of a server that is
// gone back through the load balancer, which gives each to another one.
//
//   node keep-worlds.mjs --redis 127.0.0.1:6379 --balancer http://127.0.0.1:4010 http://127.0.0.1:4011 http://127.0.0.1:4012
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values, positionals: servers } = parseArgs({
  allowPositionals: true,
  options: {
    redis: { type: 'string', default: '127.0.0.1:6379' },
    balancer: { type: 'string', default: 'http://127.0.0.1:4010' },
    every: { type: 'string', default: '250' },
  },
});
const token = process.env.UNDERSTUDY_ADMIN_TOKEN;
const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };

/** One command, answered by a text or null: all that is needed of the Redis protocol. */
function redis(...words) {
  const [host, port] = values.redis.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host);
    let seen = Buffer.alloc(0);
    socket.on('connect', () => {
      const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
      socket.write(`*${words.length}\r\n${parts.join('')}`);
    });
    socket.on('data', (data) => {
      seen = Buffer.concat([seen, data]);
      const line = seen.indexOf('\r\n');
      if (line < 0) return;
      const [kind, rest] = [String.fromCharCode(seen[0]), seen.toString('utf8', 1, line)];
      if (kind === '$' && rest !== '-1' && seen.length < line + 4 + Number(rest)) return;
      socket.end();
      if (kind === '-') reject(new Error(rest));
      else if (kind !== '$') resolve(rest);
      else resolve(rest === '-1' ? null : seen.toString('utf8', line + 2, line + 2 + Number(rest)));
    });
    socket.on('error', reject);
  });
}

async function ask(server, path) {
  const response = await fetch(`${server}/__admin/${path}`, {
    headers: authorization,
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok && response.status !== 404)
    throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return response.ok ? (await response.json()).data : undefined;
}

/** The worlds of each server, with the number of requests that each had when it was kept. */
const kept = new Map(servers.map((server) => [server, new Map()]));

async function keep(server) {
  const { worlds } = await ask(server, 'worlds');
  const known = kept.get(server);
  for (const { name, requests, now } of worlds) {
    const mark = `${requests} ${now}`;
    if (name === 'default' || known.get(name) === mark) continue;
    const scenario = await ask(server, `worlds/${name}/scenario`);
    if (scenario === undefined) continue;
    await redis('SET', `understudy:${name}`, JSON.stringify(scenario));
    known.set(name, mark);
  }
}

/** Those of a server that is gone: each is made where the balancer sends it, as it was kept. */
async function bringBack(server) {
  const lost = kept.get(server);
  for (const name of [...lost.keys()]) {
    const scenario = await redis('GET', `understudy:${name}`);
    if (scenario !== null) await put(name, JSON.parse(scenario));
    lost.delete(name);
    console.log(`${name} is back`);
  }
}

/** The header tells the balancer which server is meant, where the path does not. */
async function put(name, scenario) {
  const headers = { 'x-understudy-world': name };
  const made = await send('worlds', 'POST', { name, scenario }, headers);
  if (made.status === 409) await send(`worlds/${name}/scenario`, 'PUT', scenario, headers);
}

async function send(path, method, body, headers) {
  const response = await fetch(`${values.balancer}/__admin/${path}`, {
    method,
    headers: { ...authorization, ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5_000),
  });
  const text = await response.text();
  if (!response.ok && response.status !== 409)
    throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return response;
}

for (;;) {
  for (const server of servers) {
    try {
      await keep(server);
    } catch (error) {
      // `fetch failed`: nobody is there. Anything else is tried again next time.
      const isGone = error instanceof TypeError && kept.get(server).size > 0;
      if (isGone) await bringBack(server).catch((failure) => console.error(failure.message));
      else if (!(error instanceof TypeError)) console.error(error.message);
    }
  }
  await wait(Number(values.every));
}
