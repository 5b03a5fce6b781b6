// Requests of a world as a HAR file, which developer tools open and `understudy har replay` sends again.
import { api, dataOf } from './api.js';

/** Downloads those with these numbers, and says so. */
export async function downloadHar(world: string, numbers: ReadonlySet<number>): Promise<string> {
  const { log } = await dataOf(exported(world));
  const kept = log.entries.filter(({ _understudy }) => numbers.has(_understudy?.number ?? 0));
  const name = `${world}.har`;
  save(name, JSON.stringify({ log: { ...log, entries: kept } }, null, 2));
  return `${name} has ${kept.length} ${kept.length === 1 ? 'request' : 'requests'}.`;
}

/** The answer is the file itself, where others have their data. */
async function exported(world: string) {
  const { data, error } = await api.GET('/__admin/worlds/{world}/har', {
    params: { path: { world } },
  });
  return { ...(data ? { data: { data } } : {}), error };
}

function save(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  // The browser reads it after this.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
