// Drifts in what the service does: a check that is not made, a write without effect, an input that
// nobody reads.
import type { Outcome } from '../decide/rule.js';
import type { Call } from '../rules/rule.js';
import { rules } from '../rules/rules.js';
import { type DecidedBy, decidedBy } from '../spec/case.js';
import type { Operation, Spec } from '../spec/document.js';
import { fieldsOf } from '../spec/fields.js';
import { isJsonObject, type Json } from '../spec/message.js';
import { type Drift, type DriftKind, invented, type Wrapper } from './form.js';

export function stateDrifts(spec: Spec): readonly Drift[] {
  return [...spec.operations.values()].flatMap((operation) => [
    ...Object.keys(rules[operation.id].guards).map((guard) => withoutGuard(operation, guard)),
    ...forgotten('credential', 'credentials', operation),
    ...forgotten('request', 'request', operation),
    ...(operation.method === 'GET' ? [] : [withoutEffect(operation)]),
    ...inputsOf(spec, operation).map((input) => withoutInput(operation, input)),
  ]);
}

/** What was asked, for whoever must make up an answer. */
const requestOf = ({ path, query, body }: Call) => ({
  path: path as Record<string, Json>,
  query: query as Record<string, Json>,
  requestBody: body as Json | undefined,
});

/**
 * Tries in a fork of the world, so that a rule that stumbles over missing facts leaves nothing half
 * done.
 */
export function tried(attempt: (call: Call) => Outcome, call: Call): Outcome | undefined {
  try {
    return attempt({ ...call, world: call.world.fork() });
  } catch {
    return undefined;
  }
}

function withoutGuard(operation: Operation, guard: string): Drift {
  const decideWithout: Wrapper['decide'] = (ask, call) => {
    const attempt = (attempted: Call): Outcome => ask(attempted, { without: guard });
    return tried(attempt, call) ? attempt(call) : invented(operation, requestOf(call));
  };
  return {
    name: `guard:${operation.id}.${guard}`,
    kind: 'guard',
    operations: [operation.id],
    case: guard,
    status: operation.cases.get(guard)?.status as number,
    does: `nothing is refused with ${guard}`,
    plant: () => ({ decide: decideWithout }),
  };
}

function forgotten(kind: DriftKind, by: DecidedBy, operation: Operation): readonly Drift[] {
  return [...operation.cases.values()]
    .filter((documented) => decidedBy(documented) === by)
    .map(({ name, status }) => ({
      name: `${kind}:${operation.id}.${name}`,
      kind,
      operations: [operation.id],
      case: name,
      status,
      does: `nothing is refused with ${name}`,
      // What the rule makes of a request that should not have come so far may be nothing at all.
      plant: () => ({
        forgets: (refusal) => refusal === name,
        decide: (ask, call) =>
          tried(ask, call) ? ask(call) : invented(operation, requestOf(call)),
      }),
    }));
}

function withoutEffect({ id }: Operation): Drift {
  return {
    name: `write:${id}`,
    kind: 'write',
    operations: [id],
    does: 'answers as always, and changes nothing',
    plant: () => ({ decide: (ask, call) => ask({ ...call, world: call.world.fork() }) }),
  };
}

interface Input {
  readonly in: 'query' | 'body';
  readonly name: string;
  readonly default?: Json;
}

/** What a caller may leave out, and a server therefore forget. */
function inputsOf(spec: Spec, { parameters, body }: Operation): readonly Input[] {
  const query = parameters.filter((parameter) => parameter.in === 'query' && !parameter.required);
  const fields = body
    ? fieldsOf(spec, body.schema).filter(
        ({ required, pointer }) => !required && pointer.lastIndexOf('/') === 0,
      )
    : [];
  return [
    ...query.map((parameter) => ({
      in: 'query' as const,
      name: parameter.name,
      ...(parameter.default === undefined ? {} : { default: parameter.default }),
    })),
    ...fields.map(({ pointer }) => ({ in: 'body' as const, name: pointer.slice(1) })),
  ];
}

function withoutInput({ id }: Operation, input: Input): Drift {
  const cleared = (call: Call): Call => {
    const from = call[input.in] as unknown;
    if (!isJsonObject(from)) return call;
    const { [input.name]: _, ...rest } = from;
    return {
      ...call,
      [input.in]: input.default === undefined ? rest : { ...rest, [input.name]: input.default },
    };
  };
  return {
    name: `ignore:${id}.${input.in}.${input.name}`,
    kind: 'ignore',
    operations: [id],
    does: `${input.in === 'query' ? 'the parameter' : 'the field'} ${input.name} is not read`,
    plant: () => ({ decide: (ask, call) => ask(cleared(call)) }),
  };
}
