// Drifts that change each answer on its way out, whole or in its body.
import type { Json, PlainResponse } from '../spec/message.js';
import { type Drift, type Honest, withBody } from './form.js';

export const always =
  (rewrite: (honest: Honest) => PlainResponse): Drift['plant'] =>
  () => ({ rewrite });

export const onBody = (change: (body: Json, honest: Honest) => Json): Drift['plant'] =>
  always((honest) => withBody(honest.response, (body) => change(body, honest)));
