// Before the tests of the project `provoked` run: plays the contracts on the mock server and
// records, for every case that is reached by state, the calls that brought the state about and the
// request that was answered with it. So a new case needs a row of the contracts, and no list beside
// it.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { handlerTarget, type Target } from '../../src/client/target.js';
import { planRows } from '../../src/contract/run/plan.js';
import { parseProfile } from '../../src/contract/run/profile.js';
import { playRow } from '../../src/contract/run/row.js';
import { loadContracts } from '../../src/contract/tables/load.js';
import { createUnderstudy } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import type { PlainRequest } from '../../src/spec/message.js';

/** A request that can be handed to the test processes. */
export interface Recorded {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Hex. */
  readonly body: string;
}

export interface RecordedProvocation {
  readonly case: string;
  readonly steps: readonly Recorded[];
  readonly request: Recorded;
}

declare module 'vitest' {
  interface ProvidedContext {
    provocations: readonly RecordedProvocation[];
  }
}

export default async function setup(project: TestProject): Promise<void> {
  project.provide('provocations', await record());
}

/**
 * Ten seconds of work, so what was recorded is kept for as long as nothing changes that it could
 * depend on.
 */
export async function record(): Promise<readonly RecordedProvocation[]> {
  const folder = 'node_modules/.cache/understudy';
  const file = join(
    folder,
    `provocations-${hashOf(['src', 'contracts', 'fixtures', 'generated', 'test/support'])}.json`,
  );
  if (existsSync(file))
    return JSON.parse(readFileSync(file, 'utf8')) as readonly RecordedProvocation[];
  const recorded = await play();
  mkdirSync(folder, { recursive: true });
  // Under another name first: a test beside this one must not read half of it.
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(recorded));
  renameSync(`${file}.${process.pid}`, file);
  return recorded;
}

/** Of every file in some folders, its name and content, and of this Node. */
function hashOf(folders: readonly string[]): string {
  const hash = createHash('sha256').update(process.version);
  for (const folder of folders)
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      hash.update(`\0${path}\0`).update(readFileSync(path));
    }
  return hash.digest('hex').slice(0, 32);
}

async function play(): Promise<readonly RecordedProvocation[]> {
  const spec = loadSpec();
  const contracts = loadContracts(spec);
  const profile = parseProfile(
    readFileSync('contracts/understudy.profile.yaml', 'utf8'),
    'understudy.profile.yaml',
    {},
  );
  const found = new Map<string, RecordedProvocation>();
  for (const [i, row] of planRows(spec, contracts).entries()) {
    if (found.has(`${row.operation}.${row.expected[0]}`)) continue;
    const steps: Recorded[] = [];
    const inner = handlerTarget('the mock server', createUnderstudy().fetch);
    const target: Target = {
      name: inner.name,
      send: async (request) => {
        const response = await inner.send(request);
        const name = response.headers['x-understudy-case'] ?? '';
        if (!found.has(name))
          found.set(name, { case: name, steps: [...steps], request: plain(request) });
        // Only what changes something is needed again.
        if (request.method !== 'GET' && response.status < 400) steps.push(plain(request));
        return response;
      },
    };
    await playRow(row, { spec, contracts, profile, target, seed: 1, number: i + 1 });
  }
  return [...found.values()];
}

function plain({ method, target, headers, body }: PlainRequest): Recorded {
  return { method, target, headers, body: Buffer.from(body).toString('hex') };
}
