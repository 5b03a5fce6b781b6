// Who of the profile holds the override of all permissions: the contracts have it with the admin,
// the vendor's roles with the owner. Whoever sees a private space that the other one made holds it.
import type { OperationId, Spec } from '../../spec/document.js';
import { isJsonObject } from '../../spec/message.js';
import { KNOWN_ORGANIZATION, LARGEST_PAGE, ORGANIZATION, rowsIn } from '../dialect.js';
import type { CallerName } from '../tables/caller.js';
import { lastParameterOf } from '../tables/compile.js';
import type { LookStep, PrepareStep, RequestStep, Step } from '../tables/steps.js';
import type { Call } from '../tables/table.js';
import { asTool, type Exchanged, isSuccess } from './exchanged.js';
import { type Finding, findingOf } from './finding.js';
import { isId } from './id.js';
import { type Holders, type Selection, type SessionParts, selectionOf } from './parts.js';
import { NotExercised } from './reason.js';
import { Session } from './session.js';
import type { Subject } from './subject.js';

/** Who holds it in the contracts. */
export const HOLDER = 'admin';

/** What a run knows of it. The first row that rests on it asks. */
export class Override {
  #asking: Promise<Holders> | undefined;
  #holders: Holders;
  requests = 0;
  #unsaid: readonly Exchanged[] = [];

  /** Undefined, too, as long as nobody has asked. */
  get holders(): Holders {
    return this.#holders;
  }

  async ask(parts: SessionParts): Promise<Holders> {
    this.#asking ??= this.#ask(parts);
    this.#holders = await this.#asking;
    return this.#holders;
  }

  findingsOf(subject: Subject, include: Selection['include']): readonly Finding[] {
    const exchanges = this.#unsaid;
    this.#unsaid = [];
    return exchanges.flatMap((one) =>
      findingOf(subject, include(one.operation) ? one : asTool(one), exchanges),
    );
  }

  async #ask(parts: SessionParts): Promise<Holders> {
    const needed: readonly OperationId[] = ['createSpace', 'getSpace', 'listSpaces', 'deleteSpace'];
    if (!needed.every(selectionOf(parts).allow)) return undefined;
    // No play has this number, so that no name is given twice.
    const session = new Session({ ...parts, number: 0 });
    const holders: CallerName[] = [];
    try {
      for (const [viewer, maker] of [
        [HOLDER, 'owner'],
        ['owner', HOLDER],
      ] as const) {
        const sees = await this.#sees(session, viewer, maker);
        if (sees === undefined) return undefined;
        if (sees) holders.push(viewer);
        // That somebody holds it is enough for the shortest run.
        if (sees && parts.level === 'smoke') break;
      }
      return holders;
    } catch (error) {
      if (error instanceof NotExercised) return undefined;
      throw error;
    } finally {
      this.requests += session.requests;
      this.#unsaid = session.exchanges;
    }
  }

  /**
   * Whether one sees what the other has made for nobody else. Where a read and the list do not
   * agree, one of them is wrong, which is for the rows to say.
   */
  async #sees(
    session: Session,
    viewer: CallerName,
    maker: CallerName,
  ): Promise<boolean | undefined> {
    const send = (call: Call): Promise<Exchanged> => session.exchange(session.fillCall(call));
    const organization = { [ORGANIZATION]: `$${KNOWN_ORGANIZATION}` };
    const body = { ...organization, name: '$name', access_mode: 'private' };
    const made = await send({ call: 'createSpace', caller: maker, body });
    const space_id = isJsonObject(made.judged?.body) ? made.judged.body.id : undefined;
    if (!isSuccess(made) || !isId(space_id)) return undefined;
    const path = { space_id };
    try {
      const read = await send({ call: 'getSpace', caller: viewer, path });
      if (isSuccess(read)) return true;
      const query = { ...organization, ...LARGEST_PAGE };
      const list = await send({ call: 'listSpaces', caller: viewer, query });
      return rowsIn(list.judged?.body).some((row) => isJsonObject(row) && row.id === space_id);
    } finally {
      await session.takeAway({ call: 'deleteSpace', caller: maker, path });
      session.sender.cleaning = false;
      session.sender.hurries = false;
    }
  }
}

type Sent = PrepareStep | RequestStep | LookStep;

const isSent = (step: Step): step is Sent => ['prepare', 'request', 'look'].includes(step.kind);

/** The steps of a row by which the holder uses a space that another made. */
export function overridingIn(spec: Spec, steps: readonly Step[]): readonly Sent[] {
  const sent = steps.filter(isSent);
  const isMade = sent.some(
    ({ request: { call, caller } }) => call === 'createSpace' && caller !== HOLDER,
  );
  const space = `{${lastParameterOf(spec, 'getSpace')}}`;
  const uses = ({ request: { call, caller } }: Sent): boolean =>
    caller === HOLDER &&
    (call === 'listSpaces' || spec.operations.get(call)?.template.includes(space) === true);
  return isMade ? sent.filter(uses) : [];
}

/** For the report; nothing where no row has asked. */
export function overrideInWords(holders: Holders): string | undefined {
  if (!holders) return undefined;
  if (holders.length === 0)
    return 'held by neither the admin nor the owner of the profile, so rows that rest on it were not exercised';
  if (holders.includes(HOLDER)) return `held by the ${holders.join(' and the ')} of the profile`;
  return "held by the owner of the profile and not by its admin, so rows that rest on it were played with the two in each other's place";
}
