// Checks of the names and pointers in a contract. A pointer to something that no answer can have is
// a mistake: a row that expects nothing there would pass for ever.

import { fixOf, nearest } from '../../files/nearest.js';
import type { Report } from '../../files/problem.js';
import type { Case } from '../../spec/case.js';
import type { Operation, Spec } from '../../spec/document.js';
import { fieldsOf, type Stray, strayOf } from '../../spec/fields.js';

/** What stands in a file, for a message: whatever it is. */
export const shown = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'that is not there');

/** The answers that a pointer may look into. */
export interface Answers {
  readonly operation: Operation;
  readonly statuses: readonly number[];
}

/** All answers with a 2xx status. */
export const success = (operation: Operation): Answers => ({
  operation,
  statuses: [...operation.responses.keys()].filter((status) => status < 300),
});

export const answersIn = (operation: Operation, cases: readonly Case[]): Answers => ({
  operation,
  statuses: cases.map(({ status }) => status),
});

/** The answers of the named cases; all 2xx answers where none is named. */
export function answersOf(
  operation: Operation | undefined,
  expect: string | readonly string[] | undefined,
): Answers | undefined {
  if (!operation || expect === undefined) return operation && success(operation);
  const named = [expect].flat().flatMap((name) => operation.cases.get(name) ?? []);
  return answersIn(operation, named);
}

/** The components of the bodies; nothing for an answer without one. */
const componentsOf = ({ operation, statuses }: Answers): readonly (string | undefined)[] => [
  ...new Set(statuses.map((status) => operation.responses.get(status)?.schema)),
];

/** Reports what one file names and the document does not have. */
export class NameCheck {
  readonly #spec: Spec;
  readonly #report: Report;

  constructor(spec: Spec, report: Report) {
    this.#spec = spec;
    this.#report = report;
  }

  /** False, and reported, for a word that is not one of `words`. */
  isKnown(place: string, what: string, word: unknown, words: readonly string[]): boolean {
    if (typeof word === 'string' && words.includes(word)) return true;
    const found =
      word === undefined || word === ''
        ? `there is no ${what}`
        : `there is no ${what} ${shown(word)}`;
    this.#report(place, found, fixOf(word, words));
    return false;
  }

  /** Reports a pointer at which none of the answers can have anything. */
  pointer(place: string, pointer: string, answers: Answers): void {
    const components = componentsOf(answers);
    const strays = components.flatMap((component) =>
      component === undefined ? [] : [strayOf(this.#spec, component, pointer)],
    );
    if (components.length === 0 || strays.includes(undefined)) return;
    const [stray] = strays
      .flatMap((one) => one ?? [])
      .sort((a, b) => b.within.length - a.within.length);
    const what = `there is no ${pointer} in an answer of ${answers.operation.id}`;
    this.#report(
      place,
      what,
      stray ? fixOfStray(stray, pointer) : 'leave it out: the answer has no body',
    );
  }

  /**
   * Reports a list, at any depth, that none of the answers can have, or a field that no row of it
   * can have; none for plain values.
   */
  rows(
    place: string,
    { list, field }: { readonly list: string; readonly field?: string },
    answers: Answers,
  ): void {
    const components = componentsOf(answers);
    if (components.length === 0) return;
    const fields = components.flatMap((component) =>
      component === undefined ? [] : fieldsOf(this.#spec, component),
    );
    const lists = fields
      .filter(({ types }) => types.includes('array'))
      .map(({ pointer }) => pointer);
    const named = lists.filter((pointer) => pointer.endsWith(`/${list}`));
    if (named.length === 0) {
      const words = [...new Set(lists.map((pointer) => pointer.split('/').at(-1) as string))];
      this.#report(
        place,
        `there is no list ${list} in an answer of ${answers.operation.id}`,
        fixOf(list, words),
      );
      return;
    }
    const inRows = named.map((pointer) =>
      fields.flatMap((one) =>
        one.pointer.startsWith(`${pointer}/*/`) ? [one.pointer.slice(pointer.length + 3)] : [],
      ),
    );
    if (inRows.some((own) => (field === undefined ? own.length === 0 : own.includes(field))))
      return;
    const known = [...new Set(inRows.flat())].filter((own) => !own.includes('/'));
    if (field === undefined)
      this.#report(
        place,
        `the rows of ${list} are no plain values`,
        `name a field: ${known.join(', ')}`,
      );
    else if (known.length === 0)
      this.#report(place, `the rows of ${list} are plain values`, 'write @ alone');
    else
      this.#report(
        place,
        `there is no field in the rows of ${list} called ${field}`,
        fixOf(field, known),
      );
  }
}

function fixOfStray({ within, token, known }: Stray, pointer: string): string {
  const close = nearest(token, known);
  if (close !== undefined)
    return `did you mean ${within}/${close}${pointer.slice(within.length + 1 + token.length)}?`;
  if (known.length === 0) return `end at ${within}, which holds nothing more`;
  return `use one of ${known.join(', ')}${within === '' ? '' : ` under ${within}`}`;
}
