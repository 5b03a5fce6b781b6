// `understudy cases`: every documented case, or one of them with the requests that bring it about.
import { Command } from 'commander';
import { loadSpec } from '../shipped/document.js';
import { UsageError } from '../spec/failure.js';
import { type FlagValues, withFlags } from './flags.js';
import type { Io } from './io.js';

export function casesCommand({ stdout }: Io): Command {
  const command = new Command('cases')
    .description(
      'list the documented cases; with a name, say what it is and which requests bring it about',
    )
    .argument(
      '[name]',
      'such as addVectorStoreToSpace.own_dedicated_store, own_dedicated_store, addVectorStoreToSpace or 409',
    )
    .action(async (name: string | undefined) => {
      const { script } = command.opts<FlagValues<'cases'>>();
      if (name === undefined) stdout.write(await listOfCases());
      else stdout.write(script === undefined ? await tellCase(name) : await scriptOf(name, script));
    });
  return withFlags(command, 'cases');
}

async function listOfCases(): Promise<string> {
  const { listCases } = await import('../why/cases.js');
  return listCases(loadSpec())
    .map(
      ({ operation, case: name, status, basis }) =>
        `${status} ${basis.padEnd(8)} ${operation}.${name}\n`,
    )
    .join('');
}

/** What is told of the cases of a name; undefined where there is none. */
export async function tellCases(name: string): Promise<string | undefined> {
  const { casesNamed, describeCases } = await import('./explain-case.js');
  const spec = loadSpec();
  const found = casesNamed(spec, name);
  return found.length === 0 ? undefined : describeCases(spec, found);
}

async function tellCase(name: string): Promise<string> {
  const text = await tellCases(name);
  if (text === undefined) throw await unknownCase(name);
  return text;
}

/** The calls from the default scenario on, as they were recorded. */
async function scriptOf(name: string, language: 'curl' | 'fetch' | 'python'): Promise<string> {
  const [{ casesNamed, describeCases }, { describeCase }, { shippedCases }] = await Promise.all([
    import('./explain-case.js'),
    import('../why/cases.js'),
    import('../shipped/atlas.js'),
  ]);
  const spec = loadSpec();
  const found = casesNamed(spec, name);
  const [only, ...others] = found;
  if (!only) throw await unknownCase(name);
  if (others.length > 0)
    throw new UsageError(
      `There are several cases ${name}:\n${describeCases(spec, found).split('\n').slice(0, -2).join('\n')}\n  fix: name one of them`,
    );
  if (!only.operation)
    throw new UsageError(
      `${name} is the answer to a request that reaches no operation.\n  fix: \`understudy cases ${name}\` says how to get it`,
    );
  const place = { operation: only.operation.id, case: only.documented.name };
  return describeCase(spec, shippedCases(), place)?.scripts?.[language] ?? '';
}

async function unknownCase(name: string): Promise<UsageError> {
  const { nearestCase } = await import('./explain-case.js');
  const close = nearestCase(loadSpec(), name);
  return new UsageError(
    `The document has no case ${name}.\n  fix: ${close ? `did you mean ${close}?` : '`understudy cases` lists them'}`,
  );
}
