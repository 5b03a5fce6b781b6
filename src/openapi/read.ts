// Reads a document of the user's own: the file and those it refers to become one document, or a
// list of all its faults.
import { DocumentError, type Problem } from '../files/problem.js';
import { folderOf, pathFrom, readText, wholePath } from '../files/read.js';
import { type ParsedYaml, parseYaml } from '../files/yaml.js';
import { pointerOf, pointerToken } from '../spec/pointer.js';
import { faultsOf, hasParts, selfContained } from './faults.js';
import { operationsOf } from './operations.js';
import {
  childrenOf,
  isNode,
  type Kind,
  lookUp,
  type Node,
  referenceOf,
  type UserDocument,
  type Version,
} from './shape.js';

/** Where the content of other files is kept: `/x-files/1` is the first of them. */
const FILES = 'x-files';

/** Throws a DocumentError that lists every problem. */
export function readDocument(file: string): UserDocument {
  const source = readSource(file);
  if ('problem' in source) throw new DocumentError([source.problem]);
  if (source.faults.length > 0) throw new DocumentError(source.faults);
  const version = versionOf(source);
  const document = source.value as Record<string, unknown>;
  const problems = new Joiner(source, document).join();
  if (problems.length > 0) throw new DocumentError(problems);
  if (operationsOf(document).length === 0)
    throw new DocumentError([
      source.at('/paths', 'describes no operation', 'add a path with a method'),
    ]);
  const place = (pointer: string): string => {
    const { line, column } = source.at(pointer, '', '');
    return `${file}:${line}:${column}`;
  };
  return { document, version, place, problem: source.at };
}

/** A file as it was read. */
interface Source {
  readonly file: string;
  readonly value: unknown;
  /** What is wrong with its syntax. */
  readonly faults: readonly Problem[];
  readonly at: ParsedYaml['at'];
}

function readSource(file: string): Source | { readonly problem: Problem } {
  const read = readText(file);
  if ('unreadable' in read) {
    const fix = /^https?:/i.test(file)
      ? 'download it, and name the file'
      : 'name an OpenAPI document, YAML or JSON';
    return { problem: { file, line: 1, column: 1, what: read.unreadable, fix } };
  }
  const { text } = read;
  let parsed: ParsedYaml | undefined;
  const yaml = (): ParsedYaml => {
    parsed ??= parseYaml(text, file);
    return parsed;
  };
  const at: ParsedYaml['at'] = (...problem) => yaml().at(...problem);
  // A large document is JSON as a rule, and reading it as YAML takes fifty times as long: only for
  // the place of a fault.
  if (/^\s*\{/.test(text)) {
    try {
      return { file, value: JSON.parse(text), faults: [], at };
    } catch {
      // The YAML parser says where it breaks.
    }
  }
  return { file, value: yaml().value, faults: yaml().problems, at };
}

function versionOf({ value, at }: Source): Version {
  const { openapi, swagger } = (isNode(value) ? value : {}) as Node;
  const written = openapi ?? swagger;
  const version = String(written).slice(0, 3);
  if (swagger !== undefined && (version === '2.0' || written === 2)) return '2.0';
  if (openapi !== undefined && (version === '3.0' || written === 3)) return '3.0';
  if (openapi !== undefined && version === '3.1') return '3.1';
  const [what, fix] =
    written === undefined
      ? [
          'is no OpenAPI document: it says neither `openapi` nor `swagger`',
          'begin the document with `openapi: 3.1.0`',
        ]
      : [
          `is ${openapi === undefined ? 'Swagger' : 'OpenAPI'} ${JSON.stringify(written)}; read are Swagger 2.0, OpenAPI 3.0 and 3.1`,
          'convert the document to OpenAPI 3.1',
        ];
  throw new DocumentError([
    at(openapi === undefined ? '/swagger' : '/openapi', what as string, fix as string),
  ]);
}

/**
 * Walks through a document by its shape: follows every reference, joins other files, collects what
 * is wrong.
 */
class Joiner {
  readonly #document: Record<string, unknown>;
  readonly #sources: Source[];
  readonly #problems: Problem[] = [];
  readonly #visited = new Set<string>();
  /** The schemas that are put together from others. */
  readonly #composed = new Map<string, Node>();
  readonly #left: { value: unknown; kind: Kind; pointer: string }[];

  constructor(main: Source, document: Record<string, unknown>) {
    this.#document = document;
    this.#sources = [main];
    this.#left = [{ value: document, kind: 'document', pointer: '' }];
  }

  join(): readonly Problem[] {
    for (let next = this.#left.pop(); next; next = this.#left.pop())
      this.#visit(next.value, next.kind, next.pointer);
    if (this.#problems.length === 0) this.#findEndless();
    return this.#problems.sort(
      (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
    );
  }

  #visit(value: unknown, kind: Kind, pointer: string): void {
    if (this.#visited.has(pointer)) return;
    this.#visited.add(pointer);
    for (const { below = '', what, fix } of faultsOf(value, kind))
      this.#report(pointer + below, what, fix);
    if (!isNode(value)) return;
    if (referenceOf(value) !== undefined) {
      this.#follow(value, kind, pointer);
      // Beside a reference stands nothing that counts, but in a path and, since 3.1, in a schema.
      if (kind !== 'schema' && kind !== 'path') return;
    }
    if (kind === 'schema') {
      if (hasParts(value)) this.#composed.set(pointer, value);
      this.#joinMapping(value, pointer);
    }
    const { children, misfits } = childrenOf(value, kind);
    for (const { key, expected } of misfits)
      this.#report(
        `${pointer}/${pointerToken(key)}`,
        `\`${key}\` must be ${expected}`,
        `write ${expected}, or remove it`,
      );
    for (const { value, kind, keys } of children)
      this.#left.push({ value, kind, pointer: pointer + pointerOf(keys) });
  }

  #follow(node: Node, kind: Kind, pointer: string): void {
    const written = referenceOf(node) as string;
    const target = this.#target(written, pointer, `${pointer}/$ref`);
    if (target === undefined) return;
    (node as { $ref: string }).$ref = `#${target}`;
    const found = lookUp(this.#document, target);
    if (found === undefined) {
      this.#report(
        `${pointer}/$ref`,
        `refers to ${written}, which is not there`,
        'correct the reference',
      );
    } else if (this.#leadsTo(pointer, target)) {
      this.#report(
        `${pointer}/$ref`,
        `refers to ${written}, which leads back to itself`,
        `describe the ${kind} in one place`,
      );
    } else this.#left.push({ value: found, kind, pointer: target });
  }

  /** Do references that lead to references come back to where they began? */
  #leadsTo(end: string, start: string): boolean {
    const seen = new Set<string>();
    for (let pointer: string | undefined = start; pointer !== undefined && !seen.has(pointer); ) {
      if (pointer === end) return true;
      seen.add(pointer);
      const next = referenceOf(lookUp(this.#document, pointer));
      pointer = next?.startsWith('#') ? next.slice(1) : undefined;
    }
    return false;
  }

  /**
   * A discriminator names schemas as a reference does. Where it names them otherwise, it is left as
   * it is.
   */
  #joinMapping({ discriminator }: Node, pointer: string): void {
    const mapping = isNode(discriminator) ? discriminator.mapping : undefined;
    if (!isNode(mapping)) return;
    for (const [name, written] of Object.entries(mapping)) {
      if (typeof written !== 'string' || !/[#/]|\.(ya?ml|json)$/.test(written)) continue;
      const place = `${pointer}/discriminator/mapping/${pointerToken(name)}`;
      const target = this.#target(written, pointer, place);
      if (target === undefined) continue;
      (mapping as Record<string, string>)[name] = `#${target}`;
      const found = lookUp(this.#document, target);
      if (found === undefined)
        this.#report(place, `refers to ${written}, which is not there`, 'correct the reference');
      else this.#left.push({ value: found, kind: 'schema', pointer: target });
    }
  }

  /**
   * The pointer in the joined document that a reference means; undefined where a problem has been
   * reported.
   */
  #target(reference: string, from: string, place: string): string | undefined {
    const [path = '', fragment = ''] = reference.split('#', 2);
    const at = fileOf(from);
    if (fragment !== '' && !fragment.startsWith('/')) {
      this.#report(
        place,
        `refers to the name ${reference}`,
        'refer to a place in the document, such as #/components/schemas/Name',
      );
      return undefined;
    }
    // What has been joined already needs no second look.
    if (path === '' && (at === 0 || fragment.startsWith(`/${FILES}/`))) return fragment;
    if (path === '') return `/${FILES}/${at}${fragment}`;
    if (/^[a-z][a-z\d+.-]+:/i.test(path)) {
      this.#report(
        place,
        `refers to another server, ${reference}`,
        'save what it refers to beside the document',
      );
      return undefined;
    }
    const index = this.#load(path, at, place);
    return index === undefined
      ? undefined
      : index === 0
        ? fragment
        : `/${FILES}/${index}${fragment}`;
  }

  #load(path: string, from: number, place: string): number | undefined {
    const name = decodeFileName(path);
    const file = pathFrom(folderOf((this.#sources[from] as Source).file), name);
    const earlier = this.#sources.findIndex((source) => wholePath(source.file) === wholePath(file));
    if (earlier >= 0) return earlier;
    const source = readSource(file);
    if ('problem' in source) {
      this.#report(place, `refers to ${path}: ${source.problem.what}`, 'correct the reference');
      return undefined;
    }
    const index = this.#sources.push(source) - 1;
    this.#problems.push(...source.faults);
    const files = (this.#document[FILES] ?? {}) as Record<string, unknown>;
    files[index] = source.faults.length > 0 ? {} : source.value;
    this.#document[FILES] = files;
    return source.faults.length > 0 ? undefined : index;
  }

  #findEndless(): void {
    for (const pointer of selfContained(this.#document, this.#composed))
      this.#report(
        pointer,
        'a schema that holds itself describes nothing',
        'let a property or an item hold it',
      );
  }

  #report(pointer: string, what: string, fix: string): void {
    const index = fileOf(pointer);
    const source = this.#sources[index] as Source;
    this.#problems.push(
      source.at(
        index === 0
          ? pointer
          : pointer
              .split('/')
              .slice(3)
              .map((t) => `/${t}`)
              .join(''),
        what,
        fix,
      ),
    );
  }
}

/** The number of the file that a pointer leads into; 0 is the document itself. */
const fileOf = (pointer: string): number =>
  Number(new RegExp(`^/${FILES}/(\\d+)`).exec(pointer)?.[1] ?? 0);

function decodeFileName(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
