// A planted drift may make answers slow; without one nothing waits.
import type { Answerer } from '../engine/engine.js';

/** Resolves when the next answer may go out; undefined when that is now. */
export function pause({ pause: next }: Answerer): Promise<void> | undefined {
  const milliseconds = next?.() ?? 0;
  return milliseconds === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, milliseconds));
}
