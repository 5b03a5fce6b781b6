// What can be done so that a request passes: calls of the API before it, something else in one place
// of it, or another caller.
import { isJsonObject, type Json, type JsonObject } from '../spec/message.js';
import type { World } from '../world/world.js';
import { credentialOf } from './credentials.js';
import { type Said, type Slot, slotsOf, valuesFor } from './slots.js';
import type { Call, Trial } from './trial.js';

/** A value in place of another; undefined leaves it out, `made` is the id that the last call gave. */
export interface Exchange {
  readonly slot: Slot;
  readonly value: Json | undefined | typeof MADE;
}
export const MADE = Symbol('made');

export interface Move {
  readonly calls: readonly Call[];
  readonly exchange?: Exchange;
  /** Who sends the request then. */
  readonly by?: string;
  /** What it costs a person: a call, or a request that is no more the same. */
  readonly cost: number;
}

const costs = { call: 1, made: 2, leftOut: 2, existing: 3.2, caller: 4 };

/** What is known when a move is chosen. */
export interface Situation {
  readonly world: World;
  readonly said: Said;
  /** Who sends the request. */
  readonly by: string;
}

/** How many things that are there are tried in one place, and messages deleted in one move. */
const bounds = { existing: 25, calls: 20 };

export class Moves {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  of(situation: Situation): readonly Move[] {
    const actors = actorsOf(situation);
    return [
      ...this.#relations(situation, actors),
      ...this.#grants(situation, actors),
      ...this.#creations(situation, actors),
      ...exchanges(situation),
      ...actors.slice(1).map((by) => ({ calls: [], by, cost: costs.caller })),
    ];
  }

  #move(...calls: readonly Call[]): Move {
    return { calls, cost: calls.length * costs.call };
  }

  /** What is joined is parted, what is put away is taken out again, and the other way round. */
  #relations({ world, said, by }: Situation, actors: readonly string[]): readonly Move[] {
    const { path } = said;
    const { space_id, vector_store_id, thread_id } = path;
    const pairs = [
      ...(space_id && vector_store_id
        ? (['addVectorStoreToSpace', 'removeVectorStoreFromSpace'] as const)
        : []),
      ...(space_id && thread_id ? (['addThreadToSpace', 'removeThreadFromSpace'] as const) : []),
    ];
    const archived = slicesIn(said).filter((id) => world.slices.get(id)?.status === 'archived');
    const pinned = world.threads
      .where('user', by)
      .find(({ pinned_at, deleted_at }) => pinned_at !== null && deleted_at === null);
    const messages = thread_id ? world.messages.where('thread', thread_id) : [];
    return [
      ...pairs.flatMap((operation) =>
        actors.map((actor) => this.#move(this.#trial.call(operation, actor, path))),
      ),
      ...(archived.length > 0
        ? actors.map((actor) =>
            this.#move(
              ...archived.map((slice_id) =>
                this.#trial.call('unarchiveSlice', actor, { ...path, slice_id }),
              ),
            ),
          )
        : []),
      ...(pinned
        ? [this.#move(this.#trial.call('unpinThread', by, { thread_id: pinned.id }))]
        : []),
      ...(messages.length > 0 && messages.length <= bounds.calls
        ? [
            this.#move(
              ...messages.map(({ id }) =>
                this.#trial.call('deleteMessage', by, { ...path, message_id: id }),
              ),
            ),
          ]
        : []),
    ];
  }

  /** Whoever may, lets the caller in. */
  #grants({ world, said, by }: Situation, actors: readonly string[]): readonly Move[] {
    const { path } = said;
    const space = world.spaces.get(path.space_id ?? '');
    const organization_id = path.organization_id ?? '';
    const store = path.vector_store_id ?? path.store_id;
    return actors.flatMap((actor) => [
      ...(space
        ? (['access_users', 'editable_by_users'] as const).map((field) =>
            this.#move(
              this.#trial.call('updateSpace', actor, path, {
                [field]: [...(space[field] ?? []), by],
              }),
            ),
          )
        : []),
      ...(path.slice_id
        ? [
            this.#move(
              this.#trial.call('updateSlice', actor, path, { access_mode: 'organization' }),
            ),
          ]
        : []),
      ...(organization_id && store
        ? [
            this.#move(
              this.#trial.call(
                'updateVectorStore',
                actor,
                { organization_id, vector_store_id: store },
                { access_mode: 'organization' },
              ),
            ),
          ]
        : []),
    ]);
  }

  /** Something new, of which the request speaks then. */
  #creations({ world, said, by }: Situation, actors: readonly string[]): readonly Move[] {
    const own = world.users.get(by)?.organization_id ?? '';
    const organization_id = said.path.organization_id ?? own;
    const path = { organization_id };
    const spare = world.slices
      .all()
      .find(
        (one) =>
          one.organization_id === organization_id && !one.is_composite && one.status === 'active',
      );
    const ways: Readonly<Record<string, (actor: string) => readonly Call[]>> = {
      spaces: (actor) => [
        this.#trial.call('createSpace', actor, {}, { organization_id: own, name: 'A new space' }),
      ],
      stores: (actor) => [
        this.#trial.call('createVectorStore', actor, path, { name: 'A new store' }),
      ],
      threads: (actor) => [this.#trial.call('createThread', actor, {}, { organization_id: own })],
      slices: (actor) => [
        this.#trial.call('createSlice', actor, path, {
          name: 'A new slice',
          owner_type: 'organization',
          owner_id: organization_id,
        }),
        ...(spare
          ? [
              this.#trial.call('createComposite', actor, path, {
                name: 'A new composite',
                member_slice_ids: [spare.id],
              }),
            ]
          : []),
      ],
    };
    return slotsOf(said).flatMap((slot) => {
      const kind = kinds[slot.name];
      if (kind === undefined) return [];
      // Only slices take a right that the caller may lack.
      const makers = kind === 'slices' ? actors : [by];
      return makers.flatMap((actor) =>
        (ways[kind] as (actor: string) => readonly Call[])(actor).map((call) => ({
          calls: [call],
          exchange: { slot, value: MADE },
          cost: costs.call + costs.made,
        })),
      );
    });
  }
}

/** What can be made for a place of the request. */
const kinds: Readonly<Record<string, 'spaces' | 'stores' | 'threads' | 'slices'>> = {
  space_id: 'spaces',
  vector_store_id: 'stores',
  store_id: 'stores',
  vector_store_ids: 'stores',
  thread_id: 'threads',
  slice_id: 'slices',
  member_slice_ids: 'slices',
};

/** Something that is there already, or nothing, in one place of the request. */
function exchanges({ world, said }: Situation): readonly Move[] {
  const blank = isJsonObject(said.body) && said.body.content;
  return [
    ...slotsOf(said).flatMap((slot) =>
      valuesFor(world, slot)
        .slice(0, bounds.existing)
        .map((value) => ({
          calls: [],
          exchange: { slot, value },
          cost: value === undefined ? costs.leftOut : costs.existing,
        })),
    ),
    ...(typeof blank === 'string' && blank.trim() === ''
      ? [
          {
            calls: [],
            exchange: {
              slot: { in: 'body', name: 'content', value: blank } as const,
              value: 'Some text',
            },
            cost: costs.leftOut,
          },
        ]
      : []),
  ];
}

/** Those who can call, the sender first. */
function actorsOf({ world, by }: Situation): readonly string[] {
  const users = new Set(
    world.credentials.all().flatMap(({ user_id }) => (user_id === null ? [] : [user_id])),
  );
  return [by, ...users].filter(
    (user, i, all) => all.indexOf(user) === i && credentialOf(world, user) !== undefined,
  );
}

function slicesIn({ path, body }: Said): readonly string[] {
  const said: JsonObject = isJsonObject(body) ? body : {};
  const members = Array.isArray(said.member_slice_ids) ? said.member_slice_ids : [];
  return [path.slice_id, said.slice_id, ...members].filter((id) => typeof id === 'string');
}
