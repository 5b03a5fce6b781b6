// Stands between a run and its target, and sends a write only where it can harm nobody: its target was made by this run, or
// invented by it and never returned by the server, or is marked disposable in the profile. It looks at the requests themselves,
// so that no row of the contracts gets around it.
import { type Answer, isSafe, type Target } from '../../client/target.js';
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { createMatcher, type Matcher } from '../../spec/match.js';
import { isJsonObject, type Json, type PlainRequest, type PlainResponse } from '../../spec/message.js';
import { atPointer } from '../../spec/relation.js';
import type { Deviation } from '../judge/judge.js';
import { type CallerName, letIn } from '../tables/caller.js';
import { isId, short } from './id.js';
import type { Profile } from './profile.js';
import { Withheld } from './reason.js';

/** What an operation does to the objects that its request names. By default, the path names what is changed. */
interface Effect {
  /** Where the answer names what was made. */
  readonly makes?: string;
  /** Path parameters whose object is linked to the target, or holds it, and stays as it is. */
  readonly linksPath?: readonly string[];
  /** Fields of the body that name such objects. */
  readonly linksBody?: readonly string[];
}

const effects: Readonly<Partial<Record<OperationId, Effect>>> = {
  createSpace: { makes: '/id', linksBody: ['vector_store_ids'] },
  createThread: { makes: '/id' },
  createSlice: { makes: '/id' },
  createComposite: { makes: '/id', linksBody: ['member_slice_ids'] },
  createStoreInSlice: { makes: '/id' },
  createVectorStore: { makes: '/data/id' },
  updateComposite: { linksBody: ['member_slice_ids'] },
  updateStore: { linksBody: ['slice_id'] },
  addVectorStoreToSpace: { linksPath: ['vector_store_id'] },
  removeVectorStoreFromSpace: { linksPath: ['vector_store_id'] },
  addThreadToSpace: { linksPath: ['thread_id'] },
  removeThreadFromSpace: { linksPath: ['thread_id'] },
  updateMessage: { linksPath: ['thread_id'] },
  deleteMessage: { linksPath: ['thread_id'] },
};

/** A method that no REST API has and that changes nothing, whoever takes it (RFC 4918). */
export const READING = 'PROPFIND';

/** Every name and id that a run invents carries this. */
const isInvented = (id: string): boolean => id.includes('understudy-');

export interface Sent {
  readonly response: Answer;
  /** What is wrong with the id of what was made. */
  readonly deviation?: Deviation;
}

export class Guard {
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
  /** Every id that the server has returned, with the number of the request that was the latest then. */
  readonly #seen = new Map<string, number>();
  #sent = 0;

  constructor(spec: Spec, profile: Profile) {
    const operations = [...spec.operations.values()];
    this.#profile = profile;
    this.#match = createMatcher(operations);
    this.#literals = new Set(operations.flatMap(({ template }) => template.split('/').filter((part) => !part.startsWith('{'))));
    this.#known = new Map(Object.entries(profile.known).map(([name, id]) => [id, name]));
    const disposable = ['disposable_message_id', ...(profile.disposable ?? [])];
    this.#disposable = new Set(disposable.flatMap((name) => profile.known[name] ?? []));
  }

  /** Throws Withheld where the request could do harm. */
  async send(target: Target, request: PlainRequest, signal?: AbortSignal): Promise<Sent> {
    const objection = this.objection(request);
    if (objection !== undefined) throw new Withheld(`${request.method} ${pathOf(request)} is not sent: ${objection}`);
    this.#sent += 1;
    const number = this.#sent;
    const response = await target.send(request, signal);
    const deviation = this.#note(request, response, number);
    return deviation ? { response, deviation } : { response };
  }

  /** Why a request is not sent; nothing where it can do no harm. */
  objection(request: PlainRequest): string | undefined {
    if (isSafe(request.method) || request.method === READING) return undefined;
    const match = this.#match(request.method, pathOf(request));
    if (match.kind !== 'operation') return this.#objectionToPath(request);
    const { operation, path } = match;
    const effect: Effect = effects[operation.id] ?? {};
    const objects = Object.entries(path).filter(([name]) => name !== 'organization_id');
    const isLinked = (name: string): boolean => effect.linksPath?.includes(name) ?? false;
    const objections = [
      ...Object.values(path).map((id) => (isId(id) ? undefined : `${JSON.stringify(id)} is no id`)),
      ...objects.map(([name, id]) => (isLinked(name) ? this.#objectionToLink(id) : this.#objectionTo(id))),
      ...this.#linkedIn(request, effect.linksBody ?? []).map((id) => this.#objectionToLink(id)),
      objects.length === 0 && effect.makes === undefined ? this.#objectionToAll(operation, request) : undefined,
    ];
    return objections.find((objection) => objection !== undefined);
  }

  /** No operation of the document: only to what the run has invented. */
  #objectionToPath(request: PlainRequest): string | undefined {
    const segments = pathOf(request).split('/');
    const others = segments.filter((segment) => !this.#literals.has(segment));
    if (others.length > 0 && others.every((id) => isId(id) && isInvented(id) && !this.#seen.has(id))) return undefined;
    return 'the document has no such operation, and its path names what this run did not invent';
  }

  #objectionTo(id: string): string | undefined {
    if (this.#doubtful.has(id)) return `${id} ${this.#doubtful.get(id)}`;
    if (this.#made.has(id) || this.#disposable.has(id)) return undefined;
    const known = this.#known.get(id);
    if (known !== undefined)
      return `known.${known} is not marked; add ${known} to \`disposable\` in the profile if it may be changed`;
    if (isInvented(id)) return this.#seen.has(id) ? `${id} is there, though this run only invented it` : undefined;
    return `this run did not make ${id}`;
  }

  /** What is linked to an object of the run stays as it is; another organization's is left alone all the same. */
  #objectionToLink(id: string): string | undefined {
    const objection = this.#objectionTo(id);
    const known = this.#known.get(id);
    const isOwn = known !== undefined && !known.startsWith('foreign_');
    const isNobodys = known === undefined && !this.#seen.has(id);
    return isOwn || isNobodys || this.#dedicated.has(id) ? undefined : objection;
  }

  /** Of an operation that names no object, and acts on all that its caller has. */
  #objectionToAll({ id }: Operation, { headers, target }: PlainRequest): string | undefined {
    const callers = Object.entries(this.#profile.callers).filter(
      ([, { api_key, bearer }]) =>
        (api_key !== undefined && headers['x-api-key'] === api_key) ||
        (bearer !== undefined && headers.authorization === `Bearer ${bearer}`),
    );
    const marked = callers.filter(([, { disposable }]) => disposable);
    if (callers.length > 0 && marked.length === callers.length) return undefined;
    const [name, ...others] = callers.filter((caller) => !marked.includes(caller)).map(([caller]) => caller as CallerName);
    const isLetIn = [name, ...others].some((caller) => caller !== undefined && letIn.includes(caller));
    if (isLetIn)
      return `${id} acts on all that ${name} has; write \`disposable: true\` below callers.${name} in the profile if it may`;
    // Whoever is refused has nothing, or nothing in an organization that is not there.
    const organization = new URL(target, 'http://target').searchParams.get('organization_id') ?? '';
    return isInvented(organization) ? undefined : `${id} acts on all that its caller has`;
  }

  #linkedIn({ body }: PlainRequest, fields: readonly string[]): readonly string[] {
    const sent = fields.length > 0 ? parsed(new TextDecoder().decode(body)) : undefined;
    if (!isJsonObject(sent)) return [];
    return fields.flatMap((field) => sent[field] ?? []).filter((id): id is string => typeof id === 'string');
  }

  /** Remembers what the answer tells of ids. */
  #note(request: PlainRequest, { status, body }: PlainResponse, number: number): Deviation | undefined {
    const isAccepted = status >= 200 && status < 300;
    const answered = isAccepted && body !== undefined ? parsed(body) : undefined;
    const match = isAccepted ? this.#match(request.method, pathOf(request)) : undefined;
    const operation = match?.kind === 'operation' ? match.operation.id : undefined;
    const makes = operation && effects[operation]?.makes;
    const deviation = makes === undefined ? undefined : this.#noteMade(atPointer(answered, makes), makes, number);
    const asked = `${request.target} ${new TextDecoder().decode(request.body)}`;
    for (const { key, id, owner } of idsIn(answered)) {
      // Elsewhere than in `id`, an id that was sent may only be repeated.
      if (key !== 'id' && asked.includes(id)) continue;
      if (!this.#seen.has(id)) this.#seen.set(id, this.#sent);
      if (key === 'vector_store_id' && owner !== undefined && this.#made.has(owner)) this.#dedicated.add(id);
    }
    return deviation;
  }

  #noteMade(id: Json | undefined, pointer: string, number: number): Deviation | undefined {
    const report = (code: 'SCHEMA_BROKEN' | 'STATE_WRONG', expected: string, got: string): Deviation => ({
      code,
      severity: 'failure',
      pointer,
      expected,
      got,
      basis: 'docs',
      source: '',
    });
    if (!isId(id)) return report('SCHEMA_BROKEN', 'an id that a path can carry', short(id));
    const isOld = (this.#seen.get(id) ?? number) < number || this.#known.has(id);
    if (!this.#made.has(id) && !isOld) {
      this.#made.add(id);
      return undefined;
    }
    const why = this.#made.has(id) ? 'was given to two creations' : 'was there before this run made it';
    this.#made.delete(id);
    this.#doubtful.set(id, why);
    return report('STATE_WRONG', 'an id of its own', `${id}, which ${why}`);
  }
}

const pathOf = ({ target }: PlainRequest): string => target.split('?')[0] as string;

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

interface FoundId {
  readonly key: string;
  readonly id: string;
  /** The `id` beside it. */
  readonly owner: string | undefined;
}

/** Every text in a field called `id`, `ids`, `…_id` or `…_ids`, at any depth. */
function* idsIn(value: Json | undefined): Generator<FoundId> {
  const open: (Json | undefined)[] = [value];
  while (open.length > 0) {
    const node = open.pop();
    if (Array.isArray(node)) for (const item of node) open.push(item);
    if (!isJsonObject(node)) continue;
    const owner = typeof node.id === 'string' ? node.id : undefined;
    for (const [key, item] of Object.entries(node)) {
      if (typeof item === 'object') open.push(item);
      if (!/(^|_)ids?$/.test(key)) continue;
      for (const id of [item].flat()) if (typeof id === 'string') yield { key, id, owner };
    }
  }
}
