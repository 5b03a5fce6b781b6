// The operations that make something: where the answer names it, which lists show what there is of its kind, and what takes it away.
import type { OperationId } from '../../spec/document.js';
import type { Call } from '../tables/table.js';

export interface Creation {
  readonly kind: 'space' | 'thread' | 'slice' | 'store';
  /** Where the answer has the id. */
  readonly id: string;
  readonly undo: OperationId;
}

export const creations: Readonly<Partial<Record<OperationId, Creation>>> = {
  createSpace: { kind: 'space', id: '/id', undo: 'deleteSpace' },
  createThread: { kind: 'thread', id: '/id', undo: 'deleteThread' },
  createSlice: { kind: 'slice', id: '/id', undo: 'archiveSlice' },
  createComposite: { kind: 'slice', id: '/id', undo: 'archiveSlice' },
  createStoreInSlice: { kind: 'store', id: '/id', undo: 'deleteStore' },
  createVectorStore: { kind: 'store', id: '/data/id', undo: 'deleteVectorStore' },
};

/** All that a caller can see of a kind, hidden and archived ones too. */
export const listsOf: Readonly<Record<Creation['kind'], readonly Call[]>> = {
  space: [{ call: 'listSpaces', query: { organization_id: '$known.organization_id', limit: 100 } }],
  thread: [true, false].map((visible_in_ui) => ({ call: 'listThreads', query: { limit: 100, visible_in_ui } })),
  slice: [
    ...['active', 'archived'].map((status) => ({ call: 'listSlices' as const, query: { limit: 100, status } })),
    { call: 'listComposites', query: { limit: 100 } },
  ],
  store: [
    { call: 'listVectorStores', query: { take: 100 } },
    { call: 'listStores', query: { limit: 100 } },
  ],
};
