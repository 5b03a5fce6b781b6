// Peers that are no dependencies of the project: installed under .venv/peers/ when they are first
// measured, with the files that they read their routes from.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { routes } from './canned.mjs';

export const peersFolder = fileURLToPath(new URL('../../.venv/peers/', import.meta.url));
export const peerVersions = {
  'express-openapi-validator': '5.6.2',
  '@mockoon/cli': '9.9.0',
  wiremock: '3.13.2',
};
const inPeers = (...parts) => join(peersFolder, 'node_modules', ...parts);
export const mockoonCli = inPeers('@mockoon/cli/bin/run.js');
export const mockoonFile = join(peersFolder, 'mockoon.json');
/** The npm package of WireMock brings its jar. */
export const wiremockJar = inPeers(
  `wiremock/build/wiremock-standalone-${peerVersions.wiremock}.jar`,
);
export const wiremockFolder = join(peersFolder, 'wiremock');

export function installPeers(say) {
  const isThere = Object.entries(peerVersions).every(
    ([name, version]) => versionIn(inPeers(name, 'package.json')) === version,
  );
  if (!isThere) {
    say('installing the peers into .venv/peers/');
    mkdirSync(peersFolder, { recursive: true });
    const wanted = Object.entries(peerVersions).map(([name, version]) => `${name}@${version}`);
    const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
    execFileSync('npm', ['install', '--prefix', peersFolder, ...flags, ...wanted], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  writeFileSync(mockoonFile, JSON.stringify(mockoonEnvironment()));
  const mappings = join(wiremockFolder, 'mappings');
  rmSync(mappings, { recursive: true, force: true });
  mkdirSync(mappings, { recursive: true });
  writeFileSync(join(mappings, 'all.json'), JSON.stringify({ mappings: wiremockMappings() }));
}

const versionIn = (file) =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;

function mockoonEnvironment() {
  const all = routes.map(({ method, path, refused, ...usual }) => {
    const responses = [
      ...(refused ? [mockoonResponse(refused, [mockoonRule(refused)])] : []),
      { ...mockoonResponse(usual, []), default: true },
    ];
    return {
      uuid: randomUUID(),
      type: 'http',
      documentation: '',
      method,
      endpoint: path.slice(1),
      responses,
      responseMode: null,
    };
  });
  return {
    uuid: randomUUID(),
    lastMigration: 33,
    name: 'bench',
    endpointPrefix: '',
    latency: 0,
    port: 3000,
    hostname: '',
    folders: [],
    routes: all,
    rootChildren: all.map(({ uuid }) => ({ type: 'route', uuid })),
    proxyMode: false,
    proxyHost: '',
    proxyRemovePrefix: false,
    tlsOptions: { enabled: false },
    cors: true,
    headers: [{ key: 'Content-Type', value: 'application/json' }],
    data: [],
    callbacks: [],
  };
}

/** @param {import('./canned.mjs').Answer} answer */
const mockoonResponse = ({ status, body }, rules) => ({
  uuid: randomUUID(),
  body: body === undefined ? '' : JSON.stringify(body),
  latency: 0,
  statusCode: status,
  label: '',
  headers: [],
  bodyType: 'INLINE',
  filePath: '',
  databucketID: '',
  sendFileAsBody: false,
  rules,
  rulesOperator: 'OR',
  disableTemplating: true,
  fallbackTo404: false,
  default: false,
});

/** @param {import('./canned.mjs').Refusal} refusal */
const mockoonRule = ({ header, field }) => ({
  target: header ? 'header' : 'body',
  modifier: header ? header[0] : field[0],
  value: header ? header[1] : field[1],
  invert: false,
  operator: 'equals',
});

function wiremockMappings() {
  return routes.flatMap(({ method, path, refused, ...usual }) => {
    const request = {
      method: method.toUpperCase(),
      urlPathPattern: path.replace(/:\w+/g, '[^/]+'),
    };
    const plain = { request, response: wiremockResponse(usual), priority: 5 };
    if (!refused) return [plain];
    const { header, field } = refused;
    const asks = header
      ? { headers: { [header[0]]: { equalTo: header[1] } } }
      : { bodyPatterns: [{ matchesJsonPath: `$[?(@.${field[0]} == '${field[1]}')]` }] };
    const special = { request: { ...request, ...asks }, response: wiremockResponse(refused) };
    return [{ ...special, priority: 1 }, plain];
  });
}

/** @param {import('./canned.mjs').Answer} answer */
const wiremockResponse = ({ status, body }) =>
  body === undefined
    ? { status }
    : { status, jsonBody: body, headers: { 'Content-Type': 'application/json' } };
