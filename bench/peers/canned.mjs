// The answers of the peers that keep no state, of about the bytes of ours.

export const space = {
  id: 'space_abc123',
  organization_id: 'org_xyz789',
  created_by: 'usr_owner1',
  name: 'Launch room',
  description: 'Private; the space of seeds 000 and 001',
  vector_store_id: 'vs_abc123',
  access_mode: 'private',
  access_users: ['usr_viewer1'],
  access_departments: null,
  editable_by_users: ['usr_editor1'],
  editable_by_roles: null,
  visible_to_roles: null,
  additional_vector_store_ids: ['vs_attached'],
  last_activity_at: null,
  created_at: '2026-02-20T09:00:00Z',
  updated_at: '2026-02-20T09:00:00Z',
};

export const spaces = {
  spaces: Array.from({ length: 50 }, (_, i) => ({
    ...space,
    id: `space_${i}`,
    name: `Space ${i}`,
    additional_vector_store_ids: Array.from({ length: 10 }, (_store, k) => `vs_${i + k}`),
  })),
  next_cursor: 'c3BhY2VzL29yZ194eXo3ODkjOTk1MA',
  has_more: true,
};

export const forbidden = {
  success: false,
  error: {
    code: 'INSUFFICIENT_PERMISSIONS',
    message: "You don't have permission to perform this action.",
    system_message: 'View access required',
    type: 'client_error',
    status: 403,
    details: { space_id: 'space_abc123' },
    trace_id: 'req_ngqthkrjda53yfkr',
    timestamp: '2026-02-26T15:30:00Z',
  },
};

export const store = {
  id: 'vs_def456',
  name: 'Bench',
  description: null,
  slice_id: 'kslice_abc123',
  organization_id: 'org_xyz789',
  created_by: 'usr_owner1',
  is_active: true,
  access_mode: 'private',
  file_count: 0,
  data_size: 0,
  created_at: '2026-02-26T15:30:00Z',
  updated_at: '2026-02-26T15:30:00Z',
};

export const created = {
  success: true,
  message: 'Vector store created successfully',
  data: {
    id: 'vs_def456',
    name: 'Bench',
    description: null,
    organization_id: 'org_xyz789',
    created_by: 'usr_owner1',
    is_active: true,
    access_mode: 'organization',
    access_departments: [],
    access_users: [],
    flowplate_project_id: null,
    flow_id: null,
    file_count: 0,
    data_size: 0,
    created_at: '2026-02-26T15:30:00Z',
    updated_at: '2026-02-26T15:30:00Z',
    object: 'vector_store',
    status: 'active',
    total_size_bytes: 0,
  },
};

export const attached = {
  success: true,
  message: 'Vector store added to space',
  space_id: 'space_abc123',
  vector_store_id: 'vs_def456',
  added_at: '2026-02-26T15:30:00Z',
};

export const refused = {
  success: false,
  error: {
    code: 'VALIDATION_ERROR',
    message: 'The request contains invalid data.',
    system_message: 'Validation error',
    type: 'client_error',
    status: 422,
    details: { field: 'name', message: 'name must be at least 1 characters long' },
    trace_id: 'req_ngqthkrjda53yfkr',
    timestamp: '2026-02-26T15:30:00Z',
  },
};

const organization = '/v1/organizations/:organization_id';

/**
 * What the peers have instead of rules: each route with its usual answer, and where it has one, the
 * refusal that a header or a field of the body brings.
 * @typedef {{ status: number, body?: object }} Answer
 * @typedef {Answer & { header?: [string, string], field?: [string, string] }} Refusal
 * @typedef {Answer & { method: 'get' | 'post' | 'delete', path: string, refused?: Refusal }} Route
 * @type {readonly Route[]}
 */
export const routes = [
  { method: 'get', path: '/v1/spaces/', status: 200, body: spaces },
  {
    method: 'get',
    path: '/v1/spaces/:space_id',
    status: 200,
    body: space,
    refused: { header: ['x-api-key', 'ak_member'], status: 403, body: forbidden },
  },
  {
    method: 'post',
    path: '/v1/spaces/:space_id/vector-stores/:vector_store_id',
    status: 201,
    body: attached,
  },
  { method: 'delete', path: '/v1/spaces/:space_id/vector-stores/:vector_store_id', status: 204 },
  { method: 'post', path: `${organization}/vector-stores`, status: 201, body: created },
  {
    method: 'post',
    path: `${organization}/knowledge/slices/:slice_id/stores`,
    status: 201,
    body: store,
    refused: { field: ['name', ''], status: 422, body: refused },
  },
];

/**
 * @param {Route} route
 * @param {{ headers: any, body?: any }} request
 * @returns {Answer}
 */
export function answerTo({ refused: refusal, ...usual }, { headers, body }) {
  const { header, field } = refusal ?? {};
  const isRefused =
    (header && headers[header[0]] === header[1]) || (field && body?.[field[0]] === field[1]);
  return isRefused ? refusal : usual;
}
