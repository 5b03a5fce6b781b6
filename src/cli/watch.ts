// `serve --watch`: reads files again when they change. All that has changed at once is read before
// any of it is used; what is broken changes nothing.
import { FileError, type Problem } from '../files/problem.js';
import { seeingFiles, shownPath, statOf } from '../files/read.js';
import type { ReloadingServer } from '../http/server.js';
import { scenarioNames } from '../scenario/read.js';
import { Failure } from '../spec/failure.js';
import { isJsonObject, type JsonObject } from '../spec/message.js';
import { readFaultFile } from './fault-file.js';
import type { Reload } from './log.js';

/** Milliseconds between two looks at a file. */
const LOOK_MS = 200;
/** Milliseconds that nothing changes before files are read: some are saved in pieces, or together. */
const QUIET_MS = 150;

interface Watched {
  readonly fault?: string | undefined;
  readonly spec?: string | undefined;
}

/** Something that is read from files, and the files that it was read from. */
interface Part {
  readonly files: Set<string>;
  /** Reads them; what it gives uses them, and tells what came of it. Throws a Failure. */
  read(): () => Partial<Reload>;
}

export interface FileWatch {
  close(): void;
}

/**
 * Looks at each file by its name every so often, so it does not matter whether an editor writes into
 * the file, empties it first, or puts another one in its place.
 */
export function watchFiles(
  server: ReloadingServer,
  flags: Watched,
  told: (reload: Reload) => void,
): FileWatch {
  const parts = partsOf(server, flags);
  const changed = new Set<string>();
  /** What could not be read, and is to be read with the next change. */
  let broken = new Set<Part>();
  let quiet: NodeJS.Timeout | undefined;
  /** Each file as it was when it was last looked at. */
  const known = new Map<string, string>();

  const lookAt = (files: Iterable<string>): void => {
    for (const file of files) if (!known.has(file)) known.set(file, stateOf(file));
  };
  const look = (): void => {
    for (const [file, before] of known) {
      const now = stateOf(file);
      if (now === before) continue;
      known.set(file, now);
      changed.add(file);
      clearTimeout(quiet);
      quiet = setTimeout(reload, QUIET_MS);
    }
  };
  const reload = (): void => {
    const files = [...changed];
    changed.clear();
    const due = parts.filter(
      (part) => broken.has(part) || files.some((file) => part.files.has(file)),
    );
    broken = new Set();
    const problems: Problem[] = [];
    const reasons: string[] = [];
    const uses = due.flatMap((part) => {
      try {
        return [seeingFiles(part.files, () => part.read())];
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (error instanceof FileError) problems.push(...error.problems);
        reasons.push(error.message);
        return [];
      } finally {
        lookAt(part.files);
      }
    });
    const shown = files.map(shownPath);
    if (reasons.length > 0) {
      broken = new Set(due);
      told({ files: shown, failed: reasons.join('\n'), problems });
    } else told(uses.reduce<Reload>((all, use) => joined(all, use()), { files: shown }));
  };

  for (const part of parts) {
    seeingFiles(part.files, () => part.read());
    lookAt(part.files);
  }
  const looking = setInterval(look, LOOK_MS).unref();
  return {
    close: () => {
      clearInterval(looking);
      clearTimeout(quiet);
    },
  };
}

/** Another one where the file was written to, replaced, made or taken away. */
function stateOf(file: string): string {
  const { ino, size, mtimeMs, ctimeMs } = statOf(file) ?? {};
  return [ino, size, mtimeMs, ctimeMs].join(' ');
}

function partsOf(
  { worlds, reloading, document }: ReloadingServer,
  { fault, spec }: Watched,
): Part[] {
  const shipped = scenarioNames();
  const scenarios = worlds.scenarios.filter((name) => !shipped.includes(name));
  const parts: Omit<Part, 'files'>[] = scenarios.map((name) => ({
    read: () => {
      const use = reloading.scenario(name);
      return () => {
        const { anew, kept } = use();
        return { worlds_anew: anew, worlds_kept: kept };
      };
    },
  }));
  if (fault !== undefined)
    parts.push({
      read: () => {
        const file = readFaultFile(fault);
        const use = file.placing(() => reloading.faults(file.faults));
        return () => {
          const { added, gone } = use();
          return { faults_added: added, faults_gone: gone };
        };
      },
    });
  if (spec !== undefined && document) {
    let before: readonly string[] | undefined;
    parts.push({
      read: () => {
        const { text, use } = reloading.document(spec);
        const now = operationsIn(JSON.parse(text));
        before ??= now;
        return () => {
          use();
          const old = before ?? [];
          before = now;
          return {
            operations_added: now.filter((one) => !old.includes(one)),
            operations_gone: old.filter((one) => !now.includes(one)),
          };
        };
      },
    });
  }
  return parts.map((part) => ({ ...part, files: new Set() }));
}

const operationsIn = ({ paths }: JsonObject): readonly string[] =>
  Object.entries(isJsonObject(paths) ? paths : {}).flatMap(([path, item]) =>
    Object.keys(isJsonObject(item) ? item : {})
      .filter((method) => /^(?:get|put|post|delete|options|head|patch|trace)$/.test(method))
      .map((method) => `${method.toUpperCase()} ${path}`),
  );

/** Two parts may tell of the same kind of thing. */
function joined(one: Reload, other: Partial<Reload>): Reload {
  const all: Record<string, unknown> = { ...one };
  for (const [name, value] of Object.entries(other))
    all[name] = [
      ...((all[name] as readonly unknown[] | undefined) ?? []),
      ...(value as readonly unknown[]),
    ];
  return all as unknown as Reload;
}
