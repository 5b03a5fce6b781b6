// A HAR file replayed: in a fork of the world, so that the world itself stays as it is.
import { signal } from '@preact/signals';
import { api, dataOf, type WorldReplay } from './api.js';
import { go } from './route.js';
import { attempt, freeName } from './worlds.js';

export interface Replayed {
  readonly file: string;
  readonly har: Har;
  /** The world that was forked. */
  readonly of: string;
  readonly result: WorldReplay;
}

/** The last one; the page alone keeps it. */
export const replayed = signal<Replayed | undefined>(undefined);

interface Har {
  readonly [more: string]: unknown;
  readonly log: { readonly [more: string]: unknown; readonly entries: Record<string, unknown>[] };
}

/** Replays in a new world that starts where this one is now, and shows what came of it. */
export async function replayFile(world: string, file: File): Promise<void> {
  const name = freeName(`${world.slice(0, 50)}-replay`);
  const isDone = await attempt(async () => {
    const har = slim(parsed(await file.text(), file.name));
    const fork = { params: { path: { world } }, body: { name } };
    await dataOf(api.POST('/__admin/worlds/{world}/fork', fork));
    try {
      const result = await sent(name, har);
      replayed.value = { file: file.name, har, of: world, result };
    } catch (error) {
      // Nothing was sent, so nobody needs it.
      await api.DELETE('/__admin/worlds/{world}', { params: { path: { world: name } } });
      throw error;
    }
    return undefined;
  });
  if (isDone) go({ world: name, view: 'requests', rest: ['replay'] });
}

/** Once more, in the same world as its scenario has it. */
export const replayFromStart = ({ har, result: { world }, ...kept }: Replayed): Promise<boolean> =>
  attempt(async () => {
    await dataOf(api.POST('/__admin/worlds/{world}/reset', { params: { path: { world } } }));
    replayed.value = { ...kept, har, result: await sent(world, har) };
    return `${world} was as its scenario has it.`;
  });

const sent = (world: string, har: Har): Promise<WorldReplay> =>
  dataOf(api.POST('/__admin/worlds/{world}/har', { params: { path: { world } }, body: har }));

function parsed(text: string, name: string): Har {
  try {
    return JSON.parse(text) as Har;
  } catch {
    throw new Error(`${name} is no JSON, so it is no HAR file. Save the recording again.`);
  }
}

/** Without images, scripts and whatever else no answer of the API is: the server takes no more than a request may have. */
function slim(har: Har): Har {
  if (!Array.isArray(har?.log?.entries)) return har;
  const entries = har.log.entries.map((entry: Entry) => {
    const { request, response, startedDateTime, _resourceType, _understudy } = entry;
    const { content } = response ?? {};
    const isData = /json|text\/plain/.test(content?.mimeType ?? 'json');
    const kept = isData ? response : { ...response, content: { ...content, text: undefined } };
    return { request, response: kept, startedDateTime, _resourceType, _understudy };
  });
  return { log: { entries } };
}

interface Entry {
  readonly request?: object;
  readonly response?: { readonly content?: { readonly mimeType?: string } };
  readonly startedDateTime?: string;
  readonly _resourceType?: string;
  readonly _understudy?: object;
}
