// The CORS headers that a browser needs to call from another origin. They are plain data, so that
// HTTP, `fetch` and the middleware answer alike.
import type { PlainRequest } from '../spec/message.js';

/** Browsers hide a header of another origin unless it is named here. */
const exposed = [
  'allow',
  'preference-applied',
  'retry-after',
  'x-understudy-basis',
  'x-understudy-breaches',
  'x-understudy-case',
  'x-understudy-nearest-path',
  'x-understudy-request',
  'x-understudy-source',
  'x-understudy-world',
];

/**
 * Any origin may call and read the answers, since the mock server keeps no secrets; `names` are
 * headers to show besides those above.
 */
export const corsHeaders = (names: readonly string[]): Record<string, string> => ({
  'access-control-allow-origin': '*',
  'access-control-expose-headers': [...new Set([...exposed, ...names])].join(', '),
});

/** A browser that sends cookies does not take `*`: the origin must be named. */
export function originHeaders({ headers }: PlainRequest): Record<string, string> | undefined {
  if (headers.origin === undefined) return undefined;
  return {
    'access-control-allow-origin': headers.origin,
    'access-control-allow-credentials': 'true',
    vary: 'Origin',
  };
}

export function isPreflight(request: PlainRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers.origin !== undefined &&
    request.headers['access-control-request-method'] !== undefined
  );
}

/** Every header asked for is allowed, the auth headers and `Prefer` among them. */
export function preflightHeaders(request: PlainRequest): Record<string, string> {
  return {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    'access-control-allow-headers':
      request.headers['access-control-request-headers'] ??
      'Authorization, Content-Type, Prefer, X-API-Key, X-Understudy-World',
    'access-control-max-age': '600',
  };
}
