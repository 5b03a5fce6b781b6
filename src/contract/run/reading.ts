// What a run plays that may not write: it finds objects in each caller's lists and in the profile,
// and reads them, and what is in them, as every caller.
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { isJsonObject } from '../../spec/message.js';
import {
  KNOWN_ORGANIZATION,
  LARGEST_PAGE,
  ORGANIZATION,
  ORGANIZATION_SLOT,
  rowsIn,
} from '../dialect.js';
import { type Deviation, isSerious } from '../judge/deviation.js';
import { type CallerName, letIn } from '../tables/caller.js';
import { readTemplate, usesIn } from '../tables/expression.js';
import { type KeepStep, partsOf, type RequestStep } from '../tables/steps.js';
import type { Call, Contracts } from '../tables/table.js';
import { listsOf } from './creations.js';
import { type Exchanged, isSuccess } from './exchanged.js';
import { type Filled, NOTHING } from './filled.js';
import { findingOf } from './finding.js';
import { isId } from './id.js';
import type { Lanes } from './lanes.js';
import { needsOf, valueIn } from './needs.js';
import { pagesFrom } from './pages.js';
import { type SessionParts, selectionOf } from './parts.js';
import { planRows } from './plan.js';
import { type Play, type Played, playedOut } from './play.js';
import { NotExercised } from './reason.js';
import { type PlannedRow, playRow } from './row.js';
import { Session } from './session.js';
import { listsFor } from './stock.js';
import { expectedCase, type Subject } from './subject.js';

/** Path parameters and their values: an object, and what it is in. */
type Binding = Readonly<Record<string, string>>;

interface Found {
  readonly binding: Binding;
  /** Whoever has it in a list; nobody where only the profile names it. */
  readonly by: Set<CallerName>;
}

/** Objects that are read with one operation, by one caller: that are in a list of theirs, or not. */
const MOST = 3;
/** Pages of a list in which objects are looked for. */
const PAGES = 3;
/** What is found is looked for once, by the first play. */
const finding: Lanes = new Map([['what is there', 'alone']]);

/**
 * The plays of a run without writes: those that send none, rows whose case depends on no state, on
 * objects that are there, and every read by every caller.
 */
export function planReading(
  {
    spec,
    contracts,
    profile,
    include,
  }: Pick<SessionParts, 'spec' | 'contracts' | 'profile' | 'include'>,
  plays: readonly Play[],
): readonly Play[] {
  const reads = [...spec.operations.values()].filter(({ method }) => method === 'GET');
  const finder = new Finder([...spec.operations.values()]);
  const stateless = new Map(
    planRows(spec, contracts, include)
      .filter((row) => needsNoState(spec, row))
      .map((row) => [row.title, row]),
  );
  const callers = letIn.filter((name) => valueIn(profile, `callers.${name}`) !== undefined);
  return [
    ...plays.map((play) => {
      const row = stateless.get(play.title);
      return row === undefined ? play : onFound(row, play, finder, contracts);
    }),
    ...reads.flatMap((operation) =>
      callers.map((caller) => readingOf(spec, operation, caller, finder)),
    ),
  ];
}

/** A read that is refused for its credential or its values, whatever there is. */
function needsNoState(spec: Spec, row: PlannedRow): boolean {
  const { method } = spec.operations.get(row.operation) as Operation;
  return method === 'GET' && [401, 422].includes(expectedCase(spec, row)?.status ?? 0);
}

/** The request of a row, sent to what is there in place of what the row would have made. */
function onFound(row: PlannedRow, play: Play, finder: Finder, { slots }: Contracts): Play {
  const request = row.steps.find((step): step is RequestStep => step.kind === 'request');
  if (request === undefined) return play;
  const own = request.request.implied.filter((name) => name !== ORGANIZATION);
  return {
    ...play,
    needs: needsOf([request]),
    touches: new Set([row.operation]),
    shares: undefined,
    lanes: finding,
    play: async (parts) => {
      const [found] = await finder.objectsFor(own, parts);
      if (found === undefined)
        throw new NotExercised(`nobody has found anything for ${own.join(' and ')}`);
      const keep = (slot: string, value: string): KeepStep => ({
        kind: 'keep',
        slot,
        value: readTemplate(value),
        isId: true,
        origin: request.origin,
      });
      const keeps = own.map((name) => keep(slots[name] ?? name, found.binding[name] as string));
      if (request.request.implied.includes(ORGANIZATION))
        keeps.push(keep(ORGANIZATION_SLOT, `$${KNOWN_ORGANIZATION}`));
      // Any other value, such as what is searched for, makes no difference to a refusal.
      for (const { expression } of partsOf(request.request).flatMap(usesIn))
        if (expression.kind === 'slot' && !keeps.some(({ slot }) => slot === expression.name))
          keeps.push(keep(expression.name, NOTHING));
      return finder.counted(
        await playRow({ ...row, steps: [...keeps, request], shared: undefined }, parts),
      );
    },
  };
}

/** One operation as one caller sees it. */
function readingOf(spec: Spec, operation: Operation, caller: CallerName, finder: Finder): Play {
  const subject: Subject = {
    kind: 'row',
    operation: operation.id,
    title: `${operation.id} by ${caller} of what is there`,
    place: spec.place(operation.id),
    caller,
    expected: [],
  };
  const calls = new Set([operation.id]);
  const needs = { calls, undoes: new Set<OperationId>(), profile: new Set([`callers.${caller}`]) };
  return {
    ...subject,
    needs,
    touches: calls,
    costs: { own: Array(MOST).fill(operation.id), state: [] },
    lanes: finding,
    play: async (parts) => finder.counted(await new Reader(subject, operation, parts).play(finder)),
  };
}

class Reader {
  readonly #subject: Subject;
  readonly #operation: Operation;
  readonly #parts: SessionParts;

  constructor(subject: Subject, operation: Operation, parts: SessionParts) {
    this.#subject = subject;
    this.#operation = operation;
    this.#parts = parts;
  }

  async play(finder: Finder): Promise<Played> {
    const { caller = 'owner' } = this.#subject;
    const session = new Session(this.#parts);
    const own = parametersOf(this.#operation);
    const found = await finder.objectsFor(own, this.#parts);
    const isSeen = ({ by }: Found): boolean => by.has(caller);
    const chosen =
      own.length === 0
        ? found
        : [
            ...found.filter(isSeen).slice(0, MOST),
            // What the fewest see is where a refusal is due.
            ...found
              .filter((one) => !isSeen(one))
              .sort((a, b) => a.by.size - b.by.size)
              .slice(0, MOST),
          ];
    if (chosen.length === 0)
      throw new NotExercised(`nobody has found anything for ${own.join(' and ')}`);
    const seen: Exchanged[] = [];
    for (const one of chosen) {
      const filled = requestOf(this.#operation, caller, one.binding, this.#parts);
      seen.push(this.#withListed(await session.exchange(filled), isSeen(one)));
    }
    const [first] = chosen;
    for (const organization of first ? this.#otherOrganizations() : []) {
      const filled = requestOf(this.#operation, caller, first?.binding ?? {}, this.#parts);
      seen.push(await session.exchange(inOrganization(this.#operation, filled, organization)));
    }
    return this.#played(seen, session.requests);
  }

  /** Whose objects are none of the profile's own; nothing where the operation asks for none. */
  #otherOrganizations(): readonly string[] {
    const { [`other_${ORGANIZATION}`]: other } = this.#parts.profile.known;
    const isAsked = this.#operation.parameters.some(({ name }) => name === ORGANIZATION);
    return isAsked && other !== undefined ? [other] : [];
  }

  /** What a list shows to somebody, they can read. */
  #withListed(exchanged: Exchanged, isListed: boolean): Exchanged {
    const { response, judged } = exchanged;
    const isRead = this.#operation.template.endsWith('}');
    if (!isListed || !isRead || !judged || isSuccess(exchanged)) return exchanged;
    const deviation: Deviation = {
      code: 'STATE_WRONG',
      severity: 'question',
      pointer: '',
      expected: 'success, since a list of the same caller has it',
      got: String(response?.status),
      basis: 'assumed',
      source: '',
    };
    return {
      ...exchanged,
      judged: { ...judged, deviations: [...judged.deviations, deviation] },
    };
  }

  #played(seen: readonly Exchanged[], requests: number): Played {
    const { include } = selectionOf(this.#parts);
    const isIncluded = include(this.#operation.id);
    const findings = isIncluded
      ? seen.flatMap((exchanged) => findingOf(this.#subject, exchanged, seen))
      : [];
    const isSound = ({ judged }: Exchanged): boolean =>
      judged !== undefined && !judged.deviations.some(isSerious);
    const shown = seen.filter(isSound).flatMap(({ judged }) => judged?.documented?.name ?? []);
    return { ...playedOut(this.#subject, findings, requests), shown: [...new Set(shown)] };
  }
}

/** Finds objects, once for all plays: in the lists of every caller, and in the profile. */
class Finder {
  readonly #operations: readonly Operation[];
  #found: Promise<readonly Found[]> | undefined;
  #requests = 0;

  constructor(operations: readonly Operation[]) {
    this.#operations = operations;
  }

  /** Those that have a value for each of the parameters. */
  async objectsFor(parameters: readonly string[], parts: SessionParts): Promise<readonly Found[]> {
    if (parameters.length === 0) return [{ binding: {}, by: new Set() }];
    this.#found ??= this.#find(parts);
    return (await this.#found).filter(({ binding }) =>
      parameters.every((name) => binding[name] !== undefined),
    );
  }

  /** The same play, with the requests by which things were found and that no other play has. */
  counted(played: Played): Played {
    const requests = played.requests + this.#requests;
    this.#requests = 0;
    return { ...played, requests };
  }

  async #find(parts: SessionParts): Promise<readonly Found[]> {
    const found = new Map<string, Found>();
    const note = (parameter: string, id: string, by?: CallerName): void => {
      const key = `${parameter} ${id}`;
      const one = found.get(key) ?? { binding: { [parameter]: id }, by: new Set<CallerName>() };
      if (by) one.by.add(by);
      found.set(key, one);
    };
    const kinds = Object.keys(listsOf) as (keyof typeof listsOf)[];
    for (const caller of letIn)
      for (const list of kinds.flatMap((kind) => listsFor(kind, caller, parts))) {
        const parameter = this.#memberOf(list.call);
        if (parameter === undefined) continue;
        for (const id of await this.#idsIn(list, parts)) note(parameter, id, caller);
      }
    const names = new Set(this.#operations.flatMap(parametersOf));
    for (const [name, id] of Object.entries(parts.profile.known))
      for (const parameter of names)
        if (name === parameter || name.endsWith(`_${parameter}`)) note(parameter, id);
    return [...found.values()];
  }

  async #idsIn(list: Call, parts: SessionParts): Promise<readonly string[]> {
    const session = new Session(parts);
    const first = session.fillCall(list);
    const send = (page: Filled): Promise<Exchanged> => session.exchange(page);
    const ids: string[] = [];
    for await (const { judged } of pagesFrom(await send(first), first, send, PAGES))
      for (const row of rowsIn(judged?.body))
        if (isJsonObject(row) && isId(row.id)) ids.push(row.id);
    this.#requests += session.requests;
    return ids;
  }

  /** The parameter by which the path of a list goes on to one of its items. */
  #memberOf(list: OperationId): string | undefined {
    const { template = '' } = this.#operations.find(({ id }) => id === list) ?? {};
    const base = `${template.replace(/\/$/, '')}/`;
    return this.#operations
      .filter((operation) => operation.template.startsWith(base))
      .flatMap(
        (operation) => /^\{(\w+)\}/.exec(operation.template.slice(base.length))?.[1] ?? [],
      )[0];
  }
}

/** The parameters of its path that name an object. */
const parametersOf = ({ parameters }: Operation): readonly string[] =>
  parameters
    .filter(({ name, in: place }) => place === 'path' && name !== ORGANIZATION)
    .map(({ name }) => name);

/** The same request for the objects of an organization. */
function inOrganization({ parameters }: Operation, filled: Filled, organization: string): Filled {
  const place = parameters.find(({ name }) => name === ORGANIZATION)?.in ?? 'query';
  return { ...filled, [place]: { ...filled[place], [ORGANIZATION]: organization } };
}

/** Throws NotExercised where the profile has no organization. */
function requestOf(
  { id, parameters }: Operation,
  caller: CallerName,
  binding: Binding,
  { profile }: SessionParts,
): Filled {
  const organization = (): string => {
    const known = valueIn(profile, `known.${ORGANIZATION}`);
    if (known === undefined) throw new NotExercised(`the profile has no known.${ORGANIZATION}`);
    return known;
  };
  const given = (place: string): Record<string, string> =>
    parameters.some(
      ({ name, in: at, required }) => at === place && required && name === ORGANIZATION,
    )
      ? { [ORGANIZATION]: organization() }
      : {};
  const page = parameters.some(({ name }) => Object.hasOwn(LARGEST_PAGE, name)) ? LARGEST_PAGE : {};
  return {
    call: id,
    caller,
    path: { ...given('path'), ...binding },
    query: { ...given('query'), ...page },
  };
}
