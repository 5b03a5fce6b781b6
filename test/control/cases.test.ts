// Each case that the control plane's document has, of every operation: a request gets it, and the answer keeps the document.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { loadControl } from '../../src/shipped/control.js';
import { atPointer, pointerOf } from '../../src/spec/pointer.js';

/** `GET worlds`, and the body. */
type Sent = readonly [what: string, body?: unknown];
/** The last request gets the case. */
type Sequence = readonly Sent[];

const { spec } = loadControl();
const document = JSON.parse(spec.text);
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema(document, 'control');

const world: Sent = ['POST worlds', { name: 'one' }];
const taken: Sent = ['PUT worlds/one/snapshots/s'];
const row = 'worlds/default/state/spaces/space_abc123';
const newSpace = {
  id: 'space_new',
  organization_id: 'org_xyz789',
  created_by: 'usr_owner1',
  name: 'New',
  vector_store_id: null,
};
const manual: Sent = ['PATCH worlds/default/settings', { backfill: 'manual' }];
const queue: Sent = ['POST /v1/spaces/space_abc123/threads/thrd_def456'];
const message = { thread_id: 'thrd_in_space', content: 'Yes.', role: 'assistant' };
const fault = { name: 'one', does: { status: 503 } };
const plant: Sent = ['POST worlds/default/faults', fault];
const recorded = (response: object) => ({
  log: { entries: [{ request: { method: 'GET', url: 'https://a.test/v1/threads/t' }, response }] },
});
const expected = (operation: string) => ({ expect: [{ request: { operation } }] });

/** By operation and case. */
const provocations: Readonly<Record<string, Sequence>> = {
  'getHealth.healthy': [['GET health']],
  'getReady.ready': [['GET ready']],
  'getVersion.versions': [['GET version']],
  'listScenarios.listed': [['GET scenarios']],
  'listWorlds.listed': [['GET worlds']],
  'createWorld.created': [['POST worlds', { name: 'one', scenario: 'empty' }]],
  'createWorld.world_exists': [world, world],
  'createWorld.malformed': [['POST worlds', {}]],
  'createWorld.unknown_scenario': [['POST worlds', { name: 'one', scenario: 'none' }]],
  'createWorld.broken_scenario': [['POST worlds', { name: 'one', scenario: {} }]],
  'getWorld.found': [['GET worlds/default']],
  'getWorld.unknown_world': [['GET worlds/none']],
  'deleteWorld.deleted': [world, ['DELETE worlds/one']],
  'deleteWorld.unknown_world': [['DELETE worlds/one']],
  'deleteWorld.default_world': [['DELETE worlds/default']],
  'resetWorld.reset': [['POST worlds/default/reset']],
  'resetWorld.unknown_world': [['POST worlds/none/reset']],
  'forkWorld.forked': [['POST worlds/default/fork', { name: 'one' }]],
  'forkWorld.unknown_world': [['POST worlds/none/fork', { name: 'one' }]],
  'forkWorld.world_exists': [world, ['POST worlds/default/fork', { name: 'one' }]],
  'forkWorld.malformed': [['POST worlds/default/fork', { name: '' }]],
  'rewindWorld.rewound': [['GET /v1/threads'], ['POST worlds/default/rewind', { request: 1 }]],
  'rewindWorld.unknown_world': [['POST worlds/none/rewind', { request: 1 }]],
  'rewindWorld.request_not_held': [['POST worlds/default/rewind', { request: 1 }]],
  'rewindWorld.malformed': [['POST worlds/default/rewind', { request: 'first' }]],
  'compareWorlds.compared': [
    world,
    ['DELETE /v1/threads/thrd_empty'],
    ['GET worlds/default/compare/one'],
  ],
  'compareWorlds.unknown_world': [['GET worlds/default/compare/none']],
  'moveClock.moved': [['POST worlds/default/clock', { advance: '2h' }]],
  'moveClock.unknown_world': [['POST worlds/none/clock', { advance: '2h' }]],
  'moveClock.malformed': [['POST worlds/default/clock', {}]],
  'moveClock.bad_time': [['POST worlds/default/clock', { advance: 'soon' }]],
  'listRequests.listed': [['GET /v1/threads'], ['GET worlds/default/requests']],
  'listRequests.unknown_world': [['GET worlds/none/requests']],
  'listRequests.malformed': [['GET worlds/default/requests?limit=0']],
  'streamEvents.streaming': [['GET worlds/default/events']],
  'streamEvents.unknown_world': [['GET worlds/none/events']],
  'streamEvents.malformed': [['GET worlds/default/events?after=-1']],
  'getRequest.found': [['GET /v1/threads'], ['GET worlds/default/requests/1']],
  'getRequest.unknown_world': [['GET worlds/none/requests/1']],
  'getRequest.unknown_request': [['GET worlds/default/requests/1']],
  'explainWorldRequest.explained': [['GET /v1/threads'], ['GET worlds/default/requests/1/why']],
  'explainWorldRequest.unknown_world': [['GET worlds/none/requests/1/why']],
  'explainWorldRequest.unknown_request': [['GET worlds/default/requests/1/why']],
  'explainRequest.explained': [['GET /v1/threads'], ['GET requests/1/why']],
  'explainRequest.unknown_world': [['GET requests/1~none/why']],
  'explainRequest.unknown_request': [['GET requests/none/why']],
  'listCases.listed': [['GET cases']],
  'getCase.found': [['GET cases/getSpace/retrieved']],
  'getCase.unknown_case': [['GET cases/getSpace/lost']],
  'listWorldWaysOut.searched': [['GET /v1/none'], ['GET worlds/default/requests/1/ways-out']],
  'listWorldWaysOut.unknown_world': [['GET worlds/none/requests/1/ways-out']],
  'listWorldWaysOut.unknown_request': [['GET worlds/default/requests/1/ways-out']],
  'listWaysOut.searched': [['GET /v1/threads'], ['GET requests/1/ways-out']],
  'listWaysOut.unknown_world': [['GET requests/1~none/ways-out']],
  'listWaysOut.unknown_request': [['GET requests/none/ways-out']],
  'listEmbeddings.listed': [['GET worlds/default/embeddings']],
  'listEmbeddings.unknown_world': [['GET worlds/none/embeddings']],
  'listEmbeddings.malformed': [['GET worlds/default/embeddings?status=lost']],
  'listEmbeddings.unknown_id': [['GET worlds/default/embeddings?thread_id=thrd_none']],
  'stepEmbeddings.stepped': [manual, queue, ['POST worlds/default/embeddings/step', {}]],
  'stepEmbeddings.unknown_world': [['POST worlds/none/embeddings/step']],
  'stepEmbeddings.malformed': [['POST worlds/default/embeddings/step', { status: 'lost' }]],
  'stepEmbeddings.unknown_id': [['POST worlds/default/embeddings/step', { space_id: 'none' }]],
  'drainEmbeddings.drained': [manual, queue, ['POST worlds/default/embeddings/drain']],
  'drainEmbeddings.unknown_world': [['POST worlds/none/embeddings/drain']],
  'drainEmbeddings.malformed': [['POST worlds/default/embeddings/drain', { error: 'x' }]],
  'drainEmbeddings.unknown_id': [['POST worlds/default/embeddings/drain', { id: 'none' }]],
  'failEmbeddings.failed': [manual, queue, ['POST worlds/default/embeddings/fail', { error: 'x' }]],
  'failEmbeddings.unknown_world': [['POST worlds/none/embeddings/fail']],
  'failEmbeddings.malformed': [['POST worlds/default/embeddings/fail', { error: 7 }]],
  'failEmbeddings.unknown_id': [['POST worlds/default/embeddings/fail', { message_id: 'none' }]],
  'addMessage.added': [['POST worlds/default/messages', message]],
  'addMessage.unknown_world': [['POST worlds/none/messages', message]],
  'addMessage.malformed': [['POST worlds/default/messages', { thread_id: 'thrd_empty' }]],
  'addMessage.unknown_id': [['POST worlds/default/messages', { ...message, thread_id: 'none' }]],
  'getSettings.found': [['GET settings']],
  'changeSettings.changed': [['PATCH settings', { max_worlds: 3 }]],
  'changeSettings.malformed': [['PATCH settings', { max_worlds: 0 }]],
  'getWorldSettings.found': [['GET worlds/default/settings']],
  'getWorldSettings.unknown_world': [['GET worlds/none/settings']],
  'changeWorldSettings.changed': [manual],
  'changeWorldSettings.unknown_world': [['PATCH worlds/none/settings', {}]],
  'changeWorldSettings.malformed': [['PATCH worlds/default/settings', { seed: 2 }]],
  'changeWorldSettings.bad_backfill': [['PATCH worlds/default/settings', { backfill: 'soon' }]],
  'listState.listed': [['GET worlds/default/state/spaces?limit=2']],
  'listState.unknown_world': [['GET worlds/none/state/spaces']],
  'listState.unknown_noun': [['GET worlds/default/state/space']],
  'listState.malformed': [['GET worlds/default/state/spaces?offset=-1']],
  'listState.bad_filter': [['GET worlds/default/state/spaces?where=7']],
  'listState.unknown_field': [['GET worlds/default/state/spaces?where={"colour":1}']],
  'createRow.created': [['POST worlds/default/state/spaces', newSpace]],
  'createRow.unknown_world': [['POST worlds/none/state/spaces', newSpace]],
  'createRow.unknown_noun': [['POST worlds/default/state/space', newSpace]],
  'createRow.malformed': [['POST worlds/default/state/spaces', []]],
  'createRow.row_refused': [['POST worlds/default/state/spaces', {}]],
  'getRow.found': [[`GET ${row}`]],
  'getRow.unknown_world': [['GET worlds/none/state/spaces/space_abc123']],
  'getRow.unknown_noun': [['GET worlds/default/state/space/space_abc123']],
  'getRow.unknown_row': [['GET worlds/default/state/spaces/space_abc12']],
  'patchRow.patched': [[`PATCH ${row}`, { name: 'Other' }]],
  'patchRow.unknown_world': [['PATCH worlds/none/state/spaces/space_abc123', {}]],
  'patchRow.unknown_noun': [['PATCH worlds/default/state/space/space_abc123', {}]],
  'patchRow.unknown_row': [['PATCH worlds/default/state/spaces/space_none', {}]],
  'patchRow.malformed': [[`PATCH ${row}`, 'no object']],
  'patchRow.row_refused': [[`PATCH ${row}`, { name: 7 }]],
  'deleteRow.deleted': [['DELETE worlds/default/state/threads/thrd_empty']],
  'deleteRow.unknown_world': [['DELETE worlds/none/state/threads/thrd_empty']],
  'deleteRow.unknown_noun': [['DELETE worlds/default/state/thread/thrd_empty']],
  'deleteRow.unknown_row': [['DELETE worlds/default/state/threads/thrd_none']],
  'deleteRow.row_in_use': [['DELETE worlds/default/state/users/usr_owner1']],
  'listFaults.listed': [plant, ['GET worlds/default/faults']],
  'listFaults.unknown_world': [['GET worlds/none/faults']],
  'replaceFaults.replaced': [['PUT worlds/default/faults', { faults: [fault] }]],
  'replaceFaults.unknown_world': [['PUT worlds/none/faults', { faults: [] }]],
  'replaceFaults.malformed': [['PUT worlds/default/faults', { faults: 7 }]],
  'replaceFaults.broken_faults': [['PUT worlds/default/faults', { faults: [{ does: 7 }] }]],
  'addFault.added': [plant],
  'addFault.unknown_world': [['POST worlds/none/faults', fault]],
  'addFault.fault_exists': [plant, plant],
  'addFault.malformed': [['POST worlds/default/faults', []]],
  'addFault.broken_faults': [['POST worlds/default/faults', { name: 'one', does: { status: 7 } }]],
  'clearFaults.cleared': [plant, ['DELETE worlds/default/faults']],
  'clearFaults.unknown_world': [['DELETE worlds/none/faults']],
  'getFault.found': [plant, ['GET worlds/default/faults/one']],
  'getFault.unknown_world': [['GET worlds/none/faults/one']],
  'getFault.unknown_fault': [['GET worlds/default/faults/one']],
  'putFault.put': [['PUT worlds/default/faults/one', { does: { status: 503 } }]],
  'putFault.unknown_world': [['PUT worlds/none/faults/one', { does: { status: 503 } }]],
  'putFault.malformed': [['PUT worlds/default/faults/one', []]],
  'putFault.broken_faults': [['PUT worlds/default/faults/one', { does: { status: 7 } }]],
  'deleteFault.deleted': [plant, ['DELETE worlds/default/faults/one']],
  'deleteFault.unknown_world': [['DELETE worlds/none/faults/one']],
  'deleteFault.unknown_fault': [['DELETE worlds/default/faults/one']],
  'getLimits.found': [['GET worlds/default/limits']],
  'getLimits.unknown_world': [['GET worlds/none/limits']],
  'setLimits.set': [['PUT worlds/default/limits', { rate: '60/m' }]],
  'setLimits.unknown_world': [['PUT worlds/none/limits', { rate: '60/m' }]],
  'setLimits.malformed': [['PUT worlds/default/limits', { rate: 'many' }]],
  'clearLimits.cleared': [['DELETE worlds/default/limits']],
  'clearLimits.unknown_world': [['DELETE worlds/none/limits']],
  'verifyRequests.verified': [['POST worlds/default/verify', expected('createSpace')]],
  'verifyRequests.unknown_world': [['POST worlds/none/verify', expected('createSpace')]],
  'verifyRequests.malformed': [['POST worlds/default/verify', { expect: [] }]],
  'exportHar.exported': [['GET worlds/default/har']],
  'exportHar.unknown_world': [['GET worlds/none/har']],
  'exportHar.malformed': [['GET worlds/default/har?after=x']],
  'replayHar.replayed': [['POST worlds/default/har', recorded({ status: 404 })]],
  'replayHar.unknown_world': [['POST worlds/none/har', recorded({ status: 404 })]],
  'replayHar.malformed': [['POST worlds/default/har', { log: {} }]],
  'replayHar.broken_har': [['POST worlds/default/har', recorded({ status: 'good' })]],
  'lintRequests.linted': [['GET lint']],
  'lintRequests.malformed': [['GET lint?ignore=a&ignore=b']],
  'lintRequests.unknown_rule': [['GET lint?ignore=a']],
  'lintWorldRequests.linted': [['GET worlds/default/lint']],
  'lintWorldRequests.unknown_world': [['GET worlds/none/lint']],
  'lintWorldRequests.malformed': [['GET worlds/default/lint?ignore=a&ignore=b']],
  'lintWorldRequests.unknown_rule': [['GET worlds/default/lint?ignore=a']],
  'verifyRequests.unknown_name': [['POST worlds/default/verify', expected('createSpce')]],
  'listSnapshots.listed': [world, taken, ['GET worlds/one/snapshots']],
  'listSnapshots.unknown_world': [['GET worlds/none/snapshots']],
  'getSnapshot.found': [world, taken, ['GET worlds/one/snapshots/s']],
  'getSnapshot.unknown_world': [['GET worlds/none/snapshots/s']],
  'getSnapshot.unknown_snapshot': [['GET worlds/default/snapshots/s']],
  'takeSnapshot.taken': [world, taken],
  'takeSnapshot.unknown_world': [taken],
  'takeSnapshot.too_many_snapshots': [
    world,
    ...Array.from({ length: 101 }, (_, i): Sent => [`PUT worlds/one/snapshots/s${i}`]),
  ],
  'takeSnapshot.bad_name': [['PUT worlds/default/snapshots/-']],
  'deleteSnapshot.deleted': [world, taken, ['DELETE worlds/one/snapshots/s']],
  'deleteSnapshot.unknown_world': [['DELETE worlds/none/snapshots/s']],
  'deleteSnapshot.unknown_snapshot': [['DELETE worlds/default/snapshots/s']],
  'restoreSnapshot.restored': [world, taken, ['POST worlds/one/snapshots/s/restore']],
  'restoreSnapshot.unknown_world': [['POST worlds/none/snapshots/s/restore']],
  'restoreSnapshot.unknown_snapshot': [['POST worlds/default/snapshots/s/restore']],
  'exportScenario.exported': [['GET worlds/default/scenario']],
  'exportScenario.unknown_world': [['GET worlds/none/scenario']],
  'importScenario.imported': [
    [
      'PUT worlds/default/scenario',
      { scenario: 'x', description: 'x', time: '2026-01-01T00:00:00Z' },
    ],
  ],
  'importScenario.unknown_world': [['PUT worlds/none/scenario', {}]],
  'importScenario.malformed': [['PUT worlds/default/scenario', 7]],
  'importScenario.unknown_scenario': [['PUT worlds/default/scenario', { extends: 'none' }]],
  'importScenario.broken_scenario': [['PUT worlds/default/scenario', {}]],
};

const all = [...spec.operations.values()].flatMap((operation) =>
  [...operation.cases.values()].map((one) => ({
    name: `${operation.id}.${one.name}`,
    status: one.status,
    operation,
    /** What takes no query and no body cannot be malformed, whatever is sent. */
    isForcedOnly:
      one.violation !== undefined &&
      operation.body === undefined &&
      operation.parameters.every((parameter) => parameter.in === 'path'),
  })),
);

describe('each case', () => {
  it('has a request that gets it, and no other has', () => {
    const wanted = all.filter((one) => !one.isForcedOnly).map(({ name }) => name);
    expect(Object.keys(provocations).sort()).toEqual(wanted.sort());
  });

  it.each(all)('$name keeps the document', async ({ name, status, operation, isForcedOnly }) => {
    const { fetch } = createUnderstudy();
    const template = operation.template.replace(/\{\w+\}/g, 'x').slice('/__admin/'.length);
    const sequence = isForcedOnly
      ? ([[`${operation.method} ${template}`]] as const)
      : (provocations[name] as Sequence);
    let response = new Response();
    for (const [what, body] of sequence) {
      const [method = '', path = ''] = what.split(' ');
      response = await fetch(path.startsWith('/') ? path : `/__admin/${path}`, {
        method,
        headers: {
          'X-API-Key': 'ak_owner',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(isForcedOnly ? { Prefer: 'example=malformed' } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    }
    expect([response.headers.get('x-understudy-case'), response.status]).toEqual([name, status]);
    if (response.headers.get('content-type') === 'text/event-stream') {
      await response.body?.cancel();
      return;
    }
    const body = JSON.parse(await response.text());
    const validate = ajv.getSchema(`control#${schemaOf(operation, status)}`);
    expect([validate?.(body), validate?.errors]).toEqual([true, null]);
    if (status >= 400) expect(body.error.fix).not.toBe('');
    if (name.endsWith('.malformed') && !isForcedOnly)
      expect(body.error.details.message).not.toBe('says why');
  });
});

/** The place of the schema of an answer. */
function schemaOf({ template, method }: { template: string; method: string }, status: number) {
  const place = pointerOf(['paths', template, method.toLowerCase(), 'responses', status]);
  const { $ref } = atPointer(document, place) as { $ref?: string };
  return `${$ref === undefined ? place : $ref.slice(1)}${pointerOf(['content', 'application/json', 'schema'])}`;
}
