// One request from its world to the journal. Start at `#answer`, which is in the order of a request.
import { type Rule, refusedEarly } from '../decide/rule.js';
import type { Operation } from '../spec/document.js';
import { createMatcher, type Matcher } from '../spec/match.js';
import { type PlainRequest, pathOf } from '../spec/message.js';
import { checkRequest } from '../validation/check-request.js';
import type { Answer, Pages, SelfCheck } from './answer.js';
import {
  type Answerer,
  nothing,
  type Unreadable,
  type UnreadableRequest,
  unreadableDetails,
} from './answerer.js';
import { Answers, refusal } from './answers.js';
import { type Api, checkApi, type State } from './api.js';
import { type Delivery, forMethod } from './delivery.js';
import { entryOf } from './entry.js';
import {
  type Arrival,
  type ArrivalOptions,
  arrive,
  type Exchange,
  noInput,
  type OperationExchange,
  withoutOperation,
} from './exchange.js';
import { type Interception, type Interceptor, Interceptors } from './interceptor.js';
import type { Note } from './journal.js';
import { ignoredPreferences, readPreference, waiting } from './prefer.js';

export interface EngineOptions<World extends State, Who> extends ArrivalOptions<World> {
  readonly api: Api<World, Who>;
  readonly selfCheck: SelfCheck;
  /** Bytes of a request body that are taken, inflated; more is refused. */
  readonly bodyLimit: number;
  /** The operations that are answered, where it is not all of the document. */
  readonly operations?: readonly Operation<string>[] | undefined;
  /** Pages that no document has. */
  readonly pages?: Pages<World> | undefined;
  /** Whether pages of other origins may call. Default true. */
  readonly cors?: boolean | undefined;
  /** One that is added while requests come is asked from the next one on. */
  readonly interceptors?: readonly Interceptor<World, Who>[] | undefined;
}

/** Answers an API: the one that is stood in for, or any other. */
export class Engine<World extends State, Who> implements Answerer {
  readonly bodyLimit: number;
  readonly #options: EngineOptions<World, Who>;
  readonly #match: Matcher<Operation<string>>;
  readonly #answers: Answers<World, Who>;
  readonly #interceptors: Interceptors<World, Who>;

  /**
   * Throws where the document has an operation without a rule, or lacks a case that every document
   * needs.
   */
  constructor(options: EngineOptions<World, Who>) {
    checkApi(options.api);
    const operations = options.operations ?? [...options.api.spec.operations.values()];
    this.bodyLimit = options.bodyLimit;
    this.#options = options;
    this.#match = createMatcher(operations);
    this.#answers = new Answers(options, operations);
    this.#interceptors = new Interceptors(options.interceptors ?? []);
  }

  answer(request: PlainRequest): Delivery {
    const arrival = arrive(this.#options, request);
    try {
      return this.#answer(arrival);
    } catch (error) {
      return this.#finish(withoutOperation(arrival), this.#answers.failed(arrival, error));
    }
  }

  answerUnreadable(
    name: Unreadable,
    { request = nothing, details = {}, headers = {} }: UnreadableRequest = {},
  ): Delivery {
    const exchange = withoutOperation<World, Who>(arrive(this.#options, request));
    return this.#finish(
      exchange,
      this.#answers.unrouted(exchange, name, {
        details: unreadableDetails(name, details),
        headers,
      }),
    );
  }

  /** One request from top to bottom. The numbers are those of ARCHITECTURE.md, One request. */
  #answer(arrival: Arrival<World>): Delivery {
    const { api } = this.#options;
    const { request, world } = arrival;

    // 1. World, and what is answered whatever the operation: preflights, pages, too large a body.
    const early = this.#answers.early(arrival);
    if (early) return this.#finish(withoutOperation(arrival), early);

    // 2. Match the path and the method.
    const matched = this.#match(request.method, pathOf(request));
    if (matched.kind !== 'operation')
      return this.#finish(withoutOperation(arrival), this.#answers.notMatched(arrival, matched));
    const { operation, path } = matched;

    // 3. Caller.
    const identity = api.identify(world.state, request.headers);
    if ('refusal' in identity) {
      const stranger = { arrival, operation, path, caller: undefined, input: noInput };
      const instead = this.#interceptors.credential(identity.refusal, stranger);
      return this.#finishWithoutRule(
        stranger,
        instead ?? refusedEarly(refusal(identity.refusal), identity.facts),
      );
    }
    const { caller } = identity;
    const asking = { arrival, operation, path, caller, input: noInput };

    // 4. A limit or a fault may answer in place of what follows.
    const interception = this.#interceptors.admit(asking);
    if (interception) return this.#finishWithoutRule(asking, interception);

    // 5. Forced case, by `Prefer`.
    const preference = readPreference(request.headers.prefer, operation, api.spec);
    if (preference.kind === 'invented')
      return this.#finish(asking, this.#answers.invented(asking, preference));
    if (preference.kind === 'unknown')
      return this.#finish(asking, this.#answers.unknownPreference(asking, preference));
    if (preference.kind === 'case')
      return this.#finish(...this.#answers.forced(asking, preference));

    // 6. Well formed?
    const checked = checkRequest(operation, api.validators, request);
    const exchange = { arrival, operation, path, caller, input: checked };
    const stands = (name: string): boolean => this.#interceptors.stands(name, exchange);
    const malformed = this.#answers.refusalOf(exchange, checked.violations, stands);
    if (malformed) return this.#finishWithoutRule(exchange, malformed);

    // 7. Decide, and 8. check our own answer. All of it or nothing: an answer that must not be sent
    // has changed no world.
    const { state } = world;
    const { version } = state;
    const answered = state.atomically((takeBack, changes) => {
      const call = {
        world: state,
        caller,
        now: arrival.now,
        path,
        query: checked.query,
        body: checked.body,
      };
      const decision = this.#interceptors.decide(
        api.rules[operation.id] as Rule<World, Who>,
        call,
        exchange,
      );
      const ours = this.#answers.decided(exchange, decision);
      if (ours.stopped) takeBack();
      return Object.assign({}, ours, { changes });
    });
    if (state.version !== version) state.clock.tick();

    // 9. Deliver, and 10. write it into the journal.
    return this.#finish(exchange, answered);
  }

  /** What is answered without asking a rule goes through our own check too. */
  #finishWithoutRule(
    exchange: OperationExchange<World, Who>,
    interception: Interception,
  ): Delivery {
    return this.#finish(exchange, this.#intercepted(exchange, interception));
  }

  #intercepted(exchange: OperationExchange<World, Who>, interception: Interception): Answer {
    return 'outcome' in interception
      ? this.#answers.decided(exchange, interception)
      : this.#answers.invented(exchange, interception);
  }

  /** What has been done stays done, and is told, although something else is answered. */
  #replaced(exchange: OperationExchange<World, Who>, answer: Answer): Answer {
    const instead = this.#interceptors.replace(exchange, answer.documented);
    if (!instead) return answer;
    const { decision, changes } = answer;
    const sent = this.#intercepted(exchange, instead);
    return {
      ...sent,
      by: instead.by,
      ...(decision ? { decision } : {}),
      ...(changes ? { changes } : {}),
    };
  }

  /** How every answer ends: it is delivered, and written down. */
  #finish(exchange: Exchange<World, Who>, given: Answer): Delivery {
    const { api } = this.#options;
    const { arrival, caller } = exchange;
    const { journal } = arrival.world;
    const answer = reachesOperation(exchange) ? this.#replaced(exchange, given) : given;
    const { response, documented, decision, changes, by = decision?.by } = answer;
    const note = noted(answer.note, arrival.request);
    const asked = waiting({ response }, arrival.request);
    const { delivery, hands } = this.#interceptors.deliver(asked, exchange, documented);
    const sent = forMethod(arrival.request, delivery);
    const ended = {
      arrival,
      status: response.status,
      note,
      caller: caller === undefined ? undefined : api.nameOf(caller),
      delivery: sent,
      hands: by ? [by, ...hands] : hands,
      decision,
      changes,
      isPage: documented === undefined && note.basis === undefined,
    };
    journal.write(entryOf(ended, journal.bodyLimit));
    return sent;
  }
}

const reachesOperation = <World, Who>(
  exchange: Exchange<World, Who>,
): exchange is OperationExchange<World, Who> => exchange.operation !== undefined;

/** What the client sent and nobody read, with the preferences among it. */
function noted(note: Note, { headers: { prefer } }: PlainRequest): Note {
  if (prefer === undefined || note.operation === undefined) return note;
  const ignored = [...(note.ignored ?? []), ...ignoredPreferences(prefer)];
  return ignored.length > 0 ? { ...note, ignored } : note;
}
