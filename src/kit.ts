// The contract kit, for use in other programs. It works without Express and knows none of the mock
// server's rules.
export { type HttpTargetOptions, httpTarget } from './client/http-target.js';
export {
  type Answer,
  handlerTarget,
  type Target,
  TargetError,
  type TargetLimits,
} from './client/target.js';
export { withEdges } from './contract/edges/edges.js';
export { redact } from './contract/report/redact.js';
export { toJunit, toResults, toText } from './contract/report/renderings.js';
export { exitCode, type FailOn } from './contract/report/verdict.js';
export type { Finding, KnownFinding } from './contract/run/finding.js';
export { KnownError, readKnown } from './contract/run/known-findings.js';
export type { Report, RunOptions } from './contract/run/options.js';
export type { Played } from './contract/run/play.js';
export { type Profile, ProfileError, parseProfile, readProfile } from './contract/run/profile.js';
export { runContracts } from './contract/run/run.js';
export { RunEnd, type Stopped } from './contract/run/stopped.js';
export { ContractError, loadContracts } from './contract/tables/load.js';
export type { Contracts, Row, Table } from './contract/tables/table.js';
export { loadSpec } from './shipped/document.js';
