// A scenario file as data, in the form that schemas/scenario.yaml checks.
import type { AccessMode, CredentialState, Message, Slice, StoreAccessMode } from '../world/rows.js';

export interface Scenario {
  readonly scenario: string;
  readonly description: string;
  readonly time: string;
  readonly extends?: string;
  readonly organizations?: readonly ScenarioOrganization[];
  readonly callers?: readonly ScenarioCaller[];
  readonly slices?: readonly ScenarioSlice[];
  readonly vector_stores?: readonly ScenarioVectorStore[];
  readonly threads?: readonly ScenarioThread[];
  readonly spaces?: readonly ScenarioSpace[];
}

/** As it was read: what is not of the form has been reported and left out. */
export type Draft<T> = T extends readonly (infer Item)[]
  ? readonly Draft<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T | undefined;

export interface ScenarioOrganization {
  readonly id: string;
  readonly name: string;
  readonly roles?: readonly { readonly id: string; readonly name: string; readonly capabilities?: readonly string[] }[];
  readonly departments?: readonly { readonly id: string; readonly name: string }[];
  readonly users?: readonly {
    readonly id: string;
    readonly name: string;
    readonly role_ids?: readonly string[];
    readonly department_ids?: readonly string[];
  }[];
}

export interface ScenarioCaller {
  readonly api_key?: string;
  readonly token?: string;
  readonly user_id?: string;
  readonly state?: CredentialState;
  readonly note: string;
}

interface Owned {
  readonly id: string;
  readonly organization_id: string;
  readonly created_by: string;
  readonly name: string;
  readonly description?: string | null;
  readonly created_at?: string;
  readonly updated_at?: string;
}

export interface ScenarioSlice extends Owned {
  readonly type?: Slice['type'];
  readonly owner_type?: Slice['owner_type'];
  readonly owner_id?: string;
  readonly member_slice_ids?: readonly string[];
  readonly access_mode?: StoreAccessMode;
  readonly access_target_ids?: readonly string[];
  readonly archived_at?: string;
  readonly archived_by?: string;
}

export interface ScenarioVectorStore extends Owned {
  readonly slice_id?: string;
  readonly is_active?: boolean;
  readonly access_mode?: StoreAccessMode;
  readonly access_departments?: readonly string[];
  readonly access_users?: readonly string[];
  readonly file_count?: number;
  readonly data_size?: number;
}

export interface ScenarioThread {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string;
  readonly title?: string | null;
  readonly metadata?: { readonly [key: string]: unknown } | null;
  readonly assistant_id?: string | null;
  readonly status?: string;
  readonly visible_in_ui?: boolean;
  readonly last_model_used?: string | null;
  readonly pinned_at?: string;
  readonly deleted_at?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
  readonly messages?: readonly {
    readonly id: string;
    readonly role: Message['role'];
    readonly content: string;
    readonly metadata?: Message['metadata'];
    readonly created_at?: string;
  }[];
}

export interface ScenarioSpace extends Owned {
  readonly vector_store_id: string | null;
  readonly access_mode?: AccessMode;
  readonly access_users?: readonly string[];
  readonly access_departments?: readonly string[];
  readonly editable_by_users?: readonly string[];
  readonly editable_by_roles?: readonly string[];
  readonly visible_to_roles?: readonly string[];
  readonly last_activity_at?: string;
  readonly deleted_at?: string;
  readonly attached?: readonly {
    readonly id?: string;
    readonly vector_store_id: string;
    readonly added_by: string;
    readonly added_at?: string;
  }[];
  readonly threads?: readonly { readonly thread_id: string; readonly added_by: string; readonly added_at?: string }[];
}
