// The independent oracle: `prism proxy` stands between us and our server and holds each answer to
// the same document. It shares no code with us. Without `--errors` it only reports, so every answer
// is our server's own.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUnderstudy, type OperationId } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { createKeeper, projectFolder } from '../support/processes.js';
import { type Provocation, provocationsOf, wellFormedOf } from '../support/provocations.js';
import { record } from '../support/record-provocations.js';
import { owner, type Sent } from '../support/requests.js';
import { sample } from '../support/sample.js';
import { inResponse, readViolations } from './sl-violations.js';

const spec = loadSpec();
const provocations = provocationsOf(await record());
const wellFormed = wellFormedOf(provocations);
const keeper = createKeeper();

/** Prism's upstream; each test puts its own world behind it. */
let behind: RequestListener;
let upstream: Server;
let prism: string;

beforeAll(async () => {
  upstream = createServer((request, response) => behind(request, response));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  const cli = join(projectFolder, 'node_modules/@stoplight/prism-cli/dist/index.js');
  const document = join(projectFolder, 'generated/document.json');
  const args = [
    cli,
    'proxy',
    document,
    `http://127.0.0.1:${port}`,
    '--port',
    '0',
    '--multiprocess',
    'false',
  ];
  const proxy = keeper.start(process.execPath, args);
  prism = await proxy.until(
    'its address',
    () => /Prism is listening on (http:\/\/127\.0\.0\.1:\d+)\s/.exec(proxy.stdout)?.[1],
    60_000,
  );
});

afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
});

/**
 * Of requests outside the operations the document has nothing that Prism could hold an answer to.
 */
const ofOperations = provocations.filter(({ case: name }) => name.includes('.'));

/** Cases that no state brings about, asked for by name. */
const forced: Provocation[] = [...spec.operations.values()].flatMap((operation) =>
  [...operation.cases.values()]
    .filter(({ reached_by }) => reached_by !== 'state')
    .map(({ name }) => {
      const { headers, ...request } = wellFormed[operation.id];
      return {
        case: `${operation.id}.${name}`,
        request: { ...request, headers: { ...headers, prefer: `example=${name}` } },
      };
    }),
);

/**
 * Answers of cases above in other shapes: full and empty, first page and last, with null and
 * without.
 */
const slices = '/v1/organizations/org_xyz789/knowledge/slices';
const further: Provocation[] = [
  {
    case: 'listSpaces.listed',
    request: owner.get('/v1/spaces/?organization_id=org_xyz789&limit=1'),
  },
  {
    case: 'listSpaces.listed',
    request: owner.get('/v1/spaces/?organization_id=org_xyz789&limit=100'),
  },
  {
    case: 'getSpace.retrieved',
    request: owner.get('/v1/spaces/space_abc123?organization_id=org_xyz789'),
  },
  {
    case: 'listSpaceVectorStores.listed',
    request: owner.get('/v1/spaces/space_lobby/vector-stores'),
  },
  { case: 'listSpaceThreads.listed', request: owner.get('/v1/spaces/space_lobby/threads') },
  {
    case: 'listSpaceThreads.listed',
    steps: [owner.post('/v1/spaces/space_abc123/threads/thrd_empty')],
    request: owner.get('/v1/spaces/space_abc123/threads?limit=1'),
  },
  { case: 'getThread.retrieved', request: owner.get('/v1/threads/thrd_empty') },
  { case: 'listMessages.listed', request: owner.get('/v1/threads/thrd_empty/messages') },
  {
    case: 'listMessages.listed',
    request: owner.get('/v1/threads/thrd_def456/messages?output_mode=blocks&order=desc&limit=1'),
  },
  { case: 'getSlice.retrieved', request: owner.get(`${slices}/kslice_archived`) },
  { case: 'getSlice.retrieved', request: owner.get(`${slices}/kslice_comp789`) },
  {
    case: 'listStoresInSlice.listed',
    request: owner.get(`${slices}/kslice_abc123/stores?skip=1&limit=1`),
  },
  { case: 'listStoresInSlice.listed', request: owner.get(`${slices}/kslice_archived/stores`) },
  {
    case: 'createStoreInSlice.created',
    request: owner.post(`${slices}/kslice_abc123/stores`, {
      name: 'A',
      description: 'B',
      access_mode: 'department',
    }),
  },
];

/**
 * Prism's own parser refuses a body that is declared as JSON and is none, or drops it. What it
 * cannot carry is forced: the answer is the same, byte for byte but for time and trace.
 */
function forPrism({ case: name, request }: Provocation): Sent {
  const { body } = request;
  if (body === undefined || (typeof body === 'string' && body.startsWith('{"') === isJson(body)))
    return request;
  const [operationId, caseName] = name.split('.') as [OperationId, string];
  const sent = wellFormed[operationId];
  return { ...sent, headers: { ...sent.headers, prefer: `example=${caseName}` } };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function throughPrism(sent: Sent) {
  const { method, target, headers = {}, body } = sent;
  const response = await fetch(`${prism}${target}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  await response.arrayBuffer();
  return {
    status: response.status,
    case: response.headers.get('x-understudy-case'),
    violations: readViolations(response.headers.get('sl-violations')),
  };
}

describe('Prism finds nothing wrong with an answer', () => {
  const all = [...ofOperations, ...further, ...forced];
  it.for(sample(all, ({ case: name, request }) => `${name} ${request.target}`, 12))(
    '$case, $request.method $request.target',
    async ({ case: name, steps = [], request }) => {
      const understudy = createUnderstudy();
      behind = understudy.app;

      for (const step of steps)
        expect((await throughPrism(step)).violations, `${step.method} ${step.target}`).toEqual([]);
      const carried = forPrism({ case: name, request });
      const answer = await throughPrism(carried);

      const [operationId, caseName] = name.split('.') as [OperationId, string];
      const documented = spec.operations.get(operationId)?.cases.get(caseName);
      expect(answer.violations.filter(inResponse)).toEqual([]);
      // Prism may object to a request only where our own answer does.
      const mayObject = documented?.violation !== undefined || documented?.status === 401;
      expect(mayObject ? [] : answer.violations).toEqual([]);
      expect({ status: answer.status, case: answer.case }).toEqual({
        status: documented?.status,
        case: name,
      });
      // Had Prism answered in our place, our server would not have seen the request.
      const sent = [...steps, carried].map(({ method, target }) => `${method} ${target}`);
      expect(understudy.journal.map(({ method, target }) => `${method} ${target}`)).toEqual(sent);
    },
  );
});

describe('Prism would see', () => {
  const space = spec.operations.get('getSpace')?.cases.get('retrieved')?.value as Record<
    string,
    unknown
  >;
  const json = { 'content-type': 'application/json' };
  const get = owner.get('/v1/spaces/space_abc123');

  it.for<[string, RequestListener]>([
    [
      'a missing field',
      (_, response) =>
        response.writeHead(200, json).end(JSON.stringify({ ...space, name: undefined })),
    ],
    [
      'a wrong type',
      (_, response) => response.writeHead(200, json).end(JSON.stringify({ ...space, name: 7 })),
    ],
    [
      'a value outside the list',
      (_, response) =>
        response.writeHead(200, json).end(JSON.stringify({ ...space, access_mode: 'x' })),
    ],
    [
      'an undocumented status',
      (_, response) => response.writeHead(418, json).end(JSON.stringify(space)),
    ],
    [
      'another media type',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    ],
    ['a missing header', (_, response) => response.writeHead(429, json).end('{}')],
  ])('%s', async ([, listener]) => {
    behind = listener;
    expect((await throughPrism(get)).violations.filter(inResponse).length).toBeGreaterThan(0);
  });

  it('nothing in a good answer', async () => {
    behind = (_, response) => response.writeHead(200, json).end(JSON.stringify(space));
    expect((await throughPrism(get)).violations).toEqual([]);
  });
});

describe("reading Prism's header", () => {
  it('gives no violations without one', () => {
    expect(readViolations(null)).toEqual([]);
  });

  it.for([
    'Too many violations! [{"location":["response"],"mess',
    '[{"location":["response"],"mess',
    '{}',
    '[{"message":"Selected route not found"}]',
  ])('throws for %s', (header) => {
    expect(() => readViolations(header)).toThrow('sl-violations');
  });
});
