// What a browser needs to call from another origin. Plain data, so that every way in answers alike.
import type { PlainRequest } from '../spec/message.js';

const ours = [
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

/** Any origin may call, and read these headers beside ours: the mock server keeps no secrets. */
export const corsHeaders = (names: readonly string[]): Record<string, string> => ({
  'access-control-allow-origin': '*',
  'access-control-expose-headers': [...new Set([...ours, ...names])].join(', '),
});

/** A page that sends cookies needs its origin named. */
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
