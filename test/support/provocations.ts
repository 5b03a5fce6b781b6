// For every case that is reached by state: the calls that bring about that state in the default
// scenario, and the request that is then answered with it. Recorded from the contracts; not one of
// them forces a case by name.

import { loadSpec } from '../../src/shipped/document.js';
import type { OperationId } from '../../src/spec/cases.gen.js';
import type { Recorded, RecordedProvocation } from './record-provocations.js';
import { getSpace, owner, type Sent } from './requests.js';

export interface Provocation {
  /** `operation.case`, or the bare name of a case that no operation owns. */
  readonly case: string;
  readonly steps?: readonly Sent[];
  readonly request: Sent;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function replay({ method, target, headers, body }: Recorded): Sent {
  if (body === '') return { method, target, headers };
  const bytes = Uint8Array.from(Buffer.from(body, 'hex'));
  try {
    return { method, target, headers, body: utf8.decode(bytes) };
  } catch {
    return { method, target, headers, body: bytes };
  }
}

const beforeAnyOperation: readonly Provocation[] = [
  { case: 'unknown_path', request: owner.get('/v1/nowhere') },
  { case: 'method_not_allowed', request: { ...getSpace, method: 'PUT' } },
  { case: 'body_too_large', request: owner.post('/v1/spaces/', `"${'x'.repeat(1024 * 1024)}"`) },
  {
    case: 'unknown_preference',
    request: { ...getSpace, headers: { ...getSpace.headers, prefer: 'code=409' } },
  },
  {
    case: 'worlds_disagree',
    request: { ...owner.get('/w/one/v1/spaces/'), headers: { 'x-understudy-world': 'two' } },
  },
  { case: 'no_world_name', request: { ...getSpace, headers: { 'x-api-key': 'ak_owner~-' } } },
];

/**
 * `recorded` is `inject('provocations')` in the tests of the project `provoked`, for which it is
 * recorded once.
 */
export const provocationsOf = (
  recorded: readonly RecordedProvocation[],
): readonly Provocation[] => [
  ...recorded.map(({ case: name, steps, request }) => ({
    case: name,
    steps: steps.map(replay),
    request: replay(request),
  })),
  ...beforeAnyOperation,
];

/** For each operation a request of the right form, which its state may or may not accept. */
export const wellFormedOf = (provocations: readonly Provocation[]) =>
  Object.fromEntries(
    [...loadSpec().operations.values()].map((operation) => {
      const success = [...operation.cases.values()].find((documented) => documented.status < 400);
      return [
        operation.id,
        provocations.find((provocation) => provocation.case === `${operation.id}.${success?.name}`)
          ?.request,
      ];
    }),
  ) as Readonly<Record<OperationId, Sent>>;
