// The journal of a world.
import { type JournalEntry, lostAfter } from '../../engine/journal.js';
import { harOf } from '../../har/entry.js';
import type { JsonObject } from '../../spec/message.js';
import { harEntryOf } from '../har.js';
import { notReplayed, recordingIn } from '../replay.js';
import { type ControlRules, heldBy, pageOf, type Request, rule, unknown_world } from './form.js';

/** By the name of the parameter. */
const filters: Readonly<Record<string, (entry: JournalEntry, value: string) => boolean>> = {
  operation: (entry, id) => entry.operation === id,
  case: (entry, name) => entry.case === name || `${entry.operation}.${entry.case}` === name,
  status: (entry, status) => String(entry.status) === status,
  method: (entry, method) => entry.method === method.toUpperCase(),
  path: ({ target }, text) => target.includes(text),
};

const fits = (entry: JournalEntry, query: JsonObject): boolean =>
  Object.entries(filters).every(
    ([name, holds]) => query[name] === undefined || holds(entry, String(query[name])),
  );

/** By its number, or by the trace id of its answer. */
const found = ({ world: { worlds }, path }: Request): JournalEntry | undefined =>
  worlds
    .journal(path.world)
    .find(({ number, trace_id }) => String(number) === path.request || trace_id === path.request);

/** Those behind a number that fit all filters. */
const chosen = ({ world: { worlds }, path, query }: Request): readonly JournalEntry[] =>
  worlds
    .journal(path.world)
    .filter((entry) => entry.number > Number(query.after) && fits(entry, query));

export const requestRules: ControlRules = {
  listRequests: rule({
    guards: { unknown_world },
    accept: (request) => {
      const { world, path, query } = request;
      const later = chosen(request);
      const { page, more } = pageOf(later, query.limit);
      const next_after = more ? (later[page.length - 1]?.number ?? null) : null;
      return [
        'listed',
        {
          requests: page,
          next_after,
          lost: lostAfter(query.after as number, world.worlds.journal(path.world)),
        },
      ];
    },
  }),

  getRequest: rule({
    guards: {
      unknown_world,
      unknown_request: (request: Request) => {
        if (found(request)) return true;
        const { path, world } = request;
        const held = heldBy(world.worlds.journal(path.world));
        return {
          details: {
            field: 'request',
            request: path.request as string,
            world: path.world,
            ...held,
          },
        };
      },
    },
    accept: (request) => ['found', found(request)],
  }),

  // A program that reads the file looks for nothing around it.
  exportHar: {
    read: () => ({}),
    guards: { unknown_world },
    accept: (known) => {
      const request = known as unknown as Request;
      const { worlds, versions } = request.world;
      const { bodyLimit } = worlds.watched(request.path.world);
      const entries = chosen(request).map((entry) => harEntryOf(entry, bodyLimit));
      const har = harOf(versions.understudy, entries);
      return { case: 'exported', body: har as JsonObject };
    },
  },

  // What comes of it is put in afterwards.
  replayHar: rule({
    read: ({ body }) => recordingIn(body),
    guards: {
      unknown_world,
      broken_har: (known) =>
        'recording' in known || {
          details: { field: known.problems[0]?.pointer as string, problems: known.problems },
        },
    },
    accept: ({ path }) => ['replayed', notReplayed(path.world)],
  }),

  // Its body is a stream, which comes from elsewhere.
  streamEvents: {
    read: () => ({}),
    guards: { unknown_world },
    accept: () => ({ case: 'streaming', body: undefined }),
  },
};
