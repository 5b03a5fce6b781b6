// The vendor's own Python client, unchanged, against the mock server: what each step returns or
// raises there, and which requests it made here. sdk_walk.py takes the steps. `pip install
// aitronos-sdk` gives 5.0.0, the oldest of these APIs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { whole } from '../support/sample.js';
import { beforeAllWithTool, installVendorSdk } from '../support/tools.js';

const allVersions = ['5.0.0', '0.8.104', '0.8.178'] as const;
type Version = (typeof allVersions)[number];
/** With WHOLE_TESTS=true those from the vendor's repository too. */
const versions = allVersions.filter((version) => whole || version === '5.0.0');

/** One step: the cases that answered it here, and what the client made of that. */
interface Step {
  readonly step: string;
  /** `operation.case` of each request. */
  readonly cases: readonly string[];
  /** Part of what the client returned, once its own models had accepted it. */
  readonly answer?: unknown;
  readonly error?: 'ApiError' | 'UnprocessableEntityError';
  readonly status?: number;
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

const answers = (step: string, cases: string | readonly string[], answer: unknown): Step => ({
  step,
  cases: [cases].flat(),
  answer,
});
const raises = (
  step: string,
  cases: string | readonly string[],
  status: number,
  code: string,
  details?: Step['details'],
): Step => ({
  step,
  cases: [cases].flat(),
  // Only 422 has a class of its own on these calls.
  error: status === 422 ? 'UnprocessableEntityError' : 'ApiError',
  status,
  code,
  ...(details ? { details } : {}),
});
const some = (prefix: string) => expect.stringMatching(new RegExp(`^${prefix}_\\w+$`));

const alreadyAttached = 'addVectorStoreToSpace.already_attached';
const spaceSteps: readonly Step[] = [
  answers('create a space', 'createSpace.created', {
    id: some('space'),
    name: 'Made by the SDK',
    vector_store_id: some('vs'),
  }),
  raises(
    'create a space with a wrong access_mode',
    'createSpace.invalid_body',
    422,
    'VALIDATION_ERROR',
    {
      field: 'access_mode',
      message: "access_mode must be one of {'private', 'organization', 'public'}",
    },
  ),
  answers('list spaces', 'listSpaces.listed', {
    spaces: [{ name: 'Made by the SDK' }],
    next_cursor: expect.any(String),
  }),
  answers('list spaces, next page', 'listSpaces.listed', {
    spaces: [{ id: 'space_abc123', access_users: ['usr_viewer1'] }],
  }),
  answers('retrieve a space', 'getSpace.retrieved', {
    name: 'Made by the SDK',
    additional_vector_store_ids: [],
  }),
  answers('update a space', 'updateSpace.updated', { name: 'Renamed by the SDK' }),
  answers('attach a store', 'addVectorStoreToSpace.attached', {
    success: true,
    vector_store_id: 'vs_def456',
  }),
  answers('list the stores of a space', 'listSpaceVectorStores.listed', {
    vector_stores: [{ vector_store_id: 'vs_def456', added_by: 'usr_owner1' }],
  }),
  // The client takes a 409 for something that passes, and asks twice more.
  raises(
    'attach it again',
    [alreadyAttached, alreadyAttached, alreadyAttached],
    409,
    'RESOURCE_ALREADY_EXISTS',
    {
      space_id: some('space'),
      vector_store_id: 'vs_def456',
    },
  ),
  raises('attach it again, told not to retry', alreadyAttached, 409, 'RESOURCE_ALREADY_EXISTS'),
  raises(
    'attach to an unknown space',
    'addVectorStoreToSpace.space_not_found',
    404,
    'RESOURCE_NOT_FOUND',
    {
      space_id: 'space_invalid',
    },
  ),
  raises(
    'attach an unknown store',
    'addVectorStoreToSpace.vector_store_not_found',
    404,
    'VECTOR_STORE_NOT_FOUND',
    {
      vector_store_id: 'vs_invalid',
    },
  ),
  raises(
    'attach as a viewer',
    'addVectorStoreToSpace.edit_access_required',
    403,
    'INSUFFICIENT_PERMISSIONS',
    {
      space_id: 'space_abc123',
    },
  ),
  raises(
    "attach the space's own store",
    'addVectorStoreToSpace.own_dedicated_store',
    422,
    'VALIDATION_ERROR',
    {
      space_id: 'space_abc123',
      vector_store_id: 'vs_abc123',
    },
  ),
  raises(
    'attach a foreign store',
    'addVectorStoreToSpace.other_organization',
    422,
    'VALIDATION_ERROR',
    {
      space_id: some('space'),
      vector_store_id: 'vs_other_org',
    },
  ),
  answers('detach a store', 'removeVectorStoreFromSpace.detached', null),
  raises('detach it again', 'removeVectorStoreFromSpace.not_attached', 404, 'RESOURCE_NOT_FOUND'),
  raises(
    'retrieve a space as a stranger',
    'getSpace.view_access_required',
    403,
    'INSUFFICIENT_PERMISSIONS',
  ),
  answers('add a thread', 'addThreadToSpace.added', { success: true, thread_id: 'thrd_def456' }),
  answers('list the threads of a space', 'listSpaceThreads.listed', {
    data: [{ id: 'thrd_def456', message_count: 3 }],
  }),
  answers('remove a thread', 'removeThreadFromSpace.removed', null),
  raises('add an unknown thread', 'addThreadToSpace.thread_not_found', 404, 'RESOURCE_NOT_FOUND', {
    thread_id: 'thrd_invalid',
  }),
  answers('delete a space', 'deleteSpace.deleted', null),
  raises('retrieve a deleted space', 'getSpace.space_not_found', 404, 'RESOURCE_NOT_FOUND'),
];

const threadSteps: readonly Step[] = [
  answers('create a thread', 'createThread.created', {
    id: some('thrd'),
    title: 'From the SDK',
    metadata: { a: 1 },
  }),
  answers('list threads', 'listThreads.listed', {
    data: [{ is_pinned: true }, { title: 'From the SDK' }],
    has_more: true,
    total: 4,
  }),
  answers('list threads, next page', 'listThreads.listed', {
    data: [{ id: 'thrd_empty' }, { id: 'thrd_def456' }],
    has_more: false,
  }),
  answers('retrieve a thread', 'getThread.retrieved', { message_count: 0 }),
  answers('update a thread', 'updateThread.updated', { title: 'Renamed by the SDK' }),
  answers('pin a thread', 'pinThread.pinned', { is_pinned: true, pinned_at: expect.any(String) }),
  answers('unpin a thread', 'unpinThread.unpinned', { is_pinned: false }),
  answers('name a thread', 'generateThreadName.named', {
    id: 'thrd_def456',
    title: expect.any(String),
  }),
  answers('list messages', 'listMessages.listed', {
    data: [{ id: 'msg_1' }, { id: 'msg_2' }, { id: 'msg_3' }],
    has_more: false,
  }),
  answers('update a message', 'updateMessage.updated', {
    id: 'msg_1',
    content: 'Edited by the SDK',
  }),
  answers('delete a message', 'deleteMessage.deleted', { id: 'msg_1', deleted: true }),
  raises('retrieve a foreign thread', 'getThread.thread_not_found', 404, 'RESOURCE_NOT_FOUND'),
  answers('delete a thread', 'deleteThread.deleted', null),
  answers('delete all threads', 'deleteAllThreads.deleted', { deleted: 3 }),
];

const vectorStoreSteps: readonly Step[] = [
  answers('create a vector store', 'createVectorStore.created', {
    success: true,
    data: { id: some('vs'), name: 'By the SDK' },
  }),
  answers('list vector stores', 'listVectorStores.listed', { data: [{ name: 'By the SDK' }] }),
  answers('retrieve a vector store', 'getVectorStore.retrieved', {
    data: { name: 'By the SDK', file_count: 0 },
  }),
  answers('update a vector store', 'updateVectorStore.updated', {
    data: { name: 'Renamed by the SDK' },
  }),
  answers('usage of the vector stores', 'getVectorStoreUsage.retrieved', {
    data: { total_files: expect.any(Number) },
  }),
  answers('delete a vector store', 'deleteVectorStore.deleted', null),
  raises(
    'retrieve a foreign vector store',
    'getVectorStore.vector_store_not_found',
    404,
    'VECTOR_STORE_NOT_FOUND',
  ),
];

const knowledgeSteps: readonly Step[] = [
  answers('create a slice', 'createSlice.created', {
    id: some('kslice'),
    name: 'By the SDK',
    status: 'active',
  }),
  answers('list slices', 'listSlices.listed', {
    items: [{ name: 'By the SDK' }, { id: some('kslice') }],
  }),
  answers('retrieve a slice', 'getSlice.retrieved', { name: 'By the SDK' }),
  answers('update a slice', 'updateSlice.updated', { name: 'Renamed by the SDK' }),
  answers('create a store in a slice', 'createStoreInSlice.created', {
    id: some('vs'),
    name: 'API Documentation Store',
    slice_id: 'kslice_abc123',
    access_mode: 'organization',
  }),
  raises(
    'create a store with a wrong access_mode',
    'createStoreInSlice.invalid_access_mode',
    422,
    'VALIDATION_ERROR',
    {
      field: 'access_mode',
      message: "access_mode must be one of {'public', 'organization', 'department', 'private'}",
    },
  ),
  raises(
    'create a store without the capability',
    'createStoreInSlice.capability_required',
    403,
    'INSUFFICIENT_PERMISSIONS',
  ),
  answers('list the stores of a slice', 'listStoresInSlice.listed', {
    items: [{ name: 'API Documentation Store' }],
  }),
  answers('list stores', 'listStores.listed', { items: [{ name: 'API Documentation Store' }] }),
  answers('retrieve a store', 'getStore.retrieved', { name: 'API Documentation Store' }),
  answers('move a store', 'updateStore.updated', {
    name: 'API Documentation Store',
    slice_id: some('kslice'),
  }),
  answers('delete a store', 'deleteStore.deleted', null),
  raises(
    'retrieve a deleted store',
    'getStore.vector_store_not_found',
    404,
    'VECTOR_STORE_NOT_FOUND',
  ),
  answers('archive a slice', 'archiveSlice.archived', { status: 'archived' }),
  raises(
    'create a store in an archived slice',
    'createStoreInSlice.slice_archived',
    422,
    'VALIDATION_ERROR',
  ),
  answers('unarchive a slice', 'unarchiveSlice.unarchived', { status: 'active' }),
  answers('create a composite', 'createComposite.created', {
    member_slice_ids: ['kslice_abc123', some('kslice')],
  }),
  answers('list composites', 'listComposites.listed', {
    items: [{ name: 'Both', is_composite: true }],
  }),
  answers('update a composite', 'updateComposite.updated', { name: 'Both of them' }),
];

const callerSteps: readonly Step[] = [
  raises('with an expired key', 'listSpaces.api_key_expired', 401, 'API_KEY_EXPIRED'),
  // The client insists on a key; who has only a token gives an empty one.
  answers('with a token and an empty key', 'listSpaces.listed', {
    spaces: [{ id: 'space_abc123' }],
  }),
  answers('without waiting for the answer', 'getSpace.retrieved', { id: 'space_abc123' }),
];

/**
 * K-C35: the sample calls what one client does not have and the others call otherwise; no request
 * leaves them.
 */
const seedSample: Readonly<Record<Version, object>> = {
  '5.0.0': { error: 'AttributeError', message: "'Aitronos' object has no attribute 'knowledge'" },
  '0.8.104': {
    error: 'TypeError',
    message: expect.stringContaining("unexpected keyword argument 'slice_id'"),
  },
  '0.8.178': {
    error: 'TypeError',
    message: expect.stringContaining("unexpected keyword argument 'slice_id'"),
  },
};
/** What the oldest client has no method for: knowledge, departments, capabilities. */
const isNewer = (version: Version) => version !== '5.0.0';
const newerPaths = /\/(knowledge|departments|capabilities)\b/;
const departmentSteps: readonly Step[] = [
  answers(
    'list departments',
    'listDepartments.listed',
    expect.arrayContaining([expect.objectContaining({ id: 'dept_research', depth: 0 })]),
  ),
  answers('retrieve the departments as a tree', 'getDepartmentTree.retrieved', [
    {
      id: 'dept_research',
      children: expect.arrayContaining([expect.objectContaining({ depth: 1 })]),
    },
  ]),
  answers(
    'list capabilities',
    'listCapabilities.listed',
    expect.arrayContaining([expect.objectContaining({ key: expect.any(String) })]),
  ),
];

const stepsOf = (version: Version): readonly Step[] => [
  answers('say which version it is', [], version),
  ...spaceSteps,
  ...threadSteps,
  ...vectorStoreSteps,
  { step: 'the sample of seed 002', cases: [], ...seedSample[version] },
  ...(isNewer(version) ? [...departmentSteps, ...knowledgeSteps] : []),
  ...callerSteps,
];

interface TakenStep extends Step {
  readonly seconds: number;
}

/**
 * Takes the walk against a mock server of its own, on the clock that the command line uses unless
 * told otherwise.
 */
async function walk(version: Version): Promise<readonly TakenStep[]> {
  const python = await installVendorSdk(version);
  const cases: string[] = [];
  const understudy = createUnderstudy({
    clock: 'real',
    onExchange: (entry) => cases.push(`${entry.operation}.${entry.case}`),
  });
  const { url } = await understudy.listen({ port: 0 });
  const env = { ...process.env, NO_PROXY: '*' };
  const child = spawn(python, [fileURLToPath(new URL('sdk_walk.py', import.meta.url)), url], {
    env,
    timeout: 240_000,
  });
  const closed = once(child, 'close');
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  child.stdin.on('error', () => {}); // a walk that broke off is told by its exit code
  try {
    const steps: TakenStep[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      steps.push({ ...JSON.parse(line), cases: cases.splice(0) });
      child.stdin.write('\n');
    }
    const [code, signal] = await closed;
    if (code !== 0)
      throw new Error(
        `${version} broke off with ${signal ?? code} after ${steps.length} steps.\n${complaints}`,
      );
    return steps;
  } finally {
    child.kill('SIGKILL');
    await understudy.close();
  }
}

// All at once: they wait far more than they work.
const walks = new Map<Version, Promise<readonly TakenStep[]>>();
const startAll = () => {
  for (const version of versions) {
    const started = walk(version);
    started.catch(() => {}); // told where it is awaited
    walks.set(version, started);
  }
};

describe.each(versions)("the vendor's client, version %s", (version) => {
  const taken = beforeAllWithTool(async () => {
    if (walks.size === 0) startAll();
    return (await walks.get(version)) ?? [];
  }, 360_000);

  it('takes every step, and no other', () => {
    expect(taken().map(({ step }) => step)).toEqual(stepsOf(version).map(({ step }) => step));
  });

  it.each(stepsOf(version).map((expected) => [expected.step, expected] as const))(
    '%s',
    (name, expected) => {
      const actual = taken().find(({ step }) => step === name);
      expect(actual).toMatchObject(expected);
      if (expected.error === undefined) expect(actual).not.toHaveProperty('error');
    },
  );

  it('waits no longer between its tries than it does by itself', () => {
    // One second, then two, each a tenth more or less. `X-RateLimit-Reset`, were it ahead of now,
    // would take their place.
    expect(taken().find(({ step }) => step === 'attach it again')?.seconds).toBeLessThan(10);
  });

  it('is content with a success of every operation that it has', () => {
    const succeeded = new Set(
      taken()
        .filter((step) => step.error === undefined)
        .flatMap(({ cases }) => cases.map((name) => name.split('.')[0])),
    );
    const operations = [...loadSpec().operations.values()];
    const had = operations.filter(({ template }) => isNewer(version) || !newerPaths.test(template));
    expect([...succeeded].sort()).toEqual(had.map(({ id }) => id).sort());
  });
});
