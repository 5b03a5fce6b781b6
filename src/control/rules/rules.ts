// What each operation of the control plane does, one file for each subject. The guards of a rule are the
// refusals of its document.
import { caseRules } from './cases.js';
import { clockRules } from './clock.js';
import { embeddingRules } from './embeddings.js';
import { faultRules } from './faults.js';
import type { ControlRules } from './form.js';
import { lintControlRules } from './lint.js';
import { requestRules } from './requests.js';
import { scenarioRules } from './scenarios.js';
import { serviceRules } from './service.js';
import { settingsRules } from './settings.js';
import { snapshotRules } from './snapshots.js';
import { stateRules } from './state.js';
import { verifyRules } from './verify.js';
import { whyRules } from './why.js';
import { worldRules } from './worlds.js';

export const controlRules: ControlRules = {
  ...serviceRules,
  ...worldRules,
  ...clockRules,
  ...requestRules,
  ...whyRules,
  ...caseRules,
  ...stateRules,
  ...embeddingRules,
  ...snapshotRules,
  ...scenarioRules,
  ...faultRules,
  ...verifyRules,
  ...lintControlRules,
  ...settingsRules,
};
