// What a client has sent to a world, held against what a test expects.
import type { Verdict } from '../../decide/rule.js';
import { lostAfter } from '../../engine/journal.js';
import { type Selector, unknownName } from '../../verify/select.js';
import { type Expectation, verify } from '../../verify/verify.js';
import { type ControlRules, type Request, rule, unknown_world } from './form.js';

const expected = ({ body }: Request): readonly Expectation[] =>
  body.expect as unknown as readonly Expectation[];

/** Every selector of the expectations, with its place. */
const selectors = (request: Request): readonly (readonly [string, Selector])[] =>
  expected(request).flatMap(({ request: one, in_order = [] }, i) => [
    ...(one ? [[`expect.${i}.request`, one] as const] : []),
    ...in_order.map((each, k) => [`expect.${i}.in_order.${k}`, each] as const),
  ]);

const unknown_name = (request: Request): Verdict => {
  for (const [field, selector] of selectors(request)) {
    const unknown = unknownName(selector, request.world.served);
    if (unknown) return { details: { field, message: `${unknown.what}; ${unknown.fix}` } };
  }
  return true;
};

export const verifyRules: ControlRules = {
  verifyRequests: rule({
    guards: { unknown_world, unknown_name },
    accept: (request) => {
      const { world, path, body } = request;
      const after = Number(body.after ?? 0);
      const journal = world.worlds.journal(path.world);
      const entries = journal.filter(({ number }) => number > after);
      const lost = lostAfter(after, journal);
      const results = verify(entries, expected(request), lost);
      return ['verified', { holds: results.every(({ holds }) => holds), results, lost }];
    },
  }),
};
