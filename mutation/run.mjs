// Does the kit see, and what do others see? Plants drifts in the mock server, one at a time. See
// README.md.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

const usage = `npm run mutation [-- [--kit | --rivals | --levels] [--short | --write] [PATTERN …]]

  (nothing)    the kit over every drift and variation, then the rivals on the fixed sample
  --kit        the kit alone
  --rivals     the rivals alone, and the kit on the same drifts
  --levels     the kit at each of its levels, on 600 drifts that are picked by a hash of their names
  --short      ask the rivals about one drift of each kind and two variations
  --write      take the outcome into mutation/results.json, README.md and mutation/README.md
  PATTERN      these drifts only, played by the kit, or with --rivals by all; * is any text`;

const flags = /** @type {const} */ ({
  kit: { type: 'boolean', default: false },
  rivals: { type: 'boolean', default: false },
  levels: { type: 'boolean', default: false },
  short: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
});

process.exitCode = await main();

async function main() {
  const options = readFlags();
  if (!options) return 2;
  if (options.help) {
    console.log(usage);
    return 0;
  }
  if (!existsSync(new URL('../dist/index.js', import.meta.url))) {
    console.error('There is nothing to play yet.\n  fix: npm install && npm run build');
    return 2;
  }
  // Whatever ends the run ends the programs it has started.
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]))
    process.once(signal, () => process.exit(code));
  const { mutation } = await import('./mutation.mjs');
  return mutation(options, (text) => console.error(text));
}

function readFlags() {
  try {
    const { values, positionals: patterns } = parseArgs({ options: flags, allowPositionals: true });
    if ([values.kit, values.rivals, values.levels].filter(Boolean).length > 1)
      throw new Error('--kit, --rivals and --levels exclude each other.');
    if (values.short && (values.kit || values.levels || patterns.length > 0))
      throw new Error('--short is about how much the rivals are asked.');
    if (values.write && (values.short || values.rivals || values.levels || patterns.length > 0))
      throw new Error('--write takes a whole run over every drift.');
    return { ...values, patterns };
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    return undefined;
  }
}
