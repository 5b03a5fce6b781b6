// Requests that are kept for the lint beside the journals, also those of worlds that are gone.
import type { JournalEntry } from '../engine/journal.js';
import type { Section } from './rule.js';

interface Growing {
  readonly world: string;
  readonly entries: JournalEntry[];
}

export class KeptRequests {
  readonly #capacity: number;
  #sections: Growing[] = [];
  /** The section that each journal goes on with. */
  readonly #latest = new Map<string, Growing>();
  #count = 0;
  #lost = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** `journal` is the name of the one that has written it. */
  keep(journal: string, entry: JournalEntry): void {
    this.#sectionFor(journal, entry).entries.push(lightened(entry));
    this.#count += 1;
    if (this.#count > this.#capacity) this.#drop();
  }

  /** How many there is no room for any more, the oldest. */
  get lost(): number {
    return this.#lost;
  }

  sections(world?: string): readonly Section[] {
    return this.#sections.filter((one) => world === undefined || one.world === world);
  }

  /** A number that is not higher than the last one: the world was reset, or is another one. */
  #sectionFor(journal: string, { number, world }: JournalEntry): Growing {
    const latest = this.#latest.get(journal);
    if (latest && number > (latest.entries.at(-1)?.number ?? 0)) return latest;
    const begun = { world, entries: [] };
    this.#sections.push(begun);
    this.#latest.set(journal, begun);
    return begun;
  }

  /** A tenth of them goes at a time. */
  #drop(): void {
    let left = Math.ceil(this.#capacity / 10);
    for (const { entries } of this.#sections) left -= entries.splice(0, left).length;
    const dropped = Math.ceil(this.#capacity / 10) - left;
    this.#count -= dropped;
    this.#lost += dropped;
    this.#sections = this.#sections.filter((one) => one.entries.length > 0);
    for (const [journal, { entries }] of this.#latest)
      if (entries.length === 0) this.#latest.delete(journal);
  }
}

/** Headers that a rule looks at. */
const headersThatMatter = ['allow', 'authorization', 'content-type', 'retry-after', 'x-api-key'];

/** Without rows and facts, which would keep whole worlds alive, and without most headers. */
function lightened(entry: JournalEntry): JournalEntry {
  const { changes, decision, request, answer, ...rest } = entry;
  const isOfRequest = entry.status === 401 || decision?.facts.violation !== undefined;
  const last = decision?.asked.slice(-1) ?? [];
  return {
    ...rest,
    request: { ...request, headers: fewOf(request.headers) },
    answer: { ...answer, headers: fewOf(answer.headers) },
    ...(changes ? { changes: changes.map(({ table, id }) => ({ table, id })) } : {}),
    ...(decision ? { decision: { asked: last, facts: isOfRequest ? decision.facts : {} } } : {}),
  };
}

const fewOf = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => headersThatMatter.includes(name)));
