// The shortest way to make a refused request pass: searched among calls of the API, other values and
// other callers, each tried in a copy of the world as it was before the request.
import type { Api } from '../engine/api.js';
import type { Caller } from '../rules/callers.js';
import { grounds } from '../rules/grounds.js';
import type { OperationId } from '../spec/cases.gen.js';
import type { Json } from '../spec/message.js';
import type { World } from '../world/world.js';
import { DEFAULT_WORLD } from '../world/world-names.js';
import { credentialOf } from './credentials.js';
import type { Moment } from './explain.js';
import type { Explanation } from './explanation.js';
import { MADE, type Move, Moves } from './moves.js';
import { type RecordedRequest, readRecorded } from './recorded.js';
import { type ScriptCall, type Scripts, scriptsOf } from './scripts.js';
import { type Said, type Slot, withValue } from './slots.js';
import { type Call, Trial, type TriedCall } from './trial.js';

/** Something in the request that is not as it was; a value that is null is left out. */
export interface Changed {
  readonly in: 'path' | 'query' | 'body' | 'credential';
  readonly name: string;
  readonly from: Json;
  readonly to: Json;
}

/** Calls, and then the request, each with what it was answered with in the copy. */
export interface Way {
  readonly calls: readonly TriedCall[];
  readonly request: TriedCall;
  /** Empty where it is the very same request. */
  readonly changed: readonly Changed[];
}

export interface WaysOut {
  readonly id: string;
  readonly operation: string | null;
  readonly case: string | null;
  readonly way: Way | null;
  /** Why there is none. */
  readonly reason: string | null;
  /** The way, to be copied. */
  readonly scripts: Scripts | null;
  /** Requests that were tried. */
  readonly tried: number;
}

/** A state that some calls have led to, and the request as it would be sent there. */
interface Node {
  readonly world: World;
  readonly said: Said;
  readonly by: string;
  readonly calls: readonly TriedCall[];
  readonly changed: readonly Changed[];
  readonly cost: number;
  /** What the request is answered with. */
  readonly answer: TriedCall;
}

const bounds = { tried: 3000, cost: 10 };

export function waysOut(
  api: Api<World, Caller>,
  moment: Moment,
  { id, operation, case: name, verdict, would_pass }: Explanation,
): WaysOut {
  const told = { id, operation, case: name };
  const none = (reason: string, tried = 0): WaysOut => ({
    ...told,
    way: null,
    reason,
    scripts: null,
    tried,
  });
  if (verdict === 'passed') return none('The request has passed.');
  if (verdict === 'malformed')
    return none(
      `Its form is refused in every state: no call changes that. It needs ${would_pass?.needs}.`,
    );
  const recorded = readRecorded(api, moment.entry, moment.before);
  if (!recorded || !['refused', 'credential_refused'].includes(verdict))
    return none('No state of the world has refused it, so no call can make it pass.');
  if (!recorded.isWhole)
    return none('The journal has only the beginning of its body, so it cannot be sent again.');
  const search = new Search(api, recorded, moment);
  const way = search.run();
  return way
    ? { ...told, way, reason: null, scripts: scriptsFor(way, moment), tried: search.tried }
    : none(
        `The API has no calls that bring about ${grounds[search.needs as keyof typeof grounds]?.needs ?? would_pass?.needs}: none was found in ${search.tried} tries.`,
        search.tried,
      );
}

/** The credentials are those of the scenario, which are made up. */
function scriptsFor({ calls, request }: Way, { entry, before }: Moment): Scripts {
  const ending = entry.world === DEFAULT_WORLD ? '' : `~${entry.world}`;
  const all = [...calls, request].map((call): ScriptCall => {
    const [name, value] = credentialOf(before, call.user_id) as readonly [string, string];
    const body = call.body === null ? undefined : JSON.stringify(call.body);
    return {
      ...call,
      body,
      headers: {
        [name]: `${value}${ending}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      comment: `${call.operation} by ${call.user_id}: ${call.status} ${call.case}`,
    };
  });
  return scriptsOf(all);
}

class Search {
  readonly #trial: Trial;
  readonly #moves: Moves;
  readonly #recorded: RecordedRequest;
  readonly #moment: Moment;
  /** The guards in the order in which they are asked. */
  readonly #order: readonly string[];
  #nearest = -2;
  /** The refusal that the search came closest to. */
  needs: string | undefined;

  constructor(api: Api<World, Caller>, recorded: RecordedRequest, moment: Moment) {
    this.#trial = new Trial(api);
    this.#moves = new Moves(this.#trial);
    this.#recorded = recorded;
    this.#moment = moment;
    this.#order = Object.keys(api.rules[recorded.operation.id]?.guards ?? {});
  }

  get tried(): number {
    return this.#trial.tried;
  }

  /** The cheapest comes first, so the first that passes is the cheapest. */
  run(): Way | undefined {
    const { before, entry } = this.#moment;
    const { path, query, body } = this.#recorded;
    const world = before.fork();
    const start = {
      world,
      said: { path, query, body },
      by: entry.user_id ?? '',
      calls: [],
      changed: [],
    };
    const open: Node[] = [{ ...start, cost: 0, answer: this.#ask(start) }];
    while (open.length > 0 && this.tried < bounds.tried) {
      // Of equals, the one that was found first.
      open.sort((a, b) => a.cost - b.cost);
      const node = open.shift() as Node;
      if (node.answer.status < 400) {
        const way = this.#proved(node);
        if (way) return way;
        continue;
      }
      // Many things that are there lead to the same refusal: a few of each are enough.
      const seen = new Map<string, number>();
      for (const move of this.#moves.of(node)) {
        const next = this.#play(node, move);
        if (!next) continue;
        const key = `${next.answer.case} ${move.exchange?.slot.name} ${move.calls.length}`;
        const times = seen.get(key) ?? 0;
        seen.set(key, times + 1);
        if (next.answer.status < 400 || times < 2) open.push(next);
      }
    }
    return undefined;
  }

  #play(node: Node, move: Move): Node | undefined {
    const cost = node.cost + move.cost;
    if (cost > bounds.cost) return undefined;
    const world = node.world.fork();
    const calls: TriedCall[] = [];
    for (const call of move.calls) {
      const tried = this.#trial.send(world, call);
      if (tried.status >= 400) return undefined;
      calls.push(tried);
    }
    const { said, changed } = exchanged(node, move, calls.at(-1)?.made ?? null);
    const by = move.by ?? node.by;
    const next = { world, said, by, calls: [...node.calls, ...calls], changed };
    const answer = this.#ask(next);
    // Whatever does not come further leads nowhere.
    return answer.status < 400 || this.#place(answer.case) > this.#place(node.answer.case)
      ? { ...next, cost, answer }
      : undefined;
  }

  /** A refusal before the rule comes before all its guards. */
  #place(refusal: string): number {
    const place = this.#order.indexOf(refusal);
    if (place > this.#nearest) {
      this.#nearest = place;
      this.needs = refusal;
    }
    return place;
  }

  #ask(node: Omit<Node, 'cost' | 'answer'>): TriedCall {
    return this.#trial.send(node.world.fork(), this.#request(node));
  }

  #request({ said, by, changed }: Omit<Node, 'cost' | 'answer'>): Call {
    const { operation, request } = this.#recorded;
    const call = this.#trial.call(operation.id as OperationId, by, said.path);
    const text = new TextDecoder().decode(request.body);
    const isSame = changed.every(({ in: part }) => part === 'credential');
    const query = new URLSearchParams(request.target.split('?')[1] ?? '');
    for (const { in: part, name, to } of changed) {
      if (part !== 'query') continue;
      if (to === null) query.delete(name);
      else query.set(name, String(to));
    }
    return {
      ...call,
      target: isSame ? request.target : `${call.target}${query.size > 0 ? `?${query}` : ''}`,
      body: text === '' ? null : isSame ? (JSON.parse(text) as Json) : (said.body ?? null),
    };
  }

  /** All of it once more, from the start. */
  #proved(node: Node): Way | undefined {
    const world = this.#moment.before.fork();
    const calls = node.calls.map((call) => this.#trial.send(world, call));
    const request = this.#trial.send(world, this.#request(node));
    return [...calls, request].every(({ status }) => status < 400)
      ? { calls, request, changed: node.changed }
      : undefined;
  }
}

function exchanged(
  { said, changed, by }: Node,
  move: Move,
  made: string | null,
): Pick<Node, 'said' | 'changed'> {
  if (move.by !== undefined)
    return {
      said,
      changed: [...changed, { in: 'credential', name: 'user_id', from: by, to: move.by }],
    };
  if (!move.exchange) return { said, changed };
  const { slot, value } = move.exchange;
  const to = value === MADE ? madeFor(slot, made) : value;
  return {
    said: withValue(said, slot, to),
    changed: [...changed, { in: slot.in, name: slot.name, from: slot.value, to: to ?? null }],
  };
}

const madeFor = ({ value }: Slot, made: string | null): Json =>
  Array.isArray(value) ? [made] : made;
