// Can a schema be used at all? Slow to start, so only loaded for a document of the user's own.
import { Ajv, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const options: Options = {
  allErrors: true,
  allowUnionTypes: true,
  allowMatchingProperties: true,
  strict: false,
  logger: false,
};
const makers = { '2019-09': Ajv2019, '2020-12': Ajv2020 } as const;

/** Why ajv, as Prism sets it up, cannot compile a schema; nothing where it can. */
export function uncompilable(schema: object): string[] {
  const draft = /\/(2019-09|2020-12)\//.exec(
    String((schema as { $schema?: unknown }).$schema),
  )?.[1];
  const ajv = new (draft === undefined ? Ajv : makers[draft as keyof typeof makers])(options);
  addFormats.default(ajv);
  try {
    ajv.compile(schema);
    return [];
  } catch (error) {
    return [(error as Error).message.split('\n', 1)[0] as string];
  }
}
