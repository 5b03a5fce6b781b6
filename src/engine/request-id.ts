// The name of a request among those of all worlds: its number in the journal, and `~` with the world
// where it is not the default one, as in `7~checkout`.
import { DEFAULT_WORLD, isWorldName } from '../world/world-names.js';

export const requestId = (world: string, number: number): string =>
  world === DEFAULT_WORLD ? String(number) : `${number}~${world}`;

export interface RequestId {
  readonly world: string;
  /** By its number, or by the trace id that its answer had. */
  readonly number?: number;
  readonly trace?: string;
}

/** Undefined for what is neither a number nor a trace id. */
export function readRequestId(id: string): RequestId | undefined {
  const [, name = '', world = DEFAULT_WORLD] = /^(\d{1,15}|req_\w+)(?:~(.+))?$/.exec(id) ?? [];
  if (name === '' || !isWorldName(world)) return undefined;
  return name.startsWith('req_') ? { world, trace: name } : { world, number: Number(name) };
}
