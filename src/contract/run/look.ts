// What a read shows: a look after the row's request, checked, and an observation, which is compared
// with a later one.
import { vouchesFor } from '../../spec/case.js';
import { same } from '../../spec/json.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { valuesAt } from '../../spec/values.js';
import { CURSORS, MOST_OF_A_PAGE, ofPageSize, saysMore, totalIn } from '../dialect.js';
import type { Check, LookStep, ObserveStep } from '../tables/steps.js';
import type { Exchanged } from './exchanged.js';
import type { Filled } from './filled.js';
import { nextPage, pagesFrom } from './pages.js';
import type { Session } from './session.js';

/** What is not as it should be, in an answer that shows it. */
export interface Shown {
  readonly by: Exchanged;
  /** Where in the answer, if at one place. */
  readonly pointer?: string;
  readonly expected: string;
  readonly got: string;
}

/** One look, with the pages that it has read. */
export class Look {
  readonly #session: Session;
  readonly #step: LookStep;
  /** The body of the answer to the row's request, which values may name. */
  readonly #answer: Json | undefined;
  readonly #ask: Filled;
  #first: Exchanged | undefined;
  readonly #pages: Exchanged[] = [];
  #later: AsyncGenerator<Exchanged, void, void> | undefined;

  constructor(session: Session, step: LookStep, answer: Json | undefined) {
    this.#session = session;
    this.#step = step;
    this.#answer = answer;
    this.#ask = session.fill(step.request, answer);
  }

  /** The first answer. */
  async ask(): Promise<Exchanged> {
    const { expected = [], assumed, documented } = this.#step;
    const expectation = {
      cases: expected,
      ...(assumed === undefined ? {} : { assumed }),
      ...(documented === undefined ? {} : { documented }),
    };
    const first = await this.#session.exchange(this.#ask, expectation);
    this.#first = first;
    this.#later = pagesFrom(first, this.#ask, (page) => this.#session.exchange(page));
    return first;
  }

  /**
   * What is wrong with a check, if something is. Pages are read as far as it needs them, and each
   * once.
   */
  async failure(check: Check): Promise<Shown | undefined> {
    switch (check.kind) {
      case 'includes':
      case 'excludes':
        return this.#row(check);
      case 'unique':
        return this.#unique(check.pointer);
      case 'order':
        return this.#order(check);
      case 'fits':
        return this.#fits(check.pointer);
      default:
        return this.#onFirstPage(check);
    }
  }

  /** Whether a row is in the list, on whichever page. */
  async #row({
    kind,
    pointer,
    value,
  }: Check & { readonly kind: 'includes' | 'excludes' }): Promise<Shown | undefined> {
    const wanted = this.#session.values.fill(value, this.#answer);
    for await (const page of this.#everyPage()) {
      if (!valuesAt(page.judged?.body, pointer).some((item) => same(item, wanted))) continue;
      if (kind === 'includes') return undefined;
      return {
        by: page,
        expected: `no ${JSON.stringify(wanted)} in ${pointer}`,
        got: 'still there',
      };
    }
    const last = this.#pages.at(-1) as Exchanged;
    // A list that goes on and on may have it further on.
    if (kind === 'excludes' || nextPage(last, this.#ask)) return undefined;
    return { by: last, expected: `${JSON.stringify(wanted)} in ${pointer}`, got: 'not there' };
  }

  /** What others make meanwhile moves rows to a later page, which is no fault of the list. */
  async #unique(pointer: string): Promise<Shown | undefined> {
    const before = new Set<string>();
    const totals = new Set<Json | undefined>();
    let twice: string | undefined;
    for await (const page of this.#everyPage()) {
      const { body } = page.judged ?? {};
      const values = valuesAt(body, pointer).map((item) => JSON.stringify(item));
      totals.add(totalIn(body));
      twice ??= values.find((value, i) => values.indexOf(value) < i);
      if (totals.size === 1) twice ??= values.find((value) => before.has(value));
      for (const value of values) before.add(value);
    }
    if (twice === undefined) return undefined;
    return {
      by: this.#pages.at(-1) as Exchanged,
      expected: `no ${pointer} on two pages`,
      got: `${twice} twice`,
    };
  }

  /** Whether the values stand in this order, on whichever page; others may stand between them. */
  async #order({ pointer, value }: Check & { readonly kind: 'order' }): Promise<Shown | undefined> {
    const wanted = this.#session.values.fill(value, this.#answer) as readonly Json[];
    const listed: Json[] = [];
    for await (const page of this.#everyPage()) {
      const found = valuesAt(page.judged?.body, pointer);
      listed.push(...found.filter((item) => wanted.some((one) => same(one, item))));
      if (listed.length >= wanted.length) break;
    }
    if (same(listed, wanted)) return undefined;
    return {
      by: this.#pages.at(-1) as Exchanged,
      expected: `${JSON.stringify(wanted)} in ${pointer}, in this order`,
      got: JSON.stringify(listed),
    };
  }

  /** Whoever asks for as many rows as there are has them all, and nothing comes after them. */
  async #fits(pointer: string): Promise<Shown | undefined> {
    const rowsOf = (page: Exchanged): number => valuesAt(page.judged?.body, `${pointer}/*`).length;
    const there = await sumOf(this.#everyPage(), rowsOf);
    if (there === 0 || there > MOST_OF_A_PAGE) return undefined;
    const ask = { ...this.#ask, query: ofPageSize(this.#ask.query, there) };
    const by = await this.#session.exchange(ask);
    const { body } = by.judged ?? {};
    const rows = rowsOf(by);
    // What the document leaves open may say anything.
    const isSaid = (at: string): boolean =>
      by.judged?.documented === undefined || vouchesFor(by.judged.documented, at);
    const total = isSaid('/total') ? (totalIn(body) ?? there) : there;
    const more = saysMore(body, isSaid);
    if (rows === there && total === there && !more) return undefined;
    // Somebody else may have made or deleted one meanwhile.
    const send = (page: Filled): Promise<Exchanged> => this.#session.exchange(page);
    const again = pagesFrom(await send(this.#ask), this.#ask, send);
    if ((await sumOf(again, rowsOf)) !== there) return undefined;
    return {
      by,
      expected: `all ${there} rows in ${pointer}, and none after them`,
      got: `${rows} rows, ${total} in all${more ? ', and more after them' : ''}`,
    };
  }

  #onFirstPage(
    check: Exclude<Check, { readonly kind: 'unique' | 'fits' | 'includes' | 'order' }>,
  ): Shown | undefined {
    const by = this.#first as Exchanged;
    const shown = (expected: string, got: string): Shown => ({ by, expected, got });
    const found = valuesAt(by.judged?.body, check.pointer);
    switch (check.kind) {
      case 'present':
        return found.length > 0 ? undefined : shown(check.pointer, 'absent');
      case 'absent':
        return found.length === 0 ? undefined : shown(`no ${check.pointer}`, 'there');
      case 'count': {
        const rows = valuesAt(by.judged?.body, `${check.pointer}/*`).length;
        return rows === check.count
          ? undefined
          : shown(`${check.count} rows in ${check.pointer}`, String(rows));
      }
      case 'later': {
        const wanted = this.#session.values.fill(check.value, this.#answer);
        if (Date.parse(String(found[0])) > Date.parse(String(wanted))) return undefined;
        return shown(
          `a time after ${JSON.stringify(wanted)} at ${check.pointer}`,
          JSON.stringify(found[0]) ?? 'absent',
        );
      }
      case 'equals': {
        const wanted = this.#session.values.fill(check.value, this.#answer);
        if (same(found[0], wanted)) return undefined;
        return shown(
          `${JSON.stringify(wanted)} at ${check.pointer}`,
          JSON.stringify(found[0]) ?? 'absent',
        );
      }
    }
  }

  async *#everyPage(): AsyncGenerator<Exchanged, void, void> {
    yield* this.#pages;
    for (
      let page = await this.#later?.next();
      page && !page.done;
      page = await this.#later?.next()
    ) {
      this.#pages.push(page.value);
      yield page.value;
    }
  }
}

async function sumOf<T>(items: AsyncIterable<T>, numberOf: (item: T) => number): Promise<number> {
  let sum = 0;
  for await (const item of items) sum += numberOf(item);
  return sum;
}

/**
 * What is there, of all that is documented; null where nothing could be read. `send` is how each
 * page is asked for.
 */
export async function observe(
  { request, rows }: ObserveStep,
  session: Session,
  send: (filled: Filled) => Promise<Exchanged>,
): Promise<Json> {
  const ask = session.fill(request);
  const first = await send(ask);
  if (!rows) return documentedPart(first);
  const [list, value] = [`${rows[0]}/*`, JSON.stringify(session.values.fill(rows[1]))];
  const listed: Json[] = [];
  for await (const page of pagesFrom(first, ask, send))
    listed.push(...valuesAt(documentedPart(page), list));
  return listed.filter((row) => JSON.stringify(row).includes(value));
}

/**
 * Without the fields that the document does not know, and without cursors: both may be new in every
 * answer.
 */
function documentedPart({ judged }: Exchanged): Json {
  const whole = structuredClone(judged?.body ?? null);
  const unknown = judged?.deviations.filter(({ code }) => code === 'FIELD_UNDOCUMENTED') ?? [];
  for (const pointer of [...unknown.map((deviation) => deviation.pointer), ...CURSORS]) {
    const [parent] = valuesAt(whole, pointer.slice(0, pointer.lastIndexOf('/')));
    const field = pointer
      .slice(pointer.lastIndexOf('/') + 1)
      .replaceAll('~1', '/')
      .replaceAll('~0', '~');
    if (isJsonObject(parent)) delete (parent as Record<string, Json>)[field];
  }
  return whole;
}
