// With which header somebody is known in a world.
import { stateAt } from '../world/nouns/credentials.js';
import type { World } from '../world/world.js';

/** A header with which a user is known. */
export interface GoodCredential {
  readonly header: string;
  readonly value: string;
  readonly user_id: string;
}

/** Those of the scenario that are good at the moment; they are made up. */
export function goodCredentials(world: World): readonly GoodCredential[] {
  const now = world.clock.now();
  return world.credentials.all().flatMap((credential) => {
    const { id, kind, user_id } = credential;
    if (user_id === null || stateAt(credential, now) !== 'active') return [];
    return kind === 'token'
      ? [{ header: 'Authorization', value: `Bearer ${id}`, user_id }]
      : [{ header: 'X-API-Key', value: id, user_id }];
  });
}

/** The first of a user, as a request has it; undefined for one who has no good credential. */
export function credentialOf(world: World, userId: string): readonly [string, string] | undefined {
  const found = goodCredentials(world).find(({ user_id }) => user_id === userId);
  return found && [found.header.toLowerCase(), found.value];
}
