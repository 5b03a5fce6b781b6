// Installs what the tests of `process` would install when they first need it: in CI while npm waits for
// the network. `node scripts/test-tools.mjs`
import { installSchemathesis } from '../mutation/rivals/schemathesis-program.mjs';
import { vendorSdk, yamlLanguageServer } from '../test/support/installed.mjs';

await Promise.all([installSchemathesis(), vendorSdk('5.0.0'), yamlLanguageServer()]);
