// The contracts as plain Arazzo 1.0: the lifecycles as they are, and every row of the tables that
// Arazzo can say and Redocly Respect can play. A row becomes a workflow of its recipes' calls, its
// own request, its looks, and the calls that clean up. What is left out is listed with the reason,
// and so is what a workflow says only in part.
import type { Spec } from '../../spec/document.js';
import type { Json } from '../../spec/message.js';
import { ORGANIZATION } from '../dialect.js';
import { planRows } from '../run/plan.js';
import type { Profile } from '../run/profile.js';
import { callerNames, knownNames } from '../tables/caller.js';
import { inputFor } from '../tables/expression.js';
import type { Contracts } from '../tables/table.js';
import {
  LeftOut,
  type ReasonInPart,
  type ReasonLeftOut,
  reasonsInPart,
  reasonsLeftOut,
} from './reasons.js';
import { RowExport } from './row.js';

export interface Exported {
  readonly document: Json;
  readonly lifecycles: number;
  readonly rows: number;
  readonly leftOut: readonly {
    readonly title: string;
    readonly place: string;
    readonly reason: ReasonLeftOut;
  }[];
  readonly inPart: Readonly<Record<ReasonInPart, number>>;
}

export interface ExportOptions {
  /** Where the OpenAPI document is, as Arazzo finds it. */
  readonly documentUrl: string;
  /**
   * Seed for generated names; exports that are played against the same server need different seeds.
   * Default 1.
   */
  readonly seed?: number;
}

export function exportArazzo(
  spec: Spec,
  contracts: Contracts,
  { documentUrl, seed = 1 }: ExportOptions,
): Exported {
  const inputs = { $ref: '#/components/inputs/profile' };
  const leftOut: Exported['leftOut'][number][] = [];
  const inPart: Record<ReasonInPart, number> = { unchanged: 0, details: 0, later_pages: 0 };
  const rows = planRows(spec, contracts).flatMap((planned, i) => {
    try {
      const workflow = new RowExport(spec, planned, { seed, number: i + 1 });
      const steps = workflow.steps();
      for (const reason of workflow.inPart) inPart[reason] += 1;
      return [
        {
          workflowId: `row_${i + 1}`,
          summary: planned.title,
          description: planned.row.place,
          inputs,
          steps,
        },
      ];
    } catch (error) {
      if (!(error instanceof LeftOut)) throw error;
      leftOut.push({ title: planned.title, place: planned.row.place, reason: error.reason });
      return [];
    }
  });
  const lifecycles = contracts.lifecycles.map(({ source }) => ({
    ...source,
    inputs,
    steps: (source.steps as Json[]).map(withoutOwnKeys),
  }));
  const document = {
    arazzo: '1.0.1',
    info: { title: 'Contracts of Spaces and Knowledge', version: spec.version },
    sourceDescriptions: [{ name: 'aitronos', type: 'openapi', url: documentUrl }],
    workflows: [...lifecycles, ...rows],
    components: { inputs: { profile: { type: 'object', properties: inputProperties() } } },
  };
  return {
    document: document as unknown as Json,
    lifecycles: lifecycles.length,
    rows: rows.length,
    leftOut,
    inPart,
  };
}

/** How many rows were left out, by reason. */
export function countLeftOut({
  leftOut,
}: Exported): Readonly<Partial<Record<ReasonLeftOut, number>>> {
  const counts: Partial<Record<ReasonLeftOut, number>> = {};
  for (const { reason } of leftOut) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** What was exported, and every row that was not, by reason. */
export function describeExport(exported: Exported): string {
  const lines = [
    `${exported.lifecycles} lifecycles and ${exported.rows} rows exported, ${exported.leftOut.length} rows left out`,
  ];
  for (const [reason, count] of Object.entries(countLeftOut(exported))) {
    lines.push(`${count} × ${reasonsLeftOut[reason as ReasonLeftOut]}`);
    for (const { title, place } of exported.leftOut.filter((row) => row.reason === reason))
      lines.push(`  ${title}  (${place})`);
  }
  for (const [reason, count] of Object.entries(exported.inPart))
    if (count > 0)
      lines.push(`${count} exported rows do not say ${reasonsInPart[reason as ReasonInPart]}`);
  return `${lines.join('\n')}\n`;
}

/** What the exported workflows take as inputs, from a profile. */
export function inputsOf(profile: Profile, name: string): Readonly<Record<string, string>> {
  const callers = Object.entries(profile.callers).flatMap(
    ([caller, { api_key, bearer, user_id, [ORGANIZATION]: organization }]) =>
      Object.entries({
        [caller]: api_key ?? bearer,
        [inputFor(caller, 'user_id')]: user_id,
        [inputFor(caller, ORGANIZATION)]: organization,
      }),
  );
  const given = [...callers, ...Object.entries(profile.known), ['name', name]].filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(given) as Record<string, string>;
}

function inputProperties(): Json {
  const text = { type: 'string' };
  return Object.fromEntries([
    ...callerNames.flatMap((caller) => [
      [caller, { ...text, format: 'password' }],
      [inputFor(caller, 'user_id'), text],
      [inputFor(caller, ORGANIZATION), text],
    ]),
    ...knownNames.map((name) => [name, text]),
    ['name', text],
  ]);
}

/** A step without our own `x-` keys. */
function withoutOwnKeys(step: Json): Json {
  return Object.fromEntries(
    Object.entries(step as object).filter(([key]) => !key.startsWith('x-')),
  ) as Json;
}
