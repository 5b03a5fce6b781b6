// A profile: the callers of a target, and IDs of objects that the API cannot make. Secrets come
// from the environment.
import { fixOf } from '../../files/nearest.js';
import { FileError, type Problem, type Report } from '../../files/problem.js';
import { readText } from '../../files/read.js';
import { parseYaml, reportTo } from '../../files/yaml.js';
import { CALLER_FIELDS, type Credential, EDITION, ORGANIZATION } from '../dialect.js';
import { type CallerName, callerNames, knownNames } from '../tables/caller.js';
import { isId, short } from './id.js';

export class ProfileError extends FileError {}

export interface ProfileCaller extends Credential {
  readonly user_id?: string;
  readonly [ORGANIZATION]?: string;
  /** A run may delete all that this caller has. */
  readonly disposable?: boolean;
}

export interface Profile {
  readonly base_url?: string;
  readonly edition: string;
  readonly callers: Readonly<Partial<Record<CallerName, ProfileCaller>>>;
  readonly known: Readonly<Record<string, string>>;
  /** The names of those `known` ids whose objects a run may change and delete. */
  readonly disposable?: readonly string[];
  /** The values that must never be printed. */
  readonly secrets: ReadonlyMap<string, string>;
}

const callerFields = ['api_key', 'bearer', ...CALLER_FIELDS, 'disposable'];
const topNames = ['base_url', 'edition', 'callers', 'known', 'disposable'];

/**
 * Reads a profile. Throws a ProfileError with every unknown key, unset variable and wrong type at
 * once.
 */
export function readProfile(
  file: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Profile {
  const read = readText(file);
  if ('text' in read) return parseProfile(read.text, file, environment);
  const fix = 'name a YAML file with the credentials of the server';
  throw new ProfileError([{ file, line: 1, column: 1, what: read.unreadable, fix }]);
}

/** What is wrong with the address of a server; nothing when it is one. */
export function problemOfBaseUrl(text: string): Pick<Problem, 'what' | 'fix'> | undefined {
  const fix = 'write it whole, such as https://staging.example.com';
  if (!URL.canParse(text)) return { what: 'is not the URL of a server', fix };
  const { protocol, username, password, search, hash } = new URL(text);
  if (!/^https?:$/.test(protocol)) return { what: 'is not the URL of a server', fix };
  if (username !== '' || password !== '')
    return { what: 'holds a credential', fix: 'write it below callers, in the profile' };
  if (search !== '' || hash !== '') return { what: 'goes on after its path', fix };
  return undefined;
}

export function parseProfile(
  text: string,
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Profile {
  const parsed = parseYaml(text, file);
  const problems: Problem[] = [...parsed.problems];
  const report = reportTo(problems, parsed);
  const secrets = new Map<string, string>();

  const object = (
    node: unknown,
    pointer: string,
    known: readonly string[],
  ): Record<string, unknown> => {
    if (node === undefined || node === null) return {};
    if (typeof node !== 'object' || Array.isArray(node)) {
      report(pointer, 'is not a map', 'write `name: value` lines below it');
      return {};
    }
    for (const key of Object.keys(node)) {
      if (known.includes(key)) continue;
      report(`${pointer}/${key}`, `${key} is not known here`, fixOf(key, known));
    }
    return node as Record<string, unknown>;
  };
  const text_ = (node: unknown, pointer: string): string | undefined => {
    if (node === undefined) return undefined;
    if (typeof node !== 'string' || node === '') {
      report(pointer, 'is not a text', 'write a text, in quotes where it looks like a number');
      return undefined;
    }
    const [odd] = node.match(/\$\{(?!\w+\}).*?(\}|$)/) ?? [];
    if (odd !== undefined)
      report(pointer, `${odd} is not understood`, `write \${NAME}, and nothing else in it`);
    return node.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      const found = environment[name];
      if (!found)
        report(pointer, `the variable ${name} is not set`, `export ${name}, or remove the line`);
      return found ?? '';
    });
  };

  const top = object(parsed.value, '', topNames);
  const callers: Record<string, ProfileCaller> = {};
  for (const [name, node] of Object.entries(object(top.callers, '/callers', callerNames))) {
    const { disposable, ...texts } = object(node, `/callers/${name}`, callerFields);
    const fields = Object.entries(texts).map(([key, field]) => [
      key,
      text_(field, `/callers/${name}/${key}`),
    ]);
    if (disposable !== undefined && typeof disposable !== 'boolean')
      report(
        `/callers/${name}/disposable`,
        'is neither true nor false',
        'write true, or remove the line',
      );
    const caller: ProfileCaller = {
      ...Object.fromEntries(fields.filter(([, field]) => field !== undefined)),
      ...(disposable === true ? { disposable } : {}),
    };
    for (const key of ['api_key', 'bearer'] as const) {
      const credential = caller[key];
      // Written out or not, no report shows it; where it comes from a variable, the variable's name
      // does.
      const [, variable] = /^\$\{(\w+)\}$/.exec(String(texts[key])) ?? [];
      if (credential) secrets.set(credential, variable ?? `callers.${name}.${key}`);
      // What a header cannot carry would look as if the target gave no answer.
      if (credential !== undefined && !/^[\x20-\x7e\x80-\xff]*$/.test(credential))
        report(
          `/callers/${name}/${key}`,
          'holds a line end or a character that no header can carry',
          'correct its value',
        );
    }
    callers[name] = caller;
  }
  const known = Object.fromEntries(
    Object.entries(object(top.known, '/known', knownNames)).flatMap(([key, node]) => {
      const id = text_(node, `/known/${key}`);
      if (id !== undefined && id !== '' && !isId(id))
        report(`/known/${key}`, `${short(id)} is no id that a path can carry`, 'correct it');
      return id === undefined ? [] : [[key, id]];
    }),
  );
  const disposable = namesIn(top.disposable, report);
  const edition = text_(top.edition, '/edition') ?? EDITION;
  if (edition !== EDITION)
    report('/edition', `the edition ${edition} has no contracts`, `use ${EDITION}`);
  const base_url = text_(top.base_url, '/base_url');
  const wrong = base_url === undefined ? undefined : problemOfBaseUrl(base_url);
  if (wrong) report('/base_url', wrong.what, wrong.fix);
  if (problems.length > 0) throw new ProfileError(problems);
  return {
    ...(base_url === undefined ? {} : { base_url }),
    edition,
    callers,
    known,
    ...(disposable.length > 0 ? { disposable } : {}),
    secrets,
  };
}

/** The list of `disposable`: names that `known` may have. */
function namesIn(node: unknown, report: Report): readonly string[] {
  if (node === undefined || node === null) return [];
  if (!Array.isArray(node)) {
    report(
      '/disposable',
      'is not a list',
      'write [foreign_space_id, message_id], names that stand below known',
    );
    return [];
  }
  for (const [i, name] of node.entries())
    if (!knownNames.includes(name))
      report(
        `/disposable/${i}`,
        `${short(name)} is no name of known`,
        fixOf(String(name), knownNames),
      );
  return node as readonly string[];
}
