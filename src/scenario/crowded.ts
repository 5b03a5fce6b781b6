// `crowded`: a scenario of many rows, made from a seed instead of shipped as a file.
import { toTimestamp } from '../world/clock.js';
import type { SpaceItem } from '../world/nouns/spaces.js';
import type { ThreadItem } from '../world/nouns/threads.js';
import type { VectorStoreItem } from '../world/nouns/vector-stores.js';
import { drawing } from './draw.js';
import type { Scenario } from './scenario.js';

export const CROWDED = 'crowded';
const SPACES = 10_000;
const ATTACHMENTS_EACH = 10;
const STORES = 500;
const THREADS = 1_000;
const MESSAGES_EACH = 100;
const USERS = 50;

/** Not by `toLocaleString`: the first use of a locale is a fifth of a start. */
const counted = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
export const CROWDED_DESCRIPTION = `For paging, speed and long lists: ${counted(SPACES)} spaces, ${counted(SPACES * ATTACHMENTS_EACH)} attachments, ${counted(THREADS * MESSAGES_EACH)} messages.`;

const end = Date.parse('2026-02-26T15:30:00Z');
const organization_id = 'org_xyz789';
const number = (i: number): string => String(i).padStart(5, '0');
/** One row a minute, the last one just before the scenario's time. */
const minute = (i: number, of: number): string => toTimestamp(end - (of - i) * 60_000);

export function crowdedScenario(seed = 1): Scenario {
  const draw = drawing(seed);
  const atFirst = minute(0, SPACES + 1);
  const storeIds = Array.from({ length: STORES }, (_, i) => `vs_${number(i)}`);
  const userIds = Array.from({ length: USERS }, (_, i) => `usr_${number(i)}`);
  const user = (i: number): string => userIds[i % USERS] as string;

  const stores: VectorStoreItem[] = storeIds.map((id, i) => ({
    id,
    organization_id,
    created_by: user(i),
    name: `Store ${i}`,
    created_at: atFirst,
  }));
  const dedicated: VectorStoreItem[] = Array.from({ length: SPACES }, (_, i) => ({
    id: `vs_memory_${number(i)}`,
    organization_id,
    created_by: user(i),
    name: `Memory ${i}`,
    access_mode: 'private',
    created_at: minute(i, SPACES),
  }));
  const threads: ThreadItem[] = Array.from({ length: THREADS }, (_, i) => ({
    id: `thrd_${number(i)}`,
    organization_id,
    user_id: user(i),
    title: `Thread ${i}`,
    created_at: atFirst,
    messages: Array.from({ length: MESSAGES_EACH }, (_m, m) => ({
      id: `msg_${number(i)}_${m}`,
      role: m % 2 === 0 ? ('user' as const) : ('assistant' as const),
      content: `Message ${m} of thread ${i}`,
      created_at: atFirst,
    })),
  }));
  const spaces: SpaceItem[] = Array.from({ length: SPACES }, (_, i) => {
    const first = draw(STORES);
    const created_at = minute(i, SPACES);
    return {
      id: `space_${number(i)}`,
      organization_id,
      created_by: user(i),
      name: `Space ${i}`,
      vector_store_id: `vs_memory_${number(i)}`,
      access_mode: draw(2) === 0 ? 'organization' : 'private',
      created_at,
      attached: Array.from({ length: ATTACHMENTS_EACH }, (_a, a) => ({
        vector_store_id: storeIds[(first + a) % STORES] as string,
        added_by: user(i),
        added_at: created_at,
      })),
      // Each thread is in one space, so that there is one embedding per message.
      threads:
        i < THREADS
          ? [{ thread_id: `thrd_${number(i)}`, added_by: user(i), added_at: created_at }]
          : [],
    };
  });

  return {
    scenario: CROWDED,
    description: CROWDED_DESCRIPTION,
    time: toTimestamp(end),
    organizations: [
      {
        id: organization_id,
        name: 'Crowd',
        roles: [
          {
            id: 'role_platform',
            name: 'Platform administrator',
            capabilities: ['override_all_permissions'],
          },
        ],
        users: userIds.map((id, i) => ({
          id,
          name: `User ${i}`,
          role_ids: i === 1 ? ['role_platform'] : [],
        })),
      },
    ],
    callers: [
      {
        api_key: 'ak_owner',
        token: 'tok_owner',
        user_id: user(0),
        note: 'owns every fiftieth space',
      },
      {
        api_key: 'ak_admin',
        token: 'tok_admin',
        user_id: user(1),
        note: 'override_all_permissions',
      },
      { api_key: 'ak_member', token: 'tok_member', user_id: user(2), note: 'one user among fifty' },
    ],
    vector_stores: [...stores, ...dedicated],
    threads,
    spaces,
  };
}
