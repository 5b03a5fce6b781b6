// A scenario file → a world. Rows go in by age, so that the order of insertion is the order of time.

import { ScenarioError } from '../spec/problem.js';
import type { Clock } from '../world/clock.js';
import { toTimestamp } from '../world/clock.js';
import { keepDeleted } from '../world/deleted.js';
import { avoiding, type IdMaker } from '../world/ids.js';
import { createWorld, type World } from '../world/world.js';
import { type ReadScenario, readScenario, scenarioOf } from './read.js';
import { brokenReferences } from './references.js';
import type { Scenario } from './scenario.js';

export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly world: World;
}

export interface WorldSources {
  /** Made from the scenario's own time. */
  readonly clock: (time: string) => Clock;
  readonly ids: IdMaker;
  readonly keepDeleted?: number;
}

/** Loads a shipped scenario by name, a file by path, or a value. Throws a ScenarioError that lists every problem. */
export function loadScenario(given: string | object, sources: WorldSources): LoadedScenario {
  return buildScenario(typeof given === 'string' ? readScenario(given) : scenarioOf(given), sources);
}

export function buildScenario(read: ReadScenario, { clock, ...sources }: WorldSources): LoadedScenario {
  const scenario = checkedScenario(read);
  const world = createWorld({ ...sources, scenario: scenario.scenario, clock: clock(scenario.time) });
  fillWorld(world, scenario);
  return { scenario, world };
}

/** The scenario, once nothing is wrong with it. Throws a ScenarioError that lists every problem. */
export function checkedScenario(read: ReadScenario): Scenario {
  const problems = [...read.problems, ...brokenReferences(read, read.at)];
  if (problems.length > 0) throw new ScenarioError(problems);
  return read.scenario as Scenario;
}

function fillWorld(world: World, scenario: Scenario): void {
  const start = toTimestamp(Date.parse(scenario.time));
  const time = (given: string | undefined, otherwise = start): string =>
    given === undefined ? otherwise : toTimestamp(Date.parse(given));
  const timeOrNull = (given: string | undefined): string | null => (given === undefined ? null : time(given));
  const byAge = <R extends { readonly created_at?: string }>(rows: readonly R[] | undefined, otherwise = start): R[] =>
    [...(rows ?? [])].sort((a, b) => time(a.created_at, otherwise).localeCompare(time(b.created_at, otherwise)));

  for (const { id, name, roles, departments, users } of scenario.organizations ?? []) {
    world.organizations.insert({ id, name });
    for (const role of roles ?? []) world.roles.insert({ ...role, organization_id: id, capabilities: role.capabilities ?? [] });
    for (const department of departments ?? []) world.departments.insert({ ...department, organization_id: id });
    for (const user of users ?? []) {
      world.users.insert({
        ...user,
        organization_id: id,
        role_ids: user.role_ids ?? [],
        department_ids: user.department_ids ?? [],
      });
    }
  }
  for (const { api_key, token, user_id = null, state = 'active', note } of scenario.callers ?? []) {
    if (api_key) world.credentials.insert({ id: api_key, kind: 'api_key', user_id, state, note });
    if (token) world.credentials.insert({ id: token, kind: 'token', user_id, state, note });
  }
  for (const slice of byAge(scenario.slices)) {
    const created_at = time(slice.created_at);
    world.slices.insert({
      id: slice.id,
      name: slice.name,
      description: slice.description ?? null,
      type: slice.type ?? 'standard',
      is_composite: slice.member_slice_ids !== undefined,
      owner_type: slice.owner_type ?? 'organization',
      owner_id: slice.owner_id ?? slice.organization_id,
      status: slice.archived_at === undefined ? 'active' : 'archived',
      member_slice_ids: slice.member_slice_ids ?? [],
      organization_id: slice.organization_id,
      created_by: slice.created_by,
      created_at,
      updated_at: time(slice.updated_at, created_at),
      archived_at: timeOrNull(slice.archived_at),
      archived_by: slice.archived_by ?? null,
      access_mode: slice.access_mode ?? 'organization',
      access_target_ids: slice.access_target_ids ?? null,
    });
  }
  for (const store of byAge(scenario.vector_stores)) {
    const created_at = time(store.created_at);
    world.vectorStores.insert({
      id: store.id,
      name: store.name,
      description: store.description ?? null,
      slice_id: store.slice_id ?? null,
      organization_id: store.organization_id,
      created_by: store.created_by,
      is_active: store.is_active ?? true,
      access_mode: store.access_mode ?? 'organization',
      access_departments: store.access_departments ?? null,
      access_users: store.access_users ?? null,
      flowplate_project_id: null,
      flow_id: null,
      file_count: store.file_count ?? 0,
      data_size: store.data_size ?? 0,
      created_at,
      updated_at: time(store.updated_at, created_at),
    });
  }
  for (const thread of byAge(scenario.threads)) {
    // Without a time of its own, a thread is as old as its first message.
    const [first] = (thread.messages ?? []).flatMap((message) => message.created_at ?? []).sort();
    const created_at = time(thread.created_at ?? first);
    const messages = byAge(thread.messages, created_at);
    const last_message_at = time(messages.at(-1)?.created_at, created_at);
    world.threads.insert({
      id: thread.id,
      organization_id: thread.organization_id,
      user_id: thread.user_id,
      title: thread.title ?? null,
      metadata: thread.metadata === undefined ? {} : thread.metadata,
      assistant_id: thread.assistant_id ?? null,
      status: thread.status ?? 'inactive',
      visible_in_ui: thread.visible_in_ui ?? true,
      last_model_used: thread.last_model_used ?? null,
      pinned_at: timeOrNull(thread.pinned_at),
      last_message_at,
      created_at,
      updated_at: time(thread.updated_at, last_message_at),
      deleted_at: timeOrNull(thread.deleted_at),
    });
    for (const message of messages) {
      world.messages.insert({
        id: message.id,
        thread_id: thread.id,
        role: message.role,
        content: message.content,
        metadata: message.metadata ?? {},
        created_at: time(message.created_at, created_at),
        updated_at: null,
      });
    }
  }
  // A generated ID must not be one that the file gives to an attachment further down.
  const given = new Set((scenario.spaces ?? []).flatMap(({ attached }) => attached ?? []).map(({ id }) => id));
  const linkIds = avoiding(world.ids, (id) => given.has(id));
  for (const space of byAge(scenario.spaces)) {
    const created_at = time(space.created_at);
    world.spaces.insert({
      id: space.id,
      organization_id: space.organization_id,
      created_by: space.created_by,
      name: space.name,
      description: space.description ?? null,
      vector_store_id: space.vector_store_id,
      access_mode: space.access_mode ?? 'private',
      access_users: space.access_users ?? null,
      access_departments: space.access_departments ?? null,
      editable_by_users: space.editable_by_users ?? null,
      editable_by_roles: space.editable_by_roles ?? null,
      visible_to_roles: space.visible_to_roles ?? null,
      last_activity_at: timeOrNull(space.last_activity_at),
      created_at,
      updated_at: time(space.updated_at, created_at),
      deleted_at: timeOrNull(space.deleted_at),
    });
    const byAddition = <L extends { readonly added_at?: string }>(links: readonly L[] | undefined): L[] =>
      [...(links ?? [])].sort((a, b) => time(a.added_at, created_at).localeCompare(time(b.added_at, created_at)));
    for (const link of byAddition(space.attached)) {
      world.spaceVectorStores.insert({
        id: link.id ?? linkIds.next('svs'),
        space_id: space.id,
        vector_store_id: link.vector_store_id,
        added_by: link.added_by,
        added_at: time(link.added_at, created_at),
      });
    }
    for (const link of byAddition(space.threads)) {
      const added_at = time(link.added_at, created_at);
      world.spaceThreads.insert({
        id: `sth_${world.spaceThreads.size + 1}`,
        space_id: space.id,
        thread_id: link.thread_id,
        added_by: link.added_by,
        added_at,
      });
      for (const message of space.vector_store_id ? world.messages.where('thread', link.thread_id) : []) {
        world.embeddings.insert({
          id: `emb_${world.embeddings.size + 1}`,
          space_id: space.id,
          vector_store_id: space.vector_store_id as string,
          thread_id: link.thread_id,
          message_id: message.id,
          queued_at: added_at,
        });
      }
    }
  }
  keepDeleted(world, world.spaces.all(), world.threads.all());
}
