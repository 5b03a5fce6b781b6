// `understudy contracts`: look at the contracts without playing them.

import { writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { fileReason } from '../files/file-error.js';
import { nearest } from '../files/nearest.js';
import { packageFile } from '../files/package.js';
import { stringifyYaml } from '../files/yaml.js';
import { loadSpec } from '../shipped/document.js';
import { UsageError } from '../spec/failure.js';
import { type FlagValues, withFlags } from './flags.js';
import type { Io } from './io.js';

/** Loaded only when a contract is looked at. */
const kit = async () => ({
  ...(await import('../contract/tables/load.js')),
  ...(await import('../contract/run/plan.js')),
  ...(await import('../contract/export/export.js')),
  ...(await import('../contract/tables/kinds.js')),
});

const shippedDocument = packageFile('generated/document.json');

function writeOutput(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(
      `${file} cannot be written: ${fileReason(error)}\n  fix: name a file in a folder that is there and may be written`,
    );
  }
}

export function contractsCommand({ stdout, stderr }: Io): Command {
  const print = (line: string): void => void stdout.write(`${line}\n`);
  const list = new Command('list')
    .description('list the operations, with the number of rows of each')
    .action(async () => {
      const { loadContracts, planRows } = await kit();
      const spec = loadSpec();
      const contracts = loadContracts(spec);
      const counts = new Map<string, number>();
      for (const { table } of planRows(spec, contracts))
        counts.set(table.operation, (counts.get(table.operation) ?? 0) + 1);
      for (const [operation, count] of counts) print(`${String(count).padStart(4)} ${operation}`);
      for (const { id, steps } of contracts.lifecycles)
        print(`${String(steps.length).padStart(4)} steps of the lifecycle ${id}`);
    });
  const show = new Command('show')
    .description(
      'print every row of an operation as a sentence, every step of a lifecycle, or what a case is and how to get it',
    )
    .argument('<operation|lifecycle|case>')
    .action(async (id: string) => {
      const { loadContracts, planRows } = await kit();
      const spec = loadSpec();
      const contracts = loadContracts(spec);
      const rows = planRows(spec, contracts, (operation) => operation === id);
      const lifecycle = contracts.lifecycles.find((candidate) => candidate.id === id);
      if (rows.length === 0 && !lifecycle) {
        const { casesNamed, describeCases, nearestCase } = await import('./explain-case.js');
        const cases = casesNamed(spec, id);
        if (cases.length > 0) {
          stdout.write(describeCases(spec, cases));
          return;
        }
        const close =
          nearest(
            id,
            contracts.lifecycles.map((one) => one.id),
          ) ?? nearestCase(spec, id);
        throw new UsageError(
          `${id} is not an operation of the document, a lifecycle or a case.\n  fix: ${close ? `did you mean ${close}?` : '`understudy contracts list` names them'}`,
        );
      }
      for (const { title, row } of rows) print(`${title}  (${row.place})`);
      if (lifecycle) print(`${lifecycle.summary}  (${lifecycle.place})`);
      for (const { id: step, request, expected, place } of lifecycle?.steps ?? [])
        print(`  ${step}: ${request.call} answers ${expected.join(' or ')}  (${place})`);
    });
  const lint = new Command('lint')
    .description('check every contract against the document')
    .action(async () => {
      const { loadContracts, planRows, shippedContracts, sightOf, lookKinds } = await kit();
      const spec = loadSpec();
      const contracts = loadContracts(spec, shippedContracts, { anew: true });
      for (const { operation, holes } of sightOf(spec, contracts.tables))
        for (const { kind, why } of holes)
          print(
            `${operation}: no row sees whether ${lookKinds[kind]}: ${why ?? 'no reason is given'}`,
          );
      print(
        `${planRows(spec, contracts).length} rows, every case that can be reached by state has one; ${contracts.lifecycles.length} lifecycles`,
      );
    });
  const exported = withFlags(new Command('export'), 'contracts export')
    .description(
      'write the contracts as plain Arazzo, for other runners; stderr lists the rows that Arazzo cannot express',
    )
    .action(async ({ output, document, seed }: FlagValues<'contracts export'>) => {
      const { loadContracts, exportArazzo, describeExport } = await kit();
      const spec = loadSpec();
      const from = output === undefined ? process.cwd() : dirname(resolve(output));
      const documentUrl = document ?? relative(from, shippedDocument);
      const result = exportArazzo(spec, loadContracts(spec), { documentUrl, seed });
      const text = stringifyYaml(result.document);
      if (output === undefined) stdout.write(text);
      else writeOutput(output, text);
      stderr.write(describeExport(result));
    });
  const command = new Command('contracts').description('list, show, check or export the contracts');
  for (const sub of [list, show, lint, exported])
    command.addCommand(sub.allowExcessArguments(false));
  return command;
}
