// What there is: worlds and scenarios; and what is told when something was done.
import { signal } from '@preact/signals';
import { api, dataOf, Refused, tokenNeeded, type World } from './api.js';

export const worlds = signal<readonly World[]>([]);

export async function loadWorlds(): Promise<void> {
  worlds.value = (await dataOf(api.GET('/__admin/worlds'))).worlds;
}

/** The name, or the first like it that no world has. */
export function freeName(wanted: string): string {
  const taken = new Set(worlds.value.map(({ name }) => name));
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}-${i}`;
  return name;
}

export interface Notice {
  readonly kind: 'done' | 'refused';
  readonly text: string;
  readonly fix?: string;
  readonly problems?: readonly string[];
}

/** The last thing that was done, or refused. */
export const notice = signal<Notice | undefined>(undefined);

let timer: ReturnType<typeof setTimeout> | undefined;

export function tell(next: Notice): void {
  notice.value = next;
  clearTimeout(timer);
  // A refusal stays until it is read.
  if (next.kind === 'done')
    timer = setTimeout(() => {
      notice.value = undefined;
    }, 4000);
}

/** Does something, and says what came of it. */
export async function attempt(work: () => Promise<string | undefined>): Promise<boolean> {
  try {
    const text = await work();
    if (text !== undefined) tell({ kind: 'done', text });
    await loadWorlds();
    return true;
  } catch (error) {
    // The page asks for it then.
    if (tokenNeeded.value) return false;
    const { message } = error as Error;
    tell({
      kind: 'refused',
      text: message,
      ...(error instanceof Refused ? { fix: error.fix, problems: error.problems } : {}),
    });
    return false;
  }
}
