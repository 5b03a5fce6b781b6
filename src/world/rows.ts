// The rows of the tables. Wire names stay as documented; what can be counted or looked up is not stored twice.

export type AccessMode = 'private' | 'organization' | 'public';
export type StoreAccessMode = 'public' | 'organization' | 'department' | 'private';

export interface Organization {
  readonly id: string;
  readonly name: string;
}

export interface Role {
  readonly id: string;
  readonly organization_id: string;
  readonly name: string;
  /** Lower case (K-C2). */
  readonly capabilities: readonly string[];
}

export interface Department {
  readonly id: string;
  readonly organization_id: string;
  readonly name: string;
}

export interface User {
  readonly id: string;
  readonly organization_id: string;
  readonly name: string;
  readonly role_ids: readonly string[];
  readonly department_ids: readonly string[];
}

export type CredentialState = 'active' | 'expired' | 'deactivated' | 'paused' | 'no_subject';

/** The id is the key or the token itself, as the client sends it. */
export interface Credential {
  readonly id: string;
  readonly kind: 'api_key' | 'token';
  readonly state: CredentialState;
  /** Null only for a token that names nobody. */
  readonly user_id: string | null;
  readonly note: string;
}

export interface Space {
  readonly id: string;
  readonly organization_id: string;
  readonly created_by: string;
  readonly name: string;
  readonly description: string | null;
  readonly vector_store_id: string | null;
  readonly access_mode: AccessMode;
  readonly access_users: readonly string[] | null;
  readonly access_departments: readonly string[] | null;
  readonly editable_by_users: readonly string[] | null;
  readonly editable_by_roles: readonly string[] | null;
  readonly visible_to_roles: readonly string[] | null;
  readonly last_activity_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted_at: string | null;
}

export interface SpaceVectorStore {
  readonly id: string;
  readonly space_id: string;
  readonly vector_store_id: string;
  readonly added_by: string;
  readonly added_at: string;
}

export interface SpaceThread {
  readonly id: string;
  readonly space_id: string;
  readonly thread_id: string;
  readonly added_by: string;
  readonly added_at: string;
}

/** One row behind both views of a store, knowledge and vector-stores (knowledge sheet 6.3). */
export interface VectorStore {
  readonly id: string;
  readonly organization_id: string;
  readonly created_by: string;
  readonly name: string;
  readonly description: string | null;
  readonly slice_id: string | null;
  readonly is_active: boolean;
  readonly access_mode: StoreAccessMode;
  readonly access_departments: readonly string[] | null;
  readonly access_users: readonly string[] | null;
  readonly flowplate_project_id: string | null;
  readonly flow_id: string | null;
  readonly file_count: number;
  /** Bytes. */
  readonly data_size: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Slice {
  readonly id: string;
  readonly organization_id: string;
  readonly created_by: string;
  readonly name: string;
  readonly description: string | null;
  readonly type: 'standard' | 'personal' | 'chat_space';
  readonly is_composite: boolean;
  readonly owner_type: 'organization' | 'department' | 'user' | 'group';
  readonly owner_id: string;
  readonly member_slice_ids: readonly string[];
  readonly access_mode: StoreAccessMode;
  readonly access_target_ids: readonly string[] | null;
  readonly status: 'active' | 'archived';
  readonly archived_at: string | null;
  readonly archived_by: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Thread {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string;
  readonly title: string | null;
  readonly metadata: { readonly [key: string]: unknown } | null;
  readonly assistant_id: string | null;
  readonly status: string;
  readonly visible_in_ui: boolean;
  readonly last_model_used: string | null;
  readonly pinned_at: string | null;
  readonly last_message_at: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted_at: string | null;
}

export interface Message {
  readonly id: string;
  readonly thread_id: string;
  readonly role: 'user' | 'assistant' | 'system' | 'tool';
  readonly content: string;
  readonly metadata: { readonly [key: string]: unknown };
  readonly created_at: string;
  readonly updated_at: string | null;
}

/** A space or thread that was deleted softly; the id is the table and the row's own. */
export interface DeletedRow {
  readonly id: string;
  readonly table: 'spaces' | 'threads';
  readonly row_id: string;
}

/** A message queued for embedding into a space's dedicated store; one per message and space (seed 001). */
export interface Embedding {
  readonly id: string;
  readonly space_id: string;
  readonly vector_store_id: string;
  readonly thread_id: string;
  readonly message_id: string;
  readonly queued_at: string;
}
