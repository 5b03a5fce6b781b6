// Which tables there are, and how each files its rows. Whatever the API lists or counts is read off an index of this page.
import { groupsOf, sliceAccess, spaceGroups, storeAccess } from './audience.js';
import { by, index, insertion } from './indexes.js';
import { ALL, type ListedStores, pair, product, sliceScope, storeScope, threadList } from './keys.js';
import type * as rows from './rows.js';
import { schemaOf } from './table.js';

export const schemas = {
  organizations: schemaOf<rows.Organization>()({}),
  roles: schemaOf<rows.Role>()({}),
  departments: schemaOf<rows.Department>()({}),
  users: schemaOf<rows.User>()({}),
  credentials: schemaOf<rows.Credential>()({}),

  slices: schemaOf<rows.Slice>()({
    reach: index<rows.Slice>()(
      [
        'organization_id',
        'status',
        'type',
        'is_composite',
        'access_mode',
        'created_by',
        'owner_type',
        'owner_id',
        'access_target_ids',
      ],
      (row) => {
        const scope = sliceScope(row.organization_id, row.status, row.is_composite ? 'composite' : row.type);
        return product([scope], groupsOf(sliceAccess(row)));
      },
      { insertion },
    ),
  }),

  vectorStores: schemaOf<rows.VectorStore>()({
    slice: by<rows.VectorStore>('slice_id'),
    reach: index<rows.VectorStore>()(
      [
        'organization_id',
        'is_active',
        'slice_id',
        'flow_id',
        'flowplate_project_id',
        'access_mode',
        'created_by',
        'access_users',
        'access_departments',
      ],
      ({ organization_id, is_active, slice_id: slice, flow_id: flow, flowplate_project_id: project, ...access }) => {
        const filters: ListedStores[] = [
          {},
          ...(slice === null ? [] : [{ slice }]),
          ...(flow === null ? [] : [{ flow }]),
          ...(project === null ? [] : [{ project }]),
          ...(flow === null || project === null ? [] : [{ flow, project }]),
        ];
        const scopes = filters.map((filter) => storeScope(organization_id, is_active, filter));
        return product(scopes, groupsOf(storeAccess(access)));
      },
      {
        insertion,
        name: (row) => row.name,
        data_size: (row) => row.data_size,
        file_count: (row) => row.file_count,
        updated_at: (row) => row.updated_at,
      },
    ),
  }),

  spaces: schemaOf<rows.Space>()({
    organization: index<rows.Space>()(['organization_id', 'deleted_at'], (row) => (row.deleted_at ? [] : [row.organization_id]), {
      insertion,
    }),
    audience: index<rows.Space>()(
      [
        'organization_id',
        'deleted_at',
        'access_mode',
        'created_by',
        'access_users',
        'access_departments',
        'editable_by_users',
        'editable_by_roles',
        'visible_to_roles',
      ],
      (row) => (row.deleted_at ? [] : product([[row.organization_id]], spaceGroups(row))),
      { insertion },
    ),
    dedicatedStore: by<rows.Space>('vector_store_id'),
  }),

  spaceVectorStores: schemaOf<rows.SpaceVectorStore>()({
    space: by<rows.SpaceVectorStore>('space_id'),
    store: by<rows.SpaceVectorStore>('vector_store_id'),
    pair: index<rows.SpaceVectorStore>()(['space_id', 'vector_store_id'], (row) => [pair(row.space_id, row.vector_store_id)], {
      insertion,
    }),
  }),

  threads: schemaOf<rows.Thread>()({
    user: by<rows.Thread>('user_id'),
    pinned: index<rows.Thread>()(
      ['user_id', 'organization_id', 'pinned_at'],
      (row) => (row.pinned_at === null ? [] : [pair(row.user_id, row.organization_id)]),
      { insertion },
    ),
    listed: index<rows.Thread>()(
      ['user_id', 'deleted_at', 'visible_in_ui', 'pinned_at', 'assistant_id'],
      ({ user_id, deleted_at, visible_in_ui, pinned_at, assistant_id }) => {
        const filter = { isDeleted: deleted_at !== null, isVisible: visible_in_ui, isPinned: pinned_at !== null };
        const all = threadList(user_id, filter);
        return assistant_id === null ? [all] : [all, threadList(user_id, { ...filter, assistant: assistant_id })];
      },
      { activity: (row) => row.pinned_at ?? row.last_message_at },
    ),
  }),

  spaceThreads: schemaOf<rows.SpaceThread>()({
    space: by<rows.SpaceThread>('space_id'),
    thread: by<rows.SpaceThread>('thread_id'),
    pair: index<rows.SpaceThread>()(['space_id', 'thread_id'], (row) => [pair(row.space_id, row.thread_id)], { insertion }),
  }),

  messages: schemaOf<rows.Message>()({ thread: by<rows.Message>('thread_id') }),

  embeddings: schemaOf<rows.Embedding>()({
    space: by<rows.Embedding>('space_id'),
    message: by<rows.Embedding>('message_id'),
    thread: index<rows.Embedding>()(['space_id', 'thread_id'], (row) => [pair(row.space_id, row.thread_id)], { insertion }),
    pair: index<rows.Embedding>()(['space_id', 'message_id'], (row) => [pair(row.space_id, row.message_id)], { insertion }),
  }),

  /** In the order in which they were deleted. */
  deletedRows: schemaOf<rows.DeletedRow>()({
    all: index<rows.DeletedRow>()([], () => [ALL], { insertion }),
  }),
};
