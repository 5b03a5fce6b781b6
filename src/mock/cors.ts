// What a browser needs to call from another origin. Plain data, so that every way in answers alike.
import type { PlainRequest } from '../spec/message.js';

export const corsHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Allow, Preference-Applied, Retry-After, X-Request-Id, X-Understudy-Case',
};

export function isPreflight(request: PlainRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers.origin !== undefined &&
    request.headers['access-control-request-method'] !== undefined
  );
}

/** Every header asked for is allowed, the auth headers and `Prefer` among them: the stand-in keeps no secrets. */
export function preflightHeaders(request: PlainRequest): Record<string, string> {
  return {
    ...corsHeaders,
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    'access-control-allow-headers':
      request.headers['access-control-request-headers'] ?? 'Authorization, Content-Type, Prefer, X-API-Key',
    'access-control-max-age': '600',
    vary: 'Access-Control-Request-Headers',
  };
}
