// Deviations that somebody has accepted for a while: an entry of a file for each, with the reason,
// whose it is and until when. They are known by the fingerprint that all reports share.
import { fixOf } from '../../files/nearest.js';
import { FileError, type Problem, type Report as Tell } from '../../files/problem.js';
import { readText } from '../../files/read.js';
import { parseYaml, reportTo } from '../../files/yaml.js';
import { show } from '../../spec/json.js';
import type { Finding, KnownFinding } from './finding.js';
import { type Level, levels } from './level.js';
import type { Played } from './play.js';

export class KnownError extends FileError {}

/** What a run has played of the contracts. */
export interface PlayedPart {
  readonly rows: readonly Played[];
  /** Every row, those of `standard`, or fewer. */
  readonly extent: 'all' | 'usual' | 'part';
  readonly level: Level;
  /** Whether an operation was judged; without a name, whether all were. */
  readonly isJudged: (operation?: string) => boolean;
}

/** What is wrong with an entry after a run. */
export type KnownFault = Pick<Problem, 'file' | 'line' | 'what' | 'fix'>;

/** Stands where somebody has to decide something. */
export const PLACEHOLDER = 'TODO';

const meanings = {
  reason: 'why it is accepted for now, such as the number of the ticket',
  owner: 'who sees to it that it goes away',
  expires: 'the last day on which it is accepted, such as 2027-01-31',
} as const;
const remarks = ['operation', 'row', 'level', 'what'] as const;
const keys = ['fingerprint', 'reason', 'owner', 'expires', ...remarks] as const;

const REQUIRED = keys.slice(0, 4).join(', ');

interface ReadOptions {
  /** What a person still has to fill in may stand there. */
  readonly draft?: boolean;
}

/** Throws a KnownError with all that is wrong with the file. */
export function readKnown(file: string, options: ReadOptions = {}): readonly KnownFinding[] {
  const read = readText(file);
  if ('text' in read) return parseKnown(read.text, file, options);
  const fix = 'name a file of known deviations; `check --known-add FILE` writes one';
  throw new KnownError([{ file, line: 1, column: 1, what: read.unreadable, fix }]);
}

export function parseKnown(
  text: string,
  file: string,
  { draft = false }: ReadOptions = {},
): readonly KnownFinding[] {
  const parsed = parseYaml(text, file);
  const problems: Problem[] = [...parsed.problems];
  const tell = reportTo(problems, parsed);
  const value = parsed.value ?? [];
  if (!Array.isArray(value))
    tell('', 'is not a list', 'write an entry for each deviation, with - before it');
  const lines = new Map<string, number>();
  const entries = (Array.isArray(value) ? value : []).map((entry: unknown, i) => {
    const at = `/${i}`;
    const { line } = parsed.at(at, '', '');
    checkEntry(entry, at, (pointer, what, fix) => {
      if (!(draft && what === UNDECIDED)) tell(pointer, what, fix);
    });
    const known = entry as KnownFinding;
    const before = lines.get(known?.fingerprint);
    if (before !== undefined)
      tell(
        `${at}/fingerprint`,
        `${show(known.fingerprint)} has an entry already, in line ${before}`,
        'keep one of them',
      );
    else if (known?.fingerprint) lines.set(known.fingerprint, line);
    return { ...known, file, line };
  });
  if (problems.length > 0) throw new KnownError(problems);
  return entries;
}

const UNDECIDED = `is still ${PLACEHOLDER}`;

function checkEntry(entry: unknown, at: string, tell: Tell): void {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return void tell(at, 'is not an entry', `write ${REQUIRED} below each other`);
  const given = entry as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(given))
    if (!(keys as readonly string[]).includes(key))
      tell(`${at}/${key}`, `${key} is not known here`, fixOf(key, keys));
  for (const key of remarks)
    if (given[key] !== undefined && typeof given[key] !== 'string')
      tell(`${at}/${key}`, `${key} is not a text`, 'write a text, or leave it out');
  const { fingerprint, expires, level } = given;
  if (typeof level === 'string' && !(levels as readonly string[]).includes(level))
    tell(`${at}/level`, `${show(level)} is no level`, fixOf(level, levels));
  if (!/^[\da-f]{8}$/.test(typeof fingerprint === 'string' ? fingerprint : ''))
    tell(
      `${at}/fingerprint`,
      fingerprint === undefined
        ? 'fingerprint is missing'
        : `${show(fingerprint)} is no fingerprint`,
      'copy it from a report: eight digits and letters from a to f, in quotes',
    );
  for (const [key, meaning] of Object.entries(meanings)) {
    const text = given[key];
    if (typeof text !== 'string' || text.trim() === '')
      tell(`${at}/${key}`, `${key} is missing`, `write ${meaning}`);
    else if (text === PLACEHOLDER) tell(`${at}/${key}`, UNDECIDED, `write ${meaning}`);
    else if (key === 'expires' && !isDay(text))
      tell(`${at}/${key}`, `${show(expires)} is no day`, `write ${meaning}`);
  }
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) &&
  new Date(`${text}T00:00:00Z`).toString() !== 'Invalid Date' &&
  new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

/** The known deviations of a run that began at a time. */
export class Known {
  readonly #entries: ReadonlyMap<string, KnownFinding>;
  readonly #today: string;

  constructor(entries: readonly KnownFinding[], started: string) {
    this.#entries = new Map(entries.map((entry) => [entry.fingerprint, entry]));
    this.#today = started.slice(0, 10);
  }

  /** The finding, which says that it is known where it is. */
  mark(finding: Finding): Finding {
    const known = this.#entries.get(finding.fingerprint);
    return known && !this.#isOver(known) ? { ...finding, known } : finding;
  }

  /**
   * Entries whose time is over, and those that match nothing although what they are about was
   * played: their row, or, where they name none, all that is usually played.
   */
  faults(part: PlayedPart): readonly KnownFault[] {
    const found = new Set(part.rows.flatMap(({ findings }) => findings.map((f) => f.fingerprint)));
    return [...this.#entries.values()].flatMap((entry) => {
      const { fingerprint, owner, expires, file, line } = entry;
      const isFound = found.has(fingerprint);
      if (this.#isOver(entry)) {
        const what = `the entry ${fingerprint} of ${owner} has expired on ${expires}`;
        const fix = isFound
          ? 'mend the server, or agree on another day'
          : 'remove it where the server is mended';
        return [{ file, line, what, fix }];
      }
      if (isFound || !concerns(part, entry)) return [];
      const what = `the entry ${fingerprint} of ${owner} matches nothing that this run has found`;
      return [{ file, line, what, fix: 'remove it' }];
    });
  }

  #isOver({ expires }: KnownFinding): boolean {
    return expires < this.#today;
  }
}

/** Whether the run would have found it. */
function concerns(
  { rows, extent, level, isJudged }: PlayedPart,
  { operation, row, level: foundAt = 'standard' }: KnownFinding,
): boolean {
  if (extent === 'all') return true;
  if (row === undefined) return extent === 'usual';
  return (
    levels.indexOf(level) >= levels.indexOf(foundAt) && isJudged(operation) && isPlayed(rows, row)
  );
}

export const isPlayed = (rows: readonly Played[], title: string): boolean =>
  rows.some((row) => row.title === title && row.result !== 'not_exercised');
