// Who is calling: an API key in X-API-Key or a signed token in Authorization: Bearer.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { authenticationRequired, badCredentials } from './errors.mjs';

/**
 * The caller's user record. A Bearer token decides alone, even beside a good key (7.3).
 * @param {import('./state.mjs').State} state
 * @param {import('node:http').IncomingHttpHeaders} headers
 */
export function identify(state, headers) {
  const token = bearerToken(headers.authorization);
  if (token) return userOfToken(state, token);
  const key = String(headers['x-api-key'] ?? '').trim();
  if (key) return userOfKey(state, key);
  throw authenticationRequired();
}

// The name of the scheme is compared letter by letter (X6).
function bearerToken(header = '') {
  const match = /^Bearer +(\S.*)$/.exec(header.trim());
  return match ? match[1].trim() : null;
}

function userOfKey(state, key) {
  const entry = state.apiKeys.get(key);
  if (!entry) throw badCredentials('INVALID_API_KEY');
  if (entry.state === 'deactivated') throw badCredentials('API_KEY_DEACTIVATED');
  if (entry.state === 'paused') throw badCredentials('API_KEY_PAUSED');
  if (entry.expires_at && Date.parse(entry.expires_at) <= Date.now())
    throw badCredentials('API_KEY_EXPIRED');
  return state.users.get(entry.user_id);
}

// An API key sent as a token fails here like any text that is not a token of ours (7.3).
function userOfToken(state, token) {
  const claims = verifiedClaims(token, state.tokenSecret);
  if (!claims) throw badCredentials('TOKEN_INVALID');
  if (typeof claims.exp !== 'number' || claims.exp * 1000 <= Date.now())
    throw badCredentials('TOKEN_EXPIRED');
  if (!claims.sub) throw badCredentials('TOKEN_MISSING_SUBJECT');
  const user = state.users.get(claims.sub);
  if (!user) throw badCredentials('TOKEN_INVALID');
  return user;
}

function verifiedClaims(token, secret) {
  const [head, payload, signature, ...more] = token.split('.');
  if (!signature || more.length > 0) return null;
  const expected = Buffer.from(sign(`${head}.${payload}`, secret));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null;
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
}

/** A JWT (HS256) with these claims. */
export function makeToken(claims, secret) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${unsigned}.${sign(unsigned, secret)}`;
}

function sign(text, secret) {
  return createHmac('sha256', secret).update(text).digest('base64url');
}
