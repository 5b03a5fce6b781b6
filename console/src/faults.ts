// The faults of the world that is looked at: common ones as switches, and a case for the next request.
import { signal } from '@preact/signals';
import { api, dataOf, type Fault } from './api.js';

export const faults = signal<readonly Fault[]>([]);

export async function loadFaults(world: string): Promise<void> {
  const path = { world };
  faults.value = (
    await dataOf(api.GET('/__admin/worlds/{world}/faults', { params: { path } }))
  ).faults;
}

export interface NewFault {
  readonly when?: object;
  readonly does: object;
  readonly expires?: object;
}

export async function putFault(world: string, name: string, fault: NewFault): Promise<void> {
  await dataOf(
    api.PUT('/__admin/worlds/{world}/faults/{name}', {
      params: { path: { world, name } },
      body: fault as never,
    }),
  );
  await loadFaults(world);
}

export async function deleteFault(world: string, name: string): Promise<void> {
  await dataOf(
    api.DELETE('/__admin/worlds/{world}/faults/{name}', { params: { path: { world, name } } }),
  );
  await loadFaults(world);
}

/** The next request of an operation gets this case, whoever sends it. */
export const forceNext = (world: string, operation: string, wanted: string): Promise<void> =>
  putFault(world, `next-${operation}`, {
    when: { operation },
    does: { case: wanted },
    expires: { after: 1 },
  });

export interface Switch extends NewFault {
  readonly name: string;
  readonly title: string;
  readonly says: string;
}

export const switches: readonly Switch[] = [
  {
    name: 'slow',
    title: 'Slow',
    says: 'Every answer takes two seconds.',
    does: { latency: { ms: 2000 } },
  },
  {
    name: 'busy',
    title: 'Busy',
    says: 'Every third request gets a 503 with Retry-After.',
    when: { every: 3 },
    does: { status: 503, retry_after: 1 },
  },
  {
    name: 'too-many',
    title: 'Too many requests',
    says: 'Every second request gets a 429 with Retry-After.',
    when: { every: 2 },
    does: { status: 429, retry_after: 2 },
  },
  {
    name: 'broken',
    title: 'Broken',
    says: 'A fifth of the requests gets a 500.',
    when: { share: 0.2 },
    does: { status: 500 },
  },
  {
    name: 'reset',
    title: 'Connection lost',
    says: 'Every third connection is reset, and nothing is done.',
    when: { every: 3 },
    does: { end: 'reset' },
  },
  {
    name: 'answer-lost',
    title: 'Answer lost',
    says: 'Every POST is carried out, but its answer never arrives.',
    when: { method: 'POST' },
    does: { end: 'reset', carried_out: true },
  },
  {
    name: 'cut',
    title: 'Cut short',
    says: 'Every answer ends after 20 bytes.',
    does: { cut_after: 20 },
  },
  {
    name: 'hang',
    title: 'Hangs',
    says: 'Every third request gets no answer while its connection stays open.',
    when: { every: 3 },
    does: { end: 'hang' },
  },
];
