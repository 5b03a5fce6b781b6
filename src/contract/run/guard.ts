// Stands between a run and its target, and sends a write only where it can harm nobody: its target
// was made by this run, or invented by it and never returned by the server, or is marked disposable
// in the profile. It looks at the requests themselves, so that no row of the contracts gets around
// it.
import { type Answer, isSafe, type Target, TargetError } from '../../client/target.js';
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { createMatcher, type Matcher } from '../../spec/match.js';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  type PlainRequest,
  type PlainResponse,
  pathOf,
} from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import { credentialIn, headersOf, ORGANIZATION, tokenOf } from '../dialect.js';
import type { Deviation } from '../judge/deviation.js';
import type { ReadJson } from '../judge/json.js';
import { readBody } from '../judge/json.js';
import { type CallerName, letIn } from '../tables/caller.js';
import { lastParameterOf } from '../tables/compile.js';
import { type Creation, creations } from './creations.js';
import { isId, short } from './id.js';
import type { Entry, Ledger } from './ledger.js';
import { isInvented, nameIn } from './names.js';
import type { Profile } from './profile.js';
import { Withheld } from './reason.js';

/**
 * What an operation does to the objects that its request names. By default, the path names what is
 * changed.
 */
interface Effect {
  /** Path parameters whose object is linked to the target, or holds it, and stays as it is. */
  readonly linksPath?: readonly string[];
  /** Fields of the body that name such objects. */
  readonly linksBody?: readonly string[];
}

const effects: Readonly<Partial<Record<OperationId, Effect>>> = {
  createSpace: { linksBody: ['vector_store_ids'] },
  createComposite: { linksBody: ['member_slice_ids'] },
  updateComposite: { linksBody: ['member_slice_ids'] },
  updateStore: { linksBody: ['slice_id'] },
  addVectorStoreToSpace: { linksPath: ['vector_store_id'] },
  removeVectorStoreFromSpace: { linksPath: ['vector_store_id'] },
  updateMessage: { linksPath: ['thread_id'] },
  deleteMessage: { linksPath: ['thread_id'] },
};

/** A method that no REST API has and that changes nothing, whoever takes it (RFC 4918). */
export const READING = 'PROPFIND';

interface Sending {
  readonly caller?: CallerName;
  readonly signal?: AbortSignal | undefined;
}

export interface Sent {
  readonly response: Answer;
  /** Its body. */
  readonly read: ReadJson;
  /** What is wrong with the id of what was made. */
  readonly deviation?: Deviation;
}

export class Guard {
  readonly #spec: Spec;
  readonly #profile: Profile;
  readonly #match: Matcher<Operation>;
  readonly #literals: ReadonlySet<string>;
  readonly #known: ReadonlyMap<string, string>;
  readonly #disposable: ReadonlySet<string>;
  readonly #made = new Set<string>();
  /** Stores that come and go with a space of this run. */
  readonly #dedicated = new Set<string>();
  /** Ids that creations have answered and that are not surely the run's, with the reason. */
  readonly #doubtful = new Map<string, string>();
  /** Every id that the server has returned. */
  readonly #seen = new Set<string>();
  /**
   * The same, and every other text that could be one, with the number of the request that was the
   * latest then.
   */
  readonly #returned = new Map<string, number>();
  /** Which lists are read before a creation, and by whom. */
  readonly stocked = new Map<string, Promise<void>>();
  /** Requests so far. */
  sent = 0;

  readonly #ledger: Ledger | undefined;

  constructor(spec: Spec, profile: Profile, ledger?: Ledger) {
    this.#spec = spec;
    this.#ledger = ledger;
    const operations = [...spec.operations.values()];
    this.#profile = profile;
    this.#match = createMatcher(operations);
    this.#literals = new Set(
      operations.flatMap(({ template }) =>
        template.split('/').filter((part) => !part.startsWith('{')),
      ),
    );
    this.#known = new Map(Object.entries(profile.known).map(([name, id]) => [id, name]));
    const disposable = ['disposable_message_id', ...(profile.disposable ?? [])];
    this.#disposable = new Set(disposable.flatMap((name) => profile.known[name] ?? []));
  }

  /** Throws Withheld where the request could do harm. */
  async send(target: Target, request: PlainRequest, sending: Sending = {}): Promise<Sent> {
    const objection = this.objection(request);
    if (objection !== undefined)
      throw new Withheld(`${request.method} ${pathOf(request)} is not sent: ${objection}`);
    this.sent += 1;
    const number = this.sent;
    const entry = this.#entryFor(request, sending.caller);
    const response = await target.send(request, sending.signal).catch((error) => {
      if (entry && error instanceof TargetError && error.unsent) this.#ledger?.refused(entry);
      throw error;
    });
    const read = readBody(response);
    const body = read.problem === undefined ? read.body : parsed(response.body);
    const deviation = this.#note(request, response, body, number);
    if (entry) this.#settle(entry, response, deviation ? undefined : body);
    else this.#noteTakenAway(request, response);
    return { response, read, ...(deviation ? { deviation } : {}) };
  }

  /** What another process of the same run has made; never what the profile names. */
  adopt(id: string): void {
    if (isId(id) && !this.#known.has(id)) this.#made.add(id);
  }

  /** A creation is written down before it leaves. */
  #entryFor(request: PlainRequest, caller: CallerName | undefined): Entry | undefined {
    const match = isSafe(request.method) ? undefined : this.#match(request.method, pathOf(request));
    if (!this.#ledger || match?.kind !== 'operation' || !creations[match.operation.id])
      return undefined;
    const sent = parsed(utf8.decode(request.body));
    const given = isJsonObject(sent) ? sent : {};
    const organization = match.path[ORGANIZATION] ?? given[ORGANIZATION];
    const name = nameIn(JSON.stringify(given), this.#ledger.run);
    return this.#ledger.sending(
      {
        operation: match.operation.id,
        caller: caller !== undefined && letIn.includes(caller) ? caller : 'owner',
        name,
        values: name === undefined ? shortValuesOf(given) : undefined,
        organization: isId(organization) ? organization : undefined,
      },
      this.sent,
    );
  }

  /** `body` is absent where its id is not one that this run may take for its own. */
  #settle(entry: Entry, { status }: PlainResponse, body: Json | undefined): void {
    const creation = creations[entry.operation] as Creation;
    const id = atPointer(body, creation.id);
    if (status >= 200 && status < 300 && isId(id)) {
      const withIt = creation.with === undefined ? undefined : atPointer(body, creation.with);
      this.#ledger?.made(entry, id, isId(withIt) && !this.#known.has(withIt) ? [withIt] : []);
    } else if (status >= 300 && status < 500) this.#ledger?.refused(entry);
  }

  #noteTakenAway(request: PlainRequest, { status }: PlainResponse): void {
    if (isSafe(request.method)) return;
    const match = this.#match(request.method, pathOf(request));
    if (match.kind !== 'operation') return;
    const { id: operation } = match.operation;
    const all = Object.values(creations);
    const id = match.path[lastParameterOf(this.#spec, operation)] ?? '';
    if (all.some(({ undo }) => undo === operation)) this.#ledger?.asked(id, status);
    if (all.some(({ redo }) => redo === operation) && status < 300) this.#ledger?.restored(id);
  }

  /**
   * Whether an object is the run's that has a name of the run, and that no answer made known: no
   * answer before the request of that number, which may have made it, has its id.
   */
  claim(id: string, number: number): boolean {
    return isId(id) && !this.#made.has(id) && this.#noteMade(id, '', number) === undefined;
  }

  /** Why a request is not sent; nothing where it can do no harm. */
  objection(request: PlainRequest): string | undefined {
    if (isSafe(request.method) || request.method === READING) return undefined;
    const match = this.#match(request.method, pathOf(request));
    if (match.kind !== 'operation') return this.#objectionToPath(request);
    const { operation, path } = match;
    const effect: Effect = effects[operation.id] ?? {};
    const objects = Object.entries(path).filter(([name]) => name !== ORGANIZATION);
    const isLinked = (name: string): boolean => effect.linksPath?.includes(name) ?? false;
    const objections = [
      ...Object.values(path).map((id) => (isId(id) ? undefined : `${JSON.stringify(id)} is no id`)),
      ...objects.map(([name, id]) =>
        isLinked(name) ? this.#objectionToLink(id) : this.#objectionTo(id),
      ),
      ...this.#linkedIn(request, effect.linksBody ?? []).map((id) => this.#objectionToLink(id)),
      objects.length === 0 && !creations[operation.id]
        ? this.#objectionToAll(operation, request)
        : undefined,
    ];
    return objections.find((objection) => objection !== undefined);
  }

  /** No operation of the document: only to what the run has invented. */
  #objectionToPath(request: PlainRequest): string | undefined {
    const segments = pathOf(request).split('/');
    const others = segments.filter((segment) => !this.#literals.has(segment));
    if (
      others.length > 0 &&
      others.every((id) => isId(id) && isInvented(id) && !this.#seen.has(id))
    )
      return undefined;
    return 'the document has no such operation, and its path names what this run did not invent';
  }

  #objectionTo(id: string): string | undefined {
    if (this.#doubtful.has(id)) return `${id} ${this.#doubtful.get(id)}`;
    if (this.#made.has(id) || this.#disposable.has(id)) return undefined;
    const known = this.#known.get(id);
    if (known !== undefined)
      return `known.${known} is not marked; add ${known} to \`disposable\` in the profile if it may be changed`;
    if (isInvented(id))
      return this.#seen.has(id) ? `${id} is there, though this run only invented it` : undefined;
    return `this run did not make ${id}`;
  }

  /**
   * What is linked to an object of the run stays as it is; another organization's is left alone all
   * the same.
   */
  #objectionToLink(id: string): string | undefined {
    const objection = this.#objectionTo(id);
    const known = this.#known.get(id);
    const isOwn = known !== undefined && !known.startsWith('foreign_');
    const isNobodys = known === undefined && !this.#seen.has(id);
    return isOwn || isNobodys || this.#dedicated.has(id) ? undefined : objection;
  }

  /** Of an operation that names no object, and acts on all that its caller has. */
  #objectionToAll({ id }: Operation, { headers, target }: PlainRequest): string | undefined {
    const shown = credentialIn(headers);
    const callers = Object.entries(this.#profile.callers).filter(
      ([, caller]) =>
        shown !== undefined &&
        [caller, tokenOf(caller)].flatMap((one) => Object.values(headersOf(one))).includes(shown),
    );
    const marked = callers.filter(([, { disposable }]) => disposable);
    if (callers.length > 0 && marked.length === callers.length) return undefined;
    const [name, ...others] = callers
      .filter((caller) => !marked.includes(caller))
      .map(([caller]) => caller as CallerName);
    const isLetIn = [name, ...others].some(
      (caller) => caller !== undefined && letIn.includes(caller),
    );
    if (isLetIn)
      return `${id} acts on all that ${name} has; write \`disposable: true\` below callers.${name} in the profile if it may`;
    // Whoever is refused has nothing, or nothing in an organization that is not there.
    const organization = new URL(target, 'http://target').searchParams.get(ORGANIZATION) ?? '';
    return isInvented(organization) ? undefined : `${id} acts on all that its caller has`;
  }

  #linkedIn({ body }: PlainRequest, fields: readonly string[]): readonly string[] {
    const sent = fields.length > 0 ? parsed(utf8.decode(body)) : undefined;
    if (!isJsonObject(sent)) return [];
    return fields
      .flatMap((field) => sent[field] ?? [])
      .filter((id): id is string => typeof id === 'string');
  }

  /** Remembers what the answer tells of ids. */
  #note(
    request: PlainRequest,
    { status }: PlainResponse,
    body: Json | undefined,
    number: number,
  ): Deviation | undefined {
    const isAccepted = status >= 200 && status < 300;
    const match =
      isAccepted && !isSafe(request.method)
        ? this.#match(request.method, pathOf(request))
        : undefined;
    const creation = match?.kind === 'operation' ? creations[match.operation.id] : undefined;
    const deviation = creation && this.#noteMade(atPointer(body, creation.id), creation.id, number);
    let asked: string | undefined;
    for (const { key, text, owner } of textsIn(body)) {
      const isDedicated = key === 'vector_store_id' && owner !== undefined && this.#made.has(owner);
      const isOfId = /(^|_)ids?$/.test(key);
      if (this.#returned.has(text) && !isDedicated && (!isOfId || this.#seen.has(text))) continue;
      if (!isId(text)) continue;
      asked ??= `${request.target} ${utf8.decode(request.body)}`;
      // Elsewhere than in the `id` of an object that is there, what was sent may only be repeated.
      if (!(key === 'id' && isAccepted) && asked.includes(text)) continue;
      if (!this.#returned.has(text)) this.#returned.set(text, this.sent);
      if (isOfId) this.#seen.add(text);
      if (isDedicated) this.#dedicated.add(text);
    }
    return deviation;
  }

  #noteMade(id: Json | undefined, pointer: string, number: number): Deviation | undefined {
    const report = (
      code: 'SCHEMA_BROKEN' | 'STATE_WRONG',
      expected: string,
      got: string,
    ): Deviation => ({
      code,
      severity: 'failure',
      pointer,
      expected,
      got,
      basis: 'docs',
      source: '',
    });
    if (!isId(id)) return report('SCHEMA_BROKEN', 'an id that a path can carry', short(id));
    const isOld = (this.#returned.get(id) ?? number) < number || this.#known.has(id);
    if (!this.#made.has(id) && !isOld) {
      this.#made.add(id);
      return undefined;
    }
    const why = this.#made.has(id)
      ? 'was given to two creations'
      : 'was there before this run made it';
    this.#made.delete(id);
    this.#ledger?.disown(id);
    this.#doubtful.set(id, why);
    return report('STATE_WRONG', 'an id of its own', `${id}, which ${why}`);
  }
}

function parsed(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder();

/** Of what is sent, what an answer repeats as it is and a line of the ledger can hold. */
const shortValuesOf = (sent: JsonObject): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    Object.entries(sent).filter(
      ([, value]) =>
        (typeof value === 'string' && value.length <= 300) || typeof value === 'boolean',
    ),
  );

interface FoundText {
  /** The member that it is in, or that its list is in. */
  readonly key: string;
  readonly text: string;
  /** The `id` beside it. */
  readonly owner: string | undefined;
}

/** Every text, at any depth. */
function textsIn(body: Json | undefined): readonly FoundText[] {
  const found: FoundText[] = [];
  const open: {
    readonly key: string;
    readonly value: Json | undefined;
    readonly owner: string | undefined;
  }[] = [];
  const look = (key: string, value: Json | undefined, owner: string | undefined): void => {
    if (typeof value === 'string') found.push({ key, text: value, owner });
    else if (typeof value === 'object') open.push({ key, value, owner });
  };
  look('', body, undefined);
  for (let next = open.pop(); next; next = open.pop()) {
    const { key, value, owner } = next;
    if (Array.isArray(value)) for (const item of value) look(key, item, owner);
    else if (isJsonObject(value)) {
      const own = typeof value.id === 'string' ? value.id : undefined;
      for (const name of Object.keys(value)) look(name, value[name], own);
    }
  }
  return found;
}
