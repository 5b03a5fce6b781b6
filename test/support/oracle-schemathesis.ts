// Schemathesis, run against a server, and its report read as data.
import { fileURLToPath } from 'node:url';
import { installSchemathesis, runToEnd } from '../../mutation/rivals/schemathesis-program.mjs';
import type { OperationId } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { MissingTool } from './tools.js';

const spec = loadSpec();
const document = fileURLToPath(new URL('../../generated/document.json', import.meta.url));

/** What Schemathesis says against one answer. */
export interface Finding {
  /** Its short code, such as `ST202`. */
  readonly code: string;
  readonly title: string;
  readonly operation: string;
  /** The case that answered, without the operation; none when the answer names no case. */
  readonly case?: string;
  /** `error.details.message` of the answer. */
  readonly detail?: string;
  readonly status?: number;
  readonly request: string;
}

export interface OracleRun {
  /** Its own summary of the run. */
  readonly summary: Summary;
  readonly findings: readonly Finding[];
  /** The checks that were applied to at least one answer. */
  readonly checks: ReadonlySet<string>;
  /** `operation.status` of all answers. */
  readonly answered: ReadonlySet<string>;
}

/** The part of `--report json` that is read here. */
export interface Summary {
  readonly schemathesis_version: string;
  readonly stop_reason: string;
  readonly complete: boolean;
  readonly operations: {
    readonly total: number;
    readonly tested: number;
    readonly errored: number;
    readonly skipped: number;
  };
  readonly phases: Readonly<
    Record<string, { readonly status: string; readonly skip_reason: string | null }>
  >;
  readonly test_cases: { readonly generated: number; readonly errored: number };
  readonly errors: readonly unknown[];
  readonly warnings: Readonly<Record<string, readonly unknown[]>>;
}

/**
 * The part of an event of `--report ndjson` that is read here: one scenario with all its exchanges.
 */
interface Event {
  readonly ScenarioFinished?: { readonly recorder: Recorder };
}
interface Recorder {
  readonly checks?: Readonly<Record<string, readonly Check[]>>;
  readonly interactions?: Readonly<Record<string, Interaction>>;
}
interface Check {
  readonly name: string;
  readonly status: string;
  readonly failure_info?: {
    readonly failure: { readonly code: string; readonly title: string; readonly operation: string };
  };
}
interface Interaction {
  readonly request: { readonly method: string; readonly uri: string };
  readonly response?: {
    readonly status_code: number;
    readonly headers: Readonly<Record<string, readonly string[]>>;
    readonly content?: { readonly $base64: string } | null;
  } | null;
}

let installed: Promise<string> | undefined;

/** The path of `st`, with the versions of oracle-schemathesis.txt. */
function schemathesis(): Promise<string> {
  installed ??= installSchemathesis().catch((error: Error) => {
    throw new MissingTool(error.message);
  });
  return installed;
}

/**
 * Runs `st run` with oracle-schemathesis.toml on our document. Throws when it could not run to its
 * end; what it found is no reason to.
 */
export async function runSchemathesis(
  url: string,
  options: readonly string[],
  withinMs: number,
): Promise<OracleRun> {
  const { summary, events } = await runToEnd(await schemathesis(), {
    document,
    url,
    options,
    withinMs,
  });
  return { summary: summary as Summary, ...readEvents(events as readonly Event[]) };
}

/** The same on the document of the control plane, with oracle-schemathesis-control.toml. */
export async function runSchemathesisOnControl(
  url: string,
  options: readonly string[],
  withinMs: number,
): Promise<OracleRun> {
  const { summary, events } = await runToEnd(await schemathesis(), {
    document: fileURLToPath(new URL('../../generated/control.json', import.meta.url)),
    config: 'oracle-schemathesis-control.toml',
    url,
    options,
    withinMs,
  });
  return { summary: summary as Summary, ...readEvents(events as readonly Event[]) };
}

/** Schemathesis names an operation by method and path. */
const ids = new Map(
  [...spec.operations.values()].map(({ id, method, template }) => [`${method} ${template}`, id]),
);
export const idOf = ({ operation }: Finding): OperationId => ids.get(operation) as OperationId;

/**
 * The case that answered; where one case stands for many faults of a request, with what it says of
 * the field.
 */
export function answerOf(finding: Finding): string {
  const { case: name, detail, status } = finding;
  if (name === undefined) return String(status);
  const selector = spec.operations.get(idOf(finding))?.cases.get(name)?.violation;
  return selector && !selector.keyword
    ? `${name}: ${detail?.replace(/^.*?(?= (?:must|is|holds) )/s, '…')}`
    : name;
}

function readEvents(events: readonly Event[]): Omit<OracleRun, 'summary'> {
  const findings: Finding[] = [];
  const checks = new Set<string>();
  const answered = new Set<string>();
  for (const { ScenarioFinished: finished } of events) {
    const recorder = finished?.recorder;
    for (const [id, interaction] of Object.entries(recorder?.interactions ?? {})) {
      const [operation, name] = (
        interaction.response?.headers['x-understudy-case']?.[0] ?? ''
      ).split('.');
      if (operation && name) answered.add(`${operation}.${interaction.response?.status_code}`);
      for (const check of recorder?.checks?.[id] ?? []) {
        checks.add(check.name);
        if (check.failure_info)
          findings.push(toFinding(check.failure_info.failure, interaction, name));
      }
    }
  }
  return { findings, checks, answered };
}

function toFinding(
  { code, title, operation }: NonNullable<Check['failure_info']>['failure'],
  { request, response }: Interaction,
  name: string | undefined,
): Finding {
  const detail = detailOf(response?.content?.$base64);
  return {
    code,
    title,
    operation,
    ...(name ? { case: name } : {}),
    ...(detail ? { detail } : {}),
    ...(response ? { status: response.status_code } : {}),
    request: `${request.method} ${request.uri}`,
  };
}

function detailOf(base64: string | undefined): string | undefined {
  try {
    return JSON.parse(Buffer.from(base64 ?? '', 'base64').toString()).error.details.message;
  } catch {
    return undefined;
  }
}
