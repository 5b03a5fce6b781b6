// What `understudy init` does. Credentials never stand in a profile that it writes, only the names
// of the variables that hold them.

import { writeFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline/promises';
import { ORGANIZATION } from '../contract/dialect.js';
import { parseProfile } from '../contract/run/profile.js';
import { type CallerName, letIn } from '../contract/tables/caller.js';
import { fileReason } from '../files/file-error.js';
import { UsageError } from '../spec/failure.js';
import type { InitFlags } from './flags.js';
import type { Io } from './io.js';

interface Answers {
  baseUrl: string;
  readonly callers: Map<string, Map<string, string>>;
  readonly known: Map<string, string>;
}

export async function init(file: string, flags: InitFlags, io: Io): Promise<void> {
  const answers = answersIn(flags);
  const isWhole = answers.baseUrl !== '' && answers.callers.size > 0;
  if (!isWhole) await askForRest(answers, io);
  const text = profileText(answers);
  // Whatever is wrong with it is said as for any profile, before it is written.
  parseProfile(text, file, Object.fromEntries(variablesIn(text).map((name) => [name, 'a-value'])));
  try {
    writeFileSync(file, text, { flag: flags.force ? 'w' : 'wx', mode: 0o600 });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new UsageError(
      isThere
        ? `${file} is there already.\n  fix: name another file, or replace it with --force`
        : `${file} cannot be written: ${fileReason(error)}\n  fix: name another file`,
    );
  }
  const unset = variablesIn(text).filter((name) => !io.env[name]);
  io.stdout.write(`${file} is written.\n`);
  if (unset.length > 0) io.stdout.write(`Not set yet: ${unset.join(', ')}\n`);
  io.stdout.write(`Next: understudy doctor --profile ${file}\n`);
}

/** Throws a UsageError with all that is wrong with the flags. */
function answersIn({ baseUrl = '', organizationId, ...flags }: InitFlags): Answers {
  const problems: string[] = [];
  const callers: Answers['callers'] = new Map();
  const known = new Map<string, string>();
  if (organizationId !== undefined) known.set(ORGANIZATION, organizationId);
  const pairs = (flag: string, given: readonly string[] = []): readonly [string, string][] =>
    given.flatMap((text): [string, string][] => {
      const [, name, value] = /^(\w+)=(.+)$/s.exec(text) ?? [];
      if (name !== undefined && value !== undefined) return [[name, value]];
      problems.push(`${flag} is written as name=value.\n  fix: such as ${flag} ${examples[flag]}`);
      return [];
    });
  const noteCaller = (name: string, field: string, value: string): void =>
    void callers.set(name, (callers.get(name) ?? new Map<string, string>()).set(field, value));
  for (const [flag, field, given] of [
    ['--key', 'api_key', flags.key],
    ['--token', 'bearer', flags.token],
  ] as const)
    for (const [name, variable] of pairs(flag, given)) {
      const problem = problemOfVariable(variable);
      if (problem === undefined) noteCaller(name, field, `\${${variable}}`);
      else problems.push(`${flag} ${name}=…: ${problem}`);
    }
  for (const [name, id] of pairs('--user-id', flags.userId)) noteCaller(name, 'user_id', id);
  for (const [name, id] of pairs('--known', flags.known)) known.set(name, id);
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { baseUrl, callers, known };
}

const examples: Readonly<Record<string, string>> = {
  '--key': 'owner=OWNER_KEY',
  '--token': 'owner=OWNER_TOKEN',
  '--user-id': 'owner=usr_1',
  '--known': 'assistant_id=asst_1',
};

/** A credential in its place is not repeated. */
const problemOfVariable = (text: string): string | undefined =>
  /^[A-Z_][A-Z\d_]*$/.test(text)
    ? undefined
    : 'that is no name of a variable.\n  fix: name the variable of the environment that holds the credential, in capitals; never the credential itself';

async function askForRest(answers: Answers, { stdin, stdout }: Io): Promise<void> {
  if (!stdin?.isTTY)
    throw new UsageError(
      'Nobody can be asked here: this is no terminal.\n  fix: give at least --base-url and one --key or --token, such as --base-url https://staging.example.com --key owner=OWNER_KEY',
    );
  const asking = createInterface({ input: stdin, output: stdout });
  try {
    answers.baseUrl ||= await ask(asking, 'Address of the server, without /v1: ');
    if (!answers.known.has(ORGANIZATION)) {
      const id = await ask(asking, 'ID of the organization of the test accounts: ');
      if (id !== '') answers.known.set(ORGANIZATION, id);
    }
    for (const caller of letIn)
      if (!answers.callers.has(caller)) await askForCaller(answers, caller, asking);
  } finally {
    asking.close();
  }
}

async function askForCaller(
  { callers }: Answers,
  caller: CallerName,
  asking: Interface,
): Promise<void> {
  const question = `Variable that holds the API key of the ${caller}, such as ${caller.toUpperCase()}_KEY (empty: there is none): `;
  let variable = await ask(asking, question);
  while (variable !== '' && problemOfVariable(variable) !== undefined) {
    variable = await ask(
      asking,
      'The name of a variable in capitals, never the key itself (empty: there is none): ',
    );
  }
  if (variable === '') return;
  const user = await ask(asking, `User ID of the ${caller} (empty: not known): `);
  callers.set(
    caller,
    new Map([['api_key', `\${${variable}}`], ...(user === '' ? [] : [['user_id', user] as const])]),
  );
}

const ask = async (asking: Interface, question: string): Promise<string> =>
  (await asking.question(question)).trim();

const variablesIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name as string)),
];

function profileText({ baseUrl, callers, known }: Answers): string {
  const lines = [
    '# For `understudy check`. Credentials come from the environment.',
    ...(baseUrl === '' ? [] : [`base_url: ${JSON.stringify(baseUrl)}`]),
    'callers:',
    ...[...callers].map(([name, fields]) => {
      const written = [...fields].map(([field, value]) => `${field}: ${JSON.stringify(value)}`);
      return `  ${name}: { ${written.join(', ')} }`;
    }),
    ...(known.size > 0 ? ['known:'] : []),
    ...[...known].map(([name, id]) => `  ${name}: ${JSON.stringify(id)}`),
  ];
  return `${lines.join('\n')}\n`;
}
