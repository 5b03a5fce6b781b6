// The requests that provoke the documented cases that no operation has.
import type { UnroutedCase } from '../spec/cases.gen.js';

/** How to get a case that no operation has: the arguments of curl, or why no request gets it. */
type WayToUnrouted = CurlCall | { readonly impossible: string };

interface CurlCall {
  readonly path: string;
  readonly flags?: string;
  /** A command whose output curl sends as the body. */
  readonly pipedFrom?: string;
  readonly note?: string;
}

const path = '/v1/spaces';

export const waysToUnrouted: Readonly<Record<UnroutedCase, WayToUnrouted>> = {
  unknown_path: { path: '/v1/no-such-path' },
  method_not_allowed: { path, flags: '-X PUT' },
  unknown_preference: { path, flags: '-H "x-api-key: ak_owner" -H "prefer: example=no_such_case"' },
  worlds_disagree: { path: `/w/one${path}`, flags: '-H "x-understudy-world: two"' },
  no_world_name: { path: `/w/~${path}` },
  unknown_world: {
    impossible: 'only a server that was started with --strict-worlds sends it',
  },
  unsupported_encoding: { path, flags: '-H "content-encoding: compress" -d "{}"' },
  broken_encoding: { path, flags: '-H "content-encoding: gzip" -d "this is not gzip"' },
  body_too_large: {
    path,
    pipedFrom: 'head -c 1048577 /dev/zero',
    flags: '-H "expect:" --data-binary @-',
    note: 'The body is one byte larger than --body-limit allows by default.',
  },
  headers_too_large: { path, flags: `-H "x-long: $(head -c 16384 /dev/zero | tr '\\0' x)"` },
  bad_http: { path, flags: '-X NO_SUCH_METHOD' },
  request_timeout: {
    path,
    flags: '-H "content-length: 100" -d "{}"',
    note: 'It announces more than it sends. The answer comes after 30 seconds, the longest that a request may take.',
  },
  self_check_failed: {
    impossible:
      'it is sent when an answer of the mock server would break the document, which is a bug: please report it',
  },
  rule_failed: {
    impossible:
      'it is sent when the code of the mock server throws an error, which is a bug: please report it',
  },
};
