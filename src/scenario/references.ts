// Do the rows of a scenario refer to rows that are there, once each, and in their own organization? All problems at once.
import { nearest } from '../spec/nearest.js';
import type { Problem } from '../spec/problem.js';
import type { ProblemAt } from '../spec/yaml-file.js';
import { A_TIME } from '../validation/in-words.js';
import type { Formed, ReferredList } from './form.js';
import type { Draft, Scenario, ScenarioOrganization, ScenarioSlice, ScenarioSpace } from './scenario.js';

type Kind =
  | 'organization'
  | 'role'
  | 'department'
  | 'user'
  | 'credential'
  | 'slice'
  | 'vector store'
  | 'thread'
  | 'message'
  | 'space'
  | 'attachment';

/** What each list defines that others refer to. */
const definedIn: Readonly<Record<ReferredList, Kind>> = {
  organizations: 'organization',
  roles: 'role',
  departments: 'department',
  users: 'user',
  slices: 'slice',
  vector_stores: 'vector store',
  threads: 'thread',
};

type Ids = readonly (string | undefined)[];

/** Remembers what the scenario defines and collects what is wrong with it. */
interface Checker {
  readonly problems: readonly Problem[];
  readonly problem: (pointer: string, what: string, fix: string) => void;
  /** A row with this id stands here. */
  readonly define: (kind: Kind, id: string | undefined, pointer: string, organization?: string) => void;
  /** The row with this id is meant; it must be there, and in the organization if one is named. */
  readonly refer: (kind: Kind, id: string | null | undefined, pointer: string, organization?: string) => void;
  readonly referAll: (kind: Kind, ids: Ids | undefined, pointer: string, organization?: string) => void;
  /** A value may stand in a list only once. */
  readonly once: (values: readonly (string | null | undefined)[], pointer: (i: number) => string, what: string) => void;
  /** Nothing in the scenario is later than its own time. */
  readonly past: (time: string | undefined, pointer: string) => void;
  /** Nothing happens to a row before it is made; made at the scenario's own time when nothing is said. */
  readonly notBefore: (time: string | undefined, pointer: string, made: string | undefined) => void;
}

/** Looks at what could be read of a scenario; what could not has been reported. */
export function brokenReferences({ scenario, lost, damaged }: Formed, at: ProblemAt): readonly Problem[] {
  const isWhole = (row: object): boolean => !damaged.has(row) && Object.keys(row).length > 0;
  const check = createChecker(scenario.time, new Set([...lost].map((list) => definedIn[list])), at);
  if (scenario.time !== undefined && !isTime(scenario.time)) check.problem('/time', notADate(scenario.time), A_TIME);
  for (const [i, organization] of (scenario.organizations ?? []).entries())
    checkOrganization(check, organization, `/organizations/${i}`);
  checkCallers(check, scenario, isWhole);
  checkSlices(check, scenario, isWhole);
  checkStores(check, scenario);
  checkThreads(check, scenario);
  const deleted = new Set((scenario.threads ?? []).flatMap((thread) => (thread.deleted_at ? [thread.id] : [])));
  for (const [i, space] of (scenario.spaces ?? []).entries()) checkSpace(check, space, `/spaces/${i}`, deleted, isWhole);
  const dedicated = (scenario.spaces ?? []).map((space) => space.vector_store_id);
  check.once(dedicated, (i) => `/spaces/${i}/vector_store_id`, "is another space's dedicated store");
  return check.problems;
}

/** Whether every value of a row could be read. If not, a value that is missing is not reported. */
type IsWhole = (row: object) => boolean;

const isTime = (time: string): boolean => !Number.isNaN(Date.parse(time));
const notADate = (time: string): string => `"${time}" is not a valid date`;

function createChecker(latest: string | undefined, lost: ReadonlySet<Kind>, at: ProblemAt): Checker {
  const problems: Problem[] = [];
  const known = new Map<Kind, Map<string, string | undefined>>();
  const problem: Checker['problem'] = (pointer, what, fix) => {
    problems.push(at(pointer, what, fix));
  };
  const rowsOf = (kind: Kind): Map<string, string | undefined> => {
    const rows = known.get(kind) ?? new Map<string, string | undefined>();
    known.set(kind, rows);
    return rows;
  };
  const refer: Checker['refer'] = (kind, id, pointer, organization) => {
    if (id === undefined || id === null) return;
    const rows = rowsOf(kind);
    if (!rows.has(id)) {
      const close = nearest(id, [...rows.keys()]);
      // The row may stand in the part of the list that could not be read.
      if (lost.has(kind) && close === undefined) return;
      problem(pointer, `there is no ${kind} ${id}`, close ? `did you mean ${close}?` : `define it, or refer to another ${kind}`);
      return;
    }
    const owner = rows.get(id);
    if (organization === undefined || owner === undefined || owner === organization) return;
    if (!rowsOf('organization').has(organization)) return;
    problem(pointer, `the ${kind} ${id} belongs to ${owner}, not to ${organization}`, `refer to a ${kind} of ${organization}`);
  };
  return {
    problems,
    problem,
    refer,
    define: (kind, id, pointer, organization) => {
      if (id === undefined) return;
      const rows = rowsOf(kind);
      if (rows.has(id)) problem(pointer, `the ${kind} ${id} is defined twice`, 'give each its own id');
      else rows.set(id, organization);
    },
    referAll: (kind, ids, pointer, organization) => {
      for (const [i, id] of (ids ?? []).entries()) refer(kind, id, `${pointer}/${i}`, organization);
    },
    once: (values, pointer, what) => {
      const seen = new Set<string>();
      for (const [i, value] of values.entries()) {
        if (value === undefined || value === null) continue;
        if (seen.has(value)) problem(pointer(i), `${value} ${what}`, 'name each only once');
        seen.add(value);
      }
    },
    past: (time, pointer) => {
      if (time === undefined) return;
      if (!isTime(time)) problem(pointer, notADate(time), A_TIME);
      if (latest === undefined || !(Date.parse(time) > Date.parse(latest))) return;
      problem(pointer, `${time} is later than the scenario's time, ${latest}`, 'use an earlier time');
    },
    notBefore: (time, pointer, made = latest) => {
      if (time === undefined || made === undefined || !(Date.parse(time) < Date.parse(made))) return;
      problem(pointer, `${time} is earlier than ${made}, when the row was made`, 'use a later time, or an earlier created_at');
    },
  };
}

function checkOrganization({ define, referAll }: Checker, organization: Draft<ScenarioOrganization>, base: string): void {
  define('organization', organization.id, `${base}/id`);
  for (const [i, role] of (organization.roles ?? []).entries()) {
    define('role', role.id, `${base}/roles/${i}/id`, organization.id);
  }
  for (const [i, department] of (organization.departments ?? []).entries()) {
    define('department', department.id, `${base}/departments/${i}/id`, organization.id);
  }
  for (const [i, user] of (organization.users ?? []).entries()) {
    define('user', user.id, `${base}/users/${i}/id`, organization.id);
    referAll('role', user.role_ids, `${base}/users/${i}/role_ids`, organization.id);
    referAll('department', user.department_ids, `${base}/users/${i}/department_ids`, organization.id);
  }
}

function checkCallers({ problem, define, refer }: Checker, { callers = [] }: Draft<Scenario>, isWhole: IsWhole): void {
  for (const [i, caller] of callers.entries()) {
    const base = `/callers/${i}`;
    if (isWhole(caller) && !caller.api_key && !caller.token)
      problem(base, 'the caller has neither api_key nor token', 'give it one of the two, or both');
    if (isWhole(caller) && !caller.user_id && caller.state !== 'no_subject')
      problem(base, 'the caller names no user', 'add user_id');
    define('credential', caller.api_key, `${base}/api_key`);
    define('credential', caller.token, `${base}/token`);
    refer('user', caller.user_id, `${base}/user_id`);
  }
}

type Owned = Draft<{
  readonly id: string;
  readonly organization_id: string;
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_at: string;
}>;

function checkOwned({ define, refer, past, notBefore }: Checker, kind: Kind, row: Owned, base: string): void {
  define(kind, row.id, `${base}/id`, row.organization_id);
  refer('organization', row.organization_id, `${base}/organization_id`);
  refer('user', row.created_by, `${base}/created_by`, row.organization_id);
  past(row.created_at, `${base}/created_at`);
  past(row.updated_at, `${base}/updated_at`);
  notBefore(row.updated_at, `${base}/updated_at`, row.created_at);
}

function checkSlices(check: Checker, { slices = [] }: Draft<Scenario>, isWhole: IsWhole): void {
  for (const [i, slice] of slices.entries()) {
    checkOwned(check, 'slice', slice, `/slices/${i}`);
    check.refer('user', slice.archived_by, `/slices/${i}/archived_by`, slice.organization_id);
    check.past(slice.archived_at, `/slices/${i}/archived_at`);
    checkOwner(check, slice, `/slices/${i}/owner_id`);
    if (isWhole(slice) && (slice.archived_at === undefined) !== (slice.archived_by === undefined)) {
      check.problem(`/slices/${i}`, 'archived_at and archived_by go together', 'give both, or neither');
    }
  }
  // Members may stand further down, so they are looked up when all slices are known.
  for (const [i, slice] of slices.entries()) {
    check.referAll('slice', slice.member_slice_ids, `/slices/${i}/member_slice_ids`, slice.organization_id);
  }
}

/** An owner of a kind that is a list of the scenario. */
function checkOwner(
  { refer }: Checker,
  { owner_type = 'organization', owner_id, organization_id }: Draft<ScenarioSlice>,
  pointer: string,
): void {
  if (owner_type === 'organization') refer('organization', owner_id, pointer);
  else if (owner_type === 'department' || owner_type === 'user') refer(owner_type, owner_id, pointer, organization_id);
}

function checkStores(check: Checker, { vector_stores = [] }: Draft<Scenario>): void {
  for (const [i, store] of vector_stores.entries()) {
    const base = `/vector_stores/${i}`;
    checkOwned(check, 'vector store', store, base);
    check.refer('slice', store.slice_id, `${base}/slice_id`, store.organization_id);
    check.referAll('department', store.access_departments, `${base}/access_departments`, store.organization_id);
    check.referAll('user', users(store.access_users), `${base}/access_users`);
  }
}

function checkThreads(check: Checker, { threads = [] }: Draft<Scenario>): void {
  for (const [i, thread] of threads.entries()) {
    const base = `/threads/${i}`;
    checkOwned(check, 'thread', thread, base);
    check.refer('user', thread.user_id, `${base}/user_id`, thread.organization_id);
    for (const [m, message] of (thread.messages ?? []).entries()) {
      check.define('message', message.id, `${base}/messages/${m}/id`);
      check.past(message.created_at, `${base}/messages/${m}/created_at`);
      if (thread.created_at) check.notBefore(message.created_at, `${base}/messages/${m}/created_at`, thread.created_at);
    }
    check.past(thread.deleted_at, `${base}/deleted_at`);
    check.past(thread.pinned_at, `${base}/pinned_at`);
  }
}

/** `*` stands for everybody. */
const users = (ids: Ids = []): Ids => ids.map((id) => (id === '*' ? undefined : id));

function checkSpace(
  check: Checker,
  space: Draft<ScenarioSpace>,
  base: string,
  deleted: ReadonlySet<string | undefined>,
  isWhole: IsWhole,
): void {
  const { organization_id, attached = [], threads = [] } = space;
  checkOwned(check, 'space', space, base);
  check.past(space.last_activity_at, `${base}/last_activity_at`);
  check.past(space.deleted_at, `${base}/deleted_at`);
  if (isWhole(space) && space.deleted_at && (space.vector_store_id !== null || attached.length + threads.length > 0)) {
    check.problem(base, 'a deleted space holds nothing', 'set vector_store_id to null and remove attached and threads');
  }
  check.refer('vector store', space.vector_store_id, `${base}/vector_store_id`, organization_id);
  check.referAll('department', space.access_departments, `${base}/access_departments`, organization_id);
  check.referAll('user', users(space.access_users), `${base}/access_users`);
  check.referAll('user', users(space.editable_by_users), `${base}/editable_by_users`);
  check.referAll('role', space.editable_by_roles, `${base}/editable_by_roles`, organization_id);
  check.referAll('role', space.visible_to_roles, `${base}/visible_to_roles`, organization_id);
  for (const [i, link] of attached.entries()) {
    const place = `${base}/attached/${i}`;
    check.define('attachment', link.id, `${place}/id`);
    check.refer('vector store', link.vector_store_id, `${place}/vector_store_id`, organization_id);
    check.refer('user', link.added_by, `${place}/added_by`, organization_id);
    check.past(link.added_at, `${place}/added_at`);
    if (link.vector_store_id !== undefined && link.vector_store_id === space.vector_store_id) {
      check.problem(`${place}/vector_store_id`, 'a space cannot attach its own dedicated store', 'attach another one');
    }
  }
  for (const [i, link] of threads.entries()) {
    const place = `${base}/threads/${i}`;
    check.refer('thread', link.thread_id, `${place}/thread_id`, organization_id);
    if (link.thread_id !== undefined && deleted.has(link.thread_id))
      check.problem(`${place}/thread_id`, `the thread ${link.thread_id} is deleted`, 'a deleted thread is in no space');
    check.refer('user', link.added_by, `${place}/added_by`, organization_id);
    check.past(link.added_at, `${place}/added_at`);
  }
  check.once(
    attached.map((link) => link.vector_store_id),
    (i) => `${base}/attached/${i}/vector_store_id`,
    'is attached twice',
  );
  check.once(
    threads.map((link) => link.thread_id),
    (i) => `${base}/threads/${i}/thread_id`,
    'is in the space twice',
  );
}
