// The API that is stood in for, as the engine takes it.
import type { Api } from '../engine/api.js';
import { type Caller, identify } from '../rules/callers.js';
import { rules } from '../rules/rules.js';
import type { Spec } from '../spec/document.js';
import type { Validators } from '../validation/validators.js';
import type { World } from '../world/world.js';
import { limitReached } from './limit-headers.js';

export const freddyApi = (spec: Spec, validators: Validators): Api<World, Caller> => ({
  spec,
  validators,
  rules,
  identify,
  nameOf: ({ user_id }) => user_id,
  headersFor: ({ caller, traceId, now, documented, body }) => ({
    'x-request-id': traceId,
    ...(caller ? { 'aitronos-organization': caller.organization_id } : {}),
    ...(documented?.status === 429 ? limitReached(body ?? documented.value, now) : {}),
  }),
  // The knowledge paths call a store `store_id`, the error calls it `vector_store_id` (K-C3).
  aliases: { vector_store_id: 'store_id' },
});
