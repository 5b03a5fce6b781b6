// Requests as plain data, and the callers of the default scenario.

export interface Sent {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

function as(caller: string) {
  const headers = { 'x-api-key': `ak_${caller}` };
  const json = { ...headers, 'content-type': 'application/json' };
  const text = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));
  return {
    get: (target: string): Sent => ({ method: 'GET', target, headers }),
    post: (target: string, body?: unknown): Sent =>
      body === undefined
        ? { method: 'POST', target, headers }
        : { method: 'POST', target, headers: json, body: text(body) },
    patch: (target: string, body: unknown): Sent => ({
      method: 'PATCH',
      target,
      headers: json,
      body: text(body),
    }),
    delete: (target: string): Sent => ({ method: 'DELETE', target, headers }),
  };
}

export const owner = as('owner');
export const admin = as('admin');
export const editor = as('editor');
export const viewer = as('viewer');
export const member = as('member');
export const outsider = as('outsider');

const space = '/v1/spaces/space_abc123';
export const getSpace = owner.get(space);
export const attachStore = owner.post(`${space}/vector-stores/vs_def456`);
export const detachStore = owner.delete(`${space}/vector-stores/vs_attached`);
