// Who can call and what can be known of a target: the words of profiles, tables and lifecycles.
import { type Credential, ORGANIZATION, UNKNOWN_KEY, UNKNOWN_TOKEN } from '../dialect.js';

/** The callers a profile may have. */
export const callerNames = [
  'owner',
  'admin',
  'editor',
  'viewer',
  'member',
  'outsider',
  'expired_key',
  'deactivated_key',
  'paused_key',
  'expired_token',
  'no_subject_token',
  'lower_case_bearer',
] as const;

/**
 * Those of them whose credential is good; the others have one that is refused on purpose, or in the
 * way it is sent.
 */
export const letIn: readonly CallerName[] = [
  'owner',
  'admin',
  'editor',
  'viewer',
  'member',
  'outsider',
];

/**
 * The name of the scheme of a caller's token: one caller has a good token, and writes the name
 * otherwise.
 */
export const schemeOf = (caller: string): string =>
  caller === 'lower_case_bearer' ? 'bearer' : 'Bearer';

/** The credentials of callers whom nobody knows. */
export const inventedCredentials: Readonly<Partial<Record<string, Credential>>> = {
  unknown_key: UNKNOWN_KEY,
  unknown_token: UNKNOWN_TOKEN,
};

/** Who calls in a table: a caller of the profile, or one of the ways to have no good credential. */
export const rowCallers = [...callerNames, 'none', 'unknown_key', 'unknown_token'] as const;

export type CallerName = (typeof rowCallers)[number];

/** What a profile may know. */
export const knownNames = [
  ORGANIZATION,
  `other_${ORGANIZATION}`,
  'foreign_vector_store_id',
  'foreign_space_id',
  'foreign_slice_id',
  'thread_with_messages_id',
  'message_id',
  'disposable_message_id',
  'empty_thread_id',
  'assistant_id',
  'role_id',
  'department_id',
  'editor_role_id',
  'other_role_id',
  'viewer_department_id',
];
