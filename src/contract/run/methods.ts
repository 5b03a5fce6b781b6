// A method that a path does not have: refused with 405 (X4) and `Allow`, which is HTTP's own rule.
// Nothing is known of the body.
import type { HttpMethod, Operation, OperationId, Spec } from '../../spec/document.js';
import { judgeRefusedMethod } from '../judge/refused-method.js';
import { ofNothing } from './filled.js';
import { findingOf } from './finding.js';
import { READING } from './guard.js';
import type { SessionParts } from './parts.js';
import { type Play, type Played, playedOut } from './play.js';
import { Session } from './session.js';
import type { Subject } from './subject.js';

const methods: readonly HttpMethod[] = ['PUT', 'PATCH', 'DELETE', 'POST', 'GET'];

/**
 * One for each path, sent to ids that do not exist, so that whoever takes the method after all has
 * nothing to change. A path without an id is asked with a method that only reads.
 */
export function planMethods(
  spec: Spec,
  include: (operation: OperationId) => boolean,
): readonly Play[] {
  const all = [...spec.operations.values()].filter(({ id }) => include(id));
  const paths = new Set(all.map(({ template }) => template));
  return [...paths].flatMap((path): readonly Play[] => {
    const operations = all.filter(({ template }) => template === path);
    const allowed = operations.map(({ method }) => method);
    const method = path.includes('{')
      ? methods.find((candidate) => !allowed.includes(candidate))
      : READING;
    const [first] = operations;
    if (!first || !method) return [];
    const title = `${method} ${first.template}, which is not documented, answers method_not_allowed`;
    const subject: Subject = {
      kind: 'method',
      operation: first.id,
      title,
      place: spec.place(first.id),
      expected: [],
    };
    const touches = new Set([first.id]);
    const needs = {
      calls: touches,
      undoes: new Set<OperationId>(),
      profile: new Set(['callers.owner']),
    };
    return [
      {
        ...subject,
        needs,
        touches,
        costs: { own: [first.id], state: [] },
        lanes: new Map(),
        play: (parts) => playMethod(subject, { operation: first, method, allowed }, parts),
      },
    ];
  });
}

interface Asked {
  /** An operation of the path. */
  readonly operation: Operation;
  readonly method: string;
  /** The methods that the path has. */
  readonly allowed: readonly HttpMethod[];
}

async function playMethod(
  subject: Subject,
  { operation, method, allowed }: Asked,
  parts: SessionParts,
): Promise<Played> {
  const session = new Session(parts);
  await session.exchangeMethod(method, ofNothing(operation, 'owner'), (response) =>
    judgeRefusedMethod(allowed, response),
  );
  const { exchanges } = session;
  const findings = exchanges.flatMap((exchanged) => findingOf(subject, exchanged, exchanges));
  return playedOut(subject, findings, exchanges.length);
}
