// What may go wrong with any single operation: refusals that act all the same, errors of a proxy,
// cut bodies.
import type { Outcome } from '../../decide/rule.js';
import type { Call } from '../../rules/rule.js';
import { rules } from '../../rules/rules.js';
import type { Operation } from '../../spec/document.js';
import type { Drift } from '../form.js';
import { always } from '../rewrite.js';
import { tried } from '../state.js';
import { handDrift, isSuccess } from './form.js';

export function writeDrifts(operation: Operation): readonly Drift[] {
  // What is not there cannot be written all the same.
  const feasible = Object.keys(rules[operation.id].guards).some(
    (guard) => !guard.endsWith('_not_found'),
  );
  return feasible
    ? [
        handDrift(
          [operation.id],
          'refused_but_done',
          'refuses, and does it all the same',
          refusedButDone,
        ),
      ]
    : [];
}

const refusedButDone: Drift['plant'] = () => ({
  decide: (ask, call) => {
    const outcome = ask(call);
    if (outcome.kind === 'refusal') {
      const attempt = (attempted: Call): Outcome => ask(attempted, { without: outcome.case });
      if (tried(attempt, call)) attempt(call);
    }
    return outcome;
  },
});

/** A server with one broken instance among three. */
export function flaky(operation: Operation): Drift {
  return handDrift([operation.id], 'flaky', 'answers every third request with a 500', () => {
    let count = 0;
    return {
      rewrite: ({ response }) => {
        count += 1;
        return count % 3 === 0
          ? {
              ...response,
              status: 500,
              headers: { 'content-type': 'text/plain' },
              body: 'Internal Server Error',
            }
          : response;
      },
    };
  });
}

/** A proxy that has pages of its own for errors. */
export function htmlPage(operation: Operation): Drift {
  return handDrift(
    [operation.id],
    'html',
    'refuses with an HTML page',
    always((honest) => {
      const { response } = honest;
      if (isSuccess(honest)) return response;
      const body = `<html><body><h1>${response.status}</h1></body></html>`;
      return { ...response, headers: { ...response.headers, 'content-type': 'text/html' }, body };
    }),
  );
}

export function cutShort(operation: Operation): Drift {
  return handDrift(
    [operation.id],
    'cut_short',
    'sends half of the body',
    always((honest) => {
      const { response } = honest;
      return isSuccess(honest) && response.body !== undefined
        ? { ...response, body: response.body.slice(0, response.body.length / 2) }
        : response;
    }),
  );
}
