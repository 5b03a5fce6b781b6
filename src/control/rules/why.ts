// Why requests were answered as they were.
import type { Verdict } from '../../decide/rule.js';
import type { JournalEntry } from '../../engine/journal.js';
import { type RequestId, readRequestId } from '../../engine/request-id.js';
import type { Control } from '../control.js';
import { type ControlRules, heldBy, type Request, rule } from './form.js';

/** The request that a path names, by number or by trace id, and its world where the path has it. */
function named({ request = '', world }: Readonly<Record<string, string>>): RequestId | undefined {
  const id = readRequestId(request);
  return id && world !== undefined ? { ...id, world } : id;
}

export interface NamedRequest {
  readonly id: RequestId | undefined;
  readonly entry: JournalEntry | undefined;
}

export function findRequest(
  control: Control,
  path: Readonly<Record<string, string>>,
): NamedRequest {
  const id = named(path);
  return { id, entry: id && control.why.entry(id) };
}

/** The guards of whatever is about one request. */
const ofRequest = {
  unknown_world: ({ world: { worlds, names }, path, id }: Request & NamedRequest): Verdict => {
    const name = path.world ?? id?.world;
    if (name === undefined || worlds.has(name)) return true;
    return { details: { field: 'world', world: name, worlds: names.slice(-10) } };
  },
  unknown_request: ({ world: { worlds }, path, id, entry }: Request & NamedRequest): Verdict => {
    const world = path.world ?? id?.world ?? 'default';
    return (
      entry !== undefined || {
        details: {
          field: 'request',
          request: path.request as string,
          world,
          ...heldBy(worlds.journal(world)),
        },
      }
    );
  },
};

const explained = rule({
  read: ({ world, path }) => findRequest(world, path),
  guards: ofRequest,
  accept: ({ world, entry }) => ['explained', world.why.explain(entry as JournalEntry)],
});

const searched = rule({
  read: ({ world, path }) => findRequest(world, path),
  guards: ofRequest,
  accept: ({ world, entry }) => ['searched', world.why.waysOut(entry as JournalEntry)],
});

export const whyRules: ControlRules = {
  explainRequest: explained,
  explainWorldRequest: explained,
  listWaysOut: searched,
  listWorldWaysOut: searched,
};
