// What several answers of one play say of the same object, and what rows say of it beside that.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { handlerTarget } from '../../../src/client/target.js';
import { contradictionsIn } from '../../../src/contract/run/agreement.js';
import type { Exchanged } from '../../../src/contract/run/exchanged.js';
import { planRun } from '../../../src/contract/run/plan.js';
import { parseProfile } from '../../../src/contract/run/profile.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { createUnderstudy } from '../../../src/index.js';
import { loadSpec } from '../../../src/shipped/document.js';
import type { OperationId } from '../../../src/spec/document.js';
import type { Json } from '../../../src/spec/message.js';
import { itFirst } from '../../support/sample.js';

interface Said {
  readonly status?: number;
  readonly caller?: Exchanged['caller'];
  readonly sent?: Json;
  readonly body?: Json;
  readonly target?: string;
}

const written: readonly OperationId[] = ['createSpace', 'updateSpace', 'addVectorStoreToSpace'];

function said(operation: OperationId, more: Said = {}): Exchanged {
  const { status = 200, caller = 'owner', sent, body = {}, target = '/v1/spaces/space_1' } = more;
  const method = written.includes(operation) ? 'POST' : 'GET';
  const bytes = new TextEncoder().encode(sent === undefined ? '' : JSON.stringify(sent));
  return {
    operation,
    caller,
    request: { method, target, headers: {}, body: bytes },
    response: { status, headers: {} },
    judged: { deviations: [], body },
  };
}

const repeated = (exchanged: Exchanged): Exchanged => ({
  ...exchanged,
  response: {
    ...(exchanged.response as NonNullable<Exchanged['response']>),
    repeated: 'the server had closed the connection',
  },
});

const space = (fields: Readonly<Record<string, Json>> = {}): Json => ({
  id: 'space_1',
  name: 'One',
  description: 'What it is for',
  created_by: 'usr_1',
  updated_at: '2026-02-26T10:30:00Z',
  additional_vector_store_ids: [],
  ...fields,
});

const changes = (operation: OperationId) =>
  operation === 'addVectorStoreToSpace' ? ['additional_vector_store_ids'] : [];
const found = (...exchanges: readonly Exchanged[]) =>
  contradictionsIn(exchanges, changes).map(({ by, pointer }) => `${by.operation}${pointer}`);

describe('answers about the same object', () => {
  const created = said('createSpace', { status: 201, body: space() });
  it.each<[string, readonly Exchanged[], readonly string[]]>([
    ['that agree', [created, said('getSpace', { body: space() })], []],
    [
      'of which a list shows another value',
      [created, said('listSpaces', { body: { spaces: [space({ name: 'Other' })] } })],
      ['listSpaces/spaces/0/name'],
    ],
    [
      'after an update of the name, which changes more than that',
      [
        created,
        said('updateSpace', {
          sent: { name: 'Two' },
          body: space({ name: 'Two', description: null }),
        }),
      ],
      ['updateSpace/description'],
    ],
    [
      'after a refusal of what was sent twice, of which the first may have been accepted',
      [
        created,
        repeated(said('updateSpace', { status: 409, sent: { name: 'Two' } })),
        said('getSpace', { body: space({ name: 'Two' }) }),
      ],
      [],
    ],
    [
      'after a refusal, which changes what it was asked to',
      [
        created,
        said('updateSpace', { status: 409, sent: { name: 'Two' } }),
        said('getSpace', { body: space({ name: 'Two' }) }),
      ],
      ['getSpace/name'],
    ],
    [
      'after a write that the contracts let change a field',
      [
        created,
        said('addVectorStoreToSpace', { status: 201 }),
        said('getSpace', { body: space({ additional_vector_store_ids: ['vs_1'] }) }),
      ],
      [],
    ],
    [
      'whose time moves back',
      [
        created,
        said('updateSpace', { sent: {}, body: space({ updated_at: '2026-02-26T10:29:00Z' }) }),
      ],
      ['updateSpace/updated_at'],
    ],
    [
      'whose time moves although nothing was written',
      [created, said('getSpace', { body: space({ updated_at: '2026-02-26T10:31:00Z' }) })],
      ['getSpace/updated_at'],
    ],
    [
      'that write a time otherwise, or none for nothing',
      [
        created,
        said('getSpace', {
          body: space({
            updated_at: '2026-02-26T11:30:00.250+01:00',
            additional_vector_store_ids: null,
          }),
        }),
      ],
      [],
    ],
    [
      'to two callers, of whom one is told of another maker',
      [created, said('getSpace', { caller: 'viewer', body: space({ created_by: 'usr_2' }) })],
      ['getSpace/created_by'],
    ],
    [
      'of which one shows an object that the play does not name',
      [
        said('listSpaces', { target: '/v1/spaces/', body: { spaces: [space()] } }),
        said('listSpaces', { target: '/v1/spaces/', body: { spaces: [space({ name: 'Two' })] } }),
      ],
      [],
    ],
  ])('%s', (_, exchanges, expected) => expect(found(...exchanges)).toEqual(expected));
});

describe('a server that', () => {
  const spec = loadSpec();
  const contracts = loadContracts(spec);
  const profile = parseProfile(
    readFileSync('contracts/understudy.profile.yaml', 'utf8'),
    'understudy.profile.yaml',
    {},
  );
  const plays = planRun(spec, contracts, profile);

  itFirst(4).each<[string, OperationId, string]>([
    ['shows shorter names in a list', 'listThreads', 'names_cut'],
    ['names another maker', 'getSlice', 'others_are_the_makers'],
    ['clears what an update leaves out', 'updateVectorStore', 'resets_description'],
    ['changes an object by reading it', 'getStore', 'reading_changes'],
    ['counts no messages in a space', 'listSpaceThreads', 'no_messages'],
    ['takes a thread into a space only once', 'addThreadToSpace', 'only_once'],
    ['deletes messages with their place', 'removeThreadFromSpace', 'takes_messages'],
    ['shows twenty rows at most', 'listStoresInSlice', 'twenty_at_most'],
  ])('%s is found out by the rows of that operation', async (_, operation, what) => {
    const understudy = createUnderstudy({ drift: `hand:${operation}.${what}` });
    const report = await runContracts({
      spec,
      contracts,
      profile,
      target: handlerTarget('a drifting mock server', understudy.fetch),
      plays: plays.filter((play) => play.kind === 'row' && play.operation === operation),
      wait: async () => {},
    });
    const found = report.findings.filter(({ code }) => code === 'STATE_WRONG');
    expect(found.map(({ severity }) => severity)).toContain('failure');
  });
});
