// The places of a request that name something in the world, and what else could stand there.
import { isJsonObject, type Json, type JsonObject } from '../spec/message.js';
import type { World } from '../world/world.js';

/** What a request says, part by part. */
export interface Said {
  readonly path: Readonly<Record<string, string>>;
  readonly query: JsonObject;
  readonly body: Json | undefined;
}

export interface Slot {
  readonly in: 'path' | 'query' | 'body';
  readonly name: string;
  readonly value: Json;
}

/** The ids that a place may hold, the newest first. */
type IdsFor = (world: World) => readonly string[];

const idsOf =
  (
    table: 'spaces' | 'vectorStores' | 'slices' | 'threads' | 'messages' | 'roles' | 'departments',
  ) =>
  (world: World): readonly string[] =>
    world[table]
      .all()
      .map(({ id }) => id)
      .reverse();

const organizations: IdsFor = (world) => [
  ...new Set(world.users.all().map(({ organization_id }) => organization_id)),
];
const owners: IdsFor = (world) => [
  ...organizations(world),
  ...idsOf('departments')(world),
  ...world.users.all().map(({ id }) => id),
];
const stores = idsOf('vectorStores');
const slices = idsOf('slices');
const roles = idsOf('roles');

/** By the name of a parameter or a field. */
const places: Readonly<Record<string, IdsFor>> = {
  space_id: idsOf('spaces'),
  vector_store_id: stores,
  store_id: stores,
  vector_store_ids: stores,
  slice_id: slices,
  member_slice_ids: slices,
  thread_id: idsOf('threads'),
  message_id: idsOf('messages'),
  organization_id: organizations,
  editable_by_roles: roles,
  visible_to_roles: roles,
  access_departments: idsOf('departments'),
  owner_id: owners,
};

/** What may be left out where it is not right. */
const optional = ['cursor', 'after', 'before', 'assistant_id', 'metadata'];

/** The places of a request that another value may stand in. */
export function slotsOf({ path, query, body }: Said): readonly Slot[] {
  const parts = { path, query, body: isJsonObject(body) ? body : {} };
  return (['path', 'query', 'body'] as const).flatMap((part) =>
    Object.entries(parts[part]).flatMap(([name, value]) =>
      name in places || (part !== 'path' && optional.includes(name))
        ? [{ in: part, name, value }]
        : [],
    ),
  );
}

/** Undefined leaves it out. A list gets one item. */
export function valuesFor(world: World, { name, value }: Slot): readonly (Json | undefined)[] {
  if (optional.includes(name)) return [undefined];
  const ids = places[name]?.(world) ?? [];
  return Array.isArray(value) ? ids.map((id) => [id]) : ids.filter((id) => id !== value);
}

export function withValue(said: Said, { in: part, name }: Slot, value: Json | undefined): Said {
  const { [name]: _, ...others } = said[part] as JsonObject;
  return { ...said, [part]: value === undefined ? others : { ...others, [name]: value } };
}
