// The starting world. Ids are fixed so that a test profile can name them; records that the
// server does not let anybody create (roles, archived or composite slices) exist only here.

const HOME = 'org_01JKRH6T10MWV89RK843N0JARY';
const OTHER = 'org_01JKR7JWTS9EXQV786GJ3HKAZN';

const OWNER = 'usr_01JKK48BCJ2095DY1YS6H1JF6N';
const ADMIN = 'usr_01JKA02159B2P86QKE237SX9M0';
const EDITOR = 'usr_01JKJRX5QNNDJVGWDRNT1GJMJM';
const VIEWER = 'usr_01JK6KWRN6283630Z6P3G1DT7F';
const MEMBER = 'usr_01JK14E6QNEKEWMK6HAWARPF0F';
const OUTSIDER = 'usr_01JKTZTRCRY0RBJG9MGN7Y4X97';

const ROLE = 'role_01JK1Z32GZMXCBVD30843FB8MA';
const DEPARTMENT = 'dept_01JKTNF5J8A2PPNRKX76YYGP6F';

const FOREIGN_SPACE = 'space_01JKFHG13D23FC5PZ7XA8S222P';
const FOREIGN_SPACE_MEMORY = 'vs_01JKR8460T3T09NDNWYFN2E1GV';
const FOREIGN_STORE = 'vs_01JKGMBRCXWV4P8S9B9PP4CKYE';

const BUSY_THREAD = 'thrd_01JKK9YR6FN5BBERVVRJ2GDE1C';
const EMPTY_THREAD = 'thrd_01JK45F43DEQZW79DSM2HNX1A3';

const ARCHIVED_SLICE = 'kslice_01JKBTH8VCSMHCFGG7NPTJ6JYE';
const COMPOSITE_SLICE = 'kslice_01JKPT5QTSXR3T474JWHER8S2R';

// Capability keys of the February edition, in lower case as data carries them (K-C2).
const ALL_CAPABILITIES = [
  'manage_users',
  'invite_users',
  'deactivate_users',
  'remove_users',
  'manage_departments',
  'create_subdepartments',
  'reparent_departments',
  'manage_roles',
  'assign_roles',
  'view_audit_log',
  'export_audit_log',
  'manage_knowledge_slices',
  'manage_billing',
  'override_all_permissions',
];
const ALL_BUT_OVERRIDE = ALL_CAPABILITIES.filter((name) => name !== 'override_all_permissions');

const SEEDED_AT = '2026-02-02T08:15:42.307118Z';

/** @param {{ roles?: string[], departments?: string[] }} [groups] */
function user(id, full_name, organization_id, capabilities, groups = {}) {
  const { roles = [], departments = [] } = groups;
  return {
    id,
    full_name,
    organization_id,
    capabilities,
    role_ids: roles,
    department_ids: departments,
  };
}

function store(id, name, organization_id, created_by) {
  return {
    id,
    name,
    description: null,
    organization_id,
    created_by,
    slice_id: null,
    is_active: true,
    access_mode: 'organization',
    access_departments: null,
    access_users: null,
    file_count: 0,
    data_size: 0,
    created_at: SEEDED_AT,
    updated_at: SEEDED_AT,
  };
}

function slice(id, name, changes) {
  return {
    id,
    name,
    description: null,
    type: 'standard',
    is_composite: false,
    owner_type: 'organization',
    owner_id: HOME,
    status: 'active',
    member_slice_ids: [],
    organization_id: HOME,
    created_by: OWNER,
    access_mode: 'organization',
    access_target_ids: null,
    created_at: SEEDED_AT,
    updated_at: SEEDED_AT,
    archived_at: null,
    archived_by: null,
    ...changes,
  };
}

function thread(id, title, last_message_at, last_model_used) {
  return {
    id,
    title,
    organization_id: HOME,
    user_id: OWNER,
    assistant_id: null,
    metadata: {},
    status: 'inactive',
    visible_in_ui: true,
    last_model_used,
    is_pinned: false,
    pinned_at: null,
    created_at: SEEDED_AT,
    updated_at: last_message_at,
    last_message_at,
  };
}

function message(id, role, second, content) {
  const created_at = `2026-02-03T10:00:${second}.551204Z`;
  return { id, thread_id: BUSY_THREAD, role, content, created_at, attachments: [], metadata: {} };
}

export const seed = {
  token_secret: 'second-server-signing-secret',

  organizations: [
    { id: HOME, name: 'Harbour Works' },
    { id: OTHER, name: 'Quarry Lane' },
  ],

  users: [
    user(OWNER, 'Olive Owens', HOME, ALL_BUT_OVERRIDE),
    user(ADMIN, 'Adam Adler', HOME, ALL_CAPABILITIES),
    user(EDITOR, 'Edith Ebner', HOME, ['invite_users'], { roles: [ROLE] }),
    user(VIEWER, 'Viktor Vogt', HOME, ['view_audit_log'], { departments: [DEPARTMENT] }),
    user(MEMBER, 'Mia Meier', HOME, []),
    user(OUTSIDER, 'Otto Ott', OTHER, ALL_CAPABILITIES),
  ],

  roles: [{ id: ROLE, name: 'Curators', organization_id: HOME }],
  departments: [{ id: DEPARTMENT, name: 'Research', organization_id: HOME }],

  api_keys: [
    {
      key: 'ak_ESBEJXTGRWQRJBCRZ5G430R91DNVAPKD9687RH70',
      user_id: OWNER,
      state: 'active',
      expires_at: null,
    },
    {
      key: 'ak_4S2RXHD392HWZWZKBDENYGRJE6QE3YZ0ZYNW53Z8',
      user_id: ADMIN,
      state: 'active',
      expires_at: null,
    },
    {
      key: 'ak_NY6ME3ZV12S2DV5GB662KWH64STPMSXR7Z0227V6',
      user_id: EDITOR,
      state: 'active',
      expires_at: null,
    },
    {
      key: 'ak_PHRK3CFPC2JS1ZC8GD02B35KF30NRW29Z2V8WAVC',
      user_id: VIEWER,
      state: 'active',
      expires_at: null,
    },
    {
      key: 'ak_PKE7ZXSX4PB7B2FSWF7NBYXJ7PVE1EQVHD5YKNS1',
      user_id: MEMBER,
      state: 'active',
      expires_at: null,
    },
    {
      key: 'ak_E6RATP8Z844307E84GKNXFR2JHV7NRNENERDNWN9',
      user_id: OUTSIDER,
      state: 'active',
      expires_at: null,
    },
    {
      key: 'ak_PE7VQRK5WNZZ2RG797BRX9ZX52W9WDKX5GFH7C3A',
      user_id: OWNER,
      state: 'active',
      expires_at: '2026-01-01T00:00:00Z',
    },
    {
      key: 'ak_FWDZBQVA74B90W7B4Q8YN709D39M0HSHBW2XN8H4',
      user_id: OWNER,
      state: 'deactivated',
      expires_at: null,
    },
    {
      key: 'ak_8V4C5DWRZKNETJZECBF8YT6544PAWDTYKZW492ES',
      user_id: OWNER,
      state: 'paused',
      expires_at: null,
    },
  ],

  // Claims of the bearer tokens; they are signed when the server is created. `exp` is in seconds.
  tokens: {
    owner: { sub: OWNER, iat: 1769990400, exp: 4102444800 },
    expired: { sub: OWNER, iat: 1767225600, exp: 1767229200 },
    no_subject: { iat: 1769990400, exp: 4102444800 },
  },

  spaces: [
    {
      id: FOREIGN_SPACE,
      organization_id: OTHER,
      created_by: OUTSIDER,
      name: 'Quarry notes',
      description: null,
      vector_store_id: FOREIGN_SPACE_MEMORY,
      access_mode: 'organization',
      access_users: null,
      access_departments: null,
      editable_by_users: null,
      editable_by_roles: null,
      visible_to_roles: null,
      last_activity_at: null,
      created_at: SEEDED_AT,
      updated_at: SEEDED_AT,
      deleted_at: null,
    },
  ],

  stores: [
    store(FOREIGN_SPACE_MEMORY, 'Quarry notes memory', OTHER, OUTSIDER),
    store(FOREIGN_STORE, 'Quarry handbook', OTHER, OUTSIDER),
  ],

  slices: [
    slice(ARCHIVED_SLICE, 'Old manuals', {
      status: 'archived',
      archived_at: SEEDED_AT,
      archived_by: OWNER,
    }),
    slice(COMPOSITE_SLICE, 'Everything', {
      is_composite: true,
      member_slice_ids: [ARCHIVED_SLICE],
    }),
  ],

  threads: [
    thread(BUSY_THREAD, 'Crane maintenance', '2026-02-03T10:00:51.551204Z', 'gpt-4.1'),
    thread(EMPTY_THREAD, null, SEEDED_AT, null),
  ],

  messages: [
    message(
      'msg_01JKG7CCGKD2ZQHM2K0X1GXWGK',
      'user',
      '05',
      'How often is the north crane inspected?',
    ),
    message(
      'msg_01JK13CG7G2TYQK4HW1VYTX0Y7',
      'assistant',
      '09',
      'Every **six** weeks, and after each storm.',
    ),
    message('msg_01JKXTV4FA2VJMWCHQ0DN6W96Z', 'user', '31', 'Who signs it off?'),
    message(
      'msg_01JK4ZA15F0YM5EPZTBX48W6SD',
      'assistant',
      '36',
      'The harbour master signs the report.',
    ),
    message('msg_01JKVAGVJZ6ZF5Q72NZTS6H88E', 'user', '51', 'Thank you.'),
  ],
};

/** Names for the seeded records, for profiles and tests. */
export const known = {
  organization_id: HOME,
  other_organization_id: OTHER,
  foreign_vector_store_id: FOREIGN_STORE,
  foreign_space_id: FOREIGN_SPACE,
  thread_with_messages_id: BUSY_THREAD,
  empty_thread_id: EMPTY_THREAD,
  role_id: ROLE,
  department_id: DEPARTMENT,
  editor_role_id: ROLE,
  viewer_department_id: DEPARTMENT,
};

/** Slices that no request can make here, needed to try the state rules of K10. */
export const seededSlices = { archived: ARCHIVED_SLICE, composite: COMPOSITE_SLICE };

/** Who is who: caller name to user id. */
export const people = {
  owner: OWNER,
  admin: ADMIN,
  editor: EDITOR,
  viewer: VIEWER,
  member: MEMBER,
  outsider: OUTSIDER,
};
