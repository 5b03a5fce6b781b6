// Prism as a proxy: holds every answer of our own traffic to the document. It makes no requests;
// the kit's go through it, and what it says of the answers is read from the header `sl-violations`,
// warnings too: an undocumented 500 is no more to it. Without `--errors`, with which it would
// answer in the server's place.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createMatcher } from '../../dist/inside.js';
import { httpTarget, runContracts } from '../../dist/kit.js';
import { startProgram } from '../children.mjs';
import { contracts, playsOf, playsTouching, profile, spec } from '../plays.mjs';
import { installedVersion } from './installed.mjs';

const cli = fileURLToPath(
  new URL('../../node_modules/@stoplight/prism-cli/dist/index.js', import.meta.url),
);
const document = fileURLToPath(new URL('../../generated/document.json', import.meta.url));
const match = createMatcher(spec.operations.values());

export const prism = {
  key: 'prism',
  title: `Prism ${installedVersion('@stoplight/prism-cli')} on our traffic`,
  prepare: async () => {},
  /** Only plays that call one of the operations; no other can show a drift in them. */
  async *ask(serve, operations) {
    const proxy = await startProxy(await serve());
    const findings = [];
    const target = httpTarget(proxy.url);
    const send = async (request) => {
      const response = await target.send(request);
      for (const violation of violationsOf(response))
        findings.push(toFinding(request, response, violation));
      return response;
    };
    const wait = async () => {};
    try {
      // What the kit makes of the answers is not asked here.
      await runContracts({
        spec,
        contracts,
        profile,
        plays: playsTouching(playsOf('full'), operations),
        target: { ...target, send },
        wait,
      });
    } finally {
      await proxy.stop();
    }
    yield findings;
  },
};

async function startProxy(upstream) {
  const program = startProgram(process.execPath, [
    cli,
    'proxy',
    document,
    upstream,
    '--port',
    '0',
    '--multiprocess',
    'false',
  ]);
  for (let tries = 0; tries < 3000; tries++) {
    const url = /Prism is listening on (http:\/\/127\.0\.0\.1:\d+)\s/.exec(program.output())?.[1];
    if (url) return { url, stop: program.stop };
    await Promise.race([sleep(20), program.ended]);
  }
  await program.stop();
  throw new Error(`prism proxy did not start:\n${program.output().slice(-2000)}`);
}

/**
 * Those about the answer. What the kit asks wrong on purpose, Prism objects to as well; that is no
 * finding.
 */
/** @param {{ headers: Readonly<Record<string, string>>, body?: string }} answer */
function violationsOf({ headers, body }) {
  const header = headers['sl-violations'];
  // An answer that it cannot read is a 500 of its own.
  if (
    headers['content-type']?.startsWith('application/problem+json') &&
    JSON.parse(body).type === 'FetchError'
  )
    return [{ location: ['response'], code: 'FetchError' }];
  if (header === undefined) return [];
  try {
    return JSON.parse(header).filter(({ location }) => location[0] === 'response');
  } catch {
    // Prism cuts a long header in the middle; what it says of the answer then is one finding.
    return header.includes('"location":["response"')
      ? [{ location: ['response'], code: 'too many to be told' }]
      : [];
  }
}

function toFinding({ method, target }, { status }, { location, code }) {
  const found = match(method, target.split('?', 1)[0]);
  const operation = found.kind === 'operation' ? found.operation.id : undefined;
  const place = location.map((token) => (/^\d+$/.test(token) ? '*' : token)).join('/');
  return {
    operations: [operation],
    what: [operation ?? `${method} ${target}`, status, code, place].join(' '),
  };
}
