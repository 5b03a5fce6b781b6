// Bare Express 5, the unit of every ratio: the same routes, canned answers of about the same bytes,
// no state, no checks.
import express from 'express';

const space = {
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

const spaces = {
  spaces: Array.from({ length: 50 }, (_, i) => ({
    ...space,
    id: `space_${i}`,
    name: `Space ${i}`,
    additional_vector_store_ids: Array.from({ length: 10 }, (_store, k) => `vs_${i + k}`),
  })),
  next_cursor: 'c3BhY2VzL29yZ194eXo3ODkjOTk1MA',
  has_more: true,
};

const forbidden = {
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

const store = {
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

const created = {
  success: true,
  message: 'Vector store created successfully',
  data: {
    id: 'vs_def456',
    name: 'Bench',
    organization_id: 'org_xyz789',
    object: 'vector_store',
    status: 'active',
  },
};

const attached = {
  success: true,
  message: 'Vector store added to space',
  space_id: 'space_abc123',
  vector_store_id: 'vs_def456',
  added_at: '2026-02-26T15:30:00Z',
};

const refused = {
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

const app = express();
app.use(express.json());
app.get('/v1/spaces', (_request, response) => response.json(spaces));
app.get('/v1/spaces/:space_id', (request, response) =>
  request.headers['x-api-key'] === 'ak_member'
    ? response.status(403).json(forbidden)
    : response.json(space),
);
app.post('/v1/spaces/:space_id/vector-stores/:vector_store_id', (_request, response) =>
  response.status(201).json(attached),
);
app.delete('/v1/spaces/:space_id/vector-stores/:vector_store_id', (_request, response) =>
  response.status(204).end(),
);
app.post('/v1/organizations/:organization_id/vector-stores', (_request, response) =>
  response.status(201).json(created),
);
app.post(
  '/v1/organizations/:organization_id/knowledge/slices/:slice_id/stores',
  (request, response) =>
    request.body.name === ''
      ? response.status(422).json(refused)
      : response.status(201).json(store),
);
app.listen(Number(process.argv[2]), '127.0.0.1');
