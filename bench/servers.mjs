// The servers side by side, and how one is started, awaited and stopped.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ask, HOST } from './ask.mjs';
import {
  mockoonCli,
  mockoonFile,
  peersFolder,
  wiremockFolder,
  wiremockJar,
} from './peers/install.mjs';
import { getSpace, isPage, isSpace, listSpaces } from './requests.mjs';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 2_000;
const POLL_MS = 2;

const ownPeer = (name) => fileURLToPath(new URL(`./peers/${name}.mjs`, import.meta.url));
const understudy = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const prism = fileURLToPath(
  new URL('../node_modules/@stoplight/prism-cli/dist/index.js', import.meta.url),
);
const document = fileURLToPath(new URL('../generated/document.json', import.meta.url));

/** Prism refuses nobody unless it is asked to in a header. */
const noRefusals = ['refused_403'];

/** Bare Express stands first: the others are told in ratios to it. */
export const servers = [
  { key: 'express', title: 'bare Express 5', script: ownPeer('express'), flags: (port) => [port] },
  {
    key: 'understudy',
    title: 'Understudy',
    script: understudy,
    flags: understudyFlags(),
    crowdedFlags: understudyFlags('--scenario', 'crowded'),
  },
  {
    key: 'understudy_unchecked',
    title: 'Understudy, `--self-check off`',
    script: understudy,
    flags: understudyFlags('--self-check', 'off'),
    crowdedFlags: understudyFlags('--self-check', 'off', '--scenario', 'crowded'),
  },
  {
    key: 'http',
    title: '`node:http` with our headers, the body parsed',
    script: ownPeer('http'),
    flags: (port) => [port],
  },
  {
    key: 'validator',
    title: 'express-openapi-validator, requests and responses',
    script: ownPeer('express-openapi-validator'),
    flags: (port) => [port, peersFolder, document],
    isSlow: true,
  },
  {
    key: 'prism',
    title: 'Prism',
    script: prism,
    flags: prismFlags(),
    isSlow: true,
    without: noRefusals,
  },
  {
    key: 'prism_silent',
    title: 'Prism, `-v silent`',
    script: prism,
    flags: prismFlags('-v', 'silent'),
    isSlow: true,
    without: noRefusals,
  },
  {
    key: 'mockoon',
    title: 'Mockoon',
    script: mockoonCli,
    flags: (port) => ['start', '-d', mockoonFile, '-p', port, '-l', HOST, '-X'],
    isSlow: true,
  },
  {
    key: 'wiremock',
    title: 'WireMock, journal on',
    command: 'java',
    threadsEnd: true,
    script: wiremockJar,
    flags: (port) => ['--port', port, '--bind-address', HOST, '--root-dir', wiremockFolder],
    isSlow: true,
    // What is compiled late there is compiled before it is measured.
    warmUps: 5,
  },
];

/** Those that take no installing, for a short run. */
export const quickServers = servers.filter(({ key }) => ['express', 'understudy'].includes(key));

/** The other two differ by a flag about requests, not about the start. */
export const startedOf = (list) =>
  list.filter(({ key }) => !['understudy_unchecked', 'prism_silent'].includes(key));

/** The same server with many rows, where it keeps any. */
export const crowded = (server) =>
  server.crowdedFlags ? { ...server, flags: server.crowdedFlags, isCrowded: true } : undefined;

/** Away from a terminal json is the default; it is named here so that what runs can be read. */
function understudyFlags(...more) {
  return (port) => ['serve', '--port', port, '--log-format', 'json', ...more];
}

function prismFlags(...more) {
  return (port) => ['mock', '-p', port, ...more, document];
}

/** The file that has to be made first, or undefined. */
export function missingFile(list) {
  return [understudy, document, ...list.map(({ script }) => script)].find(
    (file) => !existsSync(file),
  );
}

const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts a server on a free port and resolves once it has given the first right answer.
 * stdout goes to the null device, where a log costs its writing but no reader.
 */
export async function startServer(server, preload = [], tries = 3) {
  const port = await freePort();
  const started = process.hrtime.bigint();
  const { command = process.execPath, script, flags } = server;
  const before = command === process.execPath ? preload : ['-jar'];
  const child = spawn(command, [...before, script, ...flags(String(port))], {
    env: cleanEnvironment(),
    stdio: preload.length > 0 ? ['ignore', 'ignore', 'pipe', 'ipc'] : ['ignore', 'ignore', 'pipe'],
  });
  running.add(child);
  const stderr = lastWords(child);
  child.once('exit', () => running.delete(child));
  while (!(await answersRight(port, server.isCrowded))) {
    const waited = milliseconds(started);
    if (child.exitCode !== null) {
      // Another program may have taken the port meanwhile; a server that cannot start at all fails
      // every time.
      if (tries > 1) return startServer(server, preload, tries - 1);
      throw new Error(`${server.title} ended with ${child.exitCode} at its start.\n${stderr()}`);
    }
    if (waited > START_LIMIT_MS)
      throw new Error(`${server.title} gave no right answer in ${START_LIMIT_MS} ms.\n${stderr()}`);
    await sleep(POLL_MS);
  }
  return { ...server, port, child, startMs: milliseconds(started), stop: () => stop(child) };
}

async function answersRight(port, isCrowded = false) {
  try {
    return isCrowded ? isPage(await ask(port, listSpaces)) : isSpace(await ask(port, getSpace));
  } catch {
    return false; // not listening yet
  }
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, HOST, () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });
}

/**
 * As a fresh shell has it: `NODE_ENV=production` would make Prism fork, `DEBUG` would make Express
 * log.
 */
function cleanEnvironment() {
  const switches = /^(NODE_|UNDERSTUDY_|DEBUG$|FORCE_COLOR$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !switches.test(name)));
}

/** Keeps the end of stderr, for the message of a server that did not come up. */
function lastWords(child) {
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    text = (text + chunk).slice(-2000);
  });
  return () => text;
}

const milliseconds = (since) => Number(process.hrtime.bigint() - since) / 1e6;
