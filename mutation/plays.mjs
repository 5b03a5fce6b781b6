// What the kit plays: all that it plans against any server, each play with the operations that it
// may call.
import { atLevel, driftsOf, mockServerProfile, planRun } from '../dist/inside.js';
import { loadContracts, loadSpec, readProfile, withEdges } from '../dist/kit.js';

export const spec = loadSpec();
export const drifts = driftsOf(spec);
export const operations = [...spec.operations.keys()];
export const contracts = withEdges(spec, loadContracts(spec));
export const profile = readProfile(mockServerProfile, {});

const all = planRun(spec, contracts, profile);

/** Those of a level, in the order in which the kit plays them. */
export const playsOf = (level) => atLevel(level, all, spec);

/**
 * The plays that call one of these operations: no other can show a drift in them. All, where none
 * are given.
 */
export const playsTouching = (plays, operations) =>
  operations ? plays.filter(({ touches }) => operations.some((id) => touches.has(id))) : plays;
