// What mutation/ and bench/ use of the program beside its exports. No part of the package.
export { exportArazzo, inputsOf } from './contract/export/export.js';
export { atLevel } from './contract/run/choice.js';
export { planRows, planRun } from './contract/run/plan.js';
export { mockServerProfile } from './contract/tables/load.js';
export { driftsOf } from './drift/drifts.js';
export { someSteps } from './http/ahead.js';
export { createMatcher } from './spec/match.js';
