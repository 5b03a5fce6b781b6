// The operations that make something: where the answer names it, which lists show what there is of
// its kind, and what takes it away.
import type { OperationId } from '../../spec/document.js';
import type { JsonObject } from '../../spec/message.js';
import { KNOWN_ORGANIZATION, LARGEST_PAGE, LARGEST_TAKE, ORGANIZATION } from '../dialect.js';
import type { Call } from '../tables/table.js';

export interface Creation {
  readonly kind: 'space' | 'thread' | 'slice' | 'store';
  /** Where the answer has the id. */
  readonly id: string;
  readonly undo: OperationId;
  /** What brings it back. */
  readonly redo?: OperationId;
  /** What shows it. */
  readonly read: OperationId;
  /** What makes it into another, as far as these fields go; `links` where others go into it. */
  readonly change?: {
    readonly call: OperationId;
    readonly fields: readonly string[];
    readonly links?: true;
    /** What it shows that comes of those fields. */
    readonly follows?: readonly string[];
  };
  /** What a field is where a request leaves it out. */
  readonly defaults?: JsonObject;
  /** Where the answer has the id of what comes and goes with it. */
  readonly with?: string;
}

const slice: Creation = {
  kind: 'slice',
  id: '/id',
  undo: 'archiveSlice',
  redo: 'unarchiveSlice',
  read: 'getSlice',
  change: { call: 'updateSlice', fields: ['name', 'description'] },
  defaults: { type: 'standard' },
};

const composite: Creation = {
  ...slice,
  change: {
    call: 'updateComposite',
    fields: ['name', 'description', 'member_slice_ids'],
    links: true,
    follows: ['store_count'],
  },
};

export const creations: Readonly<Partial<Record<OperationId, Creation>>> = {
  createSpace: {
    kind: 'space',
    id: '/id',
    undo: 'deleteSpace',
    read: 'getSpace',
    with: '/vector_store_id',
  },
  createThread: { kind: 'thread', id: '/id', undo: 'deleteThread', read: 'getThread' },
  createSlice: slice,
  createComposite: composite,
  createStoreInSlice: { kind: 'store', id: '/id', undo: 'deleteStore', read: 'getStore' },
  createVectorStore: {
    kind: 'store',
    id: '/data/id',
    undo: 'deleteVectorStore',
    read: 'getVectorStore',
  },
};

/** All that a caller can see of a kind, hidden and archived ones too. */
export const listsOf: Readonly<Record<Creation['kind'], readonly Call[]>> = {
  space: [
    { call: 'listSpaces', query: { [ORGANIZATION]: `$${KNOWN_ORGANIZATION}`, ...LARGEST_PAGE } },
  ],
  thread: [true, false].map((visible_in_ui) => ({
    call: 'listThreads',
    query: { ...LARGEST_PAGE, visible_in_ui },
  })),
  slice: [
    ...['active', 'archived'].map((status) => ({
      call: 'listSlices' as const,
      query: { ...LARGEST_PAGE, status },
    })),
    { call: 'listComposites', query: LARGEST_PAGE },
  ],
  store: [
    { call: 'listVectorStores', query: LARGEST_TAKE },
    { call: 'listStores', query: LARGEST_PAGE },
  ],
};
