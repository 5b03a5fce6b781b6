// Takes away what a run has left that did not live to do it itself.
import type { Target } from '../../client/target.js';
import { takeAllAway } from './closing.js';
import { Guard } from './guard.js';
import { Ledger, type Line } from './ledger.js';
import type { LedgerOfRun } from './ledger-file.js';
import type { SessionParts } from './parts.js';

export interface Swept {
  readonly run: string;
  /** How many are gone now that were not before. */
  readonly gone: number;
  readonly archived: number;
  readonly left: readonly string[];
  /** Creations to which no answer came, and whose name is none that only the run can have given. */
  readonly unknown: readonly string[];
  /** Why not all could be looked at. */
  readonly stopped?: string;
}

export async function sweepRun(
  { run, lines }: LedgerOfRun,
  parts: Pick<SessionParts, 'spec' | 'contracts' | 'profile'> & { readonly target: Target },
  write: (line: Line) => void,
): Promise<Swept> {
  const ledger = Ledger.read(run, lines, write);
  const open = ledger.entries.filter(({ state }) => state !== 'gone' && state !== 'refused');
  const guard = new Guard(parts.spec, parts.profile, ledger);
  for (const { id } of open) if (id !== undefined) guard.adopt(id);
  const own = { ...parts, seed: 1, runId: run, number: 0, guard, ledger };
  const { stopped } = await takeAllAway(own, { isLater: true });
  const gone = open.filter(({ state }) => state === 'gone');
  const archived = gone.filter(({ operation }) => ledger.isOnlyArchived(operation)).length;
  ledger.end();
  return {
    run,
    gone: gone.length - archived,
    archived,
    left: ledger.leftovers,
    unknown: ledger.entries
      .filter(({ state }) => state === 'sent')
      .map(({ operation, caller }) => `${operation} by ${caller}`),
    ...(stopped === undefined ? {} : { stopped }),
  };
}
