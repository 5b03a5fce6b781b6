// What the second server has; it shares no code with us and was written from the fact sheets alone.
import type { OperationId } from '../../src/spec/document.js';

export const servedBySecond: readonly OperationId[] = [
  'createSpace',
  'listSpaces',
  'getSpace',
  'updateSpace',
  'deleteSpace',
  'addVectorStoreToSpace',
  'listSpaceVectorStores',
  'removeVectorStoreFromSpace',
  'addThreadToSpace',
  'listSpaceThreads',
  'removeThreadFromSpace',
  'createThread',
  'getThread',
  'listMessages',
  'createSlice',
  'getSlice',
  'archiveSlice',
  'createStoreInSlice',
  'listStoresInSlice',
  'getStore',
  'deleteStore',
  'createVectorStore',
  'getVectorStore',
  'deleteVectorStore',
];

/** What it has besides, for whoever takes away what they made. */
export const toolsOfSecond: readonly OperationId[] = [
  'listThreads',
  'deleteThread',
  'listSlices',
  'listComposites',
  'listStores',
  'listVectorStores',
];
