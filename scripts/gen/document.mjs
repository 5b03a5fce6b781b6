// The bundled documents, and their operations and cases.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { root } from './project.mjs';

/** The text of the document with every file that it refers to. */
export function bundle() {
  const folder = mkdtempSync(path.join(tmpdir(), 'understudy-gen-'));
  const target = path.join(folder, 'document.json');
  const cli = createRequire(import.meta.url)
    .resolve('@redocly/cli/package.json')
    .replace('package.json', 'bin/cli.js');
  try {
    execFileSync(process.execPath, [cli, 'bundle', 'openapi/openapi.yaml', '--output', target], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', REDOCLY_TELEMETRY: 'off' },
    });
    return readFileSync(target, 'utf8');
  } catch (error) {
    console.error(String(error.stderr ?? error));
    process.exit(2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** With the version of the package, which is its own. */
export function controlDocument() {
  const read = (file) => readFileSync(path.join(root, file), 'utf8');
  const document = parse(read('control/openapi.yaml'), { maxAliasCount: -1 });
  return {
    ...document,
    info: { ...document.info, version: JSON.parse(read('package.json')).version },
  };
}

export function* operationsOf(doc) {
  for (const item of Object.values(doc.paths)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
      if (item[method]) {
        const operation = item[method];
        const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((p) =>
          deref(doc, p),
        );
        yield {
          operation,
          parameters,
          responses: Object.entries(operation.responses).map(([s, r]) => [s, deref(doc, r)]),
        };
      }
    }
  }
}

function deref(doc, node) {
  if (!node?.$ref) return node;
  return node.$ref
    .split('/')
    .slice(1)
    .reduce((at, token) => at[token.replaceAll('~1', '/').replaceAll('~0', '~')], doc);
}

export function casesOf(doc, status, response) {
  const examples = Object.values(response.content ?? {}).flatMap((media) =>
    Object.entries(media.examples ?? {}),
  );
  return [
    ...Object.entries(response['x-cases'] ?? {}),
    ...examples.map(([name, example]) => [name, deref(doc, example)['x-case']]),
  ].map(([name, provenance]) => ({ name, status: Number(status), ...provenance }));
}
