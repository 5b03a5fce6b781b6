// What the kit plays: all that it plans against any server, each play with the operations that it
// may call.
import { withEdges } from '../dist/contract/edges/edges.js';
import { planRun } from '../dist/contract/run/plan.js';
import { readProfile } from '../dist/contract/run/profile.js';
import { loadContracts, shippedContracts } from '../dist/contract/tables/load.js';
import { driftsOf } from '../dist/drift/drifts.js';
import { loadSpec } from '../dist/shipped/document.js';

export const spec = loadSpec();
export const drifts = driftsOf(spec);
export const operations = [...spec.operations.keys()];
export const contracts = withEdges(spec, loadContracts(spec));
export const profile = readProfile(`${shippedContracts}understudy.profile.yaml`, {});

/** In the order in which the kit plays them. */
export const plays = planRun(spec, contracts, profile);

/**
 * The plays that call one of these operations: no other can show a drift in them. All, where none
 * are given.
 */
export const playsTouching = (operations) =>
  operations ? plays.filter(({ touches }) => operations.some((id) => touches.has(id))) : plays;
