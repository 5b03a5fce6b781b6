// Schemathesis: makes up its own requests from the document, and needs no contracts. Everything
// runs each time, on all operations, with test/support/oracle-schemathesis.toml: all four phases,
// all checks, a fixed seed, a second identity of another organization.
import { fileURLToPath } from 'node:url';
import { spec } from '../plays.mjs';
import {
  followSchemathesis,
  installSchemathesis,
  schemathesisVersion,
} from './schemathesis-program.mjs';

const document = fileURLToPath(new URL('../../generated/document.json', import.meta.url));
const idByPath = new Map(
  [...spec.operations.values()].map(({ id, method, template }) => [`${method} ${template}`, id]),
);

let installed;

export const schemathesis = {
  key: 'schemathesis',
  title: `Schemathesis ${schemathesisVersion}`,
  prepare: async () => {
    installed = await installSchemathesis();
  },
  /** Scenario by scenario, as it goes on. */
  async *ask(serve) {
    const run = { document, url: await serve(), withinMs: 300_000 };
    for await (const event of followSchemathesis(installed, run))
      yield failuresOf(/** @type {{ ScenarioFinished: any }} */ (event));
  },
};

/** The failed checks of one scenario; an event of another kind has none. */
function failuresOf({ ScenarioFinished: finished }) {
  const { checks = {}, interactions = {} } = finished?.recorder ?? {};
  return Object.entries(checks).flatMap(([id, all]) =>
    all.flatMap(({ failure_info: info }) =>
      info ? [toFinding(info.failure, interactions[id]?.response)] : [],
    ),
  );
}

/**
 * Alike are the failures of one kind in answers with one status and error code: what else is in
 * them is made up anew each time.
 */
function toFinding({ code, title, operation }, response) {
  const what = [code, title, operation, response?.status_code, errorCodeOf(response)]
    .filter(Boolean)
    .join(' ');
  return { operations: [idByPath.get(operation)], what };
}

function errorCodeOf(response) {
  try {
    return JSON.parse(Buffer.from(response.content.$base64, 'base64').toString()).error.code;
  } catch {
    return undefined; // no answer, or none with an error
  }
}
