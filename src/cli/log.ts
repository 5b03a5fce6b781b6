// What the server says while it runs. Data goes to stdout as it happens; colour only on a terminal.
import type { Drift } from '../drift/form.js';
import type { JournalEntry, JournalLine } from '../engine/journal.js';
import type { Problem } from '../files/problem.js';
import type { Scenario } from '../scenario/scenario.js';
import type { DocumentSummary } from '../user-document/user-document.js';
import { DEFAULT_WORLD } from '../world/world-names.js';
import type { WorldEvent } from '../worlds/form.js';

export type LogFormat = 'pretty' | 'json';

export interface Log {
  starting(start: Start): void;
  /** One stable line, the last before requests are answered. */
  ready(url: string): void;
  exchange(entry: JournalEntry): void;
  /** A request has made a world, or one had to go. */
  world(event: WorldEvent): void;
  /** With `--watch`. */
  reloaded(reload: Reload): void;
}

/** Files that have changed, and what came of it. */
export interface Reload {
  readonly files: readonly string[];
  /** Why nothing was taken over, in words. */
  readonly failed?: string;
  readonly problems?: readonly Problem[];
  readonly worlds_anew?: readonly string[];
  /** They have been written to. */
  readonly worlds_kept?: readonly string[];
  readonly faults_added?: readonly string[];
  readonly faults_gone?: readonly string[];
  readonly operations_added?: readonly string[];
  readonly operations_gone?: readonly string[];
}

export interface Start {
  readonly scenario: Scenario;
  readonly url: string;
  readonly drift?: Drift | undefined;
  /** A document of the user's own. */
  readonly document?: DocumentSummary | undefined;
  /** Made for the control plane; it is said nowhere else. */
  readonly adminToken?: string | undefined;
}

export function createLog(
  format: LogFormat,
  print: (line: string) => unknown,
  colored: boolean,
): Log {
  return format === 'json' ? jsonLog(print) : prettyLog(print, colored);
}

/** What stands in the log where lines are missing. */
export function describeDropped(format: LogFormat, count: number): string {
  return format === 'json'
    ? JSON.stringify({ event: 'dropped', lines: count })
    : `(${count} lines of the log were dropped here)`;
}

function jsonLog(print: (line: string) => unknown): Log {
  const line = (event: string, fields: object) => print(JSON.stringify({ event, ...fields }));
  return {
    starting: ({ scenario, drift, document, adminToken }) =>
      line('starting', {
        ...(document ? { document: document.title, operations: document.operations } : {}),
        ...(isOurs(document) ? { scenario: scenario.scenario } : {}),
        ...(drift ? { drift: drift.name } : {}),
        ...(adminToken === undefined ? {} : { admin_token: adminToken }),
      }),
    ready: (url) => line('ready', { url, port: Number(new URL(url).port) }),
    exchange: (entry) => print(JSON.stringify(lineOf(entry))),
    world: ({ kind, ...rest }) => line(`world_${kind}`, rest),
    reloaded: ({ failed, ...rest }) =>
      failed === undefined
        ? line('reloaded', rest)
        : line('reload_failed', { ...rest, reason: failed }),
  };
}

/**
 * What a line has of an exchange, name by name, in its order; JSON leaves out what is undefined. To
 * take an entry apart and spread the rest costs Node 20 some six microseconds (docs/performance.md).
 */
const lineOf = (
  entry: JournalEntry,
): Readonly<Record<keyof JournalLine | 'event' | 'world', unknown>> => ({
  event: 'exchange',
  number: entry.number,
  time: entry.time,
  method: entry.method,
  target: entry.target,
  status: entry.status,
  trace_id: entry.trace_id,
  user_id: entry.user_id,
  operation: entry.operation,
  case: entry.case,
  basis: entry.basis,
  ignored: entry.ignored,
  has_more: entry.has_more,
  forced: entry.forced,
  nearest: entry.nearest,
  breaches: entry.breaches,
  problem: entry.problem,
  drift: entry.drift,
  fault: entry.fault,
  limit: entry.limit,
  world: entry.world === DEFAULT_WORLD ? undefined : entry.world,
});

function prettyLog(print: (line: string) => unknown, colored: boolean): Log {
  const paint = (code: number, text: string) =>
    colored ? `\u001b[${code}m${text}\u001b[0m` : text;
  const hue = (status: number) => (status >= 500 ? 31 : status >= 400 ? 33 : 32);
  return {
    starting: ({ scenario, url, drift, document, adminToken }) => {
      if (document) print(`Document ${describeDocument(document)}`);
      if (drift) print(paint(31, `Planted ${drift.name}: ${drift.does}`));
      if (adminToken !== undefined) {
        print(
          `Other machines reach this port, so /__admin/ asks for a token, made for this start:`,
        );
        print(`  Authorization: Bearer ${adminToken}`);
      }
      if (!isOurs(document)) {
        print('');
        print('Try');
        print(`  curl ${url}/openapi.json`);
        print('');
        return;
      }
      print(`Scenario ${scenario.scenario}: ${scenario.description}`);
      print('');
      print('Callers');
      for (const { api_key, token, note } of scenario.callers ?? []) {
        print(`  ${(api_key ?? '').padEnd(16)}${(token ?? '').padEnd(16)}${note}`);
      }
      print('');
      print('Try');
      for (const command of curlLines(url)) print(`  ${command}`);
      print('');
    },
    ready: (url) => print(`Understudy is ready at ${url}`),
    exchange: ({
      world,
      method,
      target,
      status,
      case: name,
      operation,
      user_id,
      forced,
      nearest,
      drift,
      ignored,
      breaches,
      problem,
      trace_id,
    }) => {
      const details = [
        operation && name ? `${operation}.${name}` : name,
        forced && 'forced',
        nearest && `did you mean ${nearest}?`,
        drift && `sent as ${drift}`,
        user_id && `by ${user_id}`,
        world !== DEFAULT_WORLD && `in ${world}`,
        ignored && `ignored ${ignored.join(', ')}`,
        trace_id,
      ];
      print(
        `${paint(hue(status), String(status))} ${method} ${target}  ${details.filter(Boolean).join('  ')}`,
      );
      for (const breach of breaches ?? [])
        print(paint(31, `    own answer broke the document: ${breach}`));
      if (problem) print(paint(31, problem));
    },
    world: ({ kind, world, worlds }) =>
      print(
        kind === 'made'
          ? `World ${world} was made; there are ${worlds} beside the default one`
          : `World ${world} was used longest ago and had to go; --max-worlds allows ${worlds}`,
      ),
    reloaded: (reload) => {
      const files = reload.files.join(', ');
      if (reload.failed !== undefined) {
        print(paint(31, `${files} changed, and the server goes on with what it had:`));
        print(reload.failed);
        return;
      }
      print(`Read again: ${files}`);
      for (const [name, words] of reloadWords) {
        const all = reload[name] ?? [];
        if (all.length > 0) print(`  ${words}: ${all.join(', ')}`);
      }
    },
  };
}

const reloadWords = [
  ['worlds_anew', 'worlds made anew'],
  [
    'worlds_kept',
    'worlds that stay as they are, since they have been written to; POST /__admin/worlds/NAME/reset gives them the new scenario',
  ],
  ['faults_added', 'faults that are new'],
  ['faults_gone', 'faults that are gone, with their counts'],
  ['operations_added', 'operations that are new'],
  ['operations_gone', 'operations that are gone'],
] as const;

/** The vendor's callers and ids are worth a word where at least one operation is the vendor's. */
const isOurs = (document?: DocumentSummary): boolean => document === undefined || document.own > 0;

function describeDocument({ title, operations, own }: DocumentSummary): string {
  const counted = operations === 1 ? '1 operation' : `${operations} operations`;
  if (own === 0) return `${title}: ${counted}, answered by Prism`;
  return `${title}: ${counted}, ${own} with rules of ours${own < operations ? ', the others answered by Prism' : ''}`;
}

/** A read, a write that succeeds, and the same write refused. */
function curlLines(url: string): readonly string[] {
  const attach = `curl -X POST -H 'X-API-Key: ak_owner' ${url}/v1/spaces/space_abc123/vector-stores/vs_def456`;
  return [
    `curl -H 'X-API-Key: ak_owner' ${url}/v1/spaces/space_abc123`,
    attach,
    `${attach}   # again: 409`,
  ];
}
